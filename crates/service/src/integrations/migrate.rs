//! Moving what projects set of the legacy plugin for Opsgenie into the integration that took its place: each key becomes
//! a row of the integration's table, and a rule that tells all plugins names that row too. All of it is one transaction.
//! The plugin stays as it is: nothing here sends to the rows of the table yet, so without it alerts would end.

use std::collections::{BTreeMap, HashMap};

use mortise_domain::{AuditEvent, IntegrationId, ProjectId, Time, UserId};
use mortise_store::{
    Tx,
    integration::installed::{self, Installed},
    plugin::{self, ProjectOption},
    rule::{self, RuleContent},
};
use mortise_wire::python;
use serde_json::{Map, Value, json};

use super::{
    change::{TRIES_MAX, require_size},
    config,
    list::find,
};
use crate::{Ctx, Error, Result, access::OrgAccess, audit, rules::NOTIFY_EVENT};

/// The provider, and the plugin before it.
const OPSGENIE: &str = "opsgenie";
/// The table among the settings of the integration.
const TABLE: &str = "team_table";
/// The action of a rule that tells a row of the table.
const ACTION: &str = "sentry.integrations.opsgenie.notify_action.OpsgenieNotifyTeamAction";
const KEY: &str = "api_key";
/// A plugin whose fields all hold something is on and set up.
const FIELDS: [&str; 3] = ["enabled", KEY, "alert_url"];

/// Moves the keys of the projects of an organization; whether the integration is one that keys can move to.
pub async fn migrate_opsgenie(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<bool> {
    for _ in 0..TRIES_MAX {
        let row = find(ctx, access, id).await?;
        if row.provider != OPSGENIE {
            return Ok(false);
        }
        let migration = Migration {
            ctx: ctx.clone(),
            row,
            actor: audit::Actor::of(&access.caller),
            by: access.caller.user_id(),
            now: ctx.now(),
        };
        let write = ctx.store.write(move |tx| Box::pin(async move { migration.apply(tx).await }));
        if write.await? {
            return Ok(true);
        }
    }
    Err(Error::Busy)
}

/// A project whose plugin is on and set up.
struct Project {
    id: ProjectId,
    name: String,
    key: String,
}

/// What is moved by whom.
struct Migration {
    ctx: Ctx,
    row: Installed,
    actor: audit::Actor,
    by: Option<UserId>,
    now: Time,
}

impl Migration {
    /// `false`, and nothing moved, where somebody else stored settings in the meantime.
    async fn apply(self, tx: &mut Tx) -> Result<bool> {
        let row = &self.row;
        let options = plugin::of_organization(tx, row.organization_id, &[OPSGENIE], &FIELDS).await?;
        let projects = set_up(options);
        if projects.is_empty() {
            return Ok(true);
        }
        let before = config::open(&self.ctx, row)?;
        let mut settings = before.clone();
        let teams = fill(&mut settings, row, &projects);
        require_size(&settings)?;
        let has_rows = settings != before;
        if has_rows {
            let sealed = config::seal(&self.ctx, row.organization_id, row.id, &settings);
            let id = row.org_integration_id;
            if !installed::replace_config(tx, id, row.config.as_deref(), &sealed, self.now).await? {
                return Ok(false);
            }
        }
        let has_rules = self.move_rules(tx, &teams).await?;
        if !has_rows && !has_rules {
            return Ok(true);
        }
        let data = json!({ "provider": OPSGENIE, "name": "config" });
        let entry = audit::Entry::new(row.organization_id, AuditEvent::IntegrationEdit, data);
        audit::record(tx, &self.actor, &entry.target(row.id.get()), self.now).await?;
        Ok(true)
    }

    /// Lets the rules of projects that tell all plugins name the project's row of the table; whether any did not yet.
    async fn move_rules(&self, tx: &mut Tx, teams: &HashMap<ProjectId, String>) -> Result<bool> {
        let found = rule::mentioning(tx, &[self.row.organization_id], &[NOTIFY_EVENT]).await?;
        let ids: Vec<_> = found.into_iter().map(|(id, _)| id).collect();
        if ids.is_empty() {
            return Ok(false);
        }
        let mut has_changed = false;
        for rule in rule::by_ids(tx, &ids).await? {
            let data = teams.get(&rule.project_id).and_then(|team| telling(&rule.data, self.row.id, team));
            let Some(data) = data else { continue };
            let content = RuleContent {
                label: rule.label,
                environment_id: rule.environment_id,
                owner_user_id: rule.owner_user_id,
                owner_team_id: rule.owner_team_id,
                data,
            };
            rule::update(tx, rule.id, &content, self.by, self.now).await?;
            has_changed = true;
        }
        Ok(has_changed)
    }
}

/// The projects whose plugin is on and set up, in the order of their ids.
fn set_up(options: Vec<ProjectOption>) -> Vec<Project> {
    let mut by_project: BTreeMap<ProjectId, (String, HashMap<String, Value>)> = BTreeMap::new();
    for row in options {
        let Some(value) = row.value.filter(python::is_truthy) else { continue };
        let entry = by_project.entry(row.project_id).or_insert_with(|| (row.name, HashMap::new()));
        entry.1.insert(row.field, value);
    }
    let all = by_project.into_iter().filter(|(_, (_, fields))| fields.len() == FIELDS.len());
    let project = |(id, (name, fields)): (ProjectId, (String, HashMap<String, Value>))| Project {
        id,
        name,
        key: fields.get(KEY).map(|key| python::text(key).trim().to_owned()).unwrap_or_default(),
    };
    all.map(project).collect()
}

/// Adds a row for each key that the table does not have; the id of the row of each project.
fn fill(
    settings: &mut Map<String, Value>,
    row: &Installed,
    projects: &[Project],
) -> HashMap<ProjectId, String> {
    let mut table = match settings.get(TABLE) {
        Some(Value::Array(rows)) => rows.clone(),
        _ => Vec::new(),
    };
    let mut teams = HashMap::new();
    for project in projects {
        let same = |it: &&Value| it["integration_key"] == project.key.as_str();
        let id = match table.iter().find(same).and_then(|it| it["id"].as_str()) {
            Some(id) => id.to_owned(),
            None => {
                let (team, id) = labels(&table, row, project);
                table.push(json!({ "team": team, "integration_key": project.key, "id": id }));
                id
            }
        };
        teams.insert(project.id, id);
    }
    settings.insert(TABLE.to_owned(), Value::Array(table));
    teams
}

/// What a new row is called, and its id. Projects of the same name get their ids into it, since no label is used twice.
fn labels(table: &[Value], row: &Installed, project: &Project) -> (String, String) {
    let label = |name: &str| format!("{name} [MIGRATED]");
    let is_taken = table.iter().any(|it| it["team"] == label(&project.name));
    let name = if is_taken { format!("{} {}", project.name, project.id) } else { project.name.clone() };
    (label(&name), format!("{}-{name}", row.org_integration_id))
}

/// What a rule that tells all plugins holds when it tells a row of the table too; `None` where nothing changes.
fn telling(data: &Value, integration: IntegrationId, team: &str) -> Option<Value> {
    let action = json!({ "id": ACTION, "account": integration.get(), "team": team });
    let actions = data["actions"].as_array()?;
    if actions.contains(&action) || !actions.iter().any(|it| it["id"] == NOTIFY_EVENT) {
        return None;
    }
    let actions: Vec<Value> = actions.iter().cloned().chain([action]).collect();
    let mut data = data.clone();
    data["actions"] = Value::Array(actions);
    Some(data)
}
