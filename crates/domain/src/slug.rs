//! Slugs: the names in URLs. This module says what is a slug and makes candidates from a name; whether one is taken
//! only the database knows, so [`SlugKind::candidates`] hands out one after another until the caller is content.

use deunicode::deunicode;
use unicode_normalization::UnicodeNormalization;

use crate::Ids;

/// What a slug names. Kinds differ in grammar, length and reserved words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugKind {
    /// An organization: letters of either case, digits, inner hyphens; 3 to 50 characters.
    Org,
    /// A project: lower case, digits, hyphens, underscores; at most 50 characters.
    Project,
    /// A team: as a project, with no reserved words.
    Team,
    /// A Sentry App: as a team, at most 64 characters.
    App,
}

/// Why a text is no slug. The texts are what clients are answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// A character outside the grammar, or digits only.
    #[error(
        "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. \
         It cannot be entirely numeric."
    )]
    Grammar,
    /// The same for organizations, whose grammar differs.
    #[error(
        "Enter a valid slug consisting of letters, numbers, or hyphens. \
         It cannot be entirely numeric or start/end with a hyphen."
    )]
    OrgGrammar,
    /// Only organizations have a least length.
    #[error("This slug \"{0}\" is too short. Minimum of 3 characters.")]
    TooShort(String),
    /// Longer than the kind allows.
    #[error("Ensure this field has no more than {0} characters.")]
    TooLong(usize),
    /// A word that URLs of Mortise use themselves.
    #[error("This slug \"{0}\" is reserved and not allowed.")]
    OrgReserved(String),
    /// A word that URLs below an organization use themselves.
    #[error("The slug \"{0}\" is reserved and not allowed.")]
    Reserved(String),
    /// White space in an organization's slug.
    #[error("The slug \"{0}\" should not contain any whitespace.")]
    Whitespace(String),
    /// Somebody else has it. Never found here; it is in the list so that all texts are in one place.
    #[error("The slug \"{0}\" is already in use.")]
    Taken(String),
}

const ORG_SLUG_CHARS_MIN: usize = 3;
/// Lengths of the random suffixes tried in turn when a slug is taken.
const SUFFIX_LENGTHS: [usize; 4] = [2, 3, 5, 12];
/// Letters put after a name of digits only.
const DIGITS_SUFFIX_CHARS: usize = 3;
const INTERNAL_APP_SUFFIX_CHARS: usize = 6;

impl SlugKind {
    /// The most characters a slug of this kind may have.
    pub const fn chars_max(self) -> usize {
        match self {
            Self::Org | Self::Project | Self::Team => 50,
            Self::App => 64,
        }
    }

