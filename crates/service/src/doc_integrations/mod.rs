//! Documentation integrations: entries of the directory that lead to a page with instructions. They belong to no
//! organization. Superusers write them; who cannot write sees no drafts, in no list and under no name.

mod avatar;
mod read;

use std::collections::HashMap;

use mortise_domain::{DocIntegrationId, kind, slug::doc_integration_slug};
use mortise_store::{
    Conn, StoreError,
    integration::{
        doc::{self, DocIntegration},
        feature::{self, Target},
    },
};
use mortise_wire::{ErrorBody, Page, PageRequest, doc_integration as wire};
use serde_json::{Value, json};

pub use self::avatar::{doc_integration_photo, set_avatar};
use crate::{Caller, Ctx, Error, Result, access::IdOrSlug, apps::features::describe, paging::slice};

const NO_LOGO: &str = "A logo is required for publishing.";

/// The entries that the caller may see, in the order of their ids.
pub async fn list_doc_integrations(
    ctx: &Ctx,
    caller: &Caller,
    request: PageRequest,
) -> Result<Page<wire::DocIntegration>> {
    let window = request.offset_window()?;
    let mut conn = ctx.store.read().await?;
    let page = window.page(doc::list(&mut conn, caller.is_superuser(), slice(&window)).await?);
    let json = json_of(&mut conn, ctx, &page.rows).await?;
    Ok(page.replace(|_| json))
}

/// One entry. A draft is refused to those who may not see it.
pub async fn get_doc_integration(
    ctx: &Ctx,
    caller: &Caller,
    segment: &IdOrSlug<kind::DocIntegration>,
) -> Result<wire::DocIntegration> {
    let mut conn = ctx.store.read().await?;
    let row = find(&mut conn, segment).await?;
    if row.is_draft && !caller.is_superuser() {
        return Err(Error::Forbidden);
    }
    one_json(&mut conn, ctx, row).await
}

/// Adds an entry, as a draft.
pub async fn create_doc_integration(
    ctx: &Ctx,
    caller: &Caller,
    sent: Option<&Value>,
) -> Result<wire::DocIntegration> {
    require_writer(caller)?;
    let mut form = read::Form::new(sent);
    let name = form.name(ctx);
    let slug = name.as_deref().map(|name| doc_integration_slug(name, &*ctx.ids)).unwrap_or_default();
    if name.is_some() && doc::by_slug(&mut *ctx.store.read().await?, &slug).await?.is_some() {
        form.refuse_name(taken(name.as_deref().unwrap_or_default()));
    }
    let entry = form.finish(name, read::Draft::Always)?;
    let (now, name) = (ctx.now(), entry.text.name.clone());
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let row = doc::insert(tx, &slug, &entry.text, now).await?;
            feature::set(tx, Target::DocIntegration, row.id.get(), &entry.features, now).await?;
            Ok(row)
        })
    });
    let row = write.await.map_err(|error| match error {
        StoreError::Conflict(_) => Error::field("name", taken(&name)),
        error => error.into(),
    })?;
    one_json(&mut *ctx.store.read().await?, ctx, row).await
}

/// Changes everything but the slug. Features are replaced where some are sent; what the entry said about further pages
/// is gone unless it is sent again.
pub async fn update_doc_integration(
    ctx: &Ctx,
    caller: &Caller,
    segment: &IdOrSlug<kind::DocIntegration>,
    sent: Option<&Value>,
) -> Result<wire::DocIntegration> {
    require_writer(caller)?;
    let mut conn = ctx.store.read().await?;
    let row = find(&mut conn, segment).await?;
    let mut form = read::Form::new(sent);
    let name = form.name(ctx);
    let entry = form.finish(name, read::Draft::Sent)?;
    if !entry.text.is_draft && doc::avatars(&mut conn, &[row.id]).await?.is_empty() {
        return Err(Error::Invalid(ErrorBody::Other(json!({ "avatar": NO_LOGO }))));
    }
    drop(conn);
    let now = ctx.now();
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            if !entry.features.is_empty() {
                feature::set(tx, Target::DocIntegration, row.id.get(), &entry.features, now).await?;
            }
            doc::update(tx, row.id, &entry.text, now).await
        })
    });
    let row = write.await?;
    one_json(&mut *ctx.store.read().await?, ctx, row).await
}

/// Removes an entry.
pub async fn remove_doc_integration(
    ctx: &Ctx,
    caller: &Caller,
    segment: &IdOrSlug<kind::DocIntegration>,
) -> Result<()> {
    require_writer(caller)?;
    let row = find(&mut *ctx.store.read().await?, segment).await?;
    let now = ctx.now();
    let removal = ctx
        .store
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { doc::delete(tx, row.id, now).await }));
    if removal.await? { Ok(()) } else { Err(Error::NotFound) }
}

/// Refuses those who may not write entries.
pub fn require_writer(caller: &Caller) -> Result<()> {
    if caller.is_superuser() { Ok(()) } else { Err(Error::Forbidden) }
}

fn taken(name: &str) -> String {
    format!("Name '{name}' is already taken, please use another.")
}

async fn find(conn: &mut Conn, segment: &IdOrSlug<kind::DocIntegration>) -> Result<DocIntegration> {
    let found = match segment {
        IdOrSlug::Id(id) => doc::by_id(conn, *id).await?,
        IdOrSlug::Slug(slug) => doc::by_slug(conn, slug).await?,
    };
    found.ok_or(Error::NotFound)
}

async fn one_json(conn: &mut Conn, ctx: &Ctx, row: DocIntegration) -> Result<wire::DocIntegration> {
    let json = json_of(conn, ctx, &[row]).await?.into_iter().next();
    json.ok_or_else(|| Error::Internal("one entry made no JSON".to_owned()))
}

async fn json_of(conn: &mut Conn, ctx: &Ctx, rows: &[DocIntegration]) -> Result<Vec<wire::DocIntegration>> {
    let ids: Vec<DocIntegrationId> = rows.iter().map(|row| row.id).collect();
    let numbers: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let features = feature::list(conn, Target::DocIntegration, &numbers).await?;
    let mut avatars: HashMap<DocIntegrationId, String> =
        doc::avatars(conn, &ids).await?.into_iter().collect();
    let mut json = |row: &DocIntegration| {
        let own = features.iter().filter(|(id, _)| *id == row.id.get());
        wire::DocIntegration {
            name: row.name.clone(),
            slug: row.slug.clone(),
            author: row.author.clone(),
            description: row.description.clone(),
            url: row.url.clone(),
            popularity: row.popularity,
            is_draft: row.is_draft,
            features: own.filter_map(|(_, feature)| describe(*feature, &row.name)).collect(),
            avatar: avatars.remove(&row.id).map(|ident| wire::DocIntegrationAvatar {
                avatar_type: "upload",
                avatar_url: ctx.link(&format!("/doc-integration-avatar/{ident}/")),
                avatar_uuid: ident,
            }),
            resources: row.metadata.as_ref().and_then(|metadata| metadata.get("resources").cloned()),
        }
    };
    Ok(rows.iter().map(&mut json).collect())
}
