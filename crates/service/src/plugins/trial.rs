//! Trying out a plugin that notifies: a sample event is stored and told of at once, and what came of that is said in the
//! words of the original.

use mortise_egress::{Answer, Egress, Failed, Request};
use mortise_providers::PluginManifest;

use super::notify::Material;
use crate::{
    Ctx, Error, Result, access::ProjectAccess, events::Facts, ingest::store_event_in, rules::sample_event,
};

/// What samples run on.
const PLATFORM: &str = "python";
/// What is said when nothing went wrong.
const NO_ERRORS: &str = "No errors returned";
/// Characters of an answer or an error that are shown.
const SHOWN_CHARACTERS_MAX: usize = 256;

/// Tries out a plugin, and tells what came of it.
pub(super) async fn run(
    ctx: &Ctx,
    access: &ProjectAccess,
    plugin: &'static PluginManifest,
) -> Result<String> {
    let requests = sample_requests(ctx, access, plugin).await?;
    let calls = requests.into_iter().map(|request| call(&ctx.egress, plugin, request));
    let outcomes = futures_util::future::join_all(calls).await;
    Ok(outcomes.into_iter().flatten().next().unwrap_or_else(|| NO_ERRORS.to_owned()))
}

/// What a trial sends: of a sample event, which is stored. Nothing where the settings are not complete.
pub async fn sample_requests(
    ctx: &Ctx,
    access: &ProjectAccess,
    plugin: &'static PluginManifest,
) -> Result<Vec<Request>> {
    let event = sample_event(ctx, access, PLATFORM)?;
    let (inner, event_id) = (ctx.clone(), event.event_id.clone());
    let stored = ctx.store.write(move |tx| {
        Box::pin(async move { Ok::<_, Error>(store_event_in(tx, &inner, &event).await?.issue) })
    });
    let facts = Facts {
        issue: stored.await?.map(mortise_domain::IssueId::get),
        project: Some(access.project.id.get()),
        error_event: Some(event_id),
        ..Facts::default()
    };
    let material = Material::load(ctx, std::slice::from_ref(&facts)).await?;
    Ok(material.requests(ctx, plugin, &facts)?.into_iter().map(|(_, request)| request).collect())
}

/// Makes a call; returns what went wrong.
async fn call(egress: &Egress, plugin: &PluginManifest, request: Request) -> Option<String> {
    match egress.call(request).await {
        Ok(answer) => refusal(&answer),
        Err(failed) => Some(failure(plugin, &failed)),
    }
}

fn refusal(answer: &Answer) -> Option<String> {
    let status = answer.status;
    let whose = match () {
        () if status.is_client_error() => "Client",
        () if status.is_server_error() => "Server",
        () => return None,
    };
    let reason = status.canonical_reason().unwrap_or_default();
    Some(format!("{} {whose} Error: {reason}\n{}", status.as_u16(), cut(&answer.text())))
}

fn failure(plugin: &PluginManifest, failed: &Failed) -> String {
    cut(&format!("Error communicating with {}: {}", plugin.name, failed.error))
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_CHARACTERS_MAX).collect()
}
