//! What stands beside issues: who works on them, who has seen, marked or subscribed to them, how they were resolved
//! and until when they are ignored. Loaded for many issues at once.

use mortise_domain::{CommitId, IssueId, TeamId, Time, UserId};

use crate::{Conn, FromRow, Query, Range, Result, row};

row! {
    /// Who works on an issue: a user or a team.
    pub struct Assignee {
        pub issue_id: IssueId,
        pub user_id: Option<UserId>,
        pub user_name: Option<String>,
        pub user_email: Option<String>,
        pub username: Option<String>,
        pub team_id: Option<TeamId>,
        pub team_slug: Option<String>,
    }
}

row! {
    /// The release that an issue is resolved in or after. kind: as in [`mortise_domain::issue::ResolutionKind`].
    pub struct Resolution {
        pub issue_id: IssueId,
        pub kind: i64,
        pub version: String,
        pub actor_id: Option<UserId>,
    }
}

row! {
    /// Until when an issue is ignored.
    pub struct Snooze {
        pub issue_id: IssueId,
        pub until: Option<Time>,
        pub count: Option<i64>,
        pub window_minutes: Option<i64>,
        pub user_count: Option<i64>,
        pub user_window_minutes: Option<i64>,
        /// Events and users of the issue when it was archived.
        pub seen_at_start: i64,
        pub users_at_start: i64,
        pub actor_id: Option<UserId>,
    }
}

row! {
    /// A commit that resolves an issue.
    pub struct ResolvingCommit {
        pub issue_id: IssueId,
        pub commit_id: CommitId,
        pub actor_id: Option<UserId>,
    }
}

row! {
    /// The newest activity that resolved an issue.
    pub struct ResolvedBy {
        pub issue_id: IssueId,
        pub kind: i64,
        pub user_id: Option<UserId>,
    }
}

row! {
    /// Somebody who is told about an issue, or does not want to be.
    pub struct Subscription {
        pub issue_id: IssueId,
        pub user_id: Option<UserId>,
        pub team_id: Option<TeamId>,
        pub is_active: bool,
        pub reason: String,
    }
}

row! {
    /// A user or a team that is told about an issue.
    pub struct Subscriber {
        pub user_id: Option<UserId>,
        pub team_id: Option<TeamId>,
        pub team_slug: Option<String>,
        pub team_name: Option<String>,
    }
}

row! {
    /// An item of a Sentry App that an issue is linked to.
    pub struct ExternalLink {
        pub id: mortise_domain::ExternalIssueId,
        pub issue_id: IssueId,
        pub service_type: String,
        pub display_name: String,
        pub web_url: String,
    }
}

row! {
    /// The project of an issue, and the organization's slug.
    pub struct IssueProject {
        pub id: mortise_domain::ProjectId,
        pub slug: String,
        pub name: String,
        pub platform: Option<String>,
        pub organization_id: mortise_domain::OrgId,
        pub organization_slug: String,
    }
}

/// Runs `sql`, which ends before the list of issues, and `tail` behind it.
async fn of_issues<T: FromRow>(
    conn: &mut Conn,
    sql: &'static str,
    issues: &[IssueId],
    tail: &'static str,
) -> Result<Vec<T>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::new(sql);
    query.list(issues.iter().copied()).push(tail);
    conn.all(query).await
}

