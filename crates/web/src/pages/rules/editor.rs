//! The editor of an alert rule. What is being put together is in the form alone: a step (adding a node, removing one,
//! asking for choices) sends the whole form and gets it back changed; only saving changes the rule, and leads to its page,
//! for which no app is asked anything.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_domain::RuleId;
use mortise_service::{
    Ctx,
    access::{Permission, ProjectAccess},
    environments::{self, Visibility},
    rules::{self, Shown},
    wire::rule::Rule,
};
use serde_json::{Value, json};

use super::{
    Class, Ids, MAY_WRITE, id_of,
    nodes::{self, Catalogue, KINDS, Row},
};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go_saying, page, page_with},
    pages::{access_to, input, people_choices, sorry},
    routes::{self as to, path},
    view::{
        Choice, Field, Section, Select, Tone,
        rule::{NodeList, RuleFormPage},
    },
};

/// Longest name, characters.
const NAME_CHARS_MAX: u32 = 256;
/// How long a rule can be silent for an issue after it fired: minutes and text.
const FREQUENCIES: [(&str, &str); 9] = [
    ("5", "5 minutes"),
    ("10", "10 minutes"),
    ("30", "30 minutes"),
    ("60", "an hour"),
    ("180", "3 hours"),
    ("720", "12 hours"),
    ("1440", "a day"),
    ("10080", "a week"),
    ("43200", "30 days"),
];
const FREQUENCY_DEFAULT: &str = "30";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::new_rule, get(new).post(create))
        .route(path::rule_edit, get(edit).post(save))
        .route(path::rule_enable, post(enable))
        .route(path::rule_delete, post(delete))
}

/// A rule as the editor has it.
struct Draft {
    id: String,
    name: String,
    environment: String,
    frequency: String,
    action_match: String,
    filter_match: String,
    owner: Option<String>,
    /// In the order of [`KINDS`].
    rows: [Vec<Row>; 3],
}

impl Draft {
    fn empty() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            environment: String::new(),
            frequency: FREQUENCY_DEFAULT.to_owned(),
            action_match: "any".to_owned(),
            filter_match: "all".to_owned(),
            owner: None,
            rows: Default::default(),
        }
    }

    fn of(rule: Rule) -> Self {
        let rows = |nodes: Vec<_>| nodes.into_iter().map(Row::stored).collect();
        Self {
            id: rule.id,
            name: rule.name,
            environment: rule.environment.unwrap_or_default(),
            frequency: rule.frequency.to_string(),
            action_match: rule.action_match,
            filter_match: rule.filter_match,
            owner: rule.owner,
            rows: [rows(rule.conditions), rows(rule.filters), rows(rule.actions)],
        }
    }

    /// The same with what a form says.
    fn filled(self, form: &Pairs, catalogue: &Catalogue) -> Self {
        let text = |name: &str| form.get(name).trim().to_owned();
        Self {
            name: text("name"),
            environment: text("environment"),
            frequency: text("frequency"),
            action_match: text("actionMatch"),
            filter_match: text("filterMatch"),
            rows: KINDS.map(|kind| catalogue.sent(kind, form)),
            ..self
        }
    }

    /// Does a step: `add.KIND` or `remove.KIND.AT`.
    fn step(&mut self, step: &str, form: &Pairs, catalogue: &Catalogue) {
        let mut words = step.split('.');
        let (verb, kind) = (words.next(), words.next().unwrap_or_default());
        let Some(at) = KINDS.iter().position(|known| *known == kind) else { return };
        match (verb, words.next().and_then(|at| at.parse::<usize>().ok())) {
            (Some("add"), _) => {
                self.rows[at].extend(catalogue.new_node(kind, form.get(&format!("new.{kind}"))));
            }
            (Some("remove"), Some(row)) if row < self.rows[at].len() => {
                self.rows[at].remove(row);
            }
            _ => {}
        }
    }

    fn body(&self) -> Value {
        let nodes = |at: usize| self.rows[at].iter().map(|row| Value::Object(row.node.clone())).collect();
        let [conditions, filters, actions]: [Value; 3] = [nodes(0), nodes(1), nodes(2)];
        let frequency = self.frequency.parse::<i64>().map_or_else(|_| json!(self.frequency), Value::from);
        json!({
            "name": self.name,
            "environment": Some(&self.environment).filter(|name| !name.is_empty()),
            "frequency": frequency,
            "actionMatch": self.action_match,
            "filterMatch": self.filter_match,
            "owner": self.owner,
            "conditions": conditions,
            "filters": filters,
            "actions": actions,
        })
    }
}

