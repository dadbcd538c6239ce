//! The form of an app: from what is stored and what was sent to the page, and from what was sent to the body that the
//! use cases read. They alone say what is wrong with a field.

use mortise_service::wire::sentry_app::SentryApp;
use serde_json::{Map, Value, json};

use super::preview;
use crate::{
    edge::{Pairs, Refused},
    pages::{input, permissions, words},
    view::{
        Field, Shell, Switch,
        app::{AppFormPage, AppHead, EventChoice, EventGroup, Publication},
        component::Preview,
    },
};

/// Longest name of an app, characters.
const NAME_CHARS_MAX: u32 = 57;
/// Longest webhook URL, characters.
const WEBHOOK_URL_CHARS_MAX: u32 = 512;
/// Longest redirect URL, characters.
const REDIRECT_URL_CHARS_MAX: u32 = 200;
/// Lines shown of a schema.
const SCHEMA_ROWS: u32 = 8;
/// The fields that show their own errors.
const FIELDS: [&str; 10] = [
    "name",
    "author",
    "overview",
    "webhookUrl",
    "redirectUrl",
    "scopes",
    "events",
    "webhookHeaders",
    "schema",
    "allowedOrigins",
];
/// Groups of events: title, and value and text of each event.
const EVENTS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Issue",
        &[
            ("issue.created", "created"),
            ("issue.resolved", "resolved"),
            ("issue.assigned", "assigned"),
            ("issue.ignored", "archived"),
            ("issue.unresolved", "reopened"),
        ],
    ),
    ("Error", &[("error.created", "every error event")]),
    (
        "Comment",
        &[("comment.created", "created"), ("comment.updated", "changed"), ("comment.deleted", "deleted")],
    ),
];

/// An event as the form words it: "issue archived".
pub(super) fn event_words(event: &str) -> String {
    let found = EVENTS.iter().find_map(|(title, events)| {
        let (_, text) = events.iter().find(|(value, _)| *value == event)?;
        Some(if events.len() == 1 { (*text).to_owned() } else { format!("{} {text}", title.to_lowercase()) })
    });
    found.unwrap_or_else(|| event.replace(['.', '_'], " "))
}

/// What a form is about.
pub(super) struct About<'a> {
    /// The app that is changed; `None` for a new one.
    pub(super) app: Option<&'a SentryApp>,
    pub(super) is_internal: bool,
    /// What was sent and refused.
    pub(super) sent: Option<(&'a Pairs, &'a Refused)>,
}

impl About<'_> {
    /// The text of a field: what was sent, or what is stored.
    fn text(&self, name: &str, stored: impl Fn(&SentryApp) -> String) -> String {
        let sent = self.sent.and_then(|(form, _)| form.find(name));
        sent.map_or_else(|| self.app.map(stored).unwrap_or_default(), str::to_owned)
    }

    fn error(&self, name: &str) -> String {
        self.sent.map(|(_, refused)| refused.field(name)).unwrap_or_default()
    }

    fn is_on(&self, name: &str, stored: impl Fn(&SentryApp) -> bool) -> bool {
        let sent = self.sent.filter(|(form, _)| form.find(name).is_some());
        sent.map_or_else(|| self.app.is_some_and(stored), |(form, _)| form.is_on(name))
    }

    fn field(&self, name: &'static str, label: &'static str, stored: impl Fn(&SentryApp) -> String) -> Field {
        Field { error: self.error(name), ..Field::text(name, label).value(&self.text(name, stored)) }
    }

    fn area(&self, name: &'static str, label: &'static str, stored: impl Fn(&SentryApp) -> String) -> Field {
        Field { error: self.error(name), ..Field::area(name, label).value(&self.text(name, stored)) }
    }

    /// The page, for a reader who may not change anything; the caller says what else is so.
    pub(super) fn page(&self, shell: Shell, head: Option<AppHead>, action: String) -> AppFormPage {
        let error = self.sent.map(|(_, refused)| refused.beside(&FIELDS)).unwrap_or_default();
        let schema = Field {
            is_code: true,
            rows: SCHEMA_ROWS,
            hint: "UI components as JSON: dialogs on issues, links in stack traces, actions of alert rules.",
            ..self.area("schema", "Schema", schema_text)
        };
        let stored_scopes = self.app.map(|app| app.scopes.as_slice()).unwrap_or_default();
        AppFormPage {
            shell,
            app: head,
            tab: "settings",
            is_internal: self.is_internal,
            action,
            error,
            name: Field {
                required: true,
                max_chars: NAME_CHARS_MAX,
                ..self.field("name", "Name", |app| app.name.clone())
            },
            author: Field {
                required: !self.is_internal,
                hint: if self.is_internal { "Empty stands for the organization." } else { "" },
                ..self.field("author", "Author", |app| app.author.clone().unwrap_or_default())
            },
            overview: Field {
                hint: "What it is for. People read it before they install it; Markdown works.",
                ..self.area("overview", "Overview", |app| app.overview.clone().unwrap_or_default())
            },
            webhook_url: self.webhook_url(),
            redirect_url: Field {
                max_chars: REDIRECT_URL_CHARS_MAX,
                hint: "Where people go after installing it, to set it up there.",
                ..self
                    .field("redirectUrl", "Redirect URL", |app| app.redirect_url.clone().unwrap_or_default())
            },
            switches: self.switches(),
            resources: permissions::of_apps().map(|it| it.choice(&self.level(it), stored_scopes)).collect(),
            scopes_error: self.error("scopes"),
            scopes_fixed: false,
            events: self.events(),
            events_error: self.error("events"),
            headers: Field {
                is_code: true,
                hint: "Sent with each webhook. One on a line, as Name: value.",
                ..self.area("webhookHeaders", "Additional headers", |app| app.webhook_headers.join("\n"))
            },
            // What is wrong already stands beside the field.
            preview: if schema.error.is_empty() {
                preview::of_text(&schema.value)
            } else {
                Preview::default()
            },
            schema,
            origins: Field {
                is_code: true,
                hint: "Origins whose pages may call the API with its tokens. One on a line.",
                ..self.area("allowedOrigins", "Allowed origins", |app| app.allowed_origins.join("\n"))
            },
            publication: Publication::Nothing,
            may_write: false,
            may_delete: false,
        }
    }

    fn webhook_url(&self) -> Field {
        Field {
            required: !self.is_internal,
            max_chars: WEBHOOK_URL_CHARS_MAX,
            hint: "Where events are sent, and the host that components ask.",
            ..self.field("webhookUrl", "Webhook URL", |app| app.webhook_url.clone().unwrap_or_default())
        }
    }

    fn switches(&self) -> Vec<Switch> {
        let mut switches = vec![Switch {
            name: "isAlertable",
            label: "Alert rule action",
            hint: "Alert rules can notify it.",
            on: self.is_on("isAlertable", |app| app.is_alertable),
        }];
        if !self.is_internal {
            switches.push(Switch {
                name: "verifyInstall",
                label: "Verify installation",
                hint: "An installation hears of nothing until the app has confirmed it.",
                on: self.is_on("verifyInstall", |app| app.verify_install),
            });
        }
        switches
    }

    /// The chosen level of a resource.
    fn level(&self, resource: &permissions::Resource) -> String {
        let sent = self.sent.and_then(|(form, _)| form.find(resource.name()));
        let stored = || self.app.map(|app| resource.value_of(&app.scopes)).unwrap_or_default();
        sent.unwrap_or_else(stored).to_owned()
    }

    fn events(&self) -> Vec<EventGroup> {
        let chosen = match self.sent {
            Some((form, _)) => form.all("events"),
            None => self.app.map(|app| app.webhook_events.clone()).unwrap_or_default(),
        };
        let choice = |(value, text): &(&'static str, &'static str)| EventChoice {
            value,
            text,
            chosen: chosen.iter().any(|event| event == value),
        };
        let group = |(title, events): &(&'static str, &'static [(&'static str, &'static str)])| EventGroup {
            title,
            events: events.iter().map(choice).collect(),
        };
        EVENTS.iter().map(group).collect()
    }
}

