//! Reading a rule from a body: every field, then what several fields say together, then what the project says to it.

use mortise_domain::{EnvironmentId, OrgId, ProjectId, RuleId, TeamId, UserId};
use mortise_store::{
    Conn, environment,
    issue::assignable,
    member,
    rule::{self, Rule, RuleContent},
    team,
};
use mortise_wire::{Fields, errors::FieldErrors, python};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    check::{Known, Node, NodeRule, object},
    nodes::{Class, Kind, NodeType},
};
use crate::{
    Ctx, Error, Result,
    access::ProjectAccess,
    apps::facade,
    issues::actor::{ActorRef, FOREIGN_TEAM, FOREIGN_USER, UNREADABLE},
    plugins::Options,
};

/// Longest name.
const NAME_CHARACTERS_MAX: usize = 256;
/// Longest name of an environment.
const ENVIRONMENT_CHARACTERS_MAX: usize = 64;
/// The pause of a rule for an issue, minutes.
const FREQUENCY_MINUTES_MIN: i64 = 5;
const FREQUENCY_MINUTES_MAX: i64 = 30 * 24 * 60;
/// Most rules of a project that count events or users.
const SLOW_RULES_MAX: usize = 100;
/// Most other rules of a project.
const FAST_RULES_MAX: usize = 500;
/// Most conditions, filters and actions of a rule.
const NODES_MAX: usize = 100;
/// Largest rule as it is stored, bytes.
const RULE_BYTES_MAX: usize = 64 * 1024;

const MATCHES: &[&str] = &["all", "any", "none"];
pub(super) const NO_ACTION: &str = "You must add an action for this alert to fire.";
const NO_ENVIRONMENT: &str = "This environment has not been created.";
const NO_FILTER_MATCH: &str = "Must select a filter match (all, any, none) if filters are supplied.";
const OUTDATED: &str = "Conditions evaluating an event attribute, tag, or level are outdated please use an appropriate filter instead.";
const NONE_MATCH: &str = "The 'none' match on conditions is outdated and no longer supported.";

/// Reads a rule. Everything that only its own body and the catalogue decide is decided here. `frequency_minutes` is the
/// pause of the rule that is changed.
pub(super) async fn read(
    ctx: &Ctx,
    conn: &mut Conn,
    access: &ProjectAccess,
    mut fields: Fields,
    frequency_minutes: Option<i64>,
) -> Result<RuleContent> {
    let known = known(conn, access, &fields).await?;
    let rule = |kind| NodeRule { kind, known: &known };
    let conditions = fields.list("conditions", rule(Kind::Condition)).or(Vec::new());
    let filters = fields.list("filters", rule(Kind::Filter)).or(Vec::new());
    let action_match = fields.choice("actionMatch", MATCHES).required();
    let filter_match = fields.choice("filterMatch", MATCHES).nullable().flatten();
    let frequency = fields.int("frequency").min(FREQUENCY_MINUTES_MIN).max(FREQUENCY_MINUTES_MAX);
    let frequency = match frequency_minutes {
        Some(minutes) => frequency.or(minutes),
        None => frequency.required(),
    };
    let label = fields.string("name").max(NAME_CHARACTERS_MAX).required();
    let org = access.org.org.id;
    let environment = environment_of(conn, org, &mut fields).await?;
    let actions = fields.list("actions", rule(Kind::Action)).or(Vec::new());
    let (owner_user_id, owner_team_id) = owner_of(conn, org, &mut fields).await?;
    fields.finish()?;
    together(&conditions, &filters, &action_match, filter_match.as_deref(), actions.len())?;
    if actions.is_empty() {
        return Err(Error::field("actions", NO_ACTION));
    }
    let mut data = Map::new();
    data.insert("conditions".to_owned(), list(conditions.into_iter().chain(filters)));
    data.insert("actions".to_owned(), list(actions.into_iter().map(|action| with_uuid(ctx, action))));
    data.insert("action_match".to_owned(), action_match.into());
    if let Some(filter_match) = filter_match {
        data.insert("filter_match".to_owned(), filter_match.into());
    }
    data.insert("frequency".to_owned(), frequency.into());
    let data = Value::Object(data);
    if data.to_string().len() > RULE_BYTES_MAX {
        return Err(Error::invalid(format!("A rule may not be larger than {RULE_BYTES_MAX} bytes.")));
    }
    Ok(RuleContent { label, environment_id: environment, owner_user_id, owner_team_id, data })
}

