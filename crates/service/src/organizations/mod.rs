//! Organizations: the tenants. Deleting one takes two steps: first it is marked and out of sight, and can be brought
//! back; after [`DELETION_DELAY_S`] everything in it is deleted.

mod create;
mod delete;
mod json;
mod list;
mod settings;
mod update;

pub use create::{NewOrganization, create_organization, insert_organization, valid_slug};
pub use delete::{DELETION_DELAY_S, delete_organization, purge_deleted};
pub(crate) use delete::{mark_for_deletion, refuse_deletion};
pub use json::{Form, detail_json, summary_json};
pub use list::{ListRequest, list_organizations, list_owned};
pub use update::update_organization;

use mortise_wire::organization::OrganizationDetail;

use crate::{Ctx, Result, access::OrgAccess};

const SLUG_TAKEN: &str = "An organization with this slug already exists.";

/// One organization in full.
pub async fn get_organization(ctx: &Ctx, access: &OrgAccess, form: Form) -> Result<OrganizationDetail> {
    detail_json(ctx, &mut *ctx.store.read().await?, access, form).await
}
