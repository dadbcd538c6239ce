//! Adding a repository: it is looked up on the other side first, then a row that was hidden or lost its integration comes
//! back, or a new one is added. What clients get for a failure has shapes of its own, see [`Failure`].

use mortise_domain::{OrgId, Time, status::ObjectStatus};
use mortise_providers::FoundRepository;
use mortise_store::{
    Slice, StoreError, Tx,
    integration::installed,
    repository::{self, Filter, NewRepository, Repository},
};
use mortise_wire::{errors::ErrorBody, repository as wire};
use serde_json::{Map, Value, json};

use super::{Host, repository_json};
use crate::{Ctx, Error, Result, access::OrgAccess};

/// What providers of repositories that come with an integration begin with.
pub(super) const INTEGRATIONS: &str = "integrations:";
/// Legacy plugins, through which nobody can add anything without an account that this server does not link.
const PLUGINS: [&str; 2] = ["github", "bitbucket"];
/// Characters of a name at most.
pub(crate) const NAME_CHARS_MAX: usize = 200;
/// Characters of an id on the other side at most.
const EXTERNAL_ID_CHARS_MAX: usize = 64;
const TOO_LONG: &str = "The name or the id of the repository is too long.";
const NO_INTEGRATION: &str = "Integration matching query does not exist.";

/// Why a repository could not be added.
enum Failure {
    /// The body, or what it names, is wrong: 400.
    Validation(String),
    /// The other side is away: 503.
    Unavailable(String),
    /// The integration is not there: 404.
    NotFound,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let body = |kind: &str, text: &str| {
            ErrorBody::Other(json!({ "error_type": kind, "errors": { "__all__": text } }))
        };
        match failure {
            Failure::Validation(text) => Error::Invalid(body("validation", &text)),
            Failure::Unavailable(text) => {
                Error::Relayed { status: 503, body: body("service unavailable", &text) }
            }
            Failure::NotFound => Error::Missing(body("not found", NO_INTEGRATION)),
        }
    }
}

/// The answer to a repository that is there already.
pub(super) fn exists() -> Error {
    let text = "A repository with that configuration already exists";
    Error::Invalid(ErrorBody::coded("repo_exists", text, json!({})))
}

/// Refuses whoever is no person and no app: nobody adds a repository.
pub fn require_person(access: &OrgAccess) -> Result<()> {
    if access.caller.user_id().is_some() { Ok(()) } else { Err(Error::Unauthorized(ErrorBody::Empty)) }
}

/// Adds a repository.
pub async fn create_repository(
    ctx: &Ctx,
    access: &OrgAccess,
    body: Map<String, Value>,
) -> Result<wire::Repository> {
    require_person(access)?;
    let provider = body.get("provider").and_then(Value::as_str).unwrap_or_default();
    if PLUGINS.contains(&provider) {
        let url = format!("/account/settings/social/associate/{provider}/");
        return Err(Error::Invalid(ErrorBody::Other(json!({ "error_type": "auth", "auth_url": url }))));
    }
    let known = provider.strip_prefix(INTEGRATIONS).and_then(|key| ctx.providers().get(key));
    let Some(known) = known.filter(|known| known.source_host().is_some()) else {
        return Err(Error::Invalid(ErrorBody::Other(json!({ "error_type": "validation" }))));
    };
    let manifest = known.manifest();
    let id = ["installation", "integration_id"].into_iter().find_map(|key| id_text(body.get(key)));
    let id =
        id.ok_or_else(|| Failure::Validation(format!("{} requires an integration id.", manifest.name)))?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let row = installed::find(&mut *ctx.store.read().await?, access.org.id, id).await?;
    let row = row.filter(|row| row.provider == manifest.integration_key).ok_or(Failure::NotFound)?;
    let host = Host::of_row(ctx, &access.org, &row).await?.ok_or(Failure::NotFound)?;
    let found = host.source.find(&host.on, &body).await.map_err(|error| {
        let text = host.sentence(&error);
        if error.is_unavailable() || text.contains("503") {
            Failure::Unavailable(text)
        } else {
            Failure::Validation(text)
        }
    })?;
    if found.name.chars().count() > NAME_CHARS_MAX
        || found.external_id.chars().count() > EXTERNAL_ID_CHARS_MAX
    {
        return Err(Failure::Validation(TOO_LONG.to_owned()).into());
    }
    let new = new_repository(provider, id, found);
    let (org, now, stored) = (access.org.id, ctx.now(), new.clone());
    let write = ctx.store.write(move |tx| Box::pin(async move { put(tx, org, &stored, now).await }));
    match write.await {
        Ok(row) => Ok(repository_json(ctx, &row)),
        Err(StoreError::Conflict(_)) => Err(refuse_second(ctx, org, &host, new).await?),
        Err(error) => Err(error.into()),
    }
}

/// An id in a body: digits or a number; what stands for nothing is nothing.
fn id_text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) if number.as_i64() != Some(0) => Some(number.to_string()),
        _ => None,
    }
}

fn new_repository(
    provider: &str,
    integration: mortise_domain::IntegrationId,
    found: FoundRepository,
) -> NewRepository {
    NewRepository {
        name: found.name,
        url: found.url,
        provider: Some(provider.to_owned()),
        external_id: Some(found.external_id),
        integration: Some(integration),
        config: Value::Object(found.config),
    }
}

/// Brings a repository back or adds it.
async fn put(tx: &mut Tx, org: OrgId, new: &NewRepository, now: Time) -> mortise_store::Result<Repository> {
    let (provider, external_id) = (new.provider.as_deref().unwrap_or_default(), new.external_id.as_deref());
    let hidden = ObjectStatus::Disabled.number();
    let old = repository::to_bring_back(tx, org, provider, external_id.unwrap_or_default(), hidden).await?;
    let Some(mut row) = old else { return repository::insert(tx, org, new, now).await };
    if row.status != hidden || row.integration_id.is_none() {
        row.provider.clone_from(&new.provider);
        row.config = new.config.clone();
    }
    row.status = ObjectStatus::Active.number();
    row.name.clone_from(&new.name);
    row.integration_id = new.integration;
    row.url.clone_from(&new.url);
    repository::update(tx, &row).await?;
    Ok(row)
}

/// What was made on the other side is taken back, the row that is there is brought up to date, the client is refused.
async fn refuse_second(ctx: &Ctx, org: OrgId, host: &Host<'_>, new: NewRepository) -> Result<Error> {
    let made = mortise_providers::AddedRepository {
        name: new.name.clone(),
        external_id: new.external_id.clone(),
        url: new.url.clone(),
        config: new.config.as_object().cloned().unwrap_or_default(),
    };
    if let Err(error) = host.source.forget(&host.on, &made).await {
        tracing::info!(integration = %host.on.integration, %error, "what a second repository made stays behind");
    }
    let write = ctx.store.write::<_, Error, _>(move |tx| {
        Box::pin(async move {
            let filter = Filter {
                integration: new.integration,
                external_id: new.external_id.as_deref(),
                ..Filter::default()
            };
            let rows = repository::list(tx, org, &filter, Slice { skip: 0, take: 1 }).await?;
            if let Some(mut row) = rows.into_iter().next() {
                (row.name, row.url, row.config) = (new.name, new.url, new.config);
                repository::update(tx, &row).await?;
            }
            Ok(())
        })
    });
    write.await?;
    Ok(exists())
}
