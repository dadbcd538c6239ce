//! The audit log of an organization.

mod list;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrganizationAudit>(routes!(list::list_audit_log));
}
