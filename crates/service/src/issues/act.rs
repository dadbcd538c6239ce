//! A change of issues: where, by whom, when. Everything that changes issues takes one, so that a person, an app, an
//! integration and time itself write the same history and the same events.

use mortise_domain::{IssueId, OrgId, Time, UserId, issue::ActivityKind};
use mortise_store::{
    Tx,
    activity::{self, NewActivity},
    issue::{
        Issue,
        mark::{self, Listener},
    },
};
use serde_json::{Map, Value};

use crate::{Caller, Result, events::IssueRef};

/// Why somebody is told about an issue, in the words that clients see.
pub mod reason {
    /// It was assigned to them.
    pub const ASSIGNED: &str = "assigned";
    /// They bookmarked it.
    pub const BOOKMARK: &str = "bookmark";
    /// They commented on it.
    pub const COMMENT: &str = "comment";
    /// They were named in a comment.
    pub const MENTIONED: &str = "mentioned";
    /// They changed its status.
    pub const STATUS_CHANGE: &str = "status_change";
    /// Their team was named in a comment.
    pub const TEAM_MENTIONED: &str = "team_mentioned";
    /// They wanted to be.
    pub const UNKNOWN: &str = "unknown";
}

/// A change of issues of one organization.
#[derive(Debug, Clone)]
pub struct Act {
    /// Where.
    pub org: OrgId,
    /// Who; the proxy user of an app; nobody for time and for keys.
    pub user: Option<UserId>,
    /// What every entry of the history also says: the integration that it came from.
    pub facts: Map<String, Value>,
    /// When.
    pub now: Time,
}

impl Act {
    /// What a caller does.
    pub fn of(org: OrgId, caller: &Caller, now: Time) -> Self {
        Self { org, user: caller.user_id(), facts: Map::new(), now }
    }

    /// The issue as events name it.
    pub fn issue_ref(&self, issue: &Issue) -> IssueRef {
        IssueRef { org: self.org, project: issue.project_id, issue: issue.id }
    }

    /// An entry of an issue's history.
    pub fn entry(&self, issue: &Issue, kind: ActivityKind, data: Map<String, Value>) -> NewActivity {
        let data: Map<String, Value> = data.into_iter().chain(self.facts.clone()).collect();
        NewActivity {
            issue_id: issue.id,
            project_id: issue.project_id,
            kind: kind.number(),
            user_id: self.user,
            data: Value::Object(data),
        }
    }

    /// Writes the same entry into the history of each issue.
    pub async fn record<'i>(
        &self,
        tx: &mut Tx,
        issues: impl IntoIterator<Item = &'i Issue>,
        kind: ActivityKind,
        data: &Map<String, Value>,
    ) -> Result<()> {
        let entries: Vec<NewActivity> =
            issues.into_iter().map(|issue| self.entry(issue, kind, data.clone())).collect();
        Ok(activity::insert_all(tx, &entries, self.now).await?)
    }

    /// Whoever does it is told about the issues from now on.
    pub async fn subscribe(&self, tx: &mut Tx, issues: &[IssueId], reason: &str) -> Result<()> {
        if let Some(user) = self.user {
            mark::subscribe(tx, issues, Listener::User(user), reason, self.now).await?;
        }
        Ok(())
    }
}

/// The ids of issues.
pub(super) fn ids(issues: &[Issue]) -> Vec<IssueId> {
    issues.iter().map(|issue| issue.id).collect()
}

/// An object with these keys.
pub(super) fn object<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