    /// Checks a slug that somebody asked for; only the first complaint is reported.
    pub fn validate(self, slug: &str) -> Result<(), SlugError> {
        if self == Self::Org && slug.chars().any(char::is_whitespace) {
            return Err(SlugError::Whitespace(slug.to_owned()));
        }
        if !self.fits_grammar(slug) {
            return Err(if self == Self::Org { SlugError::OrgGrammar } else { SlugError::Grammar });
        }
        if slug.len() > self.chars_max() {
            return Err(SlugError::TooLong(self.chars_max()));
        }
        match self {
            Self::Org if slug.len() < ORG_SLUG_CHARS_MIN => Err(SlugError::TooShort(slug.to_owned())),
            Self::Org if is_reserved(RESERVED_ORG_SLUGS, slug) => {
                Err(SlugError::OrgReserved(slug.to_owned()))
            }
            Self::Project if is_reserved(RESERVED_PROJECT_SLUGS, slug) => {
                Err(SlugError::Reserved(slug.to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn fits_grammar(self, slug: &str) -> bool {
        let allowed = |byte: u8| match self {
            Self::Org => byte.is_ascii_alphanumeric() || byte == b'-',
            _ => byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_',
        };
        let bare_ends = self == Self::Org && (slug.starts_with('-') || slug.ends_with('-'));
        !slug.is_empty() && !bare_ends && !is_all_digits(slug) && slug.bytes().all(allowed)
    }

    /// Slugs for something called `name`, best first: the name itself, then with random suffixes of growing
    /// length. Reserved words and other invalid ones are left out, so any that is free may be used. Names that leave
    /// nothing (`"!!!"`) give random letters.
    ///
    /// Not for Sentry Apps, whose slugs follow their own rule: [`app_slug`].
    pub fn candidates(self, name: &str, ids: &dyn Ids) -> impl Iterator<Item = String> {
        let base = self.base(name, ids);
        let with_suffix =
            |length: usize| format!("{}-{}", cut(&base, self.chars_max() - length - 1), ids.letters(length));
        let all: Vec<_> = std::iter::once(base.clone()).chain(SUFFIX_LENGTHS.map(with_suffix)).collect();
        all.into_iter().filter(move |slug| self.validate(slug).is_ok())
    }

    /// The name as a slug, cut to fit.
    fn base(self, name: &str, ids: &dyn Ids) -> String {
        let keeps_underscore = self != Self::Org;
        let mut slug = String::new();
        for c in deunicode(name).chars().map(|c| c.to_ascii_lowercase()) {
            if c.is_ascii_alphanumeric() || (keeps_underscore && c == '_') {
                slug.push(c);
            } else if !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = cut(slug.trim_matches(is_edge), self.chars_max());
        if slug.is_empty() {
            return ids.letters(SUFFIX_LENGTHS[3]);
        }
        if is_all_digits(slug) {
            let slug = cut(slug, self.chars_max() - DIGITS_SUFFIX_CHARS - 1);
            return format!("{slug}-{}", ids.letters(DIGITS_SUFFIX_CHARS));
        }
        slug.to_owned()
    }
}

/// The slug of a new Sentry App, or `None` when the name has no character that a slug can keep. Letters with marks
/// lose them, other characters outside ASCII are dropped. The slug is never changed to avoid a clash: a taken one is
/// the caller's error to report.
pub fn app_slug(name: &str, ids: &dyn Ids) -> Option<String> {
    let slug = slugify(name);
    let room = SlugKind::App.chars_max() - INTERNAL_APP_SUFFIX_CHARS - 1;
    let slug = cut(&slug, room);
    if slug.is_empty() {
        return None;
    }
    if is_all_digits(slug) {
        let slug = cut(slug, room - DIGITS_SUFFIX_CHARS - 1);
        return Some(format!("{slug}-{}", ids.letters(DIGITS_SUFFIX_CHARS)));
    }
    Some(slug.to_owned())
}

/// The slug of a new internal app: that of a public one and six random hex digits, so that clashes between
/// organizations do not tell one about the other.
pub fn internal_app_slug(name: &str, ids: &dyn Ids) -> Option<String> {
    let suffix = ids.hex(INTERNAL_APP_SUFFIX_CHARS / 2);
    app_slug(name, ids).map(|slug| format!("{slug}-{suffix}"))
}

/// The slug of a new documentation integration, however long the name makes it; it is the caller who refuses one that is
/// too long. Names that leave nothing give random letters.
pub fn doc_integration_slug(name: &str, ids: &dyn Ids) -> String {
    let slug = slugify(name);
    match slug.as_str() {
        "" => ids.letters(SUFFIX_LENGTHS[3]),
        digits if is_all_digits(digits) => format!("{digits}-{}", ids.letters(DIGITS_SUFFIX_CHARS)),
        _ => slug,
    }
}

/// What is left of a name in small letters, digits, underscores and hyphens. Letters with marks lose them, other
/// characters outside ASCII are dropped.
pub fn slugify(name: &str) -> String {
    let mut slug = String::new();
    for c in name.nfkd().filter(char::is_ascii).map(|c| c.to_ascii_lowercase()) {
        if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c);
        } else if (c.is_ascii_whitespace() || c == '-') && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches(is_edge).to_owned()
}

/// Whether a path segment is an id rather than a slug. No slug is digits only, so this decides it.
pub fn is_all_digits(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_edge(c: char) -> bool {
    c == '-' || c == '_'
}

/// At most `chars` characters of ASCII text, without a separator at the cut.
fn cut(slug: &str, chars: usize) -> &str {
    slug.get(..chars).unwrap_or(slug).trim_end_matches(is_edge)
}

/// Case does not matter: `API` would read as the page `api` to people.
fn is_reserved(words: &[&str], slug: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(slug))
}

#[rustfmt::skip]
const RESERVED_ORG_SLUGS: &[&str] = &[
    "404", "500", "_admin", "_experiment", "_static", "about", "accept", "access", "account",
    "accountspayable", "acl", "admin", "answers", "ap", "api", "app", "at", "au1", "auth",
    "authentication", "avatar", "billing", "blog", "branding", "careers", "client", "clients",
    "community", "contact", "corp", "customers", "de", "debug", "devinfra", "docs", "enterprise", "eu",
    "events", "expenses", "ext", "extension", "extensions", "features", "finance", "for", "from",
    "get-cli", "github-deployment-gate", "guide", "help", "ingest", "ingest-beta", "integration-platform",
    "integrations", "invoice", "invoices", "ja", "jobs", "legal", "login", "logout", "lp", "mail",
    "manage", "my", "onboarding", "organization-avatar", "organizations", "out", "payment", "payments",
    "platforms", "plugins", "policy", "pricing", "privacy", "project-avatar", "projects", "receipt",
    "receipts", "referrals", "register", "remote", "resources", "sa1", "sales", "security", "sentry-apps",
    "settings", "signup", "sponsorship", "ssh", "sso", "staff", "subscribe", "support", "syntax",
    "syntaxfm", "team-avatar", "teams", "terms", "thanks", "themonitor", "trust", "us", "vs", "welcome",
];

#[rustfmt::skip]
const RESERVED_PROJECT_SLUGS: &[&str] = &[
    "$all", "api-keys", "audit-log", "auth", "members", "projects", "rate-limits", "repos", "settings", "teams",
    "billing", "payments", "legal", "subscription", "support", "integrations", "developer-settings", "usage",
];
