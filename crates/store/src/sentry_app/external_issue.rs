//! Links between issues and items of apps: one for each app and issue.

use mortise_domain::{ExternalIssueId, IssueId, OrgId, ProjectId, Time};

use crate::{Query, Result, Tx, issue::beside::ExternalLink};

/// What a link is made of.
#[derive(Debug, Clone)]
pub struct NewExternalIssue {
    /// The issue.
    pub issue: IssueId,
    /// Its project.
    pub project: ProjectId,
    /// The app's slug.
    pub service_type: String,
    /// What people read.
    pub display_name: String,
    /// The page of the item.
    pub web_url: String,
}

impl NewExternalIssue {
    fn insert(&self, tail: &'static str, now: Time) -> Query {
        let mut query = Query::new(
            "INSERT INTO external_issue_link (issue_id, project_id, service_type, display_name, web_url, date_added) \
             VALUES ($1, $2, $3, $4, $5, $6) ",
        );
        query.push(tail).push(" RETURNING id, issue_id, service_type, display_name, web_url");
        let query = query.bind(self.issue).bind(self.project).bind(&self.service_type);
        query.bind(&self.display_name).bind(&self.web_url).bind(now)
    }
}

/// Links an issue. A second link of the app on the issue is a conflict.
pub async fn insert_external_issue(tx: &mut Tx, new: &NewExternalIssue, now: Time) -> Result<ExternalLink> {
    tx.one(new.insert("", now)).await
}

/// Links an issue, or changes the link that the app has on it.
pub async fn put_external_issue(tx: &mut Tx, new: &NewExternalIssue, now: Time) -> Result<ExternalLink> {
    let change = "ON CONFLICT (issue_id, service_type) DO UPDATE SET display_name = excluded.display_name, \
         web_url = excluded.web_url";
    tx.one(new.insert(change, now)).await
}

/// Removes a link of this app on an issue of the organization; whether there was one.
pub async fn delete_external_issue(
    tx: &mut Tx,
    id: ExternalIssueId,
    org: OrgId,
    service_type: &str,
) -> Result<bool> {
    let query = Query::new(
        "DELETE FROM external_issue_link WHERE id = $1 AND service_type = $2 \
         AND project_id IN (SELECT id FROM project WHERE organization_id = $3)",
    );
    Ok(tx.execute(query.bind(id).bind(service_type).bind(org)).await? > 0)
}

/// Removes a link of an issue, whosever it is; whether there was one.
pub async fn delete_external_issue_of(tx: &mut Tx, id: ExternalIssueId, issue: IssueId) -> Result<bool> {
    let query = Query::new("DELETE FROM external_issue_link WHERE id = $1 AND issue_id = $2");
    Ok(tx.execute(query.bind(id).bind(issue)).await? > 0)
}
