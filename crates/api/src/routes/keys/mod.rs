//! The client keys of a project.

mod create;
mod delete;
mod get;
mod list;
mod update;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Project>(routes!(list::list_keys, create::create_key));
    r.class::<class::Project>(routes!(get::get_key, update::update_key, delete::delete_key));
}
