use mortise_domain::PublicUrl;

#[test]
fn an_address_is_kept_without_trailing_slash_and_joined() {
    let url: PublicUrl = "https://M.example.com:443/".parse().unwrap();
    assert_eq!(url.as_str(), "https://m.example.com");
    assert_eq!(url.join("/a/?b=c"), "https://m.example.com/a/?b=c");
    assert_eq!(url.join("a"), "https://m.example.com/a");
}

#[test]
fn the_parts_of_an_address_are_told_apart() {
    for (text, scheme, host, authority, origin, prefix) in [
        ("http://127.0.0.1:8000", "http", "127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8000", ""),
        ("https://e.test/a/b/", "https", "e.test", "e.test", "https://e.test", "/a/b"),
        ("http://[::1]:9/", "http", "[::1]", "[::1]:9", "http://[::1]:9", ""),
    ] {
        let url: PublicUrl = text.parse().unwrap();
        assert_eq!(
            (url.scheme(), url.host(), url.authority(), url.origin(), url.path_prefix()),
            (scheme, host, authority, origin, prefix)
        );
        assert_eq!(url.is_https(), scheme == "https");
    }
}

#[test]
fn what_links_cannot_be_made_from_is_refused() {
    for text in [
        "",
        "m.example.com",
        "/a",
        "ftp://m.test",
        "http://u:p@m.test",
        "http://m.test/?a",
        "http://m.test/#a",
    ] {
        assert!(text.parse::<PublicUrl>().is_err(), "{text}");
    }
}
