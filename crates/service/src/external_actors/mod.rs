//! The names that users and teams have at other services. Both kinds lie in one table and are told apart by whom they
//! belong to, so a name is first looked for whoever has it: where it is there, it is not made a second time.

mod read;

use std::collections::HashMap;

use mortise_domain::{ExternalActorId, ExternalProvider, OrgId, TeamId, UserId};
use mortise_store::{
    Conn, StoreError, code_owners,
    integration::external_actor::{self, ExternalActor, Whose},
};
use mortise_wire::{ErrorBody, Page, PageRequest, external_actor as wire, fields::Body};
use serde_json::json;

pub use self::read::PROVIDERS;
use self::read::Sent;
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, TeamAccess},
    features,
    paging::slice,
};

/// Without this feature nothing is added or changed; removing goes on.
const FEATURE: &str = "integrations-codeowners";
const TAKEN: &str = "There already exists an external association with this external_name and provider.";

/// What became of a name that was to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// It was not there before.
    pub is_new: bool,
    /// The name; nothing when it is one of the other kind.
    pub actor: Option<wire::ExternalActor>,
}

/// Notes the name of a member, unless it is there.
pub async fn add_external_user(ctx: &Ctx, access: &OrgAccess, body: &Body) -> Result<Added> {
    require_feature(access)?;
    let mut conn = ctx.store.read().await?;
    let sent = read::user(&mut conn, access.org.id, body, false).await?;
    drop(conn);
    add(ctx, access.org.id, sent).await
}

/// Notes the name of a team, unless it is there.
pub async fn add_external_team(ctx: &Ctx, access: &TeamAccess, body: &Body) -> Result<Added> {
    require_feature(&access.org)?;
    let org = access.org.org.id;
    let mut conn = ctx.store.read().await?;
    let sent = read::team(&mut conn, org, access.team.id, body, false).await?;
    drop(conn);
    add(ctx, org, sent).await
}

async fn add(ctx: &Ctx, org: OrgId, sent: Sent) -> Result<Added> {
    let (name, whose) = sent.complete()?;
    let found = external_actor::named(&mut *ctx.store.read().await?, org, &name).await?;
    if let Some(added) = existing(&found, whose) {
        return Ok(added);
    }
    let (new, now) = (name.clone(), ctx.now());
    let made = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let row = external_actor::insert(tx, org, &new, whose, now).await?;
            code_owners::mark_stale(tx, org, row.integration_id).await?;
            Ok(row)
        })
    });
    match made.await {
        Ok(row) => Ok(Added { is_new: true, actor: Some(owned_json(&row, whose)) }),
        // Somebody was quicker with the same one, or it is there at another integration.
        Err(StoreError::Conflict(_)) => {
            let found = external_actor::named(&mut *ctx.store.read().await?, org, &name).await?;
            existing(&found, whose).ok_or_else(taken)
        }
        Err(error) => Err(error.into()),
    }
}

/// What is said of a name that is there: it is shown where it is of the same kind.
fn existing(found: &[ExternalActor], whose: Whose) -> Option<Added> {
    let is_same = |row: &&ExternalActor| match whose {
        Whose::User(_) => row.user_id.is_some(),
        Whose::Team(_) => row.team_id.is_some(),
    };
    let same = found.iter().find(is_same).map(|row| owned_json(row, whose));
    (!found.is_empty()).then_some(Added { is_new: false, actor: same })
}

/// A name of the organization, which the path names by its id.
async fn find(ctx: &Ctx, org: OrgId, id: &str) -> Result<ExternalActor> {
    let id: ExternalActorId = id.parse().map_err(|_| Error::NotFound)?;
    external_actor::find(&mut *ctx.store.read().await?, org, id).await?.ok_or(Error::NotFound)
}

