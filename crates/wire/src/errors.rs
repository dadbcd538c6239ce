//! Error bodies. One enum covers every shape a client can meet; texts that clients compare are constants here.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// Missing credentials (401).
pub const NOT_AUTHENTICATED: &str = "Authentication credentials were not provided.";
/// Refused (403).
pub const FORBIDDEN: &str = "You do not have permission to perform this action.";
/// A named resource is unknown (404).
pub const NO_SUCH_RESOURCE: &str = "The requested resource does not exist";
/// Something is not there, or not to be seen (404).
pub const NOT_FOUND: &str = "Not found.";
/// The body of a 500.
pub const INTERNAL_ERROR: &str = "Internal Error";
/// A body that should say who it is from, and does not (401), or that is no object (400).
pub const INVALID_REQUEST: &str = "Invalid request";
/// No renderer fits the `Accept` header (406).
pub const NOT_ACCEPTABLE: &str = "Could not satisfy the request Accept header.";
/// A form's content type names no boundary (400).
pub const MULTIPART_BOUNDARY: &str = "Multipart form parse error - Invalid boundary in multipart: None";
/// The value of `WWW-Authenticate` of every 401; not `Basic`, so that browsers open no password dialog.
pub const WWW_AUTHENTICATE: &str = "xBasic realm=\"api\"";

/// Texts of a 401, by cause.
pub mod auth {
    /// `Authorization: Bearer` without token.
    pub const BEARER_EMPTY: &str = "Invalid token header. No credentials provided.";
    /// More than one part after `Bearer`.
    pub const BEARER_SPACES: &str = "Invalid token header. Token string should not contain spaces.";
    /// Unknown user token.
    pub const TOKEN_UNKNOWN: &str = "Invalid token";
    /// Expired user token.
    pub const TOKEN_EXPIRED: &str = "Token expired";
    /// The user is disabled.
    pub const USER_INACTIVE: &str = "User inactive or deleted";
    /// The OAuth application is disabled.
    pub const APPLICATION_INACTIVE: &str = "UserApplication inactive or deleted";
    /// Unknown, inactive or unreadable organization token.
    pub const ORG_TOKEN_INVALID: &str = "Invalid org token";
    /// `Authorization: Basic` without credentials.
    pub const BASIC_EMPTY: &str = "Invalid basic header. No credentials provided.";
    /// More than one part after `Basic`.
    pub const BASIC_SPACES: &str = "Invalid basic header. Credentials string should not contain spaces.";
    /// What follows `Basic` is no base64 text.
    pub const BASIC_ENCODING: &str = "Invalid basic header. Credentials not correctly base64 encoded.";
    /// The user name or the password is wrong, where both are sent in the header.
    pub const BASIC_WRONG: &str = "Invalid username/password.";
    /// The user name or the password is wrong, where both are sent in the body.
    pub const SIGN_IN_WRONG: &str =
        "Please enter a correct username and password. Note that both fields may be case-sensitive.";
    /// The account is closed.
    pub const SIGN_IN_INACTIVE: &str = "This account is inactive.";
    /// Unknown API key.
    pub const API_KEY_UNKNOWN: &str = "API key is not valid";
    /// Disabled API key.
    pub const API_KEY_DISABLED: &str = "Key is disabled";
    /// Bad DSN.
    pub const DSN_INVALID: &str = "Invalid dsn";
    /// A client-id endpoint got no usable body.
    pub const CLIENT_REQUEST_INVALID: &str = "Invalid request";
    /// A client-id endpoint got a wrong pair.
    pub const CLIENT_PAIR_INVALID: &str = "Invalid Client ID / Secret pair";
    /// An internal signature is wrong.
    pub const SIGNATURE_INVALID: &str = "Invalid signature";
}

