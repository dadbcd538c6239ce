//! Comments: entries of an issue's history that people write, change and delete. Whoever writes one, and whoever is named
//! in one, is told about the issue from then on.

use jiff::SignedDuration;
use mortise_domain::{ActivityId, TeamId, Time, UserId, issue::ActivityKind};
use mortise_store::{
    Conn, Tx,
    activity::{self, Activity},
    issue::{
        assignable,
        mark::{self, Listener},
        write,
    },
};
use mortise_wire::{
    activity as wire,
    errors::FieldErrors,
    fields::Fields,
    page::{KeyOrder, Page, PageRequest},
};
use serde_json::{Map, Value};

use super::{
    act::{Act, object, reason},
    activity::list_json,
    actor::{ActorRef, UNREADABLE},
};
use crate::{
    Ctx, Error, Result,
    access::IssueAccess,
    events::{self, CommentChange, CommentFacts},
    paging::{TIME_UNIT, range_of},
};

/// How long the same text by the same person counts as a mistake, minutes.
const REPEAT_MINUTES: i64 = 60;
const REPEATED: &str = "You have already posted that comment.";
const STRANGER_MENTIONED: &str = "Cannot mention a non team member";
const TEAM_MENTIONED: &str = "Mentioned team not found or not associated with project";
const KEY_CANNOT_EDIT: &str = "Key doesn't have permission to edit Note";
const KEY_CANNOT_DELETE: &str = "Key doesn't have permission to delete Note";

/// What a comment says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// Who is named in it: `user:7`, `team:3`.
    pub mentions: Vec<String>,
    /// What the comment is called in another service.
    pub external_id: Option<String>,
}

impl Draft {
    /// Reads a request.
    pub fn from_fields(mut fields: Fields) -> Result<Self, FieldErrors> {
        let draft = Self {
            text: fields.string("text").required(),
            mentions: fields.strings("mentions").or(Vec::new()),
            external_id: fields.string("external_id").allow_blank().nullable().flatten(),
        };
        fields.finish()?;
        Ok(draft)
    }

    fn data(&self) -> Map<String, Value> {
        let mut data = object([("text", self.text.clone().into())]);
        if !self.mentions.is_empty() {
            data.insert("mentions".to_owned(), self.mentions.clone().into());
        }
        if let Some(id) = self.external_id.as_ref().filter(|id| !id.is_empty()) {
            data.insert("external_id".to_owned(), id.clone().into());
        }
        data
    }
}

/// The people and teams that are named in a comment.
#[derive(Debug, Default)]
struct Mentioned {
    users: Vec<UserId>,
    teams: Vec<TeamId>,
}

/// The comments of an issue, newest first.
pub async fn list(ctx: &Ctx, access: &IssueAccess, page: PageRequest) -> Result<Page<wire::Activity>> {
    let mut conn = ctx.store.read().await?;
    let window = page.key_window(KeyOrder::Descending, TIME_UNIT);
    let mut parts = Vec::new();
    for range in window.ranges() {
        parts.push(activity::notes(&mut conn, access.issue.id, &range_of(range)).await?);
    }
    let page = window.page(parts, |row| row.date_added.as_microsecond());
    let shown = list_json(&mut conn, ctx, access.project.org.caller.user_id(), &page.rows).await?;
    Ok(page.replace(|_| shown))
}

/// Writes a comment.
pub async fn add(ctx: &Ctx, access: &IssueAccess, draft: &Draft) -> Result<wire::Activity> {
    let act = Act::of(access.project.org.org.id, &access.project.org.caller, ctx.now());
    let mentioned = {
        let mut conn = ctx.store.read().await?;
        refuse_repetition(&mut conn, access, &act, &draft.text).await?;
        mentioned(&mut conn, access, &draft.mentions).await?
    };
    let (issue, data, text) = (access.issue.clone(), draft.data(), draft.text.clone());
    let row = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let entry = act.entry(&issue, ActivityKind::Note, data);
                let id = activity::insert(tx, &entry, act.now).await?;
                write::add_comments(tx, issue.id, 1).await?;
                act.subscribe(tx, &[issue.id], reason::COMMENT).await?;
                subscribe(tx, &act, issue.id, &mentioned).await?;
                let facts = facts(id, &text, act.now);
                let about = act.issue_ref(&issue);
                events::comment_changed(tx, about, act.user, CommentChange::Created, facts, act.now).await?;
                activity::note(tx, issue.id, id).await?.ok_or(Error::NotFound)
            })
        })
        .await?;
    show(ctx, access, row).await
}

/// Refuses a comment that is not there, or not the caller's own.
pub async fn require_own(ctx: &Ctx, access: &IssueAccess, id: &str) -> Result<()> {
    own_note(ctx, access, id, KEY_CANNOT_EDIT).await.map(drop)
}

