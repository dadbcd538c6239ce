//! Finding members and pending invitations of an organization, in order of their addresses. Members whose account is
//! closed are left out.

use mortise_domain::{MemberId, OrgId, ProjectId, TeamId, UserId};

use super::Member;
use crate::{Conn, Pattern, Query, Result, Slice};

/// What members must be like. Everything that is set must hold; an empty list matches none.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// With one of these ids.
    pub ids: Option<Vec<MemberId>>,
    /// Memberships of one of these users.
    pub users: Option<Vec<UserId>>,
    /// With one of these addresses, whatever the case.
    pub emails: Option<Vec<String>>,
    /// With one of these roles.
    pub roles: Option<Vec<String>>,
    /// Pending invitations, or everything else.
    pub invited: Option<bool>,
    /// With this text in name, username or address.
    pub text: Option<String>,
    /// In one of these teams.
    pub teams: Option<Vec<TeamId>>,
    /// In a team of one of these projects.
    pub projects: Option<Vec<ProjectId>>,
    /// With a name at another service, or without.
    pub has_external: Option<bool>,
    /// Nothing fits.
    pub nothing: bool,
}

/// Fitting members and invitations.
pub async fn list(conn: &mut Conn, org: OrgId, filter: &Filter, slice: Slice) -> Result<Vec<Member>> {
    let mut query = Query::new(
        "SELECT m.* FROM organization_member m LEFT JOIN user_account u ON u.id = m.user_id \
         WHERE m.invite_status = 0 AND (u.id IS NULL OR u.is_active = TRUE) AND m.organization_id = ",
    );
    query.arg(org);
    filter.push(&mut query);
    query.push(" ORDER BY lower(COALESCE(u.email, m.email)), m.id").slice(slice);
    conn.all(query).await
}

impl Filter {
    fn push(&self, query: &mut Query) {
        if self.nothing {
            query.push(" AND FALSE");
        }
        if let Some(ids) = &self.ids {
            query.push(" AND m.id IN ").list(ids.iter().copied());
        }
        if let Some(users) = &self.users {
            query.push(" AND m.user_id IN ").list(users.iter().copied());
        }
        if let Some(emails) = &self.emails {
            let emails: Vec<String> = emails.iter().map(|email| email.to_lowercase()).collect();
            query.push(" AND (lower(m.email) IN ").list(&emails).push(" OR lower(u.email) IN ").list(&emails);
            query.push(
                " OR EXISTS (SELECT 1 FROM user_email e WHERE e.user_id = m.user_id AND lower(e.email) IN ",
            );
            query.list(&emails).push("))");
        }
        if let Some(roles) = &self.roles {
            query.push(" AND m.role IN ").list(roles);
        }
        if let Some(invited) = self.invited {
            query.push(if invited { " AND m.user_id IS NULL" } else { " AND m.user_id IS NOT NULL" });
        }
        if let Some(text) = &self.text {
            let patterns = [Pattern::contains(text)];
            query.push(" AND (").matches("m.email", &patterns).push(" OR ").matches("u.email", &patterns);
            query.push(" OR ").matches("u.name", &patterns);
            query.push(" OR ").matches("u.username", &patterns).push(")");
        }
        if let Some(has_external) = self.has_external {
            query.push(if has_external { " AND EXISTS " } else { " AND NOT EXISTS " }).push(
                "(SELECT 1 FROM external_actor x WHERE x.organization_id = m.organization_id \
                 AND x.user_id = m.user_id)",
            );
        }
        if let Some(teams) = &self.teams {
            query.push(
                " AND EXISTS (SELECT 1 FROM team_member tm WHERE tm.member_id = m.id AND tm.team_id IN ",
            );
            query.list(teams.iter().copied()).push(")");
        }
        if let Some(projects) = &self.projects {
            query.push(
                " AND EXISTS (SELECT 1 FROM team_member tm JOIN project_team pt ON pt.team_id = tm.team_id \
                 WHERE tm.member_id = m.id AND pt.project_id IN ",
            );
            query.list(projects.iter().copied()).push(")");
        }
    }
}
