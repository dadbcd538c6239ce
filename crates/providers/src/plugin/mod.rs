//! Legacy plugins as data: what each is called, what it is for and what a project sets of it. The words are ours; slugs,
//! names, kinds, orders, field names and values are what clients compare. What a plugin does, if anything, is decided
//! where deliveries are made; most only keep their settings here and say so in their description.

mod forwarding;
mod notification;
mod others;
mod trackers;

/// A legacy plugin.
#[derive(Debug, Clone, Copy)]
pub struct PluginManifest {
    /// The word that requests, options and rules use to name it.
    pub slug: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What it does, roughly.
    pub kind: PluginKind,
    /// 1 or 2: the generation of the interface. Some lists have only the first.
    pub version: u8,
    /// What it is for; `None` for what needs no words.
    pub description: Option<&'static str>,
    /// What people read of its features, in order: gate and text.
    pub described: &'static [(&'static str, &'static str)],
    /// What its settings are.
    pub fields: &'static [PluginField],
    /// The field that tells whether a project configured it.
    pub required_field: Option<&'static str>,
    /// Whether it is left out of catalogs where it is not enabled.
    pub is_hidden: bool,
    /// Whether a project can switch it off.
    pub can_disable: bool,
    /// Whether it is on in projects that never said.
    pub is_on_by_default: bool,
    /// Names of the contexts that it adds to events.
    pub contexts: &'static [&'static str],
    /// Titles of its links with the ends of their addresses, in order.
    pub links: &'static [(&'static str, &'static str)],
    /// The account that people need on the other side to use it.
    pub auth: Option<PluginAuth>,
}

/// What a plugin does, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PluginKind {
    /// Anything else.
    Default,
    /// Makes items of issues.
    IssueTracking,
    /// Tells of issues.
    Notification,
    /// Hands on every event.
    DataForwarding,
    /// Learns of releases.
    ReleaseTracking,
}

impl PluginKind {
    /// As clients see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::IssueTracking => "issue-tracking",
            Self::Notification => "notification",
            Self::DataForwarding => "data-forwarding",
            Self::ReleaseTracking => "release-tracking",
        }
    }
}

/// How people prove who they are on the other side.
#[derive(Debug, Clone, Copy)]
pub struct PluginAuth {
    /// The word for the other side.
    pub provider: &'static str,
    /// What the operator of a server would have to set.
    pub settings: &'static [&'static str],
}

/// A field of a plugin's settings.
#[derive(Debug, Clone, Copy)]
pub struct PluginField {
    /// The name of the option.
    pub name: &'static str,
    /// What stands before it.
    pub label: &'static str,
    /// `text`, `url`, `number`, `bool`, `secret`, `textarea`, `select`, `choice` or `string`.
    pub kind: &'static str,
    /// Whether it must be filled in. A secret need not be once it is there.
    pub is_required: bool,
    /// What explains it.
    pub help: Option<&'static str>,
    /// What stands in it while it is empty.
    pub placeholder: Option<&'static str>,
    /// What it holds at first.
    pub default: FieldDefault,
    /// What there is to choose from.
    pub choices: FieldChoices,
    /// Whether the beginning of a secret is shown.
    pub has_prefix: bool,
}

/// What a field holds at first.
#[derive(Debug, Clone, Copy)]
pub enum FieldDefault {
    /// Nothing.
    None,
    /// A text.
    Text(&'static str),
    /// What is stored, or nothing.
    Stored,
    /// What is stored, or no.
    StoredOrNo,
    /// No.
    No,
}

/// What there is to choose from.
#[derive(Debug, Clone, Copy)]
pub enum FieldChoices {
    /// It is no choice.
    None,
    /// These values with their labels.
    Of(&'static [(&'static str, &'static str)]),
    /// These values, which are their own labels.
    Words(&'static [&'static str]),
    /// The repositories of the organization.
    Repositories,
    /// What the other side offers; the field is left out while it offers nothing.
    Remote,
}

impl PluginField {
    /// Whether it is sealed, and never shown.
    pub fn is_secret(&self) -> bool {
        self.kind == "secret"
    }
}

impl PluginManifest {
    /// Whether people can set anything of it.
    pub fn has_configuration(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Whether it can be tried out.
    pub fn is_testable(&self) -> bool {
        self.kind == PluginKind::Notification
    }

    /// The plugin with this slug.
    pub fn find(slug: &str) -> Option<&'static PluginManifest> {
        PLUGINS.iter().copied().find(|plugin| plugin.slug == slug)
    }