/// Changes a comment, which must be the caller's own; that is found out before the draft is read.
pub async fn edit(
    ctx: &Ctx,
    access: &IssueAccess,
    id: &str,
    read: impl FnOnce() -> Result<Draft>,
) -> Result<wire::Activity> {
    let act = Act::of(access.project.org.org.id, &access.project.org.caller, ctx.now());
    let id = own_note(ctx, access, id, KEY_CANNOT_EDIT).await?.id;
    let draft = read()?;
    let mentioned = mentioned(&mut *ctx.store.read().await?, access, &draft.mentions).await?;
    let (issue, data, text) = (access.issue.clone(), draft.data(), draft.text.clone());
    let row = ctx
        .store
        .write(move |tx| {
            Box::pin(async move {
                let mut row = activity::note(tx, issue.id, id).await?.ok_or(Error::NoSuchResource)?;
                let kept = row.data.as_object().cloned().unwrap_or_default();
                row.data = Value::Object(kept.into_iter().chain(data).collect());
                activity::set_data(tx, id, &row.data).await?;
                subscribe(tx, &act, issue.id, &mentioned).await?;
                let (about, facts) = (act.issue_ref(&issue), facts(id, &text, row.date_added));
                events::comment_changed(tx, about, act.user, CommentChange::Updated, facts, act.now).await?;
                Ok::<_, Error>(row)
            })
        })
        .await?;
    show(ctx, access, row).await
}

/// Deletes a comment, which must be the caller's own.
pub async fn delete(ctx: &Ctx, access: &IssueAccess, id: &str) -> Result<()> {
    let act = Act::of(access.project.org.org.id, &access.project.org.caller, ctx.now());
    let id = own_note(ctx, access, id, KEY_CANNOT_DELETE).await?.id;
    let issue = access.issue.clone();
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let row = activity::note(tx, issue.id, id).await?.ok_or(Error::NoSuchResource)?;
                activity::delete(tx, id).await?;
                write::add_comments(tx, issue.id, -1).await?;
                let (about, facts) = (act.issue_ref(&issue), facts(id, text_of(&row), row.date_added));
                events::comment_changed(tx, about, act.user, CommentChange::Deleted, facts, act.now).await?;
                Ok(())
            })
        })
        .await
}

async fn show(ctx: &Ctx, access: &IssueAccess, row: Activity) -> Result<wire::Activity> {
    let viewer = access.project.org.caller.user_id();
    let mut shown = list_json(&mut *ctx.store.read().await?, ctx, viewer, &[row]).await?;
    shown.pop().ok_or(Error::NotFound)
}

/// The comment with this id, for the person who wrote it.
async fn own_note(ctx: &Ctx, access: &IssueAccess, id: &str, refusal: &str) -> Result<Activity> {
    let user = access.project.org.caller.user_id().ok_or_else(|| Error::refused(refusal))?;
    let id: ActivityId = id.parse().map_err(|_| Error::NoSuchResource)?;
    let row = activity::note(&mut *ctx.store.read().await?, access.issue.id, id).await?;
    row.filter(|row| row.user_id == Some(user)).ok_or(Error::NoSuchResource)
}

async fn refuse_repetition(conn: &mut Conn, access: &IssueAccess, act: &Act, text: &str) -> Result<()> {
    let since = act.now.saturating_sub(SignedDuration::from_mins(REPEAT_MINUTES)).unwrap_or(Time::MIN);
    let recent = activity::recent_notes(conn, access.issue.id, act.user, since).await?;
    if recent.iter().any(|row| text_of(row) == text) { Err(Error::invalid(REPEATED)) } else { Ok(()) }
}

async fn mentioned(conn: &mut Conn, access: &IssueAccess, texts: &[String]) -> Result<Mentioned> {
    let refused = |text: &str| Error::field("mentions", text);
    let mut found = Mentioned::default();
    for text in texts {
        match ActorRef::parse(text) {
            Some(ActorRef::User(id)) => found.users.push(id),
            Some(ActorRef::Team(id)) => found.teams.push(id),
            Some(ActorRef::Name(_)) | None => return Err(refused(UNREADABLE)),
        }
    }
    let project = [access.project.project.id];
    if !found.users.is_empty() {
        let people = assignable::people(conn, &project, &found.users).await?;
        if !found.users.iter().all(|user| people.iter().any(|(_, id)| id == user)) {
            return Err(refused(STRANGER_MENTIONED));
        }
    }
    if !found.teams.iter().all(|team| access.project.team_ids.contains(team)) {
        return Err(refused(TEAM_MENTIONED));
    }
    Ok(found)
}

async fn subscribe(
    tx: &mut Tx,
    act: &Act,
    issue: mortise_domain::IssueId,
    mentioned: &Mentioned,
) -> Result<()> {
    for user in &mentioned.users {
        mark::subscribe(tx, &[issue], Listener::User(*user), reason::MENTIONED, act.now).await?;
    }
    for team in &mentioned.teams {
        mark::subscribe(tx, &[issue], Listener::Team(*team), reason::TEAM_MENTIONED, act.now).await?;
    }
    Ok(())
}

fn facts(id: ActivityId, text: &str, written_at: Time) -> CommentFacts {
    CommentFacts { id: id.get(), text: text.to_owned(), written_at: written_at.as_microsecond() }
}

fn text_of(row: &Activity) -> &str {
    row.data.get("text").and_then(Value::as_str).unwrap_or_default()
}
