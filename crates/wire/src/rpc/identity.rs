//! `identity`: the accounts of people on other sides.

use serde::{Deserialize, Serialize};

use super::{Few, Object, not_null};

/// An account.
#[derive(Debug, Clone, Serialize)]
pub struct Identity {
    pub id: i64,
    pub idp_id: i64,
    pub user_id: i64,
    pub external_id: String,
    /// Tokens.
    pub data: Object,
}

/// An origin of accounts.
#[derive(Debug, Clone, Serialize)]
pub struct IdentityProvider {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: String,
    pub external_id: String,
}

/// Which accounts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(deserialize_with = "not_null")]
    pub id: Option<i64>,
    #[serde(deserialize_with = "not_null")]
    pub user_id: Option<i64>,
    #[serde(deserialize_with = "not_null")]
    pub identity_ext_id: Option<String>,
    #[serde(deserialize_with = "not_null")]
    pub identity_ext_ids: Option<Few<String>>,
    #[serde(deserialize_with = "not_null")]
    pub provider_id: Option<i64>,
    #[serde(deserialize_with = "not_null")]
    pub provider_ext_id: Option<String>,
    #[serde(deserialize_with = "not_null")]
    pub provider_type: Option<String>,
}

/// Arguments of `get_identities` and `get_identity`.
#[derive(Debug, Deserialize)]
pub struct Find {
    pub filter: Filter,
}

/// Arguments of `get_provider`.
#[derive(Debug, Deserialize)]
pub struct GetProvider {
    pub provider_id: Option<i64>,
    pub provider_type: Option<String>,
    pub provider_ext_id: Option<String>,
}

/// Arguments of `get_user_identities_by_provider_type`.
#[derive(Debug, Deserialize)]
pub struct OfUser {
    pub user_id: i64,
    pub provider_type: String,
    #[serde(default)]
    pub exclude_matching_external_ids: bool,
}

/// Arguments of `get_org_user_identities_by_provider_type`.
#[derive(Debug, Deserialize)]
pub struct OfOrgUser {
    pub organization_id: i64,
    pub user_id: i64,
    pub provider_type: String,
}

/// Arguments of `delete_identities`.
#[derive(Debug, Deserialize)]
pub struct DeleteIdentities {
    pub user_id: i64,
    pub organization_id: i64,
}

/// Arguments of `update_data`.
#[derive(Debug, Deserialize)]
pub struct UpdateData {
    pub identity_id: i64,
    pub data: Object,
}
