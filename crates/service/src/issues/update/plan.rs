//! What a change names, looked up before the transaction begins; and what its answer says of the status.

use mortise_domain::ProjectId;
use mortise_store::{Conn, issue::Issue, user::User};
use mortise_wire::issue::StatusDetails;
use serde_json::{Map, Value};

use super::{
    change::{Change, StatusChange},
    state::Archive,
};
use crate::{
    Ctx, Error, Result,
    access::OrgAccess,
    audit::Actor,
    issues::{
        act::{Act, ids},
        assign::{self, Assignee},
        resolve::{self, How, Resolution},
    },
    people, releases,
};

/// A change with everything that it names.
pub(super) struct Plan {
    pub(super) ctx: Ctx,
    pub(super) act: Act,
    pub(super) actor: Actor,
    pub(super) change: Change,
    pub(super) resolution: Option<Resolution>,
    pub(super) assignee: Option<Option<Assignee>>,
    /// Who is assigned to the issues that nobody works on, because they resolve them.
    pub(super) self_assigned: Option<Assignee>,
    pub(super) answer: Map<String, Value>,
}

/// Looks up what the change names.
pub(super) async fn plan(
    ctx: &Ctx,
    access: &OrgAccess,
    projects: &[ProjectId],
    issues: &[Issue],
    change: Change,
) -> Result<Plan> {
    let act = Act::of(access.org.id, &access.caller, ctx.now());
    let mut conn = ctx.store.read().await?;
    let assignee = match &change.assigned_to {
        Some(Some(text)) => Some(Some(assign::find(&mut conn, act.org, projects, text).await?)),
        Some(None) => Some(None),
        None => None,
    };
    let resolution = match &change.status {
        Some(StatusChange::Resolved(how)) => {
            let project = single(projects, how)?;
            Some(resolve::look_up(&mut conn, act.org, project, &ids(issues), how).await?)
        }
        _ => None,
    };
    let user = access.caller.user.as_ref();
    let self_assigned = match user {
        Some(user)
            if resolution.is_some() && assignee.is_none() && people::is_on(user, people::SELF_ASSIGN) =>
        {
            assign::find(&mut conn, act.org, projects, &user.id.to_string()).await.ok()
        }
        _ => None,
    };
    let mut answer = Map::new();
    if let Some(status) = &change.status {
        let details = details(&mut conn, ctx, &act, user, status, resolution.as_ref()).await?;
        describe(&mut answer, status, &details)?;
    }
    let actor = Actor::of(&access.caller);
    Ok(Plan { ctx: ctx.clone(), act, actor, change, resolution, assignee, self_assigned, answer })
}

/// The one project of the issues, which all forms but the plain one need.
fn single(projects: &[ProjectId], how: &How) -> Result<ProjectId> {
    let form = match how {
        How::Now => return projects.first().copied().ok_or(Error::NoSuchResource),
        How::NextRelease => "in next release",
        How::UpcomingRelease => "in upcoming release",
        How::Release(_) | How::LatestRelease => "in release",
        How::Commit { .. } => "in commit",
    };
    match projects {
        [project] => Ok(*project),
        _ => Err(Error::invalid(format!("Cannot set resolved {form} for multiple projects."))),
    }
}

/// The `statusDetails` of the answer.
async fn details(
    conn: &mut Conn,
    ctx: &Ctx,
    act: &Act,
    user: Option<&User>,
    status: &StatusChange,
    resolution: Option<&Resolution>,
) -> Result<StatusDetails> {
    let actor = || user.map(|user| Box::new(people::user_json(ctx, user, None)));
    Ok(match (status, resolution) {
        (StatusChange::Resolved(_), Some(Resolution::Release(release))) => {
            StatusDetails::InRelease(release.version.clone(), actor())
        }
        (StatusChange::Resolved(_), Some(Resolution::NextRelease(_))) => {
            StatusDetails::InNextRelease(actor())
        }
        (StatusChange::Resolved(_), Some(Resolution::Commit(id, _))) => {
            let commit = releases::commits(conn, ctx, &[*id]).await?.remove(id);
            commit.map_or(StatusDetails::None, |commit| StatusDetails::InCommit(Box::new(commit), actor()))
        }
        (StatusChange::Ignored(asked, conditions), _) => match Archive::new(*asked, *conditions) {
            Archive::UntilEscalating => StatusDetails::IgnoredUntilEscalating,
            archive => archive
                .conditions(act)
                .map_or(StatusDetails::None, |conditions| StatusDetails::Ignored(conditions, actor())),
        },
        _ => StatusDetails::None,
    })
}

/// Adds what the new status is to the answer.
fn describe(answer: &mut Map<String, Value>, status: &StatusChange, details: &StatusDetails) -> Result<()> {
    let (word, substatus, leaves_inbox) = match status {
        StatusChange::Resolved(_) => ("resolved", None, true),
        StatusChange::Unresolved(substatus) => ("unresolved", *substatus, false),
        StatusChange::Ignored(substatus, _) => ("ignored", *substatus, true),
    };
    let details = serde_json::to_value(details).map_err(|error| Error::Internal(error.to_string()))?;
    answer.insert("status".to_owned(), word.into());
    answer.insert("statusDetails".to_owned(), details);
    if let Some(substatus) = substatus {
        answer.insert("substatus".to_owned(), substatus.as_str().into());
    }
    if leaves_inbox {
        answer.insert("inbox".to_owned(), Value::Null);
    }
    Ok(())
}
