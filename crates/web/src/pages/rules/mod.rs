//! Alert rules: the list (here), the page of one, the editor, what rules are made of (`nodes`), and metric
//! alert rules.

mod editor;
mod metric;
mod nodes;
mod page;

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_domain::{RuleId, Scope, ScopeSet};
use mortise_service::{
    Ctx,
    access::{Permission, class},
    projects::{self, ListRequest},
    rules::{self, CombinedQuery, Shown},
    wire::rule::{CombinedRule, Rule},
};

use super::{access_to, paging};
use crate::{
    edge::{self, Outcome, Problem, Signed, Visit},
    routes::path,
    view::{
        OrgRef, Section, State as Badge, Tone, When,
        rule::{RuleRow, RulesPage},
    },
};

/// Who may change rules; the use cases check it again.
const MAY_WRITE: ScopeSet = ScopeSet::of(&[Scope::ProjectWrite, Scope::ProjectAdmin, Scope::AlertsWrite]);

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::rules, get(list))
        .merge(page::routes())
        .merge(editor::routes())
        .merge(metric::routes())
}

/// The permission class of rules of a project.
type Class = class::ProjectAlertRule;
/// Organization, project, rule.
type Ids = Path<(String, String, String)>;

fn id_of(text: &str) -> Outcome<RuleId> {
    text.parse().map_err(|_| Problem::NotFound)
}

/// Whether a rule is heard, as a badge.
fn state(rule: &Rule) -> Badge {
    match (rule.status.as_str(), rule.snooze, rule.snooze_for_everyone) {
        ("disabled", ..) => Badge::new("Disabled", Tone::Warn),
        (_, true, Some(true)) => Badge::new("Muted", Tone::Neutral),
        (_, true, _) => Badge::new("Muted for you", Tone::Neutral),
        _ => Badge::new("Active", Tone::Good),
    }
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationAlertRule::CLASS, "GET").await?;
    let query = CombinedQuery {
        kinds: vec!["rule".to_owned()],
        shown: Shown { last_triggered: true },
        ..CombinedQuery::default()
    };
    let request = paging::request(&visit, paging::ROWS)?;
    let found = rules::list_of_organization(&ctx, &access, &query, request).await?;
    let projects = projects::list_of_organization(&ctx, &access, &ListRequest::default()).await?;
    let project = |slug: &str, name: &str| OrgRef { slug: slug.to_owned(), name: name.to_owned() };
    edge::page(&RulesPage {
        shell: visit.org_shell(&access, "Alert rules", Section::Alerts).await?,
        rows: found.rows.iter().filter_map(issue_rule).map(|rule| row(&visit, rule)).collect(),
        pager: paging::pager(&visit, &found, ""),
        projects: projects
            .rows
            .iter()
            .map(|it| project(&it.project.project.slug, &it.project.project.name))
            .collect(),
        may_write: access.has(MAY_WRITE),
    })
}

fn issue_rule(combined: &CombinedRule) -> Option<&Rule> {
    match combined {
        CombinedRule::Issue { rule, .. } => Some(rule),
        CombinedRule::Metric { .. } => None,
    }
}

fn row(visit: &Visit, rule: &Rule) -> RuleRow {
    let name = |action: &serde_json::Map<String, serde_json::Value>| {
        action.get("name").and_then(serde_json::Value::as_str).unwrap_or_default().trim().to_owned()
    };
    RuleRow {
        id: rule.id.clone(),
        name: rule.name.clone(),
        project: rule.projects.first().cloned().unwrap_or_default(),
        actions: rule.actions.iter().map(name).collect(),
        state: state(rule),
        fired: rule
            .last_triggered
            .as_ref()
            .and_then(Option::as_ref)
            .map(|at| When::new(at.time(), visit.now)),
    }
}
