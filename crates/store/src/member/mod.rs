//! Memberships and invitations. Lists and searches are in [`list`], places in teams in [`teams`], whom mails reach in
//! [`recipients`].

pub mod list;
pub mod recipients;
pub mod teams;

use mortise_domain::{MemberId, OrgId, TeamId, Time, UserId};

use crate::{Conn, Query, Result, Tx, row};

row! {
    /// A membership (`user_id` set) or a pending invitation (`email` set).
    pub struct Member {
        pub id: MemberId,
        pub organization_id: OrgId,
        pub user_id: Option<UserId>,
        pub email: Option<String>,
        pub role: String,
        pub flags: i64,
        pub token: Option<Vec<u8>>,
        pub token_expires_at: Option<Time>,
        pub invite_status: i64,
        pub inviter_id: Option<UserId>,
        pub date_added: Time,
    }
}

row! {
    /// A member's place in a team.
    pub struct TeamMembership {
        pub team_id: TeamId,
        pub member_id: MemberId,
        pub role: Option<String>,
    }
}

/// The membership of a user in an organization.
pub async fn of_user(conn: &mut Conn, org: OrgId, user: UserId) -> Result<Option<Member>> {
    let query = Query::new(
        "SELECT * FROM organization_member WHERE organization_id = $1 AND user_id = $2 AND invite_status = 0",
    );
    conn.optional(query.bind(org).bind(user)).await
}

/// The teams of a member.
pub async fn teams_of(conn: &mut Conn, member: MemberId) -> Result<Vec<TeamMembership>> {
    let query =
        Query::new("SELECT team_id, member_id, role FROM team_member WHERE member_id = $1 ORDER BY team_id");
    conn.all(query.bind(member)).await
}

/// Makes a user a member.
pub async fn insert_user(tx: &mut Tx, org: OrgId, user: UserId, role: &str, now: Time) -> Result<Member> {
    let query = Query::new(
        "INSERT INTO organization_member (organization_id, user_id, role, flags, invite_status, date_added) \
         VALUES ($1, $2, $3, 0, 0, $4) RETURNING *",
    );
    tx.one(query.bind(org).bind(user).bind(role).bind(now)).await
}

/// The membership or invitation with this id in an organization, requests to be invited included.
pub async fn by_id(conn: &mut Conn, org: OrgId, id: MemberId) -> Result<Option<Member>> {
    let query = Query::new("SELECT * FROM organization_member WHERE organization_id = $1 AND id = $2");
    conn.optional(query.bind(org).bind(id)).await
}

/// The invitation with this id, in whatever organization. Only for whoever can show its token.
pub async fn invitation(conn: &mut Conn, id: MemberId) -> Result<Option<Member>> {
    let query = Query::new(
        "SELECT * FROM organization_member WHERE id = $1 AND user_id IS NULL AND invite_status = 0 AND token IS NOT NULL",
    );
    conn.optional(query.bind(id)).await
}

/// The memberships and invitations of an address in an organization, whatever its case.
pub async fn of_email(conn: &mut Conn, org: OrgId, email: &str) -> Result<Vec<Member>> {
    let query = Query::new(
        "SELECT m.* FROM organization_member m LEFT JOIN user_account u ON u.id = m.user_id \
         WHERE m.organization_id = $1 AND (lower(m.email) = lower($2) OR lower(u.email) = lower($2) \
         OR EXISTS (SELECT 1 FROM user_email e WHERE e.user_id = u.id AND lower(e.email) = lower($2))) \
         ORDER BY m.id",
    );
    conn.all(query.bind(org).bind(email)).await
}

/// The memberships of a user in all organizations that are not being deleted.
pub async fn of_user_everywhere(conn: &mut Conn, user: UserId) -> Result<Vec<Member>> {
    let query = Query::new(
        "SELECT m.* FROM organization_member m JOIN organization o ON o.id = m.organization_id \
         WHERE m.user_id = $1 AND o.status = 0 ORDER BY m.organization_id",
    );
    conn.all(query.bind(user)).await
}

