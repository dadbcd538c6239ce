//! Client assertions.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use mortise_crypto::{
    SecretString,
    assertion::{Invalid, claimed_issuer, verify},
};
use mortise_domain::Time;
use serde_json::{Value, json};

const CLIENT: &str = "client";
const SECRET: &str = "secret of the client, long enough to be one";

fn now() -> Time {
    Time::from_second(1_800_000_000).unwrap()
}

fn signed(claims: &Value, algorithm: Algorithm, secret: &str) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

fn claims() -> Value {
    json!({ "iss": CLIENT, "sub": CLIENT, "iat": 1_800_000_000, "exp": 1_800_000_060, "jti": "1" })
}

fn check(assertion: &str) -> Result<Time, Invalid> {
    verify(assertion, CLIENT, &SecretString::from(SECRET), now())
}

#[test]
fn a_good_assertion_says_whose_it_is_and_until_when() {
    let assertion = signed(&claims(), Algorithm::HS256, SECRET);
    assert_eq!(claimed_issuer(&assertion).as_deref(), Some(CLIENT));
    assert_eq!(check(&assertion).unwrap().as_second(), 1_800_000_060);
}

#[test]
fn whatever_is_wrong_with_it_is_refused() {
    let with = |key: &str, value: Value| {
        let mut claims = claims();
        claims[key] = value;
        signed(&claims, Algorithm::HS256, SECRET)
    };
    let without = |key: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(key);
        signed(&claims, Algorithm::HS256, SECRET)
    };
    let good = signed(&claims(), Algorithm::HS256, SECRET);
    let (head, rest) = good.split_once('.').unwrap();
    let (body, _) = rest.split_once('.').unwrap();
    // {"alg":"none"}
    let unsigned = format!("eyJhbGciOiJub25lIn0.{body}.");
    for (name, assertion) in [
        ("another secret", signed(&claims(), Algorithm::HS256, "another")),
        ("another algorithm", signed(&claims(), Algorithm::HS512, SECRET)),
        ("no signature", format!("{head}.{body}.")),
        ("no algorithm", unsigned),
        ("over", with("exp", json!(1_800_000_000))),
        ("far end", with("exp", json!(1_800_000_000 + 86_401))),
        ("issuer", with("iss", json!("other"))),
        ("subject", with("sub", json!("other"))),
        ("no subject", without("sub")),
        ("no end", without("exp")),
        ("end beyond time", with("exp", json!(1e300))),
        ("no token", "a.b.c".to_owned()),
        ("empty", String::new()),
    ] {
        assert_eq!(check(&assertion), Err(Invalid), "{name}");
    }
    assert_eq!(claimed_issuer("a.b.c"), None);
}
