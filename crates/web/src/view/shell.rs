//! What surrounds every page: title, signed-in user, organization, navigation, messages, theme.

use super::{Avatar, Tone};

/// The frame of a page. A page without a user (sign-in, an error for a stranger) has no navigation.
#[derive(Debug, Clone)]
pub struct Shell {
    /// Text of the browser tab, without the product's name.
    pub title: String,
    /// The session's CSRF token; every form carries it as `csrfmiddlewaretoken`.
    pub csrf: String,
    pub theme: Theme,
    pub user: Option<SignedIn>,
    /// The organization the page belongs to.
    pub org: Option<OrgRef>,
    /// All organizations of the user, for the switcher.
    pub orgs: Vec<OrgRef>,
    pub section: Section,
    pub flashes: Vec<Flash>,
    /// Path and query of this page, so that a form can lead back here.
    pub here: String,
    /// Whether the user may see what only managers and owners see (settings, audit log).
    pub manages_org: bool,
}

impl Shell {
    /// Slug of the page's organization; empty on pages without one.
    pub fn org_slug(&self) -> &str {
        self.org.as_ref().map_or("", |org| &org.slug)
    }

    /// Name of the page's organization; empty on pages without one.
    pub fn org_name(&self) -> &str {
        self.org.as_ref().map_or("", |org| &org.name)
    }

    /// `aria-current` for the navigation entry of `section`.
    pub fn current(&self, section: Section) -> &'static str {
        if self.section == section { " aria-current=\"page\"" } else { "" }
    }
}

/// The user of the session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub name: String,
    pub email: String,
    pub avatar: Avatar,
    /// Whether they may become a superuser for a while.
    pub may_elevate: bool,
    /// Whether they are one now.
    pub is_elevated: bool,
}

/// An organization in the switcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgRef {
    pub slug: String,
    pub name: String,
}

/// Entries of the navigation; the current one is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Issues,
    Projects,
    Alerts,
    Deliveries,
    Integrations,
    Repositories,
    Members,
    Teams,
    Audit,
    Settings,
    Developer,
    Account,
    None,
}

/// Colour theme chosen by the user; `System` follows the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// Value of the form field, the cookie and the attribute on the root element.
    pub const fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of a field or cookie; every other word follows the device.
    pub fn parse(word: &str) -> Self {
        [Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }
}

/// A message about what just happened, shown once.
#[derive(Debug, Clone)]
pub struct Flash {
    pub tone: Tone,
    pub text: String,
}