async fn catalogue(visit: &Visit, access: &ProjectAccess) -> Outcome<Catalogue> {
    let ctx = &visit.ctx;
    let mut targets = Vec::new();
    let teams = people_choices::teams(ctx, &access.org).await?;
    for team in teams.rows {
        if team.id.parse().is_ok_and(|id| access.team_ids.contains(&id)) {
            targets.push((format!("Team:{}", team.id), format!("#{}", team.slug)));
        }
    }
    let people = people_choices::members(ctx, &access.org).await?;
    targets.extend(
        people
            .rows
            .iter()
            .filter_map(|it| it.user.as_ref())
            .map(|it| (format!("Member:{}", it.id), it.name.clone())),
    );
    Ok(Catalogue {
        offered: rules::configuration_without_forms(ctx, access).await?,
        apps: nodes::apps_of(visit, access.org.org.id).await?,
        targets,
        more_targets: teams.rest.into_iter().chain(people.rest).collect(),
        project: (access.project.id.to_string(), access.project.slug.clone()),
    })
}

async fn show(
    visit: &Visit,
    access: &ProjectAccess,
    draft: &Draft,
    catalogue: &Catalogue,
    refused: Option<&Refused>,
    only: &str,
) -> Outcome<RuleFormPage> {
    let (org, project) = (&access.org.org.slug, &access.project.slug);
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    let mut lists = Vec::new();
    for (at, kind) in KINDS.into_iter().enumerate() {
        let mut list = node_list(kind, draft, catalogue);
        list.error = error(kind);
        for (index, row) in draft.rows[at].iter().enumerate() {
            list.nodes.push(catalogue.show(visit, kind, index, row, only).await?);
        }
        lists.push(list);
    }
    let beside = ["name", "environment", "frequency", "conditions", "filters", "actions"];
    let title = if draft.id.is_empty() { "New rule" } else { &draft.name };
    Ok(RuleFormPage {
        shell: visit.org_shell(&access.org, title, Section::Alerts).await?,
        project: project.clone(),
        id: draft.id.clone(),
        action: match draft.id.as_str() {
            "" => to::new_rule(org, project),
            id => to::rule_edit(org, project, id),
        },
        error: refused.map(|refused| refused.beside(&beside)).unwrap_or_default(),
        name: Field {
            required: true,
            max_chars: NAME_CHARS_MAX,
            error: error("name"),
            ..Field::text("name", "Name").value(&draft.name)
        },
        environment: Select { error: error("environment"), ..environment(visit, access, draft).await? },
        frequency: Select { error: error("frequency"), ..frequency(draft) },
        lists,
        may_write: access.scopes.intersects(MAY_WRITE),
    })
}

fn node_list(kind: &'static str, draft: &Draft, catalogue: &Catalogue) -> NodeList {
    let matching = |name, chosen: &str, words: &[(&str, &str)]| {
        let choices = words.iter().map(|(value, text)| Choice::new(value, text, *value == chosen)).collect();
        Some(Select::new(name, "How many must hold", choices).quiet())
    };
    let all_or_any = [("any", "any of these"), ("all", "all of these")];
    let (title, matching, new, label) = match kind {
        "conditions" => (
            "When",
            matching("actionMatch", &draft.action_match, &all_or_any),
            "new.conditions",
            "A condition",
        ),
        "filters" => {
            let words = [("all", "all of these"), ("any", "any of these"), ("none", "none of these")];
            ("If", matching("filterMatch", &draft.filter_match, &words), "new.filters", "A filter")
        }
        _ => ("Then", None, "new.actions", "An action"),
    };
    let add = Select::new(new, label, catalogue.offers(kind)).quiet();
    NodeList { kind, title, matching, error: String::new(), nodes: Vec::new(), add }
}

