use mortise_domain::origin::Origin;

#[test]
fn entries_match_origins() {
    for (entry, origin, matches) in [
        ("*", "https://evil.test", true),
        ("https://a.test", "https://a.test", true),
        ("https://a.test/", "https://a.test", true),
        ("https://a.test:443", "https://a.test", true),
        ("https://a.test", "https://a.test:443", true),
        ("http://a.test", "http://a.test:80", true),
        ("https://a.test", "http://a.test", false),
        ("https://a.test", "https://a.test:8443", false),
        ("https://a.test", "https://b.a.test", false),
        ("HTTPS://A.test", "https://a.TEST", true),
        ("a.test", "https://a.test", true),
        ("a.test", "http://a.test:8000", true),
        ("a.test", "http://b.a.test", false),
        ("a.test", "http://aa.test", false),
        ("a.test:8000", "http://a.test:8000", true),
        ("a.test:8000", "http://a.test:8001", false),
        ("a.test:443", "https://a.test", true),
        ("*.a.test", "https://b.a.test", true),
        ("*.a.test", "https://c.b.a.test:8000", true),
        ("*.a.test", "https://a.test", false),
        ("*.a.test", "https://ba.test", false),
        ("*.a.test", "https://b.a.test.evil.test", false),
        ("https://*.a.test", "https://b.a.test", true),
        ("https://*.a.test", "http://b.a.test", false),
        ("*.a.test:8000", "http://b.a.test:8000", true),
        ("*.a.test:8000", "http://b.a.test", false),
        ("*:8000", "http://anything.test:8000", true),
        ("*:8000", "http://anything.test", false),
        ("[::1]:8000", "http://[::1]:8000", true),
        ("[::1]", "http://[::1]:8000", true),
        ("[::1]", "http://[::2]", false),
        ("", "http://a.test", false),
        ("*.", "http://a.test", false),
    ] {
        let header = Origin::from_header(origin).unwrap();
        assert_eq!(header.is_allowed_by(&[entry]), matches, "{entry:?} against {origin:?}");
    }
}

#[test]
fn an_empty_list_allows_nothing_and_one_match_is_enough() {
    let origin = Origin::from_header("https://a.test").unwrap();
    assert!(!origin.is_allowed_by::<&str>(&[]));
    assert!(origin.is_allowed_by(&["b.test", " a.test "]));
}

#[test]
fn the_null_origin_counts_as_none() {
    assert_eq!(Origin::from_header("null"), None);
    assert_eq!(Origin::from_header(""), None);
}

#[test]
fn credentials_are_for_the_own_host_and_its_subdomains() {
    for (origin, within) in [
        ("https://m.test", true),
        ("https://x.m.test:8000", true),
        ("https://evilm.test", false),
        ("https://m.test.evil", false),
    ] {
        assert_eq!(Origin::from_header(origin).unwrap().is_within("m.test"), within, "{origin}");
    }
}
