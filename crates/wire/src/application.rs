//! OAuth applications and what users have granted them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{datetime::WireTime, organization::OrganizationSummary};

/// An OAuth application.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// The client id.
    pub id: String,
    /// The same again.
    #[serde(rename = "clientID")]
    pub client_id: String,
    /// 64 hex digits during the first 24 hours, then null.
    pub client_secret: Option<String>,
    /// What people read.
    pub name: String,
    /// Its page.
    pub homepage_url: Option<String>,
    /// Its privacy page.
    pub privacy_url: Option<String>,
    /// Its terms.
    pub terms_url: Option<String>,
    /// Origins whose pages may use its tokens.
    pub allowed_origins: Vec<String>,
    /// Where grants may be sent.
    pub redirect_uris: Vec<String>,
}

/// The answer to a rotated secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClientSecret {
    /// 64 hex digits.
    pub client_secret: String,
}

/// What a user has granted an application.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Authorization {
    /// Digits.
    pub id: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// To whom.
    pub application: Application,
    /// When.
    pub date_created: WireTime,
    /// Where, when bound to one organization.
    pub organization: Option<OrganizationSummary>,
}

/// The answer of the token endpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccessToken {
    /// 64 hex digits.
    pub access_token: String,
    /// What it is renewed with; 64 hex digits.
    pub refresh_token: String,
    /// For how long it is good, seconds.
    pub expires_in: i64,
    /// Until when it is good.
    pub expires_at: WireTime,
    /// `bearer`.
    pub token_type: &'static str,
    /// What it may do, with spaces between, sorted.
    pub scope: String,
    /// Whose it is.
    pub user: TokenUser,
}

/// The user of a token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenUser {
    /// Digits.
    pub id: String,
    /// What people read; may be empty.
    pub name: String,
    /// The address.
    pub email: String,
}
