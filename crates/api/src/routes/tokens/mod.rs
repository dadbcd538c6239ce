//! Tokens that people make for scripts. Only for people in a browser: a token manages no tokens.

mod create;
mod delete;
mod delete_named;
mod get;
mod list;
mod update;

use axum::response::{IntoResponse, Response};
use mortise_service::{Ctx, Error};
use utoipa_axum::routes;

use crate::{
    Result, Routes,
    edge::{Gate, uncached},
};

pub(crate) fn routes(r: &mut Routes) {
    r.gated(
        Gate::Session,
        routes!(list::list_tokens, create::create_token, delete_named::delete_named_token),
    );
    r.gated(Gate::Session, routes!(get::get_token, update::rename_token, delete::delete_token));
}

/// An answer about tokens, which nobody may keep; nor may what is said of a body.
fn answer(ctx: &Ctx, outcome: Result<impl IntoResponse, Error>) -> Result<Response> {
    match outcome {
        Ok(answer) => Ok(uncached(ctx, answer)),
        Err(refusal @ (Error::Invalid(_) | Error::Refused(_))) => {
            Ok(uncached(ctx, crate::Error::from(refusal)))
        }
        Err(other) => Err(other.into()),
    }
}
