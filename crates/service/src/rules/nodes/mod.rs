//! The catalogue of nodes: every condition, filter and action that a rule may be made of, with its label and what it
//! asks for. Validation, rendered names and the configuration that clients are offered all read this table. This file has its
//! types, `params` what nodes ask for, `catalogue` the nodes themselves.

mod catalogue;
mod params;

pub use catalogue::NODES;
pub use params::{ATTRIBUTES, FALLTHROUGHS, MAIL_TARGETS};

/// Where a node may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Starts a rule.
    Condition,
    /// Narrows it.
    Filter,
    /// What it does.
    Action,
}

/// What a node does beyond being a condition or filter, as far as it matters for how it is checked and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing beyond its parameters.
    Plain,
    /// Moved to the filters: refused in new rules, still evaluated.
    Outdated,
    /// Names a person or team of the project.
    Target,
    /// Mails; names a person or team of the project.
    Mail,
    /// Tells one app by its slug.
    Service,
    /// Tells an app that has a component for it.
    Component,
    /// Makes a ticket at a provider. The name of what it makes.
    Ticket(&'static str, Provider),
    /// Tells somebody at a provider. Kept as it came.
    Notify(Provider),
}

/// The provider of an action, by the word of its integrations.
pub type Provider = &'static str;

/// What a parameter takes.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// One of these words; the second of each pair is what people read.
    Choice(&'static [(&'static str, &'static str)]),
    /// The same, and rendered names show what people read.
    NamedChoice(&'static [(&'static str, &'static str)]),
    /// The same; clients are told that it chooses a person or team.
    TargetChoice(&'static str, &'static [(&'static str, &'static str)]),
    /// An attribute of events.
    Attribute,
    /// A whole number; an example.
    Int(i64),
    /// A number that is not negative; an example.
    Number(i64),
    /// A text; an example.
    Text(&'static str),
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its key.
    pub name: &'static str,
    /// What it takes.
    pub form: Form,
    /// Whether it must be there.
    pub is_required: bool,
    /// Whether the configuration lists it.
    pub is_listed: bool,
}

/// A node that rules may be made of.
#[derive(Debug, Clone, Copy)]
pub struct NodeType {
    /// Its name in rules.
    pub id: &'static str,
    /// Where it may stand.
    pub kind: Kind,
    /// What it says, with its parameters in braces.
    pub label: &'static str,
    /// What lists of nodes to choose from say, where that is another text.
    pub prompt: Option<&'static str>,
    /// What it asks for, in the order in which it is checked.
    pub params: &'static [Param],
    /// More of its nature.
    pub class: Class,
    /// Whether it is offered.
    pub is_enabled: bool,
}

impl NodeType {
    /// The node with this name at this place.
    pub fn find(kind: Kind, id: &str) -> Option<&'static Self> {
        NODES.iter().find(|node| node.kind == kind && node.id == id)
    }

    /// The node with this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        NODES.iter().find(|node| node.id == id)
    }

    /// Whether counting events or users makes it costly.
    pub fn is_slow(&self) -> bool {
        self.id.starts_with("sentry.rules.conditions.event_frequency.")
    }

    /// Whether it compares a value of the event with one of its own.
    pub fn is_of_value(&self) -> bool {
        self.is_of_tag() || self.id.contains(".event_attribute.")
    }

    /// Whether this server does what it says. Actions of providers are kept, so that a rule can be moved here whole.
    pub fn is_carried_out(&self) -> bool {
        !matches!(self.class, Class::Ticket(..) | Class::Notify(_))
    }

    /// Whether that is the value of a tag.
    pub fn is_of_tag(&self) -> bool {
        self.id.contains(".tagged_event.")
    }
}

/// Mails people.
pub const MAIL: &str = "sentry.mail.actions.NotifyEmailAction";
/// Tells every alertable app.
pub const NOTIFY_EVENT: &str = "sentry.rules.actions.notify_event.NotifyEventAction";
/// Tells one app by its slug.
pub const SERVICE: &str = "sentry.rules.actions.notify_event_service.NotifyEventServiceAction";
/// Tells an app through its component.
pub const COMPONENT: &str = "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction";

/// Which parameter of an action names its integration.
pub fn integration_param(id: &str) -> &'static str {
    match id.split('.').nth(2) {
        Some("slack") => "workspace",
        Some("pagerduty" | "opsgenie") => "account",
        Some("msteams") => "team",
        Some("discord") => "server",
        _ => "integration",
    }
}
