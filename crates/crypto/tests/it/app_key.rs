use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use mortise_crypto::{AppKey, app_key::NoKey};
use rsa::{RsaPrivateKey, pkcs1::DecodeRsaPrivateKey as _, traits::PublicKeyParts as _};
use serde_json::{Value, json};

/// A key that is used nowhere else, as GitHub gives them out.
const PEM: &str = include_str!("app_key.pem");

/// What others verify with.
fn public() -> DecodingKey {
    let key = RsaPrivateKey::from_pkcs1_pem(PEM).unwrap();
    DecodingKey::from_rsa_raw_components(&key.n().to_bytes_be(), &key.e().to_bytes_be())
}

fn claims(assertion: &str) -> Value {
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    decode::<Value>(assertion, &public(), &rules).unwrap().claims
}

#[test]
fn an_assertion_says_who_made_it_and_how_long_it_is_good() {
    let key = AppKey::from_pem(&PEM.into()).unwrap();
    let assertion = key.assertion("12345", 1_000, 1_600).unwrap();
    assert_eq!(claims(&assertion), json!({ "iss": "12345", "iat": 1000, "exp": 1600 }));
    let header = serde_json::to_value(decode_header(&assertion).unwrap()).unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("RS256"), &json!("JWT")));
}

#[test]
fn a_key_is_read_however_it_is_written() {
    let pkcs8 = {
        use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
        let key = RsaPrivateKey::from_pkcs1_pem(PEM).unwrap();
        key.to_pkcs8_pem(LineEnding::CRLF).unwrap().to_string()
    };
    for text in [PEM.replace('\n', "\\n"), format!("\n{PEM}\n"), PEM.replace('\n', "\r\n"), pkcs8] {
        let key = AppKey::from_pem(&text.as_str().into()).unwrap();
        assert_eq!(claims(&key.assertion("a", 1, 2).unwrap())["iss"], "a");
    }
}

#[test]
fn anything_else_is_no_key_and_is_not_shown() {
    let public = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";
    let cut: String = PEM.lines().take(9).collect::<Vec<_>>().join("\n");
    for text in ["", "hunter2", public, &cut] {
        let error = AppKey::from_pem(&text.into()).unwrap_err();
        assert_eq!((error, error.to_string().as_str()), (NoKey, "it is no RSA private key in PEM form"));
    }
    let shown = format!("{:?}", AppKey::from_pem(&PEM.into()).unwrap());
    assert!(shown.len() < 100, "{shown}");
}
