//! The kinds of tokens: how each looks and how long it lives. Making, hashing and reading them is cryptography and
//! lives elsewhere.

coded! {
    /// A kind of token or key that a request can carry.
    pub enum TokenKind {
        /// Made by a person for scripts; any scopes, no expiry.
        User = 0, "user";
        /// Given to an OAuth application for a person.
        Application = 1, "oauth_app";
        /// Given to an installed public app.
        Installation = 2, "installation";
        /// Of an internal app; no expiry.
        Internal = 3, "internal";
        /// Of an organization, for continuous integration.
        Org = 4, "org";
        /// A legacy key of an organization, sent as a user name with basic authentication.
        ApiKey = 5, "api_key";
        /// The public key of a project's DSN.
        Dsn = 6, "dsn";
    }
}

/// Starts every token that a person makes.
pub const USER_TOKEN_PREFIX: &str = "sntryu_";
/// Kept free for tokens of OAuth applications, which are bare hex today.
pub const APPLICATION_TOKEN_PREFIX: &str = "sntrya_";
/// Kept free for tokens of installations, which are bare hex today.
pub const INSTALLATION_TOKEN_PREFIX: &str = "sntryi_";
/// Starts every token of an organization.
pub const ORG_TOKEN_PREFIX: &str = "sntrys_";
/// Clients leave room for this many characters; only organization tokens are longer.
pub const TOKEN_CHARS_MAX: usize = 71;
/// `date_last_used` is written at most this often.
pub const LAST_USED_WRITE_SECONDS: i64 = 60;

impl TokenKind {
    /// What new tokens of this kind start with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::User => USER_TOKEN_PREFIX,
            Self::Org => ORG_TOKEN_PREFIX,
            Self::Application | Self::Installation | Self::Internal | Self::ApiKey | Self::Dsn => "",
        }
    }

    /// Seconds that a new token is good for; `None` is without end.
    pub const fn lifetime_seconds(self) -> Option<i64> {
        match self {
            Self::Application => Some(30 * 24 * 3600),
            Self::Installation => Some(8 * 3600),
            Self::User | Self::Internal | Self::Org | Self::ApiKey | Self::Dsn => None,
        }
    }

    /// Whether a refresh token comes with it.
    pub const fn is_refreshable(self) -> bool {
        matches!(self, Self::Application | Self::Installation)
    }
}

/// Whether a bearer text must be looked up among organization tokens. Everything else, whatever its prefix, is
/// looked up among user and app tokens.
pub fn is_org_token(text: &str) -> bool {
    text.starts_with(ORG_TOKEN_PREFIX)
}
