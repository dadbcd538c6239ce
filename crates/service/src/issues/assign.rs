//! Who works on issues. Assigning writes history, subscribes the assignee and tells subscribers, but only where somebody
//! else, or nobody, was assigned before.

use mortise_domain::{IssueId, OrgId, ProjectId, TeamId, UserId, issue::ActivityKind};
use mortise_store::{
    Conn, Tx,
    issue::{
        Issue, assignable, beside,
        mark::{self, Listener},
        write,
    },
    member, team, user,
};
use mortise_wire::issue as wire;
use serde_json::{Map, Value};

use super::{
    act::{Act, ids, object, reason},
    actor::{ActorRef, FOREIGN_TEAM, FOREIGN_USER, UNREADABLE},
};
use crate::{
    Error, Result,
    events::{self, AssigneeFacts},
};

/// The field of the body.
const FIELD: &str = "assignedTo";
const NOT_IN_PROJECT: &str = "Cannot assign to non-team member";
const TEAM_NOT_IN_PROJECT: &str = "Cannot assign to a team without access to the project";

/// Somebody who can work on the issues.
#[derive(Debug, Clone)]
pub enum Assignee {
    /// A person.
    User(Box<user::User>),
    /// A team.
    Team(team::Team),
}

impl Assignee {
    fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user.id),
            Self::Team(_) => None,
        }
    }

    fn team_id(&self) -> Option<TeamId> {
        match self {
            Self::User(_) => None,
            Self::Team(team) => Some(team.id),
        }
    }

    /// As issues show it.
    pub fn json(&self) -> wire::Assignee {
        match self {
            Self::User(user) => wire::Assignee::User {
                id: user.id.to_string(),
                name: user.display_name().to_owned(),
                email: Some(user.email.clone()),
            },
            Self::Team(team) => wire::Assignee::Team { id: team.id.to_string(), name: team.slug.clone() },
        }
    }

    fn facts(&self) -> AssigneeFacts {
        match self {
            Self::User(user) => AssigneeFacts::User {
                name: user.display_name().to_owned(),
                id: user.id.get(),
                email: Some(user.email.clone()),
            },
            Self::Team(team) => AssigneeFacts::Team { name: team.slug.clone(), id: team.id.get() },
        }
    }

    /// What the history says.
    fn data(&self) -> Map<String, Value> {
        let (id, email, kind) = match self {
            Self::User(user) => (user.id.to_string(), Value::from(user.email.clone()), "user"),
            Self::Team(team) => (team.id.to_string(), Value::Null, "team"),
        };
        object([("assignee", id.into()), ("assigneeEmail", email), ("assigneeType", kind.into())])
    }
}

/// Finds whom a text names: somebody who works on all of these projects.
pub async fn find(conn: &mut Conn, org: OrgId, projects: &[ProjectId], text: &str) -> Result<Assignee> {
    let found = match ActorRef::parse(text).ok_or_else(|| refused(UNREADABLE))? {
        ActorRef::User(id) => user_of(conn, org, id).await?.ok_or_else(|| refused(FOREIGN_USER))?,
        ActorRef::Team(id) => {
            let team = team::by_id(conn, org, id).await?;
            Assignee::Team(team.ok_or_else(|| refused(FOREIGN_TEAM))?)
        }
        ActorRef::Name(name) => match member::users_named(conn, org, &[name]).await?.first() {
            Some(id) => user_of(conn, org, *id).await?.ok_or_else(|| refused(FOREIGN_USER))?,
            None => return Err(refused(UNREADABLE)),
        },
    };
    let (of, text) = match &found {
        Assignee::User(user) => {
            let places = assignable::people(conn, projects, &[user.id]).await?;
            (places.into_iter().map(|(project, _)| project).collect::<Vec<_>>(), NOT_IN_PROJECT)
        }
        Assignee::Team(team) => {
            let places = assignable::teams(conn, projects, &[team.id]).await?;
            (places.into_iter().map(|(project, _)| project).collect(), TEAM_NOT_IN_PROJECT)
        }
    };
    if projects.iter().all(|project| of.contains(project)) { Ok(found) } else { Err(refused(text)) }
}

async fn user_of(conn: &mut Conn, org: OrgId, id: UserId) -> Result<Option<Assignee>> {
    if member::of_user(conn, org, id).await?.is_none() {
        return Ok(None);
    }
    Ok(user::by_id(conn, id).await?.map(|user| Assignee::User(Box::new(user))))
}

fn refused(text: &str) -> Error {
    Error::field(FIELD, text)
}

/// Assigns issues, which are locked.
pub async fn assign(tx: &mut Tx, act: &Act, issues: &[Issue], assignee: &Assignee) -> Result<()> {
    let before = beside::assignees(tx, &ids(issues)).await?;
    let is_same = |id: IssueId| {
        before.iter().any(|row| {
            row.issue_id == id && row.user_id == assignee.user_id() && row.team_id == assignee.team_id()
        })
    };
    let changed: Vec<Issue> = issues.iter().filter(|issue| !is_same(issue.id)).cloned().collect();
    let changed_ids = ids(&changed);
    write::assign(tx, &changed_ids, assignee.user_id(), assignee.team_id(), act.now).await?;
    let listener = match assignee {
        Assignee::User(user) => Listener::User(user.id),
        Assignee::Team(team) => Listener::Team(team.id),
    };
    mark::subscribe(tx, &changed_ids, listener, reason::ASSIGNED, act.now).await?;
    act.record(tx, &changed, ActivityKind::Assigned, &assignee.data()).await?;
    for issue in &changed {
        events::issue_assigned(tx, act.issue_ref(issue), act.user, assignee.facts(), act.now).await?;
    }
    Ok(())
}

/// Takes the assignees from issues, which are locked.
pub async fn unassign(tx: &mut Tx, act: &Act, issues: &[Issue]) -> Result<()> {
    let before = beside::assignees(tx, &ids(issues)).await?;
    let had = |issue: &&Issue| before.iter().any(|row| row.issue_id == issue.id);
    let changed: Vec<Issue> = issues.iter().filter(had).cloned().collect();
    write::unassign(tx, &ids(&changed)).await?;
    act.record(tx, &changed, ActivityKind::Unassigned, &Map::new()).await?;
    for issue in &changed {
        events::issue_unassigned(tx, act.issue_ref(issue), act.user, act.now).await?;
    }
    Ok(())
}
