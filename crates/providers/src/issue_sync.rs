//! Settings of the providers that keep issues in step with items on the other side: which statuses there belong to ours,
//! and what goes in which direction. They differ in names only.

use std::sync::OnceLock;

use mortise_wire::Written;
use serde_json::{Map, Value, json};

use crate::{Connection, ExternalProject, Field, Outcome, Predecessor, ProviderError, Saved, Settings};

/// The mapping of statuses; in stored settings whether there is any.
const MAPPING: &str = "sync_status_forward";
const IGNORED: &str = "issues_ignored_fields";
const NO_FEATURE: &str = "Your organization does not have access to this feature";
const STATUSES_REQUIRED: &str = "Resolve and unresolve status are required.";
/// Projects with statuses of their own, at most.
const PROJECTS_MAX: usize = 500;
/// Characters of an id or a status on the other side, at most.
const ID_CHARS_MAX: usize = 64;

/// The plugin for either kind of Jira.
pub(crate) static JIRA_PLUGIN: Predecessor = Predecessor {
    plugin: "jira",
    required_field: "default_project",
    address_field: "instance_url",
    address_key: "base_url",
    ignored_field: "ignored_fields",
    ignored_key: IGNORED,
};

/// Settings of such a provider.
pub(crate) struct IssueSync {
    name: &'static str,
    item: &'static str,
    is_jira: bool,
    /// The fields of an organization that may keep issues in step.
    open: OnceLock<Vec<Written<Value>>>,
    /// The fields of one that may not.
    closed: OnceLock<Vec<Written<Value>>>,
}

impl Settings for IssueSync {
    fn fields<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Vec<Written<Value>>> {
        let written = if on.may_sync { &self.open } else { &self.closed };
        let fields = written.get_or_init(|| self.written(on.may_sync));
        Box::pin(async { Ok(fields.clone()) })
    }

    fn values<'a>(&'a self, on: &'a Connection) -> Outcome<'a, Map<String, Value>> {
        let mut values = on.config.clone();
        let statuses =
            |it: &ExternalProject| json!({ "on_unresolve": it.unresolved, "on_resolve": it.resolved });
        let mapping = on.projects.iter().map(|it| (it.external_id.clone(), statuses(it)));
        values.insert(MAPPING.to_owned(), Value::Object(mapping.collect()));
        if self.is_jira {
            let names = on.config.get(IGNORED).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            values.insert(IGNORED.to_owned(), json!(names.join(", ")));
        }
        Box::pin(async { Ok(values) })
    }

    fn save<'a>(&'a self, on: &'a Connection, mut sent: Map<String, Value>) -> Outcome<'a, Saved> {
        Box::pin(async move {
            let projects = sent.get(MAPPING).map(mapped).transpose()?;
            if let Some(projects) = &projects {
                sent.insert(MAPPING.to_owned(), json!(!projects.is_empty()));
            }
            if self.is_jira
                && let Some(names) = sent.get_mut(IGNORED)
            {
                *names = ignored(names)?;
            }
            let mut config = on.config.clone();
            config.extend(sent);
            Ok(Saved { config, projects, ..Saved::default() })
        })
    }
}

impl IssueSync {
    /// `name` is what people call the provider, `item` what an item is called there. Jira has more than the others: how
    /// issues are resolved, and fields that are not shown.
    pub(crate) const fn new(name: &'static str, item: &'static str, is_jira: bool) -> Self {
        Self { name, item, is_jira, open: OnceLock::new(), closed: OnceLock::new() }
    }

    /// All fields; disabled unless the organization `may_sync`.
    fn written(&self, may_sync: bool) -> Vec<Written<Value>> {
        let mut fields = vec![self.mapper()];
        fields.extend(self.switches());
        if self.is_jira {
            fields.extend(self.choices());
        }
        let shown = |field: Field| if may_sync { field } else { field.disabled(NO_FEATURE) };
        fields.into_iter().map(|field| shown(field).written()).collect()
    }