fn schema_text(app: &SentryApp) -> String {
    if app.schema.is_empty() { String::new() } else { words::json(&Value::Object(app.schema.clone())) }
}

/// The body of a form. `stored` is the app that is changed.
pub(super) fn body(form: &Pairs, stored: Option<&SentryApp>) -> Result<Map<String, Value>, Refused> {
    let mut body = input::texts(form, &["name", "webhookUrl", "redirectUrl"]);
    // These cannot be cleared, so a text that was never there is left out, and one that was is refused in its words.
    for (name, stored) in [
        ("author", stored.and_then(|app| app.author.clone())),
        ("overview", stored.and_then(|app| app.overview.clone())),
    ] {
        let sent = form.find(name).map(|text| text.trim().replace("\r\n", "\n"));
        let sent = sent.filter(|text| !text.is_empty() || stored.is_some_and(|stored| !stored.is_empty()));
        body.extend(sent.map(|text| (name.to_owned(), Value::from(text))));
    }
    for name in ["isAlertable", "verifyInstall"] {
        body.insert(name.to_owned(), Value::Bool(form.is_on(name)));
    }
    for name in ["webhookHeaders", "allowedOrigins"] {
        let lines = form.find(name).map(|text| text.lines().map(str::trim).filter(|line| !line.is_empty()));
        body.extend(lines.map(|lines| (name.to_owned(), lines.collect())));
    }
    if let Some(schema) = form.find("schema") {
        body.insert("schema".to_owned(), schema_of(schema)?);
    }
    if permissions::of_apps().any(|resource| form.find(resource.name()).is_some()) {
        let held = stored.map(|app| app.scopes.as_slice()).unwrap_or_default();
        let chosen = permissions::of_apps().flat_map(|it| match form.find(it.name()) {
            Some(value) => it.chosen(value, held),
            None => it.chosen(it.value_of(held), held),
        });
        body.insert("scopes".to_owned(), chosen.collect());
    }
    body.insert("events".to_owned(), Value::from(events_of(form, stored)));
    Ok(body)
}

/// The events that were chosen, and those that the app hears of although the form does not offer them.
fn events_of(form: &Pairs, stored: Option<&SentryApp>) -> Vec<String> {
    let is_offered = |event: &String| EVENTS.iter().any(|(_, events)| events.iter().any(|it| it.0 == event));
    let mut events = form.all("events");
    let stored = stored.map(|app| app.webhook_events.as_slice()).unwrap_or_default();
    events.extend(stored.iter().filter(|event| !is_offered(event)).cloned());
    events
}

/// A schema as it was typed; nothing stands for no components.
pub(super) fn schema_of(text: &str) -> Result<Value, Refused> {
    if text.trim().is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_str(text)
        .map_err(|error| Refused::field_error("schema", &format!("This is not JSON: {error}.")))
}
