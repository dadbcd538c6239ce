//! People, as answers of other services carry them.

use serde::Serialize;
use serde_json::Value;

use crate::datetime::WireTime;

/// A person, or the proxy user of an app.
#[derive(Debug, Clone, Serialize)]
pub struct User {
    pub id: i64,
    /// The same.
    pub pk: i64,
    pub name: String,
    pub email: String,
    pub username: String,
    /// Nothing has one.
    pub actor_id: Option<i64>,
    pub display_name: String,
    pub label: String,
    pub is_superuser: bool,
    pub is_authenticated: bool,
    pub is_anonymous: bool,
    pub is_active: bool,
    pub is_staff: bool,
    pub is_unclaimed: bool,
    pub last_active: Option<WireTime>,
    pub is_sentry_app: bool,
    pub password_usable: bool,
    pub is_password_expired: bool,
    pub is_suspended: bool,
    /// A secret of this server: always null.
    pub session_nonce: Option<String>,
    pub roles: Vec<String>,
    pub permissions: Vec<String>,
    /// People's pictures come from elsewhere: always null.
    pub avatar: Option<Value>,
    /// The verified ones.
    pub emails: Vec<String>,
    pub useremails: Vec<UserEmail>,
    /// Second factors: none.
    pub authenticators: Vec<Value>,
}

/// An address of a person.
#[derive(Debug, Clone, Serialize)]
pub struct UserEmail {
    pub id: i64,
    pub email: String,
    pub is_verified: bool,
}
