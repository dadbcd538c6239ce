//! The accounts that people have elsewhere.

use serde::Serialize;
use utoipa::ToSchema;

use crate::datetime::WireTime;

/// An account of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Decimal digits.
    pub id: String,
    /// Where it comes from.
    pub identity_provider: IdentityProvider,
    /// Its id there.
    pub external_id: String,
    /// 0 unknown, 1 valid, 2 invalid.
    pub status: i64,
}

/// Where accounts come from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityProvider {
    /// Decimal digits.
    pub id: String,
    /// The word of the provider.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id, there, of the organization or server whose people they are.
    pub external_id: String,
}

/// An account of a person, with what may be done to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// The kind of account.
    pub category: &'static str,
    /// Decimal digits.
    pub id: String,
    /// Where it comes from.
    pub provider: UserIdentityProvider,
    /// Its id there.
    pub name: String,
    /// Whether it may be disconnected.
    pub status: &'static str,
    /// Whether the person signs in with it.
    pub is_login: bool,
    /// The organization that asks for it: none.
    pub organization: Option<String>,
    /// When it was connected.
    pub date_added: WireTime,
    /// When it last proved to be good.
    pub date_verified: WireTime,
    /// When it was last brought up to date: never.
    pub date_synced: Option<WireTime>,
}

/// The provider of an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserIdentityProvider {
    /// Its word.
    pub key: String,
    /// What people call it.
    pub name: String,
}