/// Texts of field errors.
pub mod field {
    /// The key is absent.
    pub const REQUIRED: &str = "This field is required.";
    /// The value is null.
    pub const NULL: &str = "This field may not be null.";
    /// The value is an empty text.
    pub const BLANK: &str = "This field may not be blank.";
    /// The body is null.
    pub const NO_DATA: &str = "No data provided";
    /// Not a text or number.
    pub const STRING: &str = "Not a valid string.";
    /// A text with a NUL character.
    pub const NUL_CHARACTER: &str = "Null characters are not allowed.";
    /// Not an integer.
    pub const INTEGER: &str = "A valid integer is required.";
    /// Not a number.
    pub const NUMBER: &str = "A valid number is required.";
    /// Not a boolean.
    pub const BOOLEAN: &str = "Must be a valid boolean.";
    /// Not a URL.
    pub const URL: &str = "Enter a valid URL.";
    /// Not an address.
    pub const EMAIL: &str = "Enter a valid email address.";
    /// The slug of a project, team or app breaks its grammar.
    pub const SLUG: &str = "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. \
        It cannot be entirely numeric.";
    /// The slug of an organization breaks its grammar.
    pub const ORG_SLUG: &str = "Enter a valid slug consisting of letters, numbers, or hyphens. \
        It cannot be entirely numeric or start/end with a hyphen.";

    /// Not one of the choices.
    pub fn choice(value: &str) -> String {
        format!("\"{value}\" is not a valid choice.")
    }
    /// Too many characters.
    pub fn max_length(max: usize) -> String {
        format!("Ensure this field has no more than {max} characters.")
    }
    /// Too few characters.
    pub fn min_length(min: usize) -> String {
        format!("Ensure this field has at least {min} characters.")
    }
    /// Too large.
    pub fn max_value(max: i64) -> String {
        format!("Ensure this value is less than or equal to {max}.")
    }
    /// Too small.
    pub fn min_value(min: i64) -> String {
        format!("Ensure this value is greater than or equal to {min}.")
    }
    /// Not a list; `kind` is [`crate::fields::type_name`] of what came.
    pub fn not_a_list(kind: &str) -> String {
        format!("Expected a list of items but got type \"{kind}\".")
    }
    /// Not an object; `kind` is [`crate::fields::type_name`] of what came.
    pub fn not_an_object(kind: &str) -> String {
        format!("Invalid data. Expected a dictionary, but got {kind}.")
    }
}

/// `Method "PATCH" not allowed.` (405).
pub fn method_not_allowed(method: &str) -> String {
    format!("Method \"{method}\" not allowed.")
}

/// `Unsupported media type "text/xml" in request.` (415).
pub fn unsupported_media_type(media_type: &str) -> String {
    format!("Unsupported media type \"{media_type}\" in request.")
}

/// `JSON parse error - ...` (400).
pub fn malformed_json(error: &crate::json_in::JsonError) -> String {
    format!("JSON parse error - {error}")
}

/// The body of an error answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ErrorBody {
    /// `{"detail": "text"}`.
    Detail(String),
    /// `{"detail": {"code", "message", "extra"}}`.
    Coded {
        /// What programs compare, such as `sudo-required`.
        code: &'static str,
        /// What people read.
        message: String,
        /// Facts for the program, an object.
        extra: Value,
    },
    /// `{"field": ["text"]}`.
    Fields(FieldErrors),
    /// A bare JSON text.
    Text(String),
    /// `{"error": "text"}`, as OAuth and a few others answer.
    Error(String),
    /// Our fault: `{"detail": "Internal Error", "errorId": "<32 hex>"}`.
    Internal {
        /// The id under which the error is logged.
        error_id: String,
    },
    /// The other side failed: `{"detail", "errorId"}` (503).
    Upstream {
        /// What it said.
        detail: String,
        /// The id under which the error is logged.
        error_id: String,
    },
    /// A shape that only one endpoint has.
    Other(Value),
    /// Nothing: the status says it all.
    Empty,
}

impl ErrorBody {
    /// `{"detail": "text"}`.
    pub fn detail(text: impl Into<String>) -> Self {
        Self::Detail(text.into())
    }

    /// One error of one field.
    pub fn field(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Fields(FieldErrors::one(name, text))
    }