async fn environment(visit: &Visit, access: &ProjectAccess, draft: &Draft) -> Outcome<Select> {
    let all = environments::of_project(&visit.ctx, access, Visibility::All).await?;
    let mut choices = vec![Choice::new("", "All environments", draft.environment.is_empty())];
    choices.extend(all.iter().map(|it| Choice::new(&it.name, &it.name, it.name == draft.environment)));
    Ok(Select::new("environment", "Environment", choices))
}

fn frequency(draft: &Draft) -> Select {
    let mut choices: Vec<_> = FREQUENCIES
        .iter()
        .map(|(minutes, text)| Choice::new(minutes, text, *minutes == draft.frequency))
        .collect();
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::new(&draft.frequency, &format!("{} minutes", draft.frequency), true));
    }
    Select {
        hint: "After it acted for an issue, it is silent for that issue for so long.",
        ..Select::new("frequency", "At most once in", choices)
    }
}

async fn new(visit: Signed, Path((org, project)): Path<(String, String)>) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "POST").await?;
    let catalogue = catalogue(&visit, &access).await?;
    page(&show(&visit, &access, &Draft::empty(), &catalogue, None, "").await?)
}

async fn edit(visit: Signed, State(ctx): State<Ctx>, Path((org, project, rule)): Ids) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "GET").await?;
    let rule = rules::stored(&ctx, &access, id_of(&rule)?, Shown::default()).await?;
    let catalogue = catalogue(&visit, &access).await?;
    page(&show(&visit, &access, &Draft::of(rule), &catalogue, None, "").await?)
}

async fn create(visit: Signed, Path((org, project)): Path<(String, String)>, form: Form) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "POST").await?;
    take(&visit, &access, Draft::empty(), None, &form).await
}

async fn save(visit: Signed, State(ctx): State<Ctx>, Path((org, project, rule)): Ids, form: Form) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "PUT").await?;
    let id = id_of(&rule)?;
    let stored = rules::stored(&ctx, &access, id, Shown::default()).await?;
    take(&visit, &access, Draft::of(stored), Some(id), &form).await
}

/// Does what a form asks for: a step, or saving.
async fn take(
    visit: &Visit,
    access: &ProjectAccess,
    stored: Draft,
    id: Option<RuleId>,
    form: &Pairs,
) -> Outcome {
    let catalogue = catalogue(visit, access).await?;
    let mut draft = stored.filled(form, &catalogue);
    let step = form.get("step");
    if !step.is_empty() || form.find("reload").is_some() {
        draft.step(step, form, &catalogue);
        return page(&show(visit, access, &draft, &catalogue, None, form.get("only")).await?);
    }
    let fields = input::fields(&draft.body());
    let saved = match id {
        Some(id) => rules::update(&visit.ctx, access, id, fields).await,
        None => rules::create(&visit.ctx, access, fields).await,
    };
    match saved {
        Ok(rule) => {
            let back = to::rule(&access.org.org.slug, &access.project.slug, &rule.id);
            Ok(go_saying(&back, Tone::Good, "The rule is saved."))
        }
        Err(error) => {
            let refused = Refused::of(error)?;
            let again = show(visit, access, &draft, &catalogue, Some(&refused), "").await?;
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn enable(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, rule)): Ids,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "PUT").await?;
    let back = to::rule(&org, &project, &rule);
    match rules::enable(&ctx, &access, id_of(&rule)?).await {
        Ok(()) => Ok(go_saying(&back, Tone::Good, "The rule is on again.")),
        Err(error) => sorry(error, &back),
    }
}

async fn delete(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, project, rule)): Ids,
    _form: Form,
) -> Outcome {
    let access = access_to::project(&visit, &org, &project, Class::CLASS, "DELETE").await?;
    rules::delete(&ctx, &access, id_of(&rule)?).await?;
    Ok(go_saying(&to::rules(&org), Tone::Good, "The rule is deleted."))
}
