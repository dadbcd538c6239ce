//! The repositories of an organization.

use mortise_domain::{IntegrationId, status::ObjectStatus};
use mortise_store::repository::{self, Filter};
use mortise_wire::{Page, PageRequest, repository as wire};
use serde_json::{Value, json};

use super::repository_json;
use crate::{Ctx, Result, access::OrgAccess, paging::slice};

/// What a list is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListRequest<'a> {
    /// Only names that contain this.
    pub query: &'a str,
    /// Only those of the integration with this id.
    pub integration: Option<&'a str>,
    /// `active`, `deleted` for everything else, empty for all; what else it is, no repository has. Active ones when
    /// absent.
    pub status: Option<&'a str>,
    /// Whether settings of code review are wanted.
    pub with_settings: bool,
}

/// The repositories of an organization, by name.
pub async fn list_repositories(
    ctx: &Ctx,
    access: &OrgAccess,
    wanted: &ListRequest<'_>,
    request: PageRequest,
) -> Result<Page<wire::ExpandedRepository>> {
    let window = request.offset_window()?;
    let active = ObjectStatus::Active.number();
    let status = match wanted.status {
        None | Some("active") => Some((active, true)),
        Some("deleted") => Some((active, false)),
        Some("") => None,
        Some(_) => return Ok(window.page(Vec::new())),
    };
    let integration = match wanted.integration.filter(|id| !id.is_empty()).map(str::parse::<IntegrationId>) {
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => return Ok(window.page(Vec::new())),
        None => None,
    };
    let filter = Filter { name: wanted.query, integration, status, ..Filter::default() };
    let mut conn = ctx.store.read().await?;
    let rows = repository::list(&mut conn, access.org.id, &filter, slice(&window)).await?;
    let one = |row| wire::ExpandedRepository {
        repository: repository_json(ctx, &row),
        settings: wanted.with_settings.then_some(Value::Null),
    };
    Ok(window.page(rows.into_iter().map(one).collect()))
}

/// The legacy plugins through which clients may offer to add repositories.
pub fn repository_plugins() -> wire::RepositoryPlugins {
    let plugin = |id, name| wire::RepositoryPlugin {
        id,
        name,
        config: vec![json!({
            "name": "name",
            "label": "Repository Name",
            "type": "text",
            "placeholder": "e.g. getsentry/sentry",
            "help": "Enter your repository name, including the owner.",
            "required": true,
        })],
    };
    wire::RepositoryPlugins { providers: vec![plugin("bitbucket", "Bitbucket"), plugin("github", "GitHub")] }
}
