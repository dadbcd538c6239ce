//! The page on which a user lets an application act for them. The address carries the whole request; the form posts to the
//! same address, where the request is looked at again.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect},
    routing::get,
};
use http::StatusCode;
use mortise_service::{
    Ctx,
    oauth::{self, AuthorizeQuery, Step},
};

use crate::{
    edge::{Form, Outcome, Pairs, Problem, Visit, headers::let_forms_lead_to, page, page_with},
    pages::permissions,
    routes::path,
    view::{
        Section,
        oauth::{ConsentPage, WrongRequestPage},
    },
};

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::oauth_authorize, get(ask).post(decide))
}

fn query_of(pairs: &Pairs) -> AuthorizeQuery {
    let text = |name: &str| pairs.get(name).to_owned();
    AuthorizeQuery {
        client_id: text("client_id"),
        redirect_uri: text("redirect_uri"),
        response_type: text("response_type"),
        scope: text("scope"),
        state: text("state"),
        force_prompt: pairs.get("force_prompt") == "1",
    }
}

async fn ask(visit: Visit, State(ctx): State<Ctx>) -> Outcome {
    let step = oauth::begin(&ctx, &visit.caller, &query_of(&visit.query)).await?;
    show(&visit, step).await
}

async fn decide(visit: Visit, State(ctx): State<Ctx>, form: Form) -> Outcome {
    let approves = match form.get("op") {
        "approve" => true,
        "deny" => false,
        _ => return Err(Problem::NotFound),
    };
    let step = oauth::decide(&ctx, &visit.caller, &query_of(&visit.query), approves).await?;
    show(&visit, step).await
}

async fn show(visit: &Visit, step: Step) -> Outcome {
    match step {
        Step::SignIn => Err(Problem::SignIn),
        Step::Go(url) => Ok(Redirect::to(&url).into_response()),
        Step::Wrong(reason) => {
            let shell = visit.bare_shell("Request refused", Section::None);
            page_with(StatusCode::BAD_REQUEST, &WrongRequestPage { shell, reason })
        }
        Step::Ask(consent) => {
            let (grants, scopes) = permissions::grants_of_token(&consent.scopes);
            let user = visit.caller.user.as_ref().map(|user| user.display_name().to_owned());
            let asked = ConsentPage {
                shell: visit.bare_shell("Allow access", Section::None),
                action: visit.here.clone(),
                user: user.unwrap_or_default(),
                leads_to: consent.leads_to.host_str().unwrap_or(consent.leads_to.scheme()).to_owned(),
                name: consent.name,
                grants,
                scopes,
                links: [
                    ("Website", consent.homepage_url),
                    ("Privacy", consent.privacy_url),
                    ("Terms", consent.terms_url),
                ]
                .into_iter()
                .filter_map(|(label, url)| Some((label, url.filter(|url| is_page(url))?)))
                .collect(),
            };
            Ok(let_forms_lead_to(page(&asked)?, consent.leads_to.scheme()))
        }
    }
}

/// Whether an address that its maker wrote is one of a page.
fn is_page(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}
