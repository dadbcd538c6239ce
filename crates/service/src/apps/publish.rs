//! Asking for an app to be published. The request is kept with its answers until a superuser decides, by setting the app's
//! status.

use mortise_domain::{AuditEvent, Time, status::AppStatus};
use mortise_store::{
    Conn,
    sentry_app::{self, SentryApp},
};
use mortise_wire::{
    errors::field,
    fields::{Body, Fields, Problem, Rule},
};
use serde_json::{Value as Json, json};

use super::{AppAccess, json::status};
use crate::{
    Caller, Ctx, Error, Result,
    audit::{self, Actor, Entry},
    events,
};

/// Questions at most.
const QUESTIONS_MAX: usize = 100;
/// Apps that are shown as waiting at once.
const WAITING_SHOWN_MAX: i64 = 200;
/// Characters of a question or an answer at most.
const TEXT_CHARS_MAX: usize = 10_000;

const PUBLISHED: &str = "Cannot publish already published integration.";
const INTERNAL: &str = "Cannot publish internal integration.";
const IN_PROGRESS: &str = "Publish request in progress.";
const NO_LOGO: &str = "Must upload a logo for the integration.";
const NO_ICON: &str = "Must upload an icon for issue and stack trace linking integrations.";

/// Components that are shown with the icon.
const WITH_ICON: [&str; 2] = ["stacktrace-link", "issue-link"];

/// A question and its answer.
struct Answered;

impl Rule for Answered {
    type Out = (String, String);

    fn read(&self, value: &Json) -> Result<(String, String), Problem> {
        let text = |key: &str| match &value[key] {
            Json::Null => Ok(String::new()),
            Json::String(text) if text.chars().count() > TEXT_CHARS_MAX => {
                Err(Problem::from(field::max_length(TEXT_CHARS_MAX)))
            }
            Json::String(text) => Ok(text.clone()),
            Json::Number(number) => Ok(number.to_string()),
            _ => Err(Problem::from(field::STRING)),
        };
        Ok((text("question")?, text("answer")?))
    }
}

/// Refuses an app that cannot be published as it is.
pub async fn require_publishable(ctx: &Ctx, access: &AppAccess) -> Result<()> {
    check(&mut *ctx.store.read().await?, &access.app).await
}

async fn check(conn: &mut Conn, app: &SentryApp) -> Result<()> {
    match status(app)? {
        AppStatus::Published => return Err(Error::invalid(PUBLISHED)),
        AppStatus::Internal => return Err(Error::invalid(INTERNAL)),
        AppStatus::PublishRequestInProgress => return Err(Error::invalid(IN_PROGRESS)),
        _ => {}
    }
    if !sentry_app::has_photo(conn, app.id, true).await? {
        return Err(Error::invalid(NO_LOGO));
    }
    if shows_icon(app) && !sentry_app::has_photo(conn, app.id, false).await? {
        return Err(Error::invalid(NO_ICON));
    }
    Ok(())
}

/// Asks for an app to be published.
pub async fn request_publication(ctx: &Ctx, access: &AppAccess, body: &Body) -> Result<()> {
    let questionnaire = read(body);
    let (id, inner) = (access.app.id, ctx.clone());
    let (actor, user) = (Actor::of(&access.caller), access.caller.user_id());
    let requested = ctx.store.write(move |tx| {
        Box::pin(async move {
            let now = inner.now();
            let mut app = sentry_app::locked(tx, id).await?.ok_or(Error::NotFound)?;
            check(tx, &app).await?;
            let questionnaire = questionnaire?;
            app.status = AppStatus::PublishRequestInProgress.number();
            sentry_app::update(tx, &app, now).await?;
            let pair =
                |(question, answer): &(String, String)| json!({ "question": question, "answer": answer });
            let kept: Json = questionnaire.iter().map(pair).collect();
            sentry_app::insert_publish_request(tx, id, user, &kept, now).await?;
            let entry = Entry::new(
                app.owner_id,
                AuditEvent::SentryAppPublishRequest,
                json!({ "sentry_app": app.name }),
            );
            audit::record(tx, &actor, &entry.target(id.get()), now).await?;
            let text = questionnaire.iter().map(|(question, answer)| format!("\n\n>{question}\n{answer}"));
            events::app_publication_requested(tx, app.owner_id, id, user, text.collect(), now).await?;
            Ok(())
        })
    });
    requested.await
}

/// An app that waits to be published.
#[derive(Debug, Clone)]
pub struct PublicationRequest {
    /// What people read.
    pub name: String,
    /// In addresses.
    pub slug: String,
    /// Who makes it: slug and name.
    pub org_slug: String,
    /// What people read of them.
    pub org_name: String,
    /// Who asked: a name, or an address.
    pub by: Option<String>,
    /// When.
    pub at: Option<Time>,
    /// What was asked and answered.
    pub answers: Vec<(String, String)>,
}

/// The apps that wait to be published, oldest first, for superusers.
pub async fn publication_requests(ctx: &Ctx, caller: &Caller) -> Result<Vec<PublicationRequest>> {
    if !caller.is_superuser() {
        return Err(Error::Forbidden);
    }
    let rows = sentry_app::publish_requests(&mut *ctx.store.read().await?, WAITING_SHOWN_MAX).await?;
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let request = |row: sentry_app::PublishRequest| {
        let questions = row.questionnaire.as_ref().and_then(Json::as_array);
        PublicationRequest {
            answers: questions
                .into_iter()
                .flatten()
                .map(|it| (text(&it["question"]), text(&it["answer"])))
                .collect(),
            name: row.name,
            slug: row.slug,
            org_slug: row.organization_slug,
            org_name: row.organization_name,
            by: row.user_name.filter(|name| !name.is_empty()).or(row.user_email),
            at: row.date_added,
        }
    };
    Ok(rows.into_iter().map(request).collect())
}

fn read(body: &Body) -> Result<Vec<(String, String)>> {
    let mut form = Fields::new(body);
    let questionnaire = form.list("questionnaire", Answered).nullable().flatten().unwrap_or_default();
    if questionnaire.len() > QUESTIONS_MAX {
        form.error("questionnaire", format!("Ensure this field has no more than {QUESTIONS_MAX} elements."));
    }
    form.finish()?;
    Ok(questionnaire)
}

fn shows_icon(app: &SentryApp) -> bool {
    let elements = app.schema["elements"].as_array().map(Vec::as_slice).unwrap_or_default();
    elements.iter().any(|element| element["type"].as_str().is_some_and(|kind| WITH_ICON.contains(&kind)))
}
