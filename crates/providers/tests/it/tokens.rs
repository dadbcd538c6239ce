use mortise_providers::{ApiErrorKind, ProviderError, oauth};
use serde_json::{Map, Value, json};

use crate::peer::{Peer, answer, client, header};

const JSON: &str = "application/json";

fn map(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn held() -> Map<String, Value> {
    map(&json!({ "access_token": "a", "refresh_token": "r", "expires": 10, "other": true }))
}

async fn refresh(peer: &Peer, data: &Map<String, Value>) -> Result<Value, ProviderError> {
    let form =
        |token: &str| vec![("grant_type", "refresh_token".to_owned()), ("refresh_token", token.to_owned())];
    let tokens = oauth::refresh(&client(), &peer.url("/token"), form, data, 1_000).await?;
    Ok(Value::Object(tokens))
}

#[tokio::test]
async fn new_tokens_replace_old_ones_and_what_is_not_told_stays() {
    for (said, expected) in [
        (
            json!({ "access_token": "b", "refresh_token": "s", "expires_in": 3600, "token_type": "Bearer" }),
            json!({ "access_token": "b", "refresh_token": "s", "expires": 4600, "other": true, "token_type": "Bearer" }),
        ),
        (
            json!({ "access_token": "b", "expires_in": "3599", "refresh_token": null }),
            json!({ "access_token": "b", "refresh_token": "r", "expires": 4599, "other": true }),
        ),
        (
            json!({ "access_token": "b" }),
            json!({ "access_token": "b", "refresh_token": "r", "expires": 10, "other": true }),
        ),
    ] {
        let peer = Peer::says([answer(200, JSON, &said.to_string())]).await;
        let tokens = refresh(&peer, &held()).await.unwrap();
        assert_eq!(tokens, expected);
        assert_eq!(oauth::expires(&map(&tokens)), expected["expires"].as_i64());
        let got = peer.got().remove(0);
        assert!(
            got.starts_with("POST /token ")
                && got.ends_with("\r\n\r\ngrant_type=refresh_token&refresh_token=r")
        );
        assert_eq!(header(&got, "content-type"), Some("application/x-www-form-urlencoded"));
    }
}

#[tokio::test]
async fn a_grant_that_is_gone_is_told_from_a_server_that_has_troubles() {
    let gone = |text: &str| Ok(text.to_owned());
    let trouble = |text: &str| Err(text.to_owned());
    for (status, body, expected) in [
        (401, "{}", gone("HTTP 401 (unknown_error): no description available")),
        (401, "<html>", gone("HTTP 401 (unknown_error): no description available")),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"revoked"}"#,
            gone("HTTP 400 (invalid_grant): revoked"),
        ),
        (
            400,
            r#"{"Error":"invalid_client","ErrorDescription":"who"}"#,
            trouble("HTTP 400 (invalid_client): who"),
        ),
        (500, "oops", trouble("HTTP 500 (unknown_error): no description available")),
        (302, "", trouble("HTTP 302 (unknown_error): no description available")),
        (200, "{}", gone("There was no token in the answer.")),
        (200, r#"{"access_token":""}"#, gone("There was no token in the answer.")),
    ] {
        let peer = Peer::says([answer(status, JSON, body)]).await;
        let got = match refresh(&peer, &held()).await {
            Err(ProviderError::Identity(text)) => Ok(text),
            Err(ProviderError::Api(error)) => {
                assert_eq!((error.kind, error.code), (ApiErrorKind::Status, None));
                Err(error.text)
            }
            other => panic!("{status} {body}: {other:?}"),
        };
        assert_eq!(got, expected, "{status} {body}");
        assert_eq!(peer.got().len(), 1, "nothing is tried again");
    }
}

#[tokio::test]
async fn without_a_refresh_token_nobody_is_asked() {
    let peer = Peer::says([answer(200, JSON, "{}")]).await;
    for data in [json!({}), json!({ "refresh_token": "" }), json!({ "refresh_token": 1 })] {
        let error = refresh(&peer, &map(&data)).await.unwrap_err();
        assert!(
            matches!(&error, ProviderError::Identity(text) if text == "Missing refresh token"),
            "{error:?}"
        );
    }
    assert!(peer.got().is_empty());
}

#[test]
fn the_end_of_a_token_is_a_number_or_a_text() {
    let end = |value: Value| oauth::expires(&map(&json!({ "expires": value })));
    assert_eq!(
        (end(json!(7)), end(json!("7")), end(json!("x")), end(Value::Null)),
        (Some(7), Some(7), None, None)
    );
}
