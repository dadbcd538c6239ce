//! What people do with issues: one at a time from its page, several from the list. Every form is read as the body that
//! the API would get, so both change issues in the same way.

use axum::{
    Router,
    extract::{Path, State},
    routing::post,
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    access::{IssueAccess, Permission, class},
    issues::{
        delete::delete_issue,
        notes::{self, Draft},
        update::{Change, Selection, bulk_update, update_issue},
    },
};
use serde_json::{Value, json};

use super::{access_to, input, issue, sorry};
use crate::{
    edge::{Form, Outcome, Pairs, Refused, Signed, Visit, go, go_saying, local::local_path, page_with},
    routes::{self as to, path},
    view::{Tone, issue::IssuePage},
};

/// `project=` of every reachable project.
const ALL_PROJECTS: &str = "-1";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::bulk, post(bulk))
        .route(path::issue_status, post(status))
        .route(path::issue_assign, post(assign))
        .route(path::issue_priority, post(priority))
        .route(path::issue_bookmark, post(bookmark))
        .route(path::issue_subscribe, post(subscribe))
        .route(path::issue_delete, post(delete))
        .route(path::comments, post(comment))
        .route(path::comment, post(edit_comment))
        .route(path::comment_delete, post(delete_comment))
}

type Ids = Path<(String, String)>;

/// Notes that the visitor has opened the issue.
pub(super) async fn mark_seen(visit: &Visit, access: &IssueAccess) -> Outcome<()> {
    let change = Change { has_seen: Some(true), ..Change::default() };
    update_issue(&visit.ctx, access, change).await?;
    Ok(())
}

fn change_of(body: &Value) -> mortise_service::Result<Change> {
    Ok(Change::from_fields(input::fields(body))?)
}

/// Changes the issue and leads back to its page.
async fn change(
    visit: &Visit,
    (org, id): (String, String),
    method: &str,
    body: &Value,
    done: &str,
) -> Outcome {
    let access = access_to::issue(visit, &org, &id, class::Group::CLASS, method).await?;
    let back = to::issue(&org, &id);
    let changed = match change_of(body) {
        Ok(change) => update_issue(&visit.ctx, &access, change).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(_) if done.is_empty() => Ok(go(&back)),
        Ok(_) => Ok(go_saying(&back, Tone::Good, done)),
        Err(error) => sorry(error, &back),
    }
}

/// What a button means: the body, and what the page says when it is done.
fn status_of(form: &Pairs) -> Option<(Value, &'static str)> {
    Some(match form.get("action") {
        "resolve" => (json!({ "status": "resolved" }), "The issue is resolved."),
        "resolve_next_release" => {
            let body = json!({ "status": "resolved", "statusDetails": { "inNextRelease": true } });
            (body, "The issue is resolved in the next release.")
        }
        "resolve_latest_release" => {
            let body = json!({ "status": "resolved", "statusDetails": { "inRelease": "latest" } });
            (body, "The issue is resolved in the latest release.")
        }
        "resolve_release" => {
            let release = form.get("release").trim();
            let body = json!({ "status": "resolved", "statusDetails": { "inRelease": release } });
            (body, "The issue is resolved in that release.")
        }
        "unresolve" => (json!({ "status": "unresolved" }), "The issue is open again."),
        "archive" | "archive_until_escalating" => (
            json!({ "status": "ignored", "substatus": "archived_until_escalating" }),
            "The issue is archived until it escalates.",
        ),
        "archive_forever" => {
            (json!({ "status": "ignored", "substatus": "archived_forever" }), "The issue is archived.")
        }
        "archive_until" => (archive_until(form.get("until"))?, "The issue is archived for some time."),
        _ => return None,
    })
}

/// `minutes:60`, `events:10` or `users:10`.
fn archive_until(until: &str) -> Option<Value> {
    let (what, number) = until.split_once(':')?;
    let number: i64 = number.parse().ok()?;
    let key = match what {
        "minutes" => "ignoreDuration",
        "events" => "ignoreCount",
        "users" => "ignoreUserCount",
        _ => return None,
    };
    let details = json!({ key: number });
    Some(
        json!({ "status": "ignored", "substatus": "archived_until_condition_met", "statusDetails": details }),
    )
}

async fn status(visit: Signed, Path(ids): Ids, form: Form) -> Outcome {
    let Some((body, done)) = status_of(&form) else { return Ok(go(&to::issue(&ids.0, &ids.1))) };
    change(&visit, ids, "PUT", &body, done).await
}

