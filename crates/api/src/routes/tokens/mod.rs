//! Tokens that people make for scripts. Only for people in a browser: a token manages no tokens.

mod create;
mod delete;
mod delete_named;
mod get;
mod list;
mod update;

use utoipa_axum::routes;

use crate::{Routes, edge::Gate};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(
        Gate::Session,
        routes!(list::list_tokens, create::create_token, delete_named::delete_named_token),
    );
    r.gated(Gate::Session, routes!(get::get_token, update::rename_token, delete::delete_token));
}