/// The assignees of these issues.
pub async fn assignees(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<Assignee>> {
    let sql = "SELECT a.issue_id, a.user_id, u.name AS user_name, u.email AS user_email, u.username AS username, \
        a.team_id, t.slug AS team_slug FROM issue_assignee a LEFT JOIN user_account u ON u.id = a.user_id \
        LEFT JOIN team t ON t.id = a.team_id WHERE a.issue_id IN ";
    of_issues(conn, sql, issues, "").await
}

/// The release resolutions of these issues.
pub async fn resolutions(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<Resolution>> {
    let sql = "SELECT n.issue_id, n.kind, r.version, n.actor_id FROM issue_resolution n \
        JOIN release r ON r.id = n.release_id WHERE n.issue_id IN ";
    of_issues(conn, sql, issues, "").await
}

/// The conditions under which these issues are ignored.
pub async fn snoozes(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<Snooze>> {
    of_issues(conn, "SELECT * FROM issue_snooze WHERE issue_id IN ", issues, "").await
}

/// The commits that resolve these issues, oldest link first.
pub async fn resolving_commits(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<ResolvingCommit>> {
    let sql = "SELECT issue_id, commit_id, actor_id FROM issue_commit WHERE issue_id IN ";
    of_issues(conn, sql, issues, " ORDER BY date_added, commit_id").await
}

/// Who or what resolved these issues last: the newest activity of a resolving kind of each.
pub async fn resolved_by(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<ResolvedBy>> {
    let sql = "SELECT a.issue_id, a.kind, a.user_id FROM activity a WHERE a.id = (SELECT MAX(b.id) FROM activity b \
        WHERE b.issue_id = a.issue_id AND b.kind IN (1, 13, 15, 16, 21)) AND a.issue_id IN ";
    of_issues(conn, sql, issues, "").await
}

/// The links of these issues to items of Sentry Apps, oldest first.
pub async fn external_links(conn: &mut Conn, issues: &[IssueId]) -> Result<Vec<ExternalLink>> {
    let sql = "SELECT id, issue_id, service_type, display_name, web_url FROM external_issue_link WHERE issue_id IN ";
    of_issues(conn, sql, issues, " ORDER BY id").await
}

/// A range of the links of one issue, by their ids.
pub async fn external_links_of(conn: &mut Conn, issue: IssueId, range: &Range) -> Result<Vec<ExternalLink>> {
    let mut query = Query::new(
        "SELECT id, issue_id, service_type, display_name, web_url FROM external_issue_link WHERE issue_id = ",
    );
    query.arg(issue).range("id", "id", range);
    conn.all(query).await
}

/// Those of these issues that the user has marked.
pub async fn bookmarked(conn: &mut Conn, user: UserId, issues: &[IssueId]) -> Result<Vec<IssueId>> {
    let mut query =
        Query::new("SELECT issue_id FROM issue_bookmark WHERE user_id = $1 AND issue_id IN ").bind(user);
    query.list(issues.iter().copied());
    conn.all(query).await
}

/// Those of these issues that the user has opened.
pub async fn seen(conn: &mut Conn, user: UserId, issues: &[IssueId]) -> Result<Vec<IssueId>> {
    let mut query =
        Query::new("SELECT issue_id FROM issue_seen WHERE user_id = $1 AND issue_id IN ").bind(user);
    query.list(issues.iter().copied());
    conn.all(query).await
}

/// What the user has said about being told of these issues.
pub async fn subscriptions(conn: &mut Conn, user: UserId, issues: &[IssueId]) -> Result<Vec<Subscription>> {
    let mut query =
        Query::new("SELECT * FROM issue_subscription WHERE user_id = $1 AND issue_id IN ").bind(user);
    query.list(issues.iter().copied());
    conn.all(query).await
}

/// Who is told about an issue, in the order they came.
pub async fn subscribers(conn: &mut Conn, issue: IssueId) -> Result<Vec<Subscriber>> {
    let query = Query::new(
        "SELECT s.user_id, s.team_id, t.slug AS team_slug, t.name AS team_name FROM issue_subscription s \
         LEFT JOIN team t ON t.id = s.team_id WHERE s.issue_id = $1 AND s.is_active = TRUE ORDER BY s.id",
    );
    conn.all(query.bind(issue)).await
}

/// Who has opened an issue and when last, newest first.
pub async fn viewers(conn: &mut Conn, issue: IssueId) -> Result<Vec<(UserId, Time)>> {
    let query = Query::new(
        "SELECT user_id, last_seen FROM issue_seen WHERE issue_id = $1 ORDER BY last_seen DESC, user_id",
    );
    conn.all(query.bind(issue)).await
}

/// These projects with the slugs of their organizations.
pub async fn projects(conn: &mut Conn, ids: &[mortise_domain::ProjectId]) -> Result<Vec<IssueProject>> {
    let mut query = Query::new(
        "SELECT p.id, p.slug, p.name, p.platform, p.organization_id, o.slug AS organization_slug FROM project p \
         JOIN organization o ON o.id = p.organization_id WHERE p.id IN ",
    );
    query.list(ids.iter().copied());
    conn.all(query).await
}
