//! An organization together with what a caller is there, in one statement: nearly every request begins with it, so that
//! what was revoked is refused from the next request on.

use mortise_domain::{OrgId, ScopeSet, UserId};

use super::Organization;
use crate::{
    Conn, FromRow, Query, Result, Row, StoreError,
    member::{Member, TeamMembership},
};

/// What names an organization, and in which states it is found.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// With this id, unless it is being deleted.
    Id(OrgId),
    /// With this slug, unless it is being deleted.
    Slug(&'a str),
    /// With this id, whatever its state.
    IdInAnyState(OrgId),
    /// With this slug, whatever its state.
    SlugInAnyState(&'a str),
}

impl Which<'_> {
    /// Completes a statement by how it ends for each way of naming an organization, in the order of the variants.
    fn bind(self, ends: [&'static str; 4]) -> Query {
        let [by_id, by_slug, by_id_in_any_state, by_slug_in_any_state] = ends;
        match self {
            Which::Id(id) => Query::new(by_id).bind(id),
            Which::Slug(slug) => Query::new(by_slug).bind(slug),
            Which::IdInAnyState(id) => Query::new(by_id_in_any_state).bind(id),
            Which::SlugInAnyState(slug) => Query::new(by_slug_in_any_state).bind(slug),
        }
    }
}

/// A statement that ends with which organization is meant, `$1`, once for each way of naming one. Texts of the program are
/// known to the database's connections; those that are put together are not.
macro_rules! ending {
    ($sql:expr) => {
        [
            concat!($sql, "o.id = $1 AND o.status = 0"),
            concat!($sql, "o.slug = $1 AND o.status = 0"),
            concat!($sql, "o.id = $1"),
            concat!($sql, "o.slug = $1"),
        ]
    };
}

/// An organization and a person's place there.
#[derive(Debug, Clone)]
pub struct PersonIn {
    /// The organization.
    pub org: Organization,
    /// The membership; none for strangers.
    pub member: Option<Member>,
    /// The member's teams, by id.
    pub teams: Vec<TeamMembership>,
}

impl FromRow for PersonIn {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        let org = Organization::from_row(row)?;
        let Some(id) = row.get("m_id")? else { return Ok(Self { org, member: None, teams: Vec::new() }) };
        let member = Member {
            id,
            organization_id: org.id,
            user_id: row.get("m_user_id")?,
            email: row.get("m_email")?,
            role: row.get("m_role")?,
            flags: row.get("m_flags")?,
            token: row.get("m_token")?,
            token_expires_at: row.get("m_token_expires_at")?,
            invite_status: row.get("m_invite_status")?,
            inviter_id: row.get("m_inviter_id")?,
            date_added: row.get("m_date_added")?,
        };
        let teams: Option<String> = row.get("m_teams")?;
        let teams = teams.iter().flat_map(|text| text.split(',')).map(|text| team(&member, text));
        let mut teams = teams.collect::<Result<Vec<_>>>()?;
        teams.sort_unstable_by_key(|team| team.team_id);
        Ok(Self { org, member: Some(member), teams })
    }
}

/// A place in a team, from `team:role`, where the role may be empty.
fn team(member: &Member, text: &str) -> Result<TeamMembership> {
    let corrupt = || StoreError::Corrupt { column: "m_teams".to_owned(), reason: text.to_owned() };
    let (id, role) = text.split_once(':').ok_or_else(corrupt)?;
    Ok(TeamMembership {
        team_id: id.parse().map_err(|_| corrupt())?,
        member_id: member.id,
        role: Some(role).filter(|role| !role.is_empty()).map(str::to_owned),
    })
}

/// The organization, and what the user is there.
pub async fn with_person(conn: &mut Conn, which: Which<'_>, user: UserId) -> Result<Option<PersonIn>> {
    let query = which.bind(ending!(
        "SELECT o.*, m.id AS m_id, m.user_id AS m_user_id, m.email AS m_email, m.role AS m_role, m.flags AS m_flags, \
         m.token AS m_token, m.token_expires_at AS m_token_expires_at, m.invite_status AS m_invite_status, \
         m.inviter_id AS m_inviter_id, m.date_added AS m_date_added, \
         (SELECT string_agg(CAST(tm.team_id AS TEXT) || ':' || COALESCE(tm.role, ''), ',') FROM team_member tm \
         WHERE tm.member_id = m.id) AS m_teams \
         FROM organization o LEFT JOIN organization_member m ON m.organization_id = o.id AND m.user_id = $2 \
         AND m.invite_status = 0 WHERE "
    ));
    conn.optional(query.bind(user)).await
}

/// The organization, and what the app behind a proxy user may do there: its scopes where it has a live installation,
/// which may still wait to be verified, else nothing.
pub async fn with_app(
    conn: &mut Conn,
    which: Which<'_>,
    proxy_user: UserId,
) -> Result<Option<(Organization, Option<ScopeSet>)>> {
    let query = which.bind(ending!(
        "SELECT o.*, (SELECT a.scopes FROM sentry_app a JOIN sentry_app_installation i ON i.sentry_app_id = a.id \
         WHERE a.proxy_user_id = $2 AND i.organization_id = o.id AND i.date_deleted IS NULL \
         AND a.date_deleted IS NULL) AS app_scopes FROM organization o WHERE "
    ));
    let found: Option<AppIn> = conn.optional(query.bind(proxy_user)).await?;
    Ok(found.map(|found| (found.org, found.scopes)))
}

struct AppIn {
    org: Organization,
    scopes: Option<ScopeSet>,
}

impl FromRow for AppIn {
    fn from_row(row: &Row<'_>) -> Result<Self> {
        Ok(Self { org: Organization::from_row(row)?, scopes: row.get("app_scopes")? })
    }
}

/// The organization alone.
pub async fn find(conn: &mut Conn, which: Which<'_>) -> Result<Option<Organization>> {
    conn.optional(which.bind(ending!("SELECT o.* FROM organization o WHERE "))).await
}
