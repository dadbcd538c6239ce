use mortise_egress::{AddressGuard, CallError};

/// Whether a URL with this host passes; names pass here and are checked when resolved.
fn passes(guard: &AddressGuard, host: &str) -> bool {
    let result = guard.check_url(&format!("http://{host}/"));
    let judged_by_address = matches!(result, Ok(_) | Err(CallError::BlockedAddress { .. }));
    assert!(judged_by_address, "{host}: {result:?}");
    result.is_ok()
}

#[rustfmt::skip]
const BLOCKED: &[&str] = &[
    // This machine, in every spelling.
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "0x7F.0x0.0x0.0x1", "0177.0.0.1",
    "0177.1", "2130706433", "017700000001", "127.255.255.254", "%31%32%37.0.0.1", "127\u{3002}0\u{3002}0\u{3002}1",
    "\u{ff11}\u{ff12}\u{ff17}.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "0.0.0.0", "0", "0.1.2.3", "[::]", "[::ffff:0.0.0.0]",
    // Networks nearby.
    "10.0.0.0", "10.255.255.255", "10.1", "167772161", "172.16.0.1", "172.31.255.255", "192.168.0.1", "0xc0a80001",
    "100.64.0.1", "100.127.255.255", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fec0::1]", "[::ffff:10.0.0.1]",
    "[::ffff:192.168.1.1]",
    // Metadata services.
    "169.254.169.254", "0xa9fea9fe", "2852039166", "169.254.0.1", "168.63.129.16", "100.100.100.200",
    "192.0.0.192", "[fd00:ec2::254]", "[::ffff:169.254.169.254]",
    // Set aside.
    "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
    "[2001:db8::1]", "[3fff::1]", "[2001:2::1]", "[2001:10::1]", "[100::1]", "[5f00::1]", "[4000::1]",
    // To many, to all, to nobody.
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "[ff02::1]", "[ff0e::1]",
    // Something of the above carried inside.
    "[64:ff9b::127.0.0.1]", "[64:ff9b::10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::8.8.8.8]",
    "[2002:7f00:1::]", "[2002:a00:1::1]", "[2002:c0a8:101::1]", "[2001:0:7f00:1::f7f7:f7f7]",
    "[2001:0:808:808::80ff:fffe]", "[2001:0:808:808::f5ff:fffe]",
];

#[rustfmt::skip]
const PUBLIC: &[&str] = &[
    "8.8.8.8", "93.184.215.14", "134744072", "0x08.0x08.0x08.0x08", "1.1.1.1", "9.255.255.255", "11.0.0.0",
    "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255",
    "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
    "223.255.255.255", "[2606:4700::1111]", "[2a00:1450:4001::1]", "[::ffff:8.8.8.8]", "[64:ff9b::8.8.8.8]",
    "[2002:808:808::1]", "[2001:0:808:808::f7f7:f7f7]", "[2001:200::1]",
    // Names are judged by what they resolve to.
    "example.com", "localhost", "127.0.0.1.nip.io", "a.b",
];

#[test]
fn only_public_addresses_pass() {
    let guard = AddressGuard::public_only();
    let wrong: Vec<_> = BLOCKED.iter().filter(|host| passes(&guard, host)).collect();
    assert_eq!(wrong, Vec::<&&str>::new(), "must be blocked");
    let wrong: Vec<_> = PUBLIC.iter().filter(|host| !passes(&guard, host)).collect();
    assert_eq!(wrong, Vec::<&&str>::new(), "must pass");
}

#[test]
fn opening_loopback_opens_nothing_else() {
    let guard = AddressGuard::public_only().allow_loopback();
    for open in ["127.0.0.1", "0x7f.1", "127.8.9.10", "[::1]", "[::ffff:127.0.0.1]"] {
        assert!(passes(&guard, open), "{open}");
    }
    for closed in ["0.0.0.0", "[::]", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[::2]"] {
        assert!(!passes(&guard, closed), "{closed}");
    }
}

#[test]
fn opened_networks_open_in_every_spelling() {
    let guard =
        AddressGuard::public_only().allow(["10.1.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()]);
    for (host, open) in [
        ("10.1.2.3", true),
        ("0x0a010203", true),
        ("[::ffff:10.1.2.3]", true),
        ("10.2.0.1", false),
        ("[fd00:1::5]", true),
        ("[fd00:2::5]", false),
        ("8.8.8.8", true),
    ] {
        assert_eq!(passes(&guard, host), open, "{host}");
    }
}

#[test]
fn a_refusal_names_the_address_and_its_kind() {
    let guard = AddressGuard::public_only();
    for (host, address, range) in [
        ("0x7f.1", "127.0.0.1", "a loopback address"),
        ("[::ffff:10.0.0.1]", "::ffff:10.0.0.1", "a private address"),
        ("169.254.169.254", "169.254.169.254", "a link-local address"),
        ("[fe80::1]", "fe80::1", "a link-local address"),
        ("[4000::1]", "4000::1", "not a public address"),
    ] {
        let error = guard.check_url(&format!("https://{host}/")).unwrap_err();
        assert_eq!(error, CallError::BlockedAddress { address: address.into(), range: range.into() });
    }
}

#[test]
fn urls_that_are_not_plain_web_addresses_are_refused() {
    let guard = AddressGuard::public_only();
    for url in [
        "",
        "example.com",
        "/path",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "http://",
        "http:///",
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://:pass@example.com/",
        "http://./",
        "http://exa mple.com/",
        "http://256.256.256.256/",
        "http://1.2.3.4.5/",
        "http://0x100000000/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://example.com:99999/",
    ] {
        let result = guard.check_url(url);
        assert!(matches!(result, Err(CallError::InvalidUrl { .. })), "{url:?}: {result:?}");
    }
}
