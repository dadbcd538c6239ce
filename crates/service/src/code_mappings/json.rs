//! Code mappings as clients see them.

use mortise_store::code_mapping::CodeMapping;
use mortise_wire::code_mapping as wire;

use crate::Ctx;

/// A code mapping.
pub(crate) fn code_mapping_json(ctx: &Ctx, row: &CodeMapping) -> wire::CodeMapping {
    wire::CodeMapping {
        id: row.id.to_string(),
        project_id: row.project_id.to_string(),
        project_slug: row.project_slug.clone(),
        repo_id: row.repository_id.to_string(),
        repo_name: row.repository_name.clone(),
        integration_id: Some(row.integration_id.to_string()),
        provider: ctx.providers().shown(&row.provider),
        stack_root: row.stack_root.clone(),
        source_root: row.source_root.clone(),
        default_branch: row.default_branch.clone(),
        automatically_generated: row.automatically_generated,
    }
}
