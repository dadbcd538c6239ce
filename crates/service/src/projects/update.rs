//! Changing a project. Whoever may only read it may still mark it as a favourite.

use mortise_domain::{AuditEvent, UserId};
use mortise_store::{
    StoreError, Tx,
    project::{self, Project},
};
use mortise_wire::{Fields, project as wire};
use serde_json::{Map, Value};

use super::{
    WRITE, audit_data,
    create::{platform_of, slug_of},
    detail::detail,
    settings::{self, WRITER_KEYS},
};
use crate::{Ctx, Error, Result, access::ProjectAccess, audit};

/// Longest name that a project can be given later.
const NAME_CHARACTERS_MAX: usize = 200;

/// Changes what the body names.
pub async fn update(ctx: &Ctx, access: &ProjectAccess, mut fields: Fields) -> Result<wire::ProjectDetail> {
    let may_write = access.scopes.intersects(WRITE);
    if !may_write && fields.names().any(|name| WRITER_KEYS.contains(&name)) {
        return Err(Error::Forbidden);
    }
    let bookmark = fields.bool("isBookmarked").optional().zip(access.org.caller.user_id());
    let changed = if may_write { read(ctx, access, &mut fields).await? } else { access.project.clone() };
    fields.finish()?;
    let change = Change {
        before: access.project.clone(),
        after: changed.clone(),
        bookmark,
        actor: audit::Actor::of(&access.org.caller),
    };
    let inner = ctx.clone();
    ctx.store.write(move |tx| Box::pin(async move { change.apply(tx, &inner).await })).await?;
    ctx.ingest().keys_changed();
    let access = ProjectAccess { project: changed, ..access.clone() };
    detail(ctx, &access, true).await
}

/// The project as the body wants it.
async fn read(ctx: &Ctx, access: &ProjectAccess, fields: &mut Fields) -> Result<Project> {
    let mut project = access.project.clone();
    if let Some(name) = fields.string("name").max(NAME_CHARACTERS_MAX).optional() {
        project.name = name;
    }
    if let Some(platform) = platform_of(fields) {
        project.platform = platform;
    }
    if let Some(slug) = slug_of(fields).filter(|slug| *slug != project.slug) {
        let mut conn = ctx.store.read().await?;
        if let Some(other) = project::holder_of_slug(&mut conn, project.organization_id, &slug).await? {
            fields.error("slug", slug_taken(&other));
        }
        project.slug = slug;
    }
    project.options = settings::read(fields, &project);
    Ok(project)
}

fn slug_taken(other: &Project) -> String {
    format!("Another project ({}) is currently using that slug", other.name)
}

struct Change {
    before: Project,
    after: Project,
    bookmark: Option<(bool, UserId)>,
    actor: audit::Actor,
}

impl Change {
    async fn apply(self, tx: &mut Tx, ctx: &Ctx) -> Result<()> {
        let (before, after) = (&self.before, &self.after);
        if let Some((is_bookmarked, user)) = self.bookmark {
            project::set_bookmark(tx, after.id, user, is_bookmarked).await?;
        }
        let changes = differences(before, after);
        if changes.is_empty() {
            return Ok(());
        }
        project::update(tx, after).await.map_err(|error| match error {
            StoreError::Conflict(_) => Error::field("slug", slug_taken(after)),
            other => other.into(),
        })?;
        if before.slug != after.slug {
            project::put_redirect(tx, after.organization_id, &before.slug, after.id).await?;
            project::drop_redirect(tx, after.organization_id, &after.slug).await?;
        }
        let mut data = audit_data(after);
        if let Value::Object(data) = &mut data {
            data.insert("changes".to_owned(), Value::Object(changes));
        }
        let entry = audit::Entry::new(after.organization_id, AuditEvent::ProjectEdit, data);
        audit::record(tx, &self.actor, &entry.target(after.id.get()), ctx.now()).await
    }
}

/// What became of each value that changed. Secrets are not told.
fn differences(before: &Project, after: &Project) -> Map<String, Value> {
    const SECRET: &str = "securityToken";
    let (before, after) = (flat(before), flat(after));
    let mut changes = Map::new();
    for (key, new) in &after {
        let old = before.get(key).unwrap_or(&Value::Null);
        if old != new {
            let told = if key == SECRET { Value::from("changed") } else { audit::change(old, new) };
            changes.insert(key.clone(), told);
        }
    }
    changes
}

/// Everything that a body can change, by its key.
fn flat(project: &Project) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    all.insert("slug".to_owned(), project.slug.clone().into());
    all.insert("name".to_owned(), project.name.clone().into());
    all.insert("platform".to_owned(), project.platform.clone().into());
    let parts = [
        serde_json::to_value(settings::settings_of(project)),
        serde_json::to_value(settings::kept_of(project)),
        Ok(Value::Object(super::options::all(project))),
    ];
    for part in parts {
        if let Ok(Value::Object(part)) = part {
            all.extend(part);
        }
    }
    all
}
