//! Renewing the tokens of an account with its refresh token, as OAuth 2 has it.

use mortise_egress::{Answer, Method};
use serde_json::{Map, Value, json};

use crate::{ApiError, ApiErrorKind, Client, ProviderError};

/// The key of the token that calls bear.
pub const ACCESS_TOKEN: &str = "access_token";
const REFRESH_TOKEN: &str = "refresh_token";
/// When the token is good no more, epoch seconds.
const EXPIRES: &str = "expires";

/// The tokens of an account after they were renewed: `data` with what is new in it. `form` makes the fields to send from
/// the refresh token; `now_s` is the time, epoch seconds. A grant that is gone is [`ProviderError::Identity`].
pub async fn refresh(
    client: &Client,
    token_url: &str,
    form: impl FnOnce(&str) -> Vec<(&'static str, String)>,
    data: &Map<String, Value>,
    now_s: i64,
) -> Result<Map<String, Value>, ProviderError> {
    let refresh_token = data.get(REFRESH_TOKEN).and_then(Value::as_str).filter(|token| !token.is_empty());
    let refresh_token =
        refresh_token.ok_or_else(|| ProviderError::Identity("Missing refresh token".to_owned()))?;
    let fields = form(refresh_token);
    let call =
        client.call(Method::POST, token_url).form(fields.iter().map(|(name, text)| (*name, text.as_str())));
    let answer = call.answer().await?;
    let body = answer.json::<Map<String, Value>>().unwrap_or_default();
    if answer.status.as_u16() != 200 {
        return Err(refused(&answer, &body));
    }
    merged(data, &body, now_s)
}

/// When the token of an account is good no more, epoch seconds; `None` when nobody said.
pub fn expires(data: &Map<String, Value>) -> Option<i64> {
    data.get(EXPIRES).and_then(seconds)
}

/// Why a token was not renewed.
fn refused(answer: &Answer, body: &Map<String, Value>) -> ProviderError {
    let text_of = |keys: [&str; 2], or: &str| {
        let found = keys.iter().find_map(|key| body.get(*key).and_then(Value::as_str));
        found.unwrap_or(or).to_owned()
    };
    let code = answer.status.as_u16();
    let error = text_of(["error", "Error"], "unknown_error");
    let description = text_of(["error_description", "ErrorDescription"], "no description available");
    let text = format!("HTTP {code} ({error}): {description}");
    match (code, error.as_str()) {
        (401, _) | (400, "invalid_grant") => ProviderError::Identity(text),
        _ => ApiError { kind: ApiErrorKind::Status, code: None, text, json: None }.into(),
    }
}

/// What is known already with what an answer brought. What it did not bring stays, such as the refresh token.
fn merged(
    data: &Map<String, Value>,
    body: &Map<String, Value>,
    now_s: i64,
) -> Result<Map<String, Value>, ProviderError> {
    if body.get(ACCESS_TOKEN).and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(ProviderError::Identity("There was no token in the answer.".to_owned()));
    }
    let mut data = data.clone();
    for key in [ACCESS_TOKEN, REFRESH_TOKEN, "token_type"] {
        if let Some(value) = body.get(key).filter(|value| value.is_string()) {
            data.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(lifetime) = body.get("expires_in").and_then(seconds) {
        data.insert(EXPIRES.to_owned(), json!(now_s.saturating_add(lifetime)));
    }
    Ok(data)
}

/// A number, which some send as a text.
pub(crate) fn seconds(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
