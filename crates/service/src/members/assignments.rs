//! What bodies ask for about a member's places: the organization role (`orgRole`, or the older `role`), teams with the
//! roles in them (`teamRoles: [{teamSlug, role}]`, or the older `teams: [slug]`).

use mortise_domain::{MemberId, OrgRole, TeamId, TeamRole};
use mortise_store::{Conn, Slice, Tx, member, team};
use mortise_wire::{
    errors::field,
    fields::{Fields, ObjectRule},
};
use serde_json::{Map, Value};

use super::{INVALID_TEAM_ROLE, INVALID_TEAMS, ROLE_NOT_ALLOWED};
use crate::{Result, access::OrgAccess, roles};

/// A place in a team.
#[derive(Debug, Clone)]
pub(super) struct Assignment {
    pub(super) team: TeamId,
    pub(super) slug: String,
    pub(super) role: Option<TeamRole>,
}

/// The organization role that is asked for, if any. `current` is what the member has and may keep.
pub(super) fn org_role(fields: &mut Fields, access: &OrgAccess, current: Option<OrgRole>) -> Option<OrgRole> {
    let key = if fields.has("orgRole") { "orgRole" } else { "role" };
    let assignable = roles::assignable(access);
    let check = |text: String| {
        let role: OrgRole = text.parse().map_err(|_| field::choice(&text))?;
        match role {
            role if Some(role) == current => Ok(role),
            role if !assignable.contains(&role) => Err(ROLE_NOT_ALLOWED.to_owned()),
            role if role.is_retired() => {
                Err(format!("The role '{role}' is deprecated and may no longer be assigned."))
            }
            role => Ok(role),
        }
    };
    fields.string(key).and_then(check).nullable().flatten()
}

/// The teams that are asked for, if the body speaks of teams.
pub(super) async fn teams(
    conn: &mut Conn,
    fields: &mut Fields,
    access: &OrgAccess,
) -> Result<Option<Vec<Assignment>>> {
    let key = if fields.has("teamRoles") { "teamRoles" } else { "teams" };
    let asked: Option<Vec<(String, Option<String>)>> = if key == "teamRoles" {
        let pairs = fields.list(key, ObjectRule).nullable().flatten();
        pairs.map(|pairs| pairs.iter().map(pair).collect())
    } else {
        let slugs = fields.strings(key).nullable().flatten();
        slugs.map(|slugs| slugs.into_iter().map(|slug| (slug, None)).collect())
    };
    let Some(asked) = asked else { return Ok(None) };
    let slugs = asked.iter().map(|(slug, _)| slug.clone()).collect();
    let filter = team::Filter { slugs: Some(slugs), ..team::Filter::default() };
    let found = team::list(conn, access.org.id, &filter, Slice::ALL).await?;
    let highest = roles::highest_team_role(access);
    let mut places: Vec<Assignment> = Vec::new();
    for (slug, role) in asked {
        let Some(team) = found.iter().find(|team| team.slug == slug) else {
            fields.error(key, INVALID_TEAMS);
            return Ok(None);
        };
        let role = match role.map(|role| role.parse::<TeamRole>()).transpose() {
            Ok(role) if role <= highest => role,
            _ => {
                fields.error(key, INVALID_TEAM_ROLE);
                return Ok(None);
            }
        };
        if !places.iter().any(|place| place.team == team.id) {
            places.push(Assignment { team: team.id, slug, role });
        }
    }
    Ok(Some(places))
}

/// A `{teamSlug, role}`; what is missing is found out when the team is looked up.
fn pair(pair: &Map<String, Value>) -> (String, Option<String>) {
    let text = |key: &str| pair.get(key).and_then(Value::as_str).map(str::to_owned);
    let slug = text("teamSlug").or_else(|| text("team")).unwrap_or_default();
    // A role that is no text is no role; the empty one is none either.
    let role = pair.get("role").filter(|role| !role.is_null());
    (slug, role.map(|role| role.as_str().unwrap_or_default().to_owned()))
}

/// Puts a member into exactly these teams.
pub(super) async fn save(tx: &mut Tx, member: MemberId, places: &[Assignment]) -> Result<()> {
    member::teams::remove_all(tx, member).await?;
    for place in places {
        team::put_member(tx, place.team, member, place.role.map(TeamRole::as_str)).await?;
    }
    Ok(())
}

/// The slugs of the teams, for the audit log.
pub(super) fn slugs(places: &[Assignment]) -> Vec<&str> {
    places.iter().map(|place| place.slug.as_str()).collect()
}