async fn assign(visit: Signed, Path(ids): Ids, form: Form) -> Outcome {
    change(&visit, ids, "PUT", &json!({ "assignedTo": form.get("assignee") }), "").await
}

async fn priority(visit: Signed, Path(ids): Ids, form: Form) -> Outcome {
    change(&visit, ids, "PUT", &json!({ "priority": form.get("priority") }), "").await
}

async fn bookmark(visit: Signed, Path(ids): Ids, form: Form) -> Outcome {
    change(&visit, ids, "GET", &json!({ "isBookmarked": form.is_on("on") }), "").await
}

async fn subscribe(visit: Signed, Path(ids): Ids, form: Form) -> Outcome {
    change(&visit, ids, "GET", &json!({ "isSubscribed": form.is_on("on") }), "").await
}

async fn delete(visit: Signed, State(ctx): State<Ctx>, Path((org, id)): Ids, _form: Form) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::Group::CLASS, "DELETE").await?;
    match delete_issue(&ctx, &access).await {
        Ok(()) => Ok(go_saying(&to::issues(&org), Tone::Good, "The issue is deleted.")),
        Err(error) => sorry(error, &to::issue(&org, &id)),
    }
}

async fn bulk(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>, form: Form) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationEvent::CLASS, "PUT").await?;
    let back = local_path(form.get("next")).map_or_else(|| to::issues(&org), str::to_owned);
    let ids = form.all("id");
    // A request that names nothing would mean every unresolved issue.
    if ids.is_empty() {
        return Ok(go_saying(&back, Tone::Warn, "Tick the issues first."));
    }
    let Some((body, _)) = status_of(&form) else { return Ok(go(&back)) };
    let count = ids.len();
    let mut selection = Selection { ids, ..Selection::default() };
    selection.scope.projects.ids.push(ALL_PROJECTS.to_owned());
    match bulk_update(&ctx, &access, &selection, || change_of(&body)).await {
        Ok(_) => Ok(go_saying(&back, Tone::Good, &bulk_done(form.get("action"), count))),
        Err(error) => sorry(error, &back),
    }
}

fn bulk_done(action: &str, count: usize) -> String {
    let issues = if count == 1 { "issue" } else { "issues" };
    let done = match action {
        "resolve" => "resolved",
        "unresolve" => "reopened",
        _ => "archived",
    };
    format!("{count} {issues} {done}.")
}

fn draft(form: &Pairs) -> mortise_service::Result<Draft> {
    Ok(Draft::from_fields(input::fields(&json!({ "text": form.get("text") })))?)
}

/// The anchor of a comment on its issue's page.
fn anchor(org: &str, id: &str, comment: &str) -> String {
    format!("{}#comment-{comment}", to::issue(org, id))
}

async fn comment(visit: Signed, State(ctx): State<Ctx>, Path((org, id)): Ids, form: Form) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::GroupNotes::CLASS, "POST").await?;
    let added = match draft(&form) {
        Ok(draft) => notes::add(&ctx, &access, &draft).await,
        Err(error) => Err(error),
    };
    match added {
        Ok(note) => Ok(go(&anchor(&org, &id, &note.id))),
        Err(error) => {
            let refused = Refused::of(error)?;
            let shown = issue::issue_page(&visit, &access, issue::LATEST).await?;
            let again = IssuePage {
                comment_text: form.get("text").to_owned(),
                comment_error: refused.text(),
                ..shown
            };
            page_with(StatusCode::BAD_REQUEST, &again)
        }
    }
}

async fn edit_comment(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id, comment)): Path<(String, String, String)>,
    form: Form,
) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::GroupNotes::CLASS, "PUT").await?;
    match notes::edit(&ctx, &access, &comment, || draft(&form)).await {
        Ok(_) => Ok(go(&anchor(&org, &id, &comment))),
        Err(error) => sorry(error, &to::issue(&org, &id)),
    }
}

async fn delete_comment(
    visit: Signed,
    State(ctx): State<Ctx>,
    Path((org, id, comment)): Path<(String, String, String)>,
    _form: Form,
) -> Outcome {
    let access = access_to::issue(&visit, &org, &id, class::GroupNotes::CLASS, "DELETE").await?;
    match notes::delete(&ctx, &access, &comment).await {
        Ok(()) => Ok(go_saying(&to::issue(&org, &id), Tone::Good, "The comment is deleted.")),
        Err(error) => sorry(error, &to::issue(&org, &id)),
    }
}
