//! API tokens of the signed-in user. A new token is shown on the answer to the form that made it, and never again.

use axum::{
    Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use mortise_domain::TokenId;
use mortise_service::{Ctx, tokens::user as tokens, wire::token::Token};
use serde_json::json;

use super::{input, permissions};
use crate::{
    edge::{Form, Outcome, Pairs, Problem, Refused, Signed, Visit, go_saying, page, page_with},
    routes::{self as to, path},
    view::{
        Field, Tone, When,
        token::{NewToken, NewTokenPage, TokenRow, TokensPage},
    },
};

/// Longest name of a token, characters.
const NAME_CHARS_MAX: u32 = 255;
/// The name of a token that was given none.
const NAMELESS: &str = "Unnamed token";

pub(super) fn routes() -> Router<Ctx> {
    Router::new()
        .route(path::tokens, get(list).post(create))
        .route(path::new_token, get(form))
        .route(path::delete_token, post(delete))
}

async fn list(visit: Signed) -> Outcome {
    page(&tokens_page(&visit, None).await?)
}

async fn tokens_page(visit: &Visit, new_token: Option<NewToken>) -> Outcome<TokensPage> {
    let tokens = tokens::list(&visit.ctx, &visit.caller).await?;
    Ok(TokensPage {
        shell: visit.account_shell("API tokens").await?,
        tokens: tokens.iter().map(|token| row(visit, token)).collect(),
        new_token,
    })
}

fn name_of(token: &Token) -> String {
    token.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| NAMELESS.to_owned())
}

fn row(visit: &Visit, token: &Token) -> TokenRow {
    TokenRow {
        id: token.id.clone(),
        name: name_of(token),
        last_characters: token.token_last_characters.clone().unwrap_or_default(),
        scopes: token.scopes.clone(),
        created: When::new(token.date_created.time(), visit.now),
    }
}

async fn form(visit: Signed) -> Outcome {
    page(&form_page(&visit, &Pairs::default(), None).await?)
}

async fn form_page(visit: &Visit, form: &Pairs, refused: Option<&Refused>) -> Outcome<NewTokenPage> {
    let error = |field: &str| refused.map(|refused| refused.field(field)).unwrap_or_default();
    Ok(NewTokenPage {
        shell: visit.account_shell("New token").await?,
        name: Field {
            required: true,
            max_chars: NAME_CHARS_MAX,
            error: error("name"),
            hint: "What uses it, so that you know later what stops when you delete it.",
            ..Field::text("name", "Name").value(form.get("name"))
        },
        resources: permissions::of_tokens()
            .map(|resource| resource.choice(form.get(resource.name()), &[]))
            .collect(),
        error: refused.map(|refused| refused.beside(&["name"])).unwrap_or_default(),
    })
}

async fn create(visit: Signed, State(ctx): State<Ctx>, form: Form) -> Outcome {
    let scopes: Vec<String> = permissions::of_tokens()
        .flat_map(|resource| resource.chosen(form.get(resource.name()), &[]))
        .collect();
    let body = json!({ "name": form.get("name").trim(), "scopes": scopes });
    let made = if scopes.is_empty() {
        Err(Refused::field_error("scopes", "Choose at least one thing that it may do."))
    } else {
        match tokens::create(&ctx, &visit.caller, input::fields(&body)).await {
            Ok(token) => Ok(token),
            Err(error) => Err(Refused::of(error)?),
        }
    };
    match made {
        Ok(token) => {
            let new = NewToken { name: name_of(&token), secret: token.token.clone().unwrap_or_default() };
            page(&tokens_page(&visit, Some(new)).await?)
        }
        Err(refused) => page_with(StatusCode::BAD_REQUEST, &form_page(&visit, &form, Some(&refused)).await?),
    }
}

async fn delete(visit: Signed, State(ctx): State<Ctx>, Path(id): Path<String>, _form: Form) -> Outcome {
    let id: TokenId = id.parse().map_err(|_| Problem::NotFound)?;
    tokens::delete(&ctx, &visit.caller, id).await?;
    Ok(go_saying(&to::tokens(), Tone::Good, "The token is deleted."))
}
