//! Who may send: from the credentials of a request to the project it is for, and every way to be turned away.

use std::{net::IpAddr, sync::Arc};

use mortise_domain::{
    OrgId, ProjectId, ProjectKeyId,
    origin::Origin,
    status::{OrgStatus, ProjectStatus},
};
use mortise_store::ingest::key::{self, KeyRow};
use mortise_wire::{
    envelope::IngestError,
    ingest_auth::{AuthSources, IngestAuth, IngestAuthError},
    project::ProjectSettings,
    rate_limits::RateLimit,
};

use crate::{Client, Ctx, pipeline::Scrubber};

/// Why a request is not taken. The text is the `detail` of the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Its credentials do not hold.
    #[error(transparent)]
    Auth(#[from] IngestAuthError),
    /// What it carries cannot be taken.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Browsers may not send from this origin.
    #[error("event submission rejected with_reason: Cors")]
    Origin,
    /// The key has sent what it may.
    #[error("{}", IngestError::RateLimited)]
    Limited(Vec<RateLimit>),
}

impl Rejection {
    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Auth(error) => error.status(),
            Self::Ingest(error) => error.status(),
            Self::Origin => 403,
            Self::Limited(_) => IngestError::RateLimited.status(),
        }
    }
}

/// What is known of a key and its project.
#[derive(Debug)]
pub(super) struct KeyFacts {
    pub(super) row: KeyRow,
    allowed_domains: Vec<String>,
    scrubber: Scrubber,
}

impl KeyFacts {
    fn new(row: KeyRow) -> Self {
        let settings: ProjectSettings = serde_json::from_value(row.options.clone()).unwrap_or_default();
        let hides_usual = settings.data_scrubber && settings.data_scrubber_defaults;
        let mut scrubber = if hides_usual { Scrubber::credentials() } else { Scrubber::off() };
        if settings.data_scrubber {
            scrubber = scrubber.and_fields(&settings.sensitive_fields).except_fields(&settings.safe_fields);
        }
        if settings.scrub_ip_addresses {
            scrubber = scrubber.and_addresses();
        }
        Self { row, allowed_domains: settings.allowed_domains, scrubber }
    }
}

/// What a request says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Credentials<'a> {
    /// Where keys were found.
    pub sources: AuthSources<'a>,
    /// The project in the path, unless the path has none.
    pub project: Option<i64>,
    /// The `Origin` of a browser.
    pub origin: Option<&'a str>,
    /// Where the request comes from.
    pub client: &'a Client,
}

/// Somebody who may send events to a project.
#[derive(Debug, Clone)]
pub struct Sender {
    facts: Arc<KeyFacts>,
    /// Name and version of the SDK.
    pub sdk: Option<String>,
    /// The address of the request.
    pub ip_address: Option<IpAddr>,
    /// The `User-Agent` of the request.
    pub user_agent: Option<String>,
}

impl Sender {
    /// The project.
    pub fn project(&self) -> ProjectId {
        self.facts.row.project_id
    }

    /// Its organization.
    pub fn organization(&self) -> OrgId {
        self.facts.row.organization_id
    }

    /// The key.
    pub fn key(&self) -> ProjectKeyId {
        self.facts.row.key_id
    }

    /// The project's rules for private data.
    pub(super) fn scrubber(&self) -> &Scrubber {
        &self.facts.scrubber
    }

    /// Whether somebody is told of an event of this type.
    pub(super) fn has_hooks_for(&self, event_type: &str) -> bool {
        let row = &self.facts.row;
        row.has_event_hooks || (row.has_error_hooks && event_type == "error")
    }

    /// Counts an event against the key's limit; the limit when it is reached.
    pub(super) fn take(&self, ctx: &Ctx) -> Result<(), RateLimit> {
        let row = &self.facts.row;
        let limit = row.rate_limit_window.zip(row.rate_limit_count);
        // Zero in either place means no limit.
        let Some((window_s, max)) = limit.filter(|(window_s, max)| *window_s > 0 && *max > 0) else {
            return Ok(());
        };
        ctx.ingest().take(row.key_id, window_s, max, ctx.now()).map_err(RateLimit::of_key)
    }
}

/// Lets a request in, or says why not.
pub async fn admit(ctx: &Ctx, credentials: Credentials<'_>) -> Result<Sender, Rejection> {
    let auth = IngestAuth::find(credentials.sources, credentials.project.unwrap_or_default())?;
    let Some(facts) = facts(ctx, &auth.public_key).await? else {
        return Err(IngestAuthError::ProjectId.into());
    };
    let row = &facts.row;
    let is_of_project = credentials.project.is_none_or(|project| project == row.project_id.get());
    let is_live = row.project_status == ProjectStatus::Active.number()
        && row.organization_status == OrgStatus::Active.number();
    if !is_of_project || !is_live {
        return Err(IngestAuthError::ProjectId.into());
    }
    if !row.is_active {
        return Err(IngestAuthError::KeyDisabled.into());
    }
    if let Some(origin) = credentials.origin.and_then(Origin::from_header)
        && !origin.is_allowed_by(&facts.allowed_domains)
    {
        return Err(Rejection::Origin);
    }
    Ok(Sender {
        facts,
        sdk: auth.client,
        ip_address: credentials.client.ip,
        user_agent: credentials.client.user_agent.clone(),
    })
}

/// The facts of a key; `None` when there is no such key.
async fn facts(ctx: &Ctx, public_key: &str) -> Result<Option<Arc<KeyFacts>>, Rejection> {
    if let Some(known) = ctx.ingest().keys.get(public_key) {
        return Ok(known);
    }
    let found = async {
        let mut conn = ctx.store.read().await?;
        key::find(&mut conn, public_key).await
    };
    match found.await {
        Ok(row) => {
            let facts = row.map(|row| Arc::new(KeyFacts::new(row)));
            ctx.ingest().keys.insert(public_key.to_owned(), facts.clone());
            Ok(facts)
        }
        Err(error) => {
            tracing::error!(%error, "a client key could not be looked up");
            Err(IngestError::Overload.into())
        }
    }
}
