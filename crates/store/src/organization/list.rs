//! Finding organizations: those that a caller may see, by what a search asks for, in the order of a list.

use mortise_domain::{MemberId, OrgId, UserId};

use super::Organization;
use crate::{Conn, Pattern, Query, Range, Result, Slice};

/// Which active organizations may be seen at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visible {
    /// All.
    All,
    /// One.
    One(OrgId),
    /// Those that a person is a member of.
    OfMember(UserId),
    /// Those that a person owns.
    OfOwner(UserId),
    /// Those where the app behind a proxy user is installed.
    OfApp(UserId),
}

/// What organizations must be like. Everything that is set must hold; an empty list matches none.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Those that may be seen.
    pub visible: Visible,
    /// With one of these ids.
    pub ids: Option<Vec<OrgId>>,
    /// With one of these slugs.
    pub slugs: Option<Vec<String>>,
    /// With a member who has one of these addresses.
    pub emails: Option<Vec<String>>,
    /// In one of these states; only active ones are ever found.
    pub statuses: Option<Vec<i64>>,
    /// With one of these members.
    pub members: Option<Vec<MemberId>>,
    /// With a project of one of these platforms.
    pub platforms: Option<Vec<String>>,
    /// With this text in the name or slug, or as the address of a member.
    pub text: Option<String>,
    /// Nothing fits.
    pub nothing: bool,
}

impl Filter {
    /// Everything that may be seen.
    pub fn new(visible: Visible) -> Self {
        Self {
            visible,
            ids: None,
            slugs: None,
            emails: None,
            statuses: None,
            members: None,
            platforms: None,
            text: None,
            nothing: false,
        }
    }

    /// The conditions, behind `WHERE o.status = 0`.
    fn query(&self) -> Query {
        let mut query = Query::new("SELECT o.* FROM organization o WHERE o.status = 0");
        if self.nothing {
            query.push(" AND FALSE");
        }
        self.push_visible(&mut query);
        if let Some(ids) = &self.ids {
            query.push(" AND o.id IN ").list(ids.iter().copied());
        }
        if let Some(slugs) = &self.slugs {
            query.push(" AND o.slug IN ").list(slugs);
        }
        if let Some(statuses) = &self.statuses {
            query.push(" AND o.status IN ").list(statuses.iter().copied());
        }
        if let Some(members) = &self.members {
            query.push(" AND ").push(MEMBER).push("m.id IN ").list(members.iter().copied()).push(")");
        }
        if let Some(emails) = &self.emails {
            let emails = emails.iter().map(|email| email.to_lowercase());
            query.push(" AND ").push(MEMBER_ACCOUNT).push("lower(u.email) IN ").list(emails).push(")");
        }
        if let Some(platforms) = &self.platforms {
            query.push(
                " AND EXISTS (SELECT 1 FROM project p WHERE p.organization_id = o.id AND p.status = 0 \
                 AND (p.platform IN ",
            );
            query.list(platforms).push(
                " OR EXISTS (SELECT 1 FROM project_platform pp WHERE pp.project_id = p.id AND pp.platform IN ",
            );
            query.list(platforms).push(")))");
        }
        if let Some(text) = &self.text {
            let patterns = [Pattern::contains(text)];
            query.push(" AND (").matches("o.name", &patterns).push(" OR ").matches("o.slug", &patterns);
            query.push(" OR ").push(MEMBER_ACCOUNT).push("lower(u.email) = ").arg(text.to_lowercase());
            query.push("))");
        }
        query
    }

    fn push_visible(&self, query: &mut Query) {
        match self.visible {
            Visible::All => {}
            Visible::One(id) => {
                query.push(" AND o.id = ").arg(id);
            }
            Visible::OfMember(user) => {
                query.push(" AND ").push(MEMBER).push("m.user_id = ").arg(user).push(")");
            }
            Visible::OfOwner(user) => {
                query
                    .push(" AND ")
                    .push(MEMBER)
                    .push("m.role = 'owner' AND m.user_id = ")
                    .arg(user)
                    .push(")");
            }
            Visible::OfApp(user) => {
                query.push(
                    " AND EXISTS (SELECT 1 FROM sentry_app_installation i JOIN sentry_app a ON a.id = i.sentry_app_id \
                     WHERE i.organization_id = o.id AND i.date_deleted IS NULL AND a.date_deleted IS NULL \
                     AND a.proxy_user_id = ",
                );
                query.arg(user).push(")");
            }
        }
    }
}

const MEMBER: &str = "EXISTS (SELECT 1 FROM organization_member m \
                      WHERE m.organization_id = o.id AND m.invite_status = 0 AND ";
const MEMBER_ACCOUNT: &str = "EXISTS (SELECT 1 FROM organization_member m JOIN user_account u ON u.id = m.user_id \
                              WHERE m.organization_id = o.id AND m.invite_status = 0 AND ";

/// By what a list that is counted through is ordered, largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Members and pending invitations.
    Members,
    /// Active projects.
    Projects,
    /// Events ever seen by the issues there are.
    Events,
}

/// Fitting organizations by when they were made.
pub async fn by_date(conn: &mut Conn, filter: &Filter, range: &Range) -> Result<Vec<Organization>> {
    let mut query = filter.query();
    query.range("o.date_added", "o.id", range);
    conn.all(query).await
}

/// Fitting organizations by how much they have of something.
pub async fn by_size(
    conn: &mut Conn,
    filter: &Filter,
    order: Order,
    slice: Slice,
) -> Result<Vec<Organization>> {
    let mut query = filter.query();
    query.push(match order {
        Order::Members => {
            " ORDER BY (SELECT COUNT(*) FROM organization_member m WHERE m.organization_id = o.id) DESC"
        }
        Order::Projects => {
            " ORDER BY (SELECT COUNT(*) FROM project p WHERE p.organization_id = o.id AND p.status = 0) DESC"
        }
        Order::Events => {
            " ORDER BY (SELECT CAST(COALESCE(SUM(i.times_seen), 0) AS BIGINT) FROM issue i \
             JOIN project p ON p.id = i.project_id WHERE p.organization_id = o.id) DESC"
        }
    });
    query.push(", o.id").slice(slice);
    conn.all(query).await
}

/// All fitting organizations, oldest first.
pub async fn all(conn: &mut Conn, filter: &Filter) -> Result<Vec<Organization>> {
    let mut query = filter.query();
    query.push(" ORDER BY o.date_added, o.id");
    conn.all(query).await
}
