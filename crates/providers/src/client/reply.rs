//! A good answer, as what it is: JSON, XML, text. HTML is nobody's answer to a program, so it is refused where no text is
//! expected.

use std::collections::BTreeMap;

use mortise_egress::{Answer, HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use crate::{ApiError, ApiErrorKind};

/// What an answer may be besides a JSON object, a JSON list, or XML.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Accepted {
    pub(super) text: bool,
    pub(super) scalar: bool,
}

/// What an answer holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing, after a HEAD.
    Nothing,
    /// JSON; an empty object where the status says that there is nothing.
    Json(Value),
    /// XML, from its declaration on.
    Xml(String),
    /// Anything else.
    Text(String),
}

/// A good answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status, below 400.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub content: Content,
}

impl Reply {
    /// Reads an answer. JSON is tried whatever it is said to be.
    pub(super) fn of(method: &Method, answer: Answer, accepted: Accepted) -> Result<Self, ApiError> {
        let content = content(method, &answer, accepted)?;
        Ok(Self { status: answer.status, headers: answer.headers, content })
    }

    /// The body as JSON; null where it is something else.
    pub fn json(&self) -> &Value {
        match &self.content {
            Content::Json(value) => value,
            _ => &Value::Null,
        }
    }

    /// The links of the header `Link`: URL by `rel`.
    pub fn links(&self) -> BTreeMap<String, String> {
        let headers = self.headers.get_all("link").into_iter().filter_map(|value| value.to_str().ok());
        headers.flat_map(|value| value.split(", <")).filter_map(link).collect()
    }
}

fn content(method: &Method, answer: &Answer, accepted: Accepted) -> Result<Content, ApiError> {
    if method == Method::HEAD {
        return Ok(Content::Nothing);
    }
    if answer.status == StatusCode::NO_CONTENT {
        return Ok(Content::Json(json!({})));
    }
    let text = answer.text();
    if text.starts_with("<?xml") {
        return Ok(Content::Xml(text.into_owned()));
    }
    let value =
        Some(&text).filter(|text| !text.starts_with('<')).and_then(|text| serde_json::from_str(text).ok());
    match value {
        Some(value @ (Value::Object(_) | Value::Array(_))) => Ok(Content::Json(value)),
        Some(value) if accepted.scalar => Ok(Content::Json(value)),
        _ if accepted.text => Ok(Content::Text(text.into_owned())),
        _ => Err(unsupported(answer)),
    }
}

fn unsupported(answer: &Answer) -> ApiError {
    ApiError {
        kind: ApiErrorKind::Unsupported,
        code: Some(answer.status.as_u16()),
        text: answer.header("content-type").unwrap_or_default().to_owned(),
        json: None,
    }
}

/// `https://a.test/?page=2>; rel="next"`, with or without `<` before.
fn link(text: &str) -> Option<(String, String)> {
    let (url, parameters) = text.trim().trim_start_matches('<').split_once('>')?;
    let rel = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("rel="))?;
    Some((rel.trim_matches('"').to_owned(), url.to_owned()))
}