    /// The same with those that are always on and in no list.
    pub fn find_any(slug: &str) -> Option<&'static PluginManifest> {
        Self::find(slug).or_else(|| ALWAYS_ON.iter().copied().find(|plugin| plugin.slug == slug))
    }
}

/// All of them, by name.
pub const PLUGINS: &[&PluginManifest] = &[
    &forwarding::AMAZON_SQS,
    &trackers::ASANA,
    &others::BROWSERS,
    &others::DEVICE,
    &others::INTERFACE_TYPES,
    &others::OS,
    &others::URLS,
    &trackers::BITBUCKET,
    &trackers::GITHUB,
    &trackers::GITLAB,
    &others::HEROKU,
    &trackers::JIRA,
    &notification::OPSGENIE,
    &notification::PAGERDUTY,
    &trackers::PHABRICATOR,
    &trackers::PIVOTAL,
    &notification::PUSHOVER,
    &trackers::REDMINE,
    &forwarding::SEGMENT,
    &others::SESSIONSTACK,
    &notification::SLACK,
    &forwarding::SPLUNK,
    &trackers::TRELLO,
    &notification::TWILIO,
    &notification::VICTOROPS,
    &notification::WEBHOOKS,
];

/// The plugins that no project can switch off. They stand for the processing of events and are in no list.
const ALWAYS_ON: &[&PluginManifest] = &[&others::JAVA, &others::JAVASCRIPT];

/// What most plugins have in common; each fills in the rest.
const COMMON: PluginManifest = PluginManifest {
    slug: "",
    name: "",
    kind: PluginKind::Default,
    version: 1,
    description: None,
    described: &[],
    fields: &[],
    required_field: None,
    is_hidden: false,
    can_disable: true,
    is_on_by_default: false,
    contexts: &[],
    links: LINKS,
    auth: None,
};

/// Where to report a problem, and where the source is.
const LINKS: &[(&str, &str)] = &[("Report Issue", "/issues"), ("View Source", "/")];

/// A field that must be filled in.
const fn field(name: &'static str, label: &'static str, kind: &'static str) -> PluginField {
    PluginField {
        name,
        label,
        kind,
        is_required: true,
        help: None,
        placeholder: None,
        default: FieldDefault::None,
        choices: FieldChoices::None,
        has_prefix: false,
    }
}

/// A secret whose beginning is shown.
const fn secret(name: &'static str, label: &'static str) -> PluginField {
    field(name, label, "secret").prefixed()
}

impl PluginField {
    const fn optional(mut self) -> Self {
        self.is_required = false;
        self
    }

    const fn help(mut self, text: &'static str) -> Self {
        self.help = Some(text);
        self
    }

    const fn placeholder(mut self, text: &'static str) -> Self {
        self.placeholder = Some(text);
        self
    }

    const fn default(mut self, default: FieldDefault) -> Self {
        self.default = default;
        self
    }

    const fn choices(mut self, choices: FieldChoices) -> Self {
        self.choices = choices;
        self
    }

    const fn prefixed(mut self) -> Self {
        self.has_prefix = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plugins_are_listed_by_name_and_found_by_their_slug() {
        assert!(PLUGINS.is_sorted_by_key(|plugin| plugin.name));
        assert_eq!(PLUGINS.len(), 26);
        assert_eq!(PLUGINS.iter().filter(|plugin| plugin.version == 1).count(), 19);
        assert_eq!(PLUGINS.iter().filter(|plugin| plugin.has_configuration()).count(), 21);
        for plugin in PLUGINS {
            assert_eq!(PluginManifest::find(plugin.slug).unwrap().name, plugin.name);
            let required = plugin.required_field;
            assert_eq!(required.is_some(), plugin.has_configuration(), "{}", plugin.slug);
            assert!(required.is_none_or(|name| plugin.fields.iter().any(|field| field.name == name)));
        }
    }
}
