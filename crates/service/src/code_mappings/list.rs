//! The code mappings of an organization.

use mortise_store::code_mapping;
use mortise_wire::{Page, PageRequest, code_mapping as wire};

use super::code_mapping_json;
use crate::{
    Ctx, Result,
    access::OrgAccess,
    integrations,
    paging::slice,
    projects::{self, Named, Unnamed},
};

/// Which mappings are wanted.
#[derive(Debug, Clone)]
pub enum Selection {
    /// Those of the integration with this id.
    Integration(String),
    /// Those of projects.
    Projects(Named),
}

/// One code mapping of an organization.
pub async fn get_code_mapping(ctx: &Ctx, access: &OrgAccess, id: &str) -> Result<wire::CodeMapping> {
    Ok(code_mapping_json(ctx, &super::find(ctx, access, id).await?))
}

/// The code mappings of an organization, by id.
pub async fn list_code_mappings(
    ctx: &Ctx,
    access: &OrgAccess,
    wanted: &Selection,
    request: PageRequest,
) -> Result<Page<wire::CodeMapping>> {
    let window = request.offset_window()?;
    let (org, slice) = (access.org.id, slice(&window));
    let rows = match wanted {
        Selection::Integration(id) => {
            let row = integrations::find(ctx, access, id).await?;
            code_mapping::of_integration(&mut *ctx.store.read().await?, org, row.id, slice).await?
        }
        Selection::Projects(named) => {
            let mut conn = ctx.store.read().await?;
            let projects = projects::selected(&mut conn, access, named, Unnamed::Own).await?;
            code_mapping::of_projects(&mut conn, org, &projects, slice).await?
        }
    };
    Ok(window.page(rows).replace(|rows| rows.iter().map(|row| code_mapping_json(ctx, row)).collect()))
}