/// One name, with whose it is.
pub async fn get_external_actor(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<wire::ExternalActor> {
    Ok(whole_json(&find(ctx, access.org.id, id).await?))
}

/// The names at an integration, by name, each with whose it is.
pub async fn list_external_actors(
    ctx: &Ctx,
    access: &OrgAccess,
    integration: &str,
    request: PageRequest,
) -> Result<Page<wire::ExternalActor>> {
    let window = request.offset_window()?;
    let id = integration.parse().map_err(|_| Error::NotFound)?;
    let mut conn = ctx.store.read().await?;
    let rows = external_actor::of_integration(&mut conn, access.org.id, id, slice(&window)).await?;
    Ok(window.page(rows).replace(|rows| rows.iter().map(whole_json).collect()))
}

/// Refuses a name that is not there; without the feature none is changed.
pub async fn require_external_actor(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    find(ctx, access.org.id, id).await?;
    require_feature(access)
}

/// Changes the name of a member.
pub async fn update_external_user(
    ctx: &Ctx,
    access: &OrgAccess,
    id: &str,
    body: &Body,
) -> Result<wire::ExternalActor> {
    let row = find(ctx, access.org.id, id).await?;
    require_feature(access)?;
    let mut conn = ctx.store.read().await?;
    let sent = read::user(&mut conn, access.org.id, body, true).await?;
    drop(conn);
    update(ctx, row, sent).await
}

/// Changes the name of a team, and makes it the one of this team.
pub async fn update_external_team(
    ctx: &Ctx,
    access: &TeamAccess,
    id: &str,
    body: &Body,
) -> Result<wire::ExternalActor> {
    let org = &access.org.org;
    let row = find(ctx, org.id, id).await?;
    require_feature(&access.org)?;
    let mut conn = ctx.store.read().await?;
    let sent = read::team(&mut conn, org.id, access.team.id, body, true).await?;
    drop(conn);
    update(ctx, row, sent).await
}

async fn update(ctx: &Ctx, mut row: ExternalActor, sent: Sent) -> Result<wire::ExternalActor> {
    let before = row.integration_id;
    sent.lay_over(&mut row);
    let now = ctx.now();
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            external_actor::update(tx, &row, now).await?;
            for integration in [before, row.integration_id] {
                code_owners::mark_stale(tx, row.organization_id, integration).await?;
            }
            Ok(row)
        })
    });
    match write.await {
        Ok(row) => Ok(json_of(&row)),
        Err(StoreError::Conflict(_)) => Err(taken()),
        Err(error) => Err(error.into()),
    }
}

/// Forgets a name, of whichever kind.
pub async fn remove_external_actor(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<()> {
    let row = find(ctx, access.org.id, id).await?;
    let removal = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            code_owners::mark_stale(tx, row.organization_id, row.integration_id).await?;
            external_actor::delete(tx, row.organization_id, row.id).await
        })
    });
    if removal.await? { Ok(()) } else { Err(Error::NotFound) }
}

/// The names of users of an organization, by user.
pub(crate) async fn of_users(
    conn: &mut Conn,
    org: OrgId,
    users: &[UserId],
) -> Result<HashMap<UserId, Vec<wire::ExternalActor>>> {
    let mut by_user: HashMap<UserId, Vec<wire::ExternalActor>> = HashMap::new();
    for row in external_actor::of_users(conn, org, users).await? {
        if let Some(user) = row.user_id {
            by_user.entry(user).or_default().push(owned_json(&row, Whose::User(user)));
        }
    }
    Ok(by_user)
}

/// The names of teams of an organization, by team.
pub(crate) async fn of_teams(
    conn: &mut Conn,
    org: OrgId,
    teams: &[TeamId],
) -> Result<HashMap<TeamId, Vec<wire::ExternalActor>>> {
    let mut by_team: HashMap<TeamId, Vec<wire::ExternalActor>> = HashMap::new();
    for row in external_actor::of_teams(conn, org, teams).await? {
        if let Some(team) = row.team_id {
            by_team.entry(team).or_default().push(owned_json(&row, Whose::Team(team)));
        }
    }
    Ok(by_team)
}

/// Refuses where no names are added or changed.
pub fn require_feature(access: &OrgAccess) -> Result<()> {
    if features::has(&access.org, FEATURE) { Ok(()) } else { Err(Error::Forbidden) }
}

fn taken() -> Error {
    Error::Invalid(ErrorBody::Other(json!([TAKEN])))
}

fn json_of(row: &ExternalActor) -> wire::ExternalActor {
    let provider = ExternalProvider::try_from(row.provider).map_or("unknown", ExternalProvider::as_str);
    wire::ExternalActor {
        id: row.id.to_string(),
        provider: provider.to_owned(),
        external_name: row.external_name.clone(),
        integration_id: row.integration_id.to_string(),
        external_id: row.external_id.clone(),
        user_id: None,
        team_id: None,
    }
}

/// A name with whom it belongs to, of whichever kind.
fn whole_json(row: &ExternalActor) -> wire::ExternalActor {
    let (user_id, team_id) = (row.user_id.map(|id| id.to_string()), row.team_id.map(|id| id.to_string()));
    wire::ExternalActor { user_id, team_id, ..json_of(row) }
}

/// A name with whom it belongs to, of the kind that is asked for.
fn owned_json(row: &ExternalActor, kind: Whose) -> wire::ExternalActor {
    let mut json = json_of(row);
    match kind {
        Whose::User(_) => json.user_id = row.user_id.map(|id| id.to_string()),
        Whose::Team(_) => json.team_id = row.team_id.map(|id| id.to_string()),
    }
    json
}
