//! Where a person belongs: what the frame of every page lists.

use mortise_domain::{OrgId, UserId};

use crate::{Conn, Query, Result, row};

row! {
    /// An organization of a person.
    pub struct Place {
        pub id: OrgId,
        pub slug: String,
        pub name: String,
    }
}

/// The active organizations of which a person is a member, by name.
pub async fn of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Place>> {
    let query = Query::new(
        "SELECT o.id, o.slug, o.name FROM organization o JOIN organization_member m ON m.organization_id = o.id \
         WHERE m.user_id = $1 AND m.invite_status = 0 AND o.status = 0 ORDER BY lower(o.name), o.id",
    );
    conn.all(query.bind(user)).await
}
