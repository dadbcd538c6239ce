//! Uploading, changing and removing files of owners.

use mortise_domain::CodeMappingId;
use mortise_store::{
    StoreError,
    code_mapping::{self, CodeMapping},
    code_owners::{self as store, CodeOwners},
};
use mortise_wire::{Fields, code_owners as wire};
use serde_json::{Map, Value};

use super::{
    directory::{Association, Directory},
    json::{Shown, owners_json},
    require_feature, syntax,
};
use crate::{Ctx, Error, Result, access::ProjectAccess, code_mappings::camel};

/// Characters of a file, at most.
pub const RAW_CHARS_MAX: usize = 3_000_000;
const IN_USE: &str = "This code mapping is already in use.";
const NO_MAPPING: &str = "This code mapping does not exist.";

/// A file that was checked, with the rules made of it.
struct Checked {
    mapping: CodeMapping,
    raw: String,
    schema: Option<Value>,
    association: Association,
}

impl Checked {
    /// Reads and checks a body; what it leaves out is taken of `old`.
    async fn read(
        ctx: &Ctx,
        access: &ProjectAccess,
        sent: Map<String, Value>,
        old: Option<&CodeOwners>,
    ) -> Result<Self> {
        let mut fields = Fields::of_map(camel(sent));
        let (raw, id) = match old {
            None => (fields.string("raw").required(), fields.int("codeMappingId").required()),
            Some(old) => {
                let raw = fields.string("raw").or(old.raw.clone().unwrap_or_default());
                (raw, fields.int("codeMappingId").or(old.code_mapping_id.get()))
            }
        };
        let mut conn = ctx.store.read().await?;
        let (org, project) = (access.org.org.id, access.project.id);
        let id = CodeMappingId::new(id);
        let mut mapping = None;
        if !fields.errors().has("codeMappingId") {
            let found = code_mapping::find(&mut conn, org, id).await?;
            let user = store::of_mapping(&mut conn, id).await?;
            let own = old.map(|old| old.id);
            mapping = found.as_ref().filter(|mapping| mapping.project_id == project).cloned();
            match (&found, user) {
                (Some(_), Some(user)) if Some(user.id) != own => fields.error("codeMappingId", IN_USE),
                _ if mapping.is_none() => fields.error("codeMappingId", NO_MAPPING),
                _ => {}
            }
        }
        // Checked and not used: which installation a file is of says its mapping.
        let _ = fields.int("organizationIntegrationId").optional();
        fields.finish()?;
        let mapping = mapping.ok_or_else(|| Error::field("codeMappingId", NO_MAPPING))?;
        let length = |raw: &str| raw.chars().count();
        let was_longer =
            old.and_then(|old| old.raw.as_deref()).is_some_and(|raw| length(raw) > RAW_CHARS_MAX);
        if length(&raw) > RAW_CHARS_MAX && !was_longer {
            let text = format!("Raw needs to be <= {RAW_CHARS_MAX} characters in length");
            return Err(Error::field("raw", text));
        }
        let directory = Directory::load(&mut conn, org, &[project]).await?;
        let association = directory.associate(&raw, project);
        let rules = syntax::rules(&raw, &association.owners, &mapping.stack_root, &mapping.source_root);
        let strangers = syntax::strangers(&rules);
        if !strangers.is_empty() {
            let text = format!("Invalid rule owners: {}", strangers.join(", "));
            let text = format!("{{'raw': ErrorDetail(string='{text}', code='invalid')}}");
            return Err(Error::field("nonFieldErrors", text));
        }
        let schema = Some(syntax::schema(&rules));
        Ok(Self { mapping, raw, schema, association })
    }
}

fn refused(error: StoreError) -> Error {
    match error {
        StoreError::Conflict(_) => Error::field("codeMappingId", IN_USE),
        error => error.into(),
    }
}

/// Uploads a file of owners.
pub async fn create_owners(
    ctx: &Ctx,
    access: &ProjectAccess,
    sent: Map<String, Value>,
) -> Result<wire::CodeOwners> {
    require_feature(access)?;
    let Checked { mapping, raw, schema, association } = Checked::read(ctx, access, sent, None).await?;
    let (project, id, now) = (access.project.id, mapping.id, ctx.now());
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { store::insert(tx, project, id, &raw, schema.as_ref(), now).await })
    });
    let row = write.await.map_err(refused)?;
    let shown = Shown { syntax: true, targets: true, ..Shown::default() };
    owners_json(ctx, &access.org.org, &row, &mapping, association, shown).await
}

async fn find(ctx: &Ctx, access: &ProjectAccess, id: &str) -> Result<CodeOwners> {
    let id = id.parse().map_err(|_| Error::NoSuchResource)?;
    let found = store::find(&mut *ctx.store.read().await?, access.project.id, id).await?;
    found.ok_or(Error::NoSuchResource)
}

/// Refuses a file that is not there; without the feature none is changed.
pub async fn require_owners(ctx: &Ctx, access: &ProjectAccess, id: &str) -> Result<()> {
    find(ctx, access, id).await?;
    require_feature(access)
}

/// Changes what the body names.
pub async fn update_owners(
    ctx: &Ctx,
    access: &ProjectAccess,
    id: &str,
    sent: Map<String, Value>,
) -> Result<wire::CodeOwners> {
    require_feature(access)?;
    let mut row = find(ctx, access, id).await?;
    let Checked { mapping, raw, schema, association } = Checked::read(ctx, access, sent, Some(&row)).await?;
    let now = ctx.now();
    (row.raw, row.schema, row.code_mapping_id, row.date_updated) = (Some(raw), schema, mapping.id, now);
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            store::update(tx, &row, now).await?;
            Ok(row)
        })
    });
    let row = write.await.map_err(refused)?;
    let shown = Shown { syntax: true, ..Shown::default() };
    owners_json(ctx, &access.org.org, &row, &mapping, association, shown).await
}

/// Removes a file of owners.
pub async fn remove_owners(ctx: &Ctx, access: &ProjectAccess, id: &str) -> Result<()> {
    require_feature(access)?;
    let row = find(ctx, access, id).await?;
    let project = access.project.id;
    let write = ctx.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move { store::delete(tx, project, row.id).await })
    });
    write.await.map(drop).map_err(Error::from)
}
