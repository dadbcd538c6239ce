//! One team: showing, creating, changing, deleting.

use mortise_domain::{AuditEvent, OrgId, SlugError, SlugKind};
use mortise_store::{StoreError, Tx, team};
use mortise_wire::{
    ErrorBody,
    fields::{Body, Fields},
    team as wire,
};
use serde_json::json;

use super::{Form, team_json};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, TeamAccess},
    audit::{self, Actor, Entry},
};

const NAME_CHARS_MAX: usize = 64;
const SLUG_TAKEN: &str = "A team with this slug already exists.";
const NAME_OR_SLUG: &str = "Name or slug is required";

/// One team.
pub async fn get_team(ctx: &Ctx, access: &TeamAccess, form: Form) -> Result<wire::Team> {
    let mut conn = ctx.store.read().await?;
    team_json(&mut conn, ctx, &access.org, access.team.clone(), form).await
}

/// Creates a team; a person who does joins it.
pub async fn create_team(ctx: &Ctx, mut access: OrgAccess, body: &Body) -> Result<wire::Team> {
    let mut fields = Fields::new(body);
    let name = fields.string("name").max(NAME_CHARS_MAX).allow_blank().nullable().flatten();
    let name = name.filter(|name| !name.is_empty());
    let slug = fields.string("slug").and_then(valid_slug).nullable().flatten();
    if name.is_none() && slug.is_none() && fields.is_valid() {
        fields.errors().add_non_field(NAME_OR_SLUG);
    }
    fields.finish()?;
    let (inner, actor, org) = (ctx.clone(), Actor::of(&access.caller), access.org.id);
    let creator = access.member.as_ref().map(|member| member.id);
    let created = ctx.store.write(move |tx| {
        Box::pin(async move {
            let name = name.or_else(|| slug.clone()).unwrap_or_default();
            let team = insert_team(tx, &inner, &actor, org, &name, slug).await?;
            if let Some(member) = creator {
                team::put_member(tx, team.id, member, None).await?;
            }
            Ok::<_, Error>(team)
        })
    });
    let created = created.await?;
    let mut conn = ctx.store.read().await?;
    if let Some(member) = creator {
        access.teams = mortise_store::member::teams_of(&mut conn, member).await?;
    }
    team_json(&mut conn, ctx, &access, created, Form::default()).await
}

/// Creates a team in a transaction, audited. Its slug is made from the name if absent.
pub async fn insert_team(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    org: OrgId,
    name: &str,
    slug: Option<String>,
) -> Result<team::Team> {
    let now = ctx.now();
    let slug = match slug {
        Some(slug) if team::by_slug(tx, org, &slug).await?.is_some() => return Err(clash()),
        Some(slug) => slug,
        None => free_slug(tx, ctx, org, name).await?,
    };
    let team = team::insert(tx, org, &slug, name, now).await.map_err(taken)?;
    let data = json!({"slug": team.slug, "name": team.name});
    let entry = Entry::new(org, AuditEvent::TeamAdd, data).target(team.id.get());
    audit::record(tx, actor, &entry, now).await?;
    Ok(team)
}

fn valid_slug(slug: String) -> Result<String, String> {
    SlugKind::Team.validate(&slug).map(|()| slug).map_err(|error| error.to_string())
}

/// The first slug made from the name that no team of the organization has.
pub(crate) async fn free_slug(tx: &mut Tx, ctx: &Ctx, org: OrgId, name: &str) -> Result<String> {
    let candidates: Vec<String> = SlugKind::Team.candidates(name, &*ctx.ids).collect();
    for slug in candidates {
        if team::by_slug(tx, org, &slug).await?.is_none() {
            return Ok(slug);
        }
    }
    Err(clash())
}

fn clash() -> Error {
    Error::Conflict(ErrorBody::Other(json!({"non_field_errors": [SLUG_TAKEN], "detail": SLUG_TAKEN})))
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Conflict(_) => clash(),
        other => other.into(),
    }
}

/// Changes slug and name.
pub async fn update_team(ctx: &Ctx, access: &TeamAccess, body: &Body) -> Result<wire::Team> {
    let mut fields = Fields::new(body);
    let name = fields.string("name").max(NAME_CHARS_MAX).optional();
    let slug = fields.string("slug").and_then(valid_slug).optional();
    fields.finish()?;
    let (team, actor, now) = (access.team.clone(), Actor::of(&access.org.caller), ctx.now());
    let (slug, name) = (slug.unwrap_or_else(|| team.slug.clone()), name.unwrap_or_else(|| team.name.clone()));
    let updated = ctx.store.write(move |tx| {
        Box::pin(async move {
            let in_use = || Error::field("slug", SlugError::Taken(slug.clone()).to_string());
            let holder = team::by_slug(tx, team.organization_id, &slug).await?;
            if holder.is_some_and(|holder| holder.id != team.id) {
                return Err(in_use());
            }
            let updated = team::update(tx, team.id, &slug, &name).await.map_err(|error| match error {
                StoreError::Conflict(_) => in_use(),
                other => other.into(),
            })?;
            let data = json!({
                "slug": updated.slug, "name": updated.name, "old_slug": team.slug, "old_name": team.name,
            });
            let entry = Entry::new(team.organization_id, AuditEvent::TeamEdit, data).target(team.id.get());
            audit::record(tx, &actor, &entry, now).await?;
            Ok(updated)
        })
    });
    let updated = updated.await?;
    team_json(&mut *ctx.store.read().await?, ctx, &access.org, updated, Form::default()).await
}

/// Deletes a team; its slug is free at once. A session must have entered its password recently.
pub async fn delete_team(ctx: &Ctx, access: &TeamAccess) -> Result<()> {
    let now = ctx.now();
    access.org.caller.require_sudo(now)?;
    let (team, actor) = (access.team.clone(), Actor::of(&access.org.caller));
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                if !team::delete(tx, team.organization_id, team.id).await? {
                    return Err(Error::NoSuchResource);
                }
                let data = json!({"slug": team.slug, "name": team.name});
                let entry =
                    Entry::new(team.organization_id, AuditEvent::TeamRemove, data).target(team.id.get());
                audit::record(tx, &actor, &entry, now).await
            })
        })
        .await
}