    /// A coded error with facts for the program.
    pub fn coded(code: &'static str, message: impl Into<String>, extra: Value) -> Self {
        Self::Coded { code, message: message.into(), extra }
    }

    /// The session must enter its password again (401).
    pub fn sudo_required(username: &str) -> Self {
        Self::coded("sudo-required", "Account verification required.", json!({ "username": username }))
    }

    /// The session must become a superuser session (403).
    pub fn superuser_required() -> Self {
        Self::coded("superuser-required", "You need to re-authenticate for superuser.", json!({}))
    }

    /// A renamed project (302).
    pub fn resource_moved(url: &str, slug: &str) -> Self {
        Self::Other(json!({
            "slug": slug,
            "detail": {
                "code": "resource-moved",
                "message": "Resource has been moved",
                "extra": { "url": url, "slug": slug },
            },
        }))
    }
}

impl Serialize for ErrorBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = |texts: &[(&str, &str)]| -> Value {
            Value::Object(texts.iter().map(|(key, text)| ((*key).to_owned(), Value::from(*text))).collect())
        };
        match self {
            Self::Detail(detail) => texts(&[("detail", detail)]).serialize(serializer),
            Self::Coded { code, message, extra } => {
                json!({ "detail": { "code": code, "message": message, "extra": extra } })
                    .serialize(serializer)
            }
            Self::Fields(fields) => fields.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Error(error) => texts(&[("error", error)]).serialize(serializer),
            Self::Internal { error_id } => {
                texts(&[("detail", INTERNAL_ERROR), ("errorId", error_id)]).serialize(serializer)
            }
            Self::Upstream { detail, error_id } => {
                texts(&[("detail", detail), ("errorId", error_id)]).serialize(serializer)
            }
            Self::Other(value) => value.serialize(serializer),
            Self::Empty => serializer.serialize_unit(),
        }
    }
}

/// The name under which errors across fields are listed.
pub const NON_FIELD_ERRORS: &str = "non_field_errors";

/// Errors by field: a list of texts, or the errors of a nested object or list, in the order they were found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct FieldErrors(Map<String, Value>);

impl FieldErrors {
    /// No error yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One error of one field.
    pub fn one(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut errors = Self::new();
        errors.add(name, text);
        errors
    }

    /// Adds a text to a field's list.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let entry = self.0.entry(name.into()).or_insert_with(|| Value::Array(Vec::new()));
        match entry {
            Value::Array(list) => list.push(Value::String(text.into())),
            other => *other = json!([text.into()]),
        }
    }

    /// Adds an error that belongs to no single field.
    pub fn add_non_field(&mut self, text: impl Into<String>) {
        self.add(NON_FIELD_ERRORS, text);
    }

    /// Sets everything that is wrong with a field: texts, an object of nested errors, or a list of such.
    pub fn set(&mut self, name: impl Into<String>, errors: impl Into<Value>) {
        self.0.insert(name.into(), errors.into());
    }

    /// Sets the errors of a nested object, unless it has none.
    pub fn nest(&mut self, name: impl Into<String>, errors: FieldErrors) {
        if !errors.is_empty() {
            self.0.insert(name.into(), errors.into());
        }
    }

    /// Sets the errors of the items of a list (`{}` for a good one), unless none has any.
    pub fn nest_list(&mut self, name: impl Into<String>, items: Vec<FieldErrors>) {
        if items.iter().any(|item| !item.is_empty()) {
            self.0.insert(name.into(), Value::Array(items.into_iter().map(Value::from).collect()));
        }
    }

    /// Lists the errors of one name under another, if there are any.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(errors) = self.0.remove(from) {
            self.0.insert(to.to_owned(), errors);
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something is wrong with a field.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

impl From<FieldErrors> for Value {
    fn from(errors: FieldErrors) -> Self {
        Value::Object(errors.0)
    }
}

impl From<FieldErrors> for ErrorBody {
    fn from(errors: FieldErrors) -> Self {
        Self::Fields(errors)
    }
}

/// For the API document: the body of most errors.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Detail {
    /// What went wrong.
    pub detail: String,
}
