use std::borrow::Cow;

use mortise_service::pipeline::grouping::parameterize::parameterize;

#[test]
fn what_varies_is_replaced_by_its_kind() {
    for (text, expected) in [
        ("mail to ann.lee+x@mail.example.com failed", "mail to <email> failed"),
        ("GET https://x.test/a?b=1 failed", "GET <url> failed"),
        ("open wss://x.test:80/s and ftp://f.test", "open <url> and <url>"),
        ("no route to db-1.prod.example.com now", "no route to <hostname> now"),
        ("from 10.1.2.3 to 255.0.0.1", "from <ip> to <ip>"),
        ("peer 2001:db8:85a3:0:0:8a2e:370:7334", "peer <ip>"),
        ("peer fe80::1ff:fe23:4567:890a gone", "peer <ip> gone"),
        ("listen on ::1", "listen on <ip>"),
        ("std::add and Foo::bar", "std::add and Foo::bar"),
        ("id 9ec79c33-ec99-42ab-8353-589fcb2e04dc", "id <uuid>"),
        ("commit 5f1d7a84db00d2fce00b31a7fc73224f5f1d7a84", "commit <sha1>"),
        ("hash 5f1d7a84db00d2fce00b31a7fc73224f", "hash <md5>"),
        ("at 2024-08-12T14:55:09.123Z", "at <date>"),
        ("at 2024-08-12 14:55:09+02:00 sharp", "at <date> sharp"),
        ("on 2024-08-12", "on <date>"),
        ("at 14:55:09", "at <date>"),
        ("at Mon, 12 Aug 2024 14:55:09 GMT", "at <date>"),
        ("at Monday, 12-Aug-24 14:55:09 UTC", "at <date>"),
        ("at 12 Aug 24 14:55 +0200", "at <date>"),
        ("at Mon Aug 12 14:55:09 2024", "at <date>"),
        ("on 8/12/2024", "on <date>"),
        ("took 12ms, then 1.5s", "took <duration>, then <duration>"),
        ("took 3µs", "took <duration>"),
        ("at 0xDEADbeef", "at <hex>"),
        ("load 0.75", "load <float>"),
        ("balance -3.5 and -7", "balance <float> and <int>"),
        ("row 17 of 20", "row <int> of <int>"),
        ("v2 and user_3 stay", "v2 and user_3 stay"),
        ("name='ann' ok=true other=\"x y\"", "name=<quoted_str> ok=<bool> other=<quoted_str>"),
        ("n=5", "n=<int>"),
        ("größe 5 für 10.0.0.1", "größe <int> für <ip>"),
        ("", ""),
    ] {
        assert_eq!(parameterize(text), expected, "{text}");
    }
}

#[test]
fn a_text_without_anything_that_varies_is_not_copied() {
    assert!(matches!(parameterize("connection refused"), Cow::Borrowed(_)));
}
