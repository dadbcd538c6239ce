//! Memberships and invitations.

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