    /// The mapping. Nobody is asked for projects and statuses of the other side yet, so it cannot be changed by hand.
    fn mapper(&self) -> Field {
        let Self { name, item, .. } = self;
        let choices = json!({ "choices": [], "placeholder": "Select a status" });
        let field = Field::new(MAPPING, "choice_mapper");
        let field = if self.is_jira { field } else { field.with("disabled", true) };
        let field = field
            .label(&format!("Sync Sentry Status to {name}"))
            .help(&format!("When an issue changes its status here, its {item} in {name} changes too."))
            .with("addButtonText", format!("Add {name} Project"))
            .with(
                "addDropdown",
                json!({
                    "emptyMessage": "All projects configured",
                    "noResultsMessage": format!("Could not find {name} project"),
                    "items": [],
                }),
            )
            .with("mappedSelectors", json!({ "on_resolve": choices, "on_unresolve": choices }))
            .with("columnLabels", json!({ "on_resolve": "When resolved", "on_unresolve": "When unresolved" }))
            .with("mappedColumnLabel", format!("{name} Project"))
            .with("formatMessageValue", false);
        match self.is_jira {
            true => field.disabled(
                "Unable to communicate with the Jira instance. You may need to reinstall the addon.",
            ),
            false => field,
        }
    }

    /// What is in step, and in which direction.
    fn switches(&self) -> [Field; 4] {
        let Self { name, item, .. } = self;
        let switch =
            |key: &str, label: String, help: String| Field::new(key, "boolean").label(&label).help(&help);
        [
            switch(
                "sync_forward_assignment",
                format!("Sync Sentry Assignment to {name}"),
                format!("Who gets an issue here gets its {item} in {name}."),
            ),
            switch(
                "sync_comments",
                format!("Sync Sentry Comments to {name}"),
                format!("A comment on an issue appears on its {item} in {name}."),
            ),
            switch(
                "sync_status_reverse",
                format!("Sync {name} Status to Sentry"),
                format!(
                    "When a {item} in {name} is done, its issue is resolved here; when it is no longer done, the issue \
                     is open again."
                ),
            ),
            switch(
                "sync_reverse_assignment",
                format!("Sync {name} Assignment to Sentry"),
                format!("Who gets a {item} in {name} gets its issue here."),
            ),
        ]
    }

    /// What only Jira has.
    fn choices(&self) -> [Field; 2] {
        [
            Field::named("resolution_strategy")
                .label("Resolve")
                .with("type", "select")
                .with("placeholder", "Resolve")
                .choices([
                    ("resolve", "Resolve"),
                    ("resolve_current_release", "Resolve in Current Release"),
                    ("resolve_next_release", "Resolve in Next Release"),
                ])
                .help("How an issue is resolved when its Jira ticket is done."),
            Field::named(IGNORED)
                .label("Ignored Fields")
                .with("type", "textarea")
                .with("placeholder", "components, security, customfield_10006")
                .help("Ids of Jira's fields that the form for a new ticket leaves out, with commas between."),
        ]
    }
}

/// The mapping that a client sent.
fn mapped(sent: &Value) -> Result<Vec<ExternalProject>, ProviderError> {
    let required = || ProviderError::Refused(STATUSES_REQUIRED.to_owned());
    let rows = sent.as_object().ok_or_else(required)?;
    if rows.len() > PROJECTS_MAX {
        return Err(ProviderError::Refused(format!("At most {PROJECTS_MAX} projects can be mapped.")));
    }
    let project = |(id, statuses): (&String, &Value)| {
        let status = |key: &str| {
            let status = statuses.get(key).and_then(Value::as_str).filter(|status| !status.is_empty());
            status.map(str::to_owned).ok_or_else(required)
        };
        let (resolved, unresolved) = (status("on_resolve")?, status("on_unresolve")?);
        if [id, &resolved, &unresolved].iter().any(|text| text.chars().count() > ID_CHARS_MAX) {
            let text = format!("Ids of projects and statuses have at most {ID_CHARS_MAX} characters.");
            return Err(ProviderError::Refused(text));
        }
        Ok(ExternalProject { external_id: id.clone(), name: String::new(), resolved, unresolved })
    };
    rows.iter().map(project).collect()
}

/// Names of fields, which people separate with commas or write one a line.
fn ignored(sent: &Value) -> Result<Value, ProviderError> {
    let text =
        sent.as_str().ok_or_else(|| ProviderError::Refused("Ignored fields are a text.".to_owned()))?;
    let names = text.split([',', '\n', '\r']).map(str::trim).filter(|name| !name.is_empty());
    Ok(names.collect())
}