fn list(nodes: impl Iterator<Item = Node>) -> Value {
    Value::Array(nodes.map(Value::Object).collect())
}

/// Actions are told apart by an id of their own; what is no uuid is replaced.
fn with_uuid(ctx: &Ctx, mut action: Node) -> Node {
    let sent = action.get("uuid").and_then(Value::as_str);
    if sent.is_none_or(|uuid| Uuid::parse_str(uuid).is_err()) {
        action.insert("uuid".to_owned(), ctx.ids.uuid().to_string().into());
    }
    action
}

/// What several fields say together.
fn together(
    conditions: &[Node],
    filters: &[Node],
    action_match: &str,
    filter_match: Option<&str>,
    actions: usize,
) -> Result<(), FieldErrors> {
    let is_outdated = |node: &Node| {
        let found = node.get("id").and_then(Value::as_str).and_then(|id| NodeType::find(Kind::Condition, id));
        found.is_some_and(|found| found.class == Class::Outdated)
    };
    match () {
        () if !filters.is_empty() && filter_match.is_none() => {
            Err(FieldErrors::one("filterMatch", NO_FILTER_MATCH))
        }
        () if conditions.iter().any(is_outdated) => Err(FieldErrors::one("conditions", OUTDATED)),
        () if action_match == "none" => Err(FieldErrors::one("conditions", NONE_MATCH)),
        () if conditions.len() + filters.len() > NODES_MAX => {
            let text = format!("A rule may not have more than {NODES_MAX} conditions and filters.");
            Err(FieldErrors::one("conditions", text))
        }
        () if actions > NODES_MAX => {
            Err(FieldErrors::one("actions", format!("A rule may not have more than {NODES_MAX} actions.")))
        }
        () => Ok(()),
    }
}

/// What the nodes of a body may name.
pub(super) async fn known(conn: &mut Conn, access: &ProjectAccess, fields: &Fields) -> Result<Known> {
    let project = access.project.id;
    let mut targets = Vec::new();
    for name in ["conditions", "filters", "actions"] {
        for node in fields.raw(name).and_then(Value::as_array).into_iter().flatten().take(NODES_MAX + 1) {
            let node = object(node).unwrap_or_default();
            targets.extend(
                node.get("targetIdentifier").and_then(|id| python::text(id).trim().parse::<i64>().ok()),
            );
        }
    }
    let users: Vec<UserId> = targets.iter().copied().map(UserId::new).collect();
    let teams: Vec<TeamId> = targets.into_iter().map(TeamId::new).collect();
    let people = assignable::people(conn, &[project], &users).await?;
    let teams = assignable::teams(conn, &[project], &teams).await?;
    let options = Options::load(conn, project).await?;
    Ok(Known {
        plugins: options.notifying().map(|plugin| plugin.slug).collect(),
        apps: facade::alert_apps(conn, access.org.org.id).await?,
        people: people.into_iter().map(|(_, user)| user).collect(),
        teams: teams.into_iter().map(|(_, team)| team).collect(),
    })
}

/// Reads `environment`: the name of one of the organization.
pub(crate) async fn environment_of(
    conn: &mut Conn,
    org: OrgId,
    fields: &mut Fields,
) -> Result<Option<EnvironmentId>> {
    let name = fields.string("environment").max(ENVIRONMENT_CHARACTERS_MAX).nullable().flatten();
    let Some(name) = name else { return Ok(None) };
    let found = environment::id_of(conn, org, &name).await?;
    if found.is_none() {
        fields.error("environment", NO_ENVIRONMENT);
    }
    Ok(found)
}

