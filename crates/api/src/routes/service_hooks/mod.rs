//! Hooks of projects.

mod hook;
mod list;

use mortise_service::access::class;
use utoipa_axum::routes;

use crate::Routes;

pub(crate) fn routes(r: &mut Routes) {
    r.class::<class::Project>(routes!(list::list_hooks, list::create_hook));
    r.class::<class::Project>(routes!(hook::get_hook, hook::update_hook, hook::delete_hook));
    r.class::<class::Project>(routes!(hook::get_hook_stats));
}
