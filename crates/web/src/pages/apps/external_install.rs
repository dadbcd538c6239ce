//! Where the makers of an app send people who want to install it: `?state=` is handed back to the app.

use axum::{Router, extract::Path, routing::get};
use http::StatusCode;
use mortise_service::{Ctx, access::IdOrSlug, apps, places};

use super::{directory, install::install_in};
use crate::{
    edge::{Form, Outcome, Problem, Signed, Visit, headers::let_forms_lead_away, page_with},
    routes::path,
    view::{Choice, Section, Select, directory::ExternalInstallPage},
};

/// Longest state that is handed on, bytes: what fits into an address beside the rest.
const STATE_BYTES_MAX: usize = 4096;

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::external_install, get(form).post(install))
}

async fn form(visit: Signed, Path(app): Path<String>) -> Outcome {
    let state = state_of(visit.query.get("state"))?;
    show(&visit, &app, state, "", "").await
}

fn state_of(state: &str) -> Outcome<&str> {
    let is_short = state.len() <= STATE_BYTES_MAX;
    is_short
        .then_some(state)
        .ok_or_else(|| Problem::Refused("The state in this link is too long.".to_owned()))
}

async fn show(visit: &Visit, app: &str, state: &str, chosen: &str, error: &str) -> Outcome {
    let access = apps::app_for_reading(&visit.ctx, visit.caller.clone(), &IdOrSlug::parse(app)).await?;
    let app = apps::get_app(&visit.ctx, &access).await?;
    let places = places::of_caller(&visit.ctx, &visit.caller).await?;
    let chosen = if chosen.is_empty() { visit.last_org.as_deref().unwrap_or_default() } else { chosen };
    let choices: Vec<_> =
        places.iter().map(|place| Choice::new(&place.slug, &place.name, place.slug == chosen)).collect();
    let org = Select::new("org", "Organization", choices);
    let shown = ExternalInstallPage {
        shell: visit.shell(&format!("Install {}", app.name), Section::Integrations).await?,
        app: directory::profile(&app),
        org: (!places.is_empty()).then_some(org),
        state: state.to_owned(),
        error: error.to_owned(),
    };
    let status = if error.is_empty() { StatusCode::OK } else { StatusCode::FORBIDDEN };
    let shown = page_with(status, &shown)?;
    if error.is_empty() {
        directory::count_view(visit, &app).await?;
    }
    Ok(let_forms_lead_away(shown))
}

async fn install(visit: Signed, Path(app): Path<String>, form: Form) -> Outcome {
    let (org, state) = (form.get("org"), state_of(form.get("state"))?);
    match install_in(&visit, org, &app, state).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(refused)) => show(&visit, &app, state, org, &refused.text()).await,
        Err(Problem::Forbidden) => {
            let text = "Your role there does not allow installing apps. Ask a manager or an owner.";
            show(&visit, &app, state, org, text).await
        }
        Err(Problem::NotFound) => {
            show(&visit, &app, state, org, "It can't be installed in this organization.").await
        }
        Err(problem) => Err(problem),
    }
}