/// Reads `owner`: a member or a team of the organization.
pub(crate) async fn owner_of(
    conn: &mut Conn,
    org: OrgId,
    fields: &mut Fields,
) -> Result<(Option<UserId>, Option<TeamId>)> {
    let owner = fields.string("owner").allow_blank().nullable().flatten().filter(|owner| !owner.is_empty());
    let Some(owner) = owner else { return Ok((None, None)) };
    let refused = match ActorRef::parse(&owner) {
        Some(ActorRef::User(id)) => match member::of_user(conn, org, id).await? {
            Some(_) => return Ok((Some(id), None)),
            None => FOREIGN_USER,
        },
        Some(ActorRef::Team(id)) => match team::by_id(conn, org, id).await? {
            Some(team) => return Ok((None, Some(team.id))),
            None => FOREIGN_TEAM,
        },
        Some(ActorRef::Name(name)) => match member::users_named(conn, org, &[name]).await?.first() {
            Some(id) => return Ok((Some(*id), None)),
            None => UNREADABLE,
        },
        None => UNREADABLE,
    };
    fields.error("owner", refused);
    Ok((None, None))
}

/// What the other rules of the project say to it: none is the same, and there are not too many. `id` is the rule that is
/// changed.
pub(super) async fn admit(
    conn: &mut Conn,
    project: ProjectId,
    new: &RuleContent,
    id: Option<RuleId>,
) -> Result<()> {
    let mut others = rule::active(conn, project).await?;
    others.retain(|rule| Some(rule.id) != id);
    if id.is_none() {
        let is_slow = is_slow(&new.data);
        let alike = others.iter().filter(|rule| self::is_slow(&rule.data) == is_slow).count();
        let max = if is_slow { SLOW_RULES_MAX } else { FAST_RULES_MAX };
        if alike >= max {
            let text = format!("You may not exceed {max} rules with this type of condition per project.");
            return Err(Error::field("conditions", text));
        }
    }
    match duplicate(&others, new) {
        None => Ok(()),
        Some(same) => {
            let text = format!(
                "This rule is an exact duplicate of '{}' in this project and may not be created.",
                same.label
            );
            let mut errors = FieldErrors::one("name", text);
            errors.set("ruleId", json!([same.id.get()]));
            Err(errors.into())
        }
    }
}

/// The rule that is the same but for its name and owner.
pub(super) fn duplicate<'r>(others: &'r [Rule], new: &RuleContent) -> Option<&'r Rule> {
    let same = |key: &str, rule: &Rule| rule.data.get(key) == new.data.get(key);
    let effective =
        |data: &Value| data.get("filter_match").and_then(Value::as_str).unwrap_or("all").to_owned();
    others.iter().find(|rule| {
        rule.environment_id == new.environment_id
            && same("conditions", rule)
            && same("action_match", rule)
            && same("frequency", rule)
            && effective(&rule.data) == effective(&new.data)
            && bare_actions(&rule.data) == bare_actions(&new.data)
    })
}

/// The actions of a rule without the ids that tell them apart.
fn bare_actions(data: &Value) -> Vec<Node> {
    nodes(data, "actions")
        .map(|action| {
            let mut action = action.clone();
            action.shift_remove("uuid");
            action
        })
        .collect()
}

/// The nodes in a list of a stored rule.
pub(super) fn nodes<'d>(data: &'d Value, list: &str) -> impl Iterator<Item = &'d Node> {
    data.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn is_slow(data: &Value) -> bool {
    nodes(data, "conditions").any(|node| {
        node.get("id").and_then(Value::as_str).and_then(NodeType::named).is_some_and(NodeType::is_slow)
    })
}
