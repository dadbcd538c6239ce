use mortise_crypto::{ExposeSecret, token::*};
use mortise_domain::{Ids, SystemIds};
use proptest::prelude::*;

struct Ones;
impl Ids for Ones {
    fn fill(&self, out: &mut [u8]) {
        out.fill(0xff);
    }
}

#[test]
fn tokens_have_their_shape() {
    let user = user_token(&Ones);
    assert_eq!(user.text.expose_secret(), &format!("sntryu_{}", "f".repeat(64)));
    assert_eq!(user.last_characters, "ffff");
    assert_eq!(user.hash, hash_token(user.text.expose_secret()));
    for plain in [app_token(&SystemIds), session_token(&SystemIds)] {
        let text = plain.text.expose_secret();
        assert!(text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()), "{text}");
        assert!(text.ends_with(&plain.last_characters));
    }
}

#[test]
fn a_token_does_not_show_itself() {
    let token = user_token(&SystemIds);
    assert!(!format!("{token:?}").contains(token.text.expose_secret()));
}

#[test]
fn the_hash_covers_the_prefix() {
    assert_eq!(hash_token("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_ne!(hash_token("sntryu_abc"), hash_token("abc"));
    assert!(matches(&"abc".into(), &hash_token("abc")) && !matches(&"abd".into(), &hash_token("abc")));
}

#[test]
fn last_characters_are_at_most_four() {
    for (text, last) in [("", ""), ("abc", "abc"), ("abcd", "abcd"), ("abcde", "bcde"), ("aéöüß", "éöüß")]
    {
        assert_eq!(last_characters(text), last);
    }
}

fn payload() -> OrgTokenPayload {
    let url = "https://m.test/sub".parse().expect("a URL");
    OrgTokenPayload::new("2024-08-12T08:45:45.123456Z".parse().expect("a time"), &url, "acme")
}

#[test]
fn org_tokens_are_read_by_other_programs() {
    let token = org_token(&Ones, &payload());
    let text = token.text.expose_secret();
    let (head, secret) = text.rsplit_once('_').unwrap();
    assert_eq!(secret, "//////////////////////////////////////////8");
    assert_eq!(
        head,
        "sntrys_eyJpYXQiOjE3MjM0NTIzNDUuMTIzNDU2LCJ1cmwiOiJodHRwczovL20udGVzdC9zdWIiLCJyZWdpb25fdXJsIjoiaHR0cHM6Ly9tLnRlc3Qvc3ViIiwib3JnIjoiYWNtZSJ9"
    );
    assert_eq!(parse_org_token(text), Ok(payload()));
}

#[test]
fn payloads_of_other_makers_are_read() {
    // {"iat": 1, "extra": null}, with padding
    let parsed = parse_org_token("sntrys_eyJpYXQiOiAxLCAiZXh0cmEiOiBudWxsfQ==_secret").unwrap();
    assert_eq!(
        parsed,
        OrgTokenPayload { iat: 1.0, url: String::new(), region_url: String::new(), org: String::new() }
    );
}

#[test]
fn broken_org_tokens_are_told_apart() {
    for (text, error) in [
        ("", OrgTokenError::Parts),
        ("sntryu_e30=_x", OrgTokenError::Parts),
        ("sntrys_e30=", OrgTokenError::Parts),
        ("sntrys_e30=_", OrgTokenError::Parts),
        ("sntrys_e30=_a_b", OrgTokenError::Parts),
        ("sntrys__x", OrgTokenError::Payload),
        ("sntrys_!!_x", OrgTokenError::Payload),
        ("sntrys_e30=_x", OrgTokenError::Payload),
        ("sntrys_eyJpYXQiOiAxLCAiZXh0cmEiOiBudWxsfQ_x", OrgTokenError::Payload),
    ] {
        assert_eq!(parse_org_token(text), Err(error), "{text}");
    }
}

proptest! {
    #[test]
    fn every_org_token_can_be_read_back(org in "\\PC{0,60}", seconds in 0..4_000_000_000_i64) {
        let made = OrgTokenPayload { iat: seconds as f64 + 0.25, org, ..payload() };
        let token = org_token(&SystemIds, &made);
        prop_assert_eq!(parse_org_token(token.text.expose_secret()), Ok(made));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "(sntrys_)?[A-Za-z0-9+/=_]{0,60}") {
        let _ = parse_org_token(&text);
    }
}