/// The owners of these organizations who can sign in, as pairs of organization and member.
pub async fn owners(conn: &mut Conn, orgs: &[OrgId]) -> Result<Vec<(OrgId, MemberId)>> {
    if orgs.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(
        "SELECT m.organization_id, m.id FROM organization_member m JOIN user_account u ON u.id = m.user_id \
         WHERE m.invite_status = 0 AND m.role = 'owner' AND u.is_active = TRUE AND m.organization_id IN ",
    );
    query.list(orgs.iter().copied()).push(" ORDER BY m.organization_id, m.id");
    conn.all(query).await
}

/// The owners of these organizations who can sign in, as pairs of organization and user.
pub async fn owner_users(conn: &mut Conn, orgs: &[OrgId]) -> Result<Vec<(OrgId, UserId)>> {
    let mut query = Query::new(
        "SELECT m.organization_id, u.id FROM organization_member m JOIN user_account u ON u.id = m.user_id \
         WHERE m.invite_status = 0 AND m.role = 'owner' AND u.is_active = TRUE AND m.organization_id IN ",
    );
    query.list(orgs.iter().copied()).push(" ORDER BY m.organization_id, u.id");
    conn.all(query).await
}

/// What an invitation needs.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Where to.
    pub org: OrgId,
    /// Who: the address.
    pub email: String,
    /// As what.
    pub role: String,
    /// By whom.
    pub inviter: Option<UserId>,
    /// Until when it can be accepted.
    pub expires_at: Time,
}

/// Creates an invitation without a token; see [`set_token`].
pub async fn insert_invitation(tx: &mut Tx, new: &NewInvitation, now: Time) -> Result<Member> {
    let query = Query::new(
        "INSERT INTO organization_member (organization_id, email, role, flags, token_expires_at, invite_status, \
         inviter_id, date_added) VALUES ($1, $2, $3, 0, $4, 0, $5, $6) RETURNING *",
    );
    let query = query.bind(new.org).bind(&new.email).bind(&new.role).bind(new.expires_at);
    tx.one(query.bind(new.inviter).bind(now)).await
}

/// Gives an invitation a token; the one before is worthless then.
pub async fn set_token(tx: &mut Tx, id: MemberId, sealed: &[u8], expires_at: Time) -> Result<()> {
    let query = Query::new("UPDATE organization_member SET token = $2, token_expires_at = $3 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(sealed).bind(expires_at)).await
}

/// An invitation becomes the membership of a user; whether it was still one.
pub async fn accept(tx: &mut Tx, id: MemberId, user: UserId) -> Result<bool> {
    let query = Query::new(
        "UPDATE organization_member SET user_id = $2, email = NULL, token = NULL, token_expires_at = NULL \
         WHERE id = $1 AND user_id IS NULL AND invite_status = 0",
    );
    Ok(tx.execute(query.bind(id).bind(user)).await? == 1)
}

/// Changes the role.
pub async fn set_role(tx: &mut Tx, id: MemberId, role: &str) -> Result<()> {
    let query = Query::new("UPDATE organization_member SET role = $2 WHERE id = $1");
    tx.execute_one(query.bind(id).bind(role)).await
}

/// Ends a membership or an invitation; whether it was there.
pub async fn delete(tx: &mut Tx, org: OrgId, id: MemberId) -> Result<bool> {
    let query = Query::new("DELETE FROM organization_member WHERE organization_id = $1 AND id = $2");
    Ok(tx.execute(query.bind(org).bind(id)).await? == 1)
}

/// The members of an organization whose user name or address is any of these, without regard to case.
pub async fn users_named(conn: &mut Conn, org: OrgId, names: &[String]) -> Result<Vec<UserId>> {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let mut query = Query::new(
        "SELECT DISTINCT u.id FROM user_account u JOIN organization_member m ON m.user_id = u.id \
         WHERE m.organization_id = $1 AND (lower(u.username) IN ",
    )
    .bind(org);
    query.list(&names).push(" OR lower(u.email) IN ").list(&names).push(") ORDER BY u.id");
    conn.all(query).await
}
