//! Tokens of organizations.

mod create;
mod delete;
mod get;
mod list;
mod update;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::OrgAuthToken>(routes!(list::list_org_tokens, create::create_org_token));
    r.class::<class::OrgAuthToken>(routes!(
        get::get_org_token,
        update::rename_org_token,
        delete::delete_org_token
    ));
}
