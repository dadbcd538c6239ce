//! What an organization can connect to: the list of everything, a provider with its installations, asking for something.

use askama::{Template, filters::HtmlSafe};

use super::{Avatar, Pager, Select, Shell, State, Tone};

/// Everything that an organization can connect to, in one list.
#[derive(Debug, Clone, Template)]
#[template(path = "integrations.html")]
pub struct IntegrationsPage {
    pub shell: Shell,
    /// What is searched for.
    pub search: String,
    pub category: Select,
    pub state: Select,
    /// A page of what was found, best first.
    pub lines: Vec<Line>,
    pub pager: Pager,
    /// Words for what is found, as in "3 of 24 integrations".
    pub summary: String,
    /// Whether there are more entries than the list takes.
    pub is_cut: bool,
}

/// A line of the list.
#[derive(Debug, Clone)]
pub struct Line {
    pub href: String,
    pub name: String,
    /// Who makes it, and what it is; empty where that goes without saying.
    pub maker: String,
    pub avatar: Avatar,
    /// The beginning of what is said of it.
    pub overview: String,
    /// What it is good for, in a word each.
    pub categories: Vec<&'static str>,
    pub states: Vec<State>,
}

/// A provider: what it does, and what the organization has of it.
#[derive(Debug, Clone, Template)]
#[template(path = "integration.html")]
pub struct IntegrationPage {
    pub shell: Shell,
    pub slug: String,
    pub name: String,
    pub avatar: Avatar,
    /// In Markdown.
    pub description: String,
    pub features: Vec<Feature>,
    /// What its makers say first, in Markdown.
    pub notices: Vec<(Tone, String)>,
    /// What one installation is called, as in "workspace".
    pub noun: String,
    pub installations: Vec<Installation>,
    pub may_configure: bool,
    pub may_remove: bool,
    /// What is asked before one is removed.
    pub removal: String,
    pub resources: Vec<Resource>,
}

/// Where to read on.
#[derive(Debug, Clone)]
pub struct Resource {
    pub title: String,
    /// Empty for an address that is none of a page.
    pub href: String,
}

impl Resource {
    /// A page; what somebody wrote as its address may be anything.
    pub fn new(title: impl Into<String>, address: &str) -> Self {
        let is_page = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
        let href = if is_page { address } else { "" };
        Self { title: title.into(), href: href.to_owned() }
    }
}

/// What something can do.
#[derive(Debug, Clone)]
pub struct Feature {
    /// In Markdown.
    pub text: String,
    /// What it belongs to, in a word.
    pub category: Option<&'static str>,
    /// Whether the organization has it; the operator can switch it off.
    pub is_on: bool,
}

/// One installation of a provider.
#[derive(Debug, Clone)]
pub struct Installation {
    pub id: String,
    pub name: String,
    /// Where it is on the other side; may be empty.
    pub place: String,
    pub state: State,
    /// What can be done about the state; empty when nothing has to.
    pub advice: &'static str,
    /// Whether it is there to be configured and removed.
    pub is_there: bool,
}

/// The head of the pages of one installation.
#[derive(Debug, Clone)]
pub struct InstalledHead {
    /// The word that names the provider.
    pub provider: String,
    pub provider_name: String,
    pub id: String,
    pub name: String,
    pub state: State,
    /// `settings`, `code-mappings` or `names`.
    pub tab: &'static str,
    /// Whether the provider has repositories, and so code mappings.
    pub has_code: bool,
}

/// A dialog in which a member asks the owners to install something.
#[derive(Debug, Clone, Template)]
#[template(path = "part/ask.html")]
pub struct Ask {
    /// The token of the visitor's forms.
    pub csrf: String,
    pub name: String,
    /// Where the form is sent.
    pub target: String,
    /// Characters of the message at most.
    pub message_chars_max: u32,
    /// Where the owners are found when no mail can be sent to them; empty where one can.
    pub owners_href: String,
}

impl HtmlSafe for Ask {}
