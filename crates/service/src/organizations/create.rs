//! Creating organizations.

use mortise_domain::{AuditEvent, OrgRole, Scope, ScopeSet, SlugKind, UserId, org::OrgFlags};
use mortise_store::{
    StoreError, Tx, member,
    organization::{self, Organization},
    team,
};
use mortise_wire::{
    ErrorBody,
    fields::{Body, Fields},
    organization::OrganizationDetail,
};
use serde_json::json;

use super::{Form, SLUG_TAKEN, get_organization};
use crate::{
    Auth, Caller, Ctx, Error, Result, access,
    audit::{self, Actor, Entry},
};

/// Most characters of a name.
pub(super) const NAME_CHARS_MAX: usize = 64;
const NEEDS_USER: &str = "This endpoint requires user info";
const CREATES: ScopeSet = ScopeSet::of(&[Scope::OrgWrite, Scope::OrgAdmin]);

/// What a new organization is made of.
#[derive(Debug, Clone)]
pub struct NewOrganization {
    /// What people read.
    pub name: String,
    /// Its name in addresses; made from the name if absent.
    pub slug: Option<String>,
    /// Whether it gets a team of the same name, which the owner joins.
    pub default_team: bool,
    /// Whether it is the one that the server is set up with, which cannot be deleted.
    pub is_default: bool,
}

/// A person creates an organization and becomes its owner.
pub async fn create_organization(ctx: &Ctx, caller: &Caller, body: &Body) -> Result<OrganizationDetail> {
    let user = caller.user.as_ref().ok_or_else(|| Error::unauthorized(NEEDS_USER))?;
    if user.is_sentry_app || caller.auth.as_ref().map(Auth::scopes).is_some_and(|s| !s.intersects(CREATES)) {
        return Err(Error::Forbidden);
    }
    let new = read(body)?;
    let (inner, actor, owner) = (ctx.clone(), Actor::of(caller), user.id);
    let org = ctx
        .store
        .write(move |tx| Box::pin(async move { insert_organization(tx, &inner, &actor, owner, &new).await }))
        .await?;
    let access = access::organization_by_id(ctx, caller.clone(), org.id).await?;
    get_organization(ctx, &access, Form::USUAL).await
}

fn read(body: &Body) -> Result<NewOrganization> {
    let mut fields = Fields::new(body);
    let name = fields.string("name").max(NAME_CHARS_MAX).required();
    let slug = fields.string("slug").and_then(valid_slug).nullable().flatten();
    let default_team = fields.bool("defaultTeam").or(false);
    // There are no terms to agree to; the key only has to be well-formed.
    fields.bool("agreeTerms").optional();
    fields.finish()?;
    Ok(NewOrganization { name, slug, default_team, is_default: false })
}

/// A slug that an organization may have.
pub fn valid_slug(slug: String) -> Result<String, String> {
    SlugKind::Org.validate(&slug).map(|()| slug).map_err(|error| error.to_string())
}

/// Creates an organization with its owner, audited.
pub async fn insert_organization(
    tx: &mut Tx,
    ctx: &Ctx,
    actor: &Actor,
    owner: UserId,
    new: &NewOrganization,
) -> Result<Organization> {
    let now = ctx.now();
    let slug = match &new.slug {
        Some(slug) if organization::by_slug_in_any_state(tx, slug).await?.is_some() => {
            return Err(Error::conflict(SLUG_TAKEN));
        }
        Some(slug) => slug.clone(),
        None => free_slug(tx, ctx, &new.name).await?,
    };
    let org = organization::insert(tx, &slug, &new.name, OrgFlags::default().bits(), now).await;
    let org = org.map_err(slug_taken)?;
    let member = member::insert_user(tx, org.id, owner, OrgRole::Owner.as_str(), now).await?;
    if new.is_default {
        organization::set_default(tx, org.id).await?;
    }
    let data = json!({"name": org.name, "slug": org.slug, "status": org.status});
    let entry = Entry::new(org.id, AuditEvent::OrgAdd, data).target(org.id.get());
    audit::record(tx, actor, &entry, now).await?;
    if new.default_team {
        let slug = SlugKind::Team.candidates(&new.name, &*ctx.ids).next().unwrap_or_else(|| slug.clone());
        let team = team::insert(tx, org.id, &slug, &new.name, now).await?;
        team::put_member(tx, team.id, member.id, None).await?;
        let data = json!({"slug": team.slug, "name": team.name});
        let entry = Entry::new(org.id, AuditEvent::TeamAdd, data).target(team.id.get());
        audit::record(tx, actor, &entry, now).await?;
    }
    Ok(org)
}

async fn free_slug(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<String> {
    let candidates: Vec<String> = SlugKind::Org.candidates(name, &*ctx.ids).collect();
    for slug in candidates {
        if organization::by_slug_in_any_state(tx, &slug).await?.is_none() {
            return Ok(slug);
        }
    }
    Err(Error::Conflict(ErrorBody::detail(SLUG_TAKEN)))
}

/// A slug that somebody else took at the same time is as taken as any.
pub(super) fn slug_taken(error: StoreError) -> Error {
    match error {
        StoreError::Conflict(_) => Error::conflict(SLUG_TAKEN),
        other => other.into(),
    }
}
