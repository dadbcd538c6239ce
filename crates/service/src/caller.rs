//! Who asks: a person in a browser, a token of a person or an app, a token or key of an organization, or nobody.

use std::net::IpAddr;

use mortise_domain::{
    ApiKeyId, ApplicationId, InstallationId, OrgId, OrgTokenId, ScopeSet, Time, TokenId, UserId,
};
use mortise_store::user::User;

use crate::{Error, Result};

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The address of the peer.
    pub ip: Option<IpAddr>,
    /// The client's name of itself.
    pub user_agent: Option<String>,
}

/// A token of a user; of an app when `installation` or `application` is set.
#[derive(Debug, Clone)]
pub struct TokenAuth {
    /// The row.
    pub id: TokenId,
    /// What it may do, compared literally.
    pub scopes: ScopeSet,
    /// The OAuth application or app it was issued for.
    pub application: Option<ApplicationId>,
    /// Origins that browsers may send it from.
    pub allowed_origins: Vec<String>,
    /// The installation it belongs to, and that installation's organization: it is good there only.
    pub installation: Option<(InstallationId, OrgId)>,
}

/// What a request was authenticated with, other than a session.
#[derive(Debug, Clone)]
pub enum Auth {
    /// A token of a person or an app.
    Token(TokenAuth),
    /// A token of an organization, which acts as nobody.
    OrgToken {
        /// The row.
        id: OrgTokenId,
        /// The organization.
        org: OrgId,
        /// Always `org:ci`.
        scopes: ScopeSet,
    },
    /// A legacy API key, which acts as nobody.
    ApiKey {
        /// The row.
        id: ApiKeyId,
        /// The organization.
        org: OrgId,
        /// As stored.
        scopes: ScopeSet,
        /// Origins that browsers may send it from.
        allowed_origins: Vec<String>,
    },
}

impl Auth {
    /// The scopes, for the check that needs no object.
    pub fn scopes(&self) -> ScopeSet {
        match self {
            Auth::Token(token) => token.scopes,
            Auth::OrgToken { scopes, .. } | Auth::ApiKey { scopes, .. } => *scopes,
        }
    }

    /// Origins that browsers may use these credentials from.
    pub fn allowed_origins(&self) -> &[String] {
        match self {
            Auth::Token(token) => &token.allowed_origins,
            Auth::ApiKey { allowed_origins, .. } => allowed_origins,
            Auth::OrgToken { .. } => &[],
        }
    }
}

/// A browser session.
#[derive(Debug, Clone)]
pub struct SessionFacts {
    /// Hash of the cookie: names the session in the store.
    pub id_hash: String,
    /// What unsafe requests must repeat.
    pub csrf_token: String,
    /// Until when the password counts as recently entered.
    pub sudo_until: Option<Time>,
    /// Whether the session is elevated and its user still a superuser.
    pub is_superuser: bool,
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The person, or the proxy user of an app.
    pub user: Option<User>,
    /// The token or key; none for a session.
    pub auth: Option<Auth>,
    /// The session.
    pub session: Option<SessionFacts>,
    /// Where the request comes from.
    pub client: Client,
    /// Whoever runs the program itself, at its command line. No request is.
    pub is_operator: bool,
}

impl Caller {
    /// Nobody, from `client`.
    pub fn anonymous(client: Client) -> Self {
        Self { client, ..Self::default() }
    }

    /// Whether nobody asks.
    pub fn is_anonymous(&self) -> bool {
        self.user.is_none() && self.auth.is_none()
    }

    /// The user, or "authentication credentials were not provided".
    pub fn user(&self) -> Result<&User> {
        self.user.as_ref().ok_or(Error::NotAuthenticated)
    }

    /// The user; keys and tokens of organizations, which act as nobody, are refused.
    pub fn user_or_refuse(&self) -> Result<&User> {
        match (&self.user, &self.auth) {
            (None, Some(_)) => Err(Error::Forbidden),
            _ => self.user(),
        }
    }

    /// The user's id, if somebody asks.
    pub fn user_id(&self) -> Option<UserId> {
        self.user.as_ref().map(|user| user.id)
    }

    /// Whether this is an elevated session, or the operator. A token never is.
    pub fn is_superuser(&self) -> bool {
        let is_elevated = || self.session.as_ref().is_some_and(|session| session.is_superuser);
        self.is_operator || (self.auth.is_none() && is_elevated())
    }

    /// Refuses a session whose password was not entered recently. Tokens pass.
    pub fn require_sudo(&self, now: Time) -> Result<()> {
        match (&self.session, &self.auth) {
            (Some(session), None) if session.sudo_until.is_none_or(|until| until <= now) => {
                let username = self.user.as_ref().map_or("", |user| user.username.as_str());
                Err(Error::Unauthorized(mortise_wire::errors::ErrorBody::sudo_required(username)))
            }
            _ => Ok(()),
        }
    }

    /// Refuses whoever is not an elevated session.
    pub fn require_superuser(&self) -> Result<()> {
        let user = self.user_or_refuse()?;
        match () {
            () if self.is_superuser() => Ok(()),
            () if self.auth.is_none() && user.is_superuser => {
                Err(Error::Refused(mortise_wire::errors::ErrorBody::superuser_required()))
            }
            () => Err(Error::Forbidden),
        }
    }
}
