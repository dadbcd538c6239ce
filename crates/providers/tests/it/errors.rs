use std::collections::BTreeMap;

use mortise_providers::{ApiError, ApiErrorKind, ProviderError};
use serde_json::{Value, json};

fn api(kind: ApiErrorKind, code: Option<u16>, text: &str) -> ProviderError {
    let json = serde_json::from_str(text).ok();
    ApiError { kind, code, text: text.to_owned(), json }.into()
}

fn message(body: &Value) -> Option<String> {
    body["message"].as_str().map(str::to_owned)
}

#[test]
fn people_read_the_sentences_that_they_know() {
    use ApiErrorKind::{Broken, Host, Reset, Status, Timeout, Unauthorized, Unsupported};
    let internal = "An internal error occurred with the integration and the Sentry team has been notified";
    let unauthorized = "Unauthorized: either your access token was invalid or you do not have access";
    for (error, said) in [
        (api(Unauthorized, Some(401), "{\"message\":\"x\"}"), unauthorized),
        (api(Host, Some(503), "Unable to reach host: a.test"), "Unable to reach host: a.test"),
        (api(Unsupported, Some(200), "text/html"), "An unsupported response type was returned: text/html"),
        (api(Status, Some(404), "{\"message\":\"gone\"}"), "Error Communicating with Jira (HTTP 404): gone"),
        (api(Status, Some(500), "oops"), "Error Communicating with Jira (HTTP 500): unknown error"),
        (api(Timeout, Some(504), "Timed out"), "Error Communicating with Jira (HTTP 504): unknown error"),
        (api(Reset, Some(104), "reset"), "Error Communicating with Jira (HTTP 104): unknown error"),
        (api(Broken, None, "Internal Error"), "Error Communicating with Jira (HTTP None): unknown error"),
        (ProviderError::Refused("Not so.".to_owned()), "Not so."),
        (ProviderError::Identity("HTTP 401 (x): y".to_owned()), "HTTP 401 (x): y"),
        (ProviderError::Form(BTreeMap::new()), "Invalid integration action"),
        (ProviderError::Internal("a secret of ours".to_owned()), internal),
    ] {
        assert_eq!(error.message("Jira", message), said, "{error:?}");
    }
}

#[test]
fn fields_are_told_where_the_other_side_names_them_and_the_token_is_good() {
    let fields = |body: &Value| {
        let fields = body["errors"].as_object()?;
        Some(fields.iter().map(|(name, text)| (name.clone(), vec![text.to_string()])).collect())
    };
    let body = "{\"errors\":{\"title\":1}}";
    let told = api(ApiErrorKind::Status, Some(400), body).by_field(fields);
    assert_eq!(json!(told), json!({ "title": ["1"] }));
    assert_eq!(api(ApiErrorKind::Unauthorized, Some(401), body).by_field(fields), None);
    assert_eq!(api(ApiErrorKind::Status, Some(400), "{}").by_field(fields), None);
    assert_eq!(ProviderError::Refused("no".to_owned()).by_field(fields), None);
    let own = BTreeMap::from([("a".to_owned(), vec!["b".to_owned()])]);
    assert_eq!(ProviderError::Form(own.clone()).by_field(fields), Some(own));
}

#[test]
fn only_503_means_that_the_other_side_is_away() {
    for (code, is_away) in [(Some(503), true), (Some(504), false), (Some(500), false), (None, false)] {
        assert_eq!(api(ApiErrorKind::Status, code, "").is_unavailable(), is_away);
    }
    assert!(!ProviderError::Identity("503".to_owned()).is_unavailable());
}
