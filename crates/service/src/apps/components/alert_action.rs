//! What an alert rule tells an app: when the rule is saved, the app may refuse its settings.

use mortise_domain::OrgId;
use mortise_egress::Method;
use mortise_store::sentry_app;
use mortise_wire::js_json;
use serde_json::{Value as Json, json};

use super::{
    Callee, InstalledComponent, installed_components,
    remote::{self, Call},
};
use crate::{Ctx, Result, apps::schema::ALERT_RULE_ACTION};

const REQUESTED: &str = "alert_rule_action.requested";
const DONE: &str = "Success!";
const FAILED: &str = "Something went wrong!";

/// What the app made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionOutcome {
    /// Whether the rule may be saved.
    pub success: bool,
    /// For people; it begins with the name of the app.
    pub message: String,
}

/// The alert rule actions of all apps that are installed in an organization.
pub async fn alert_actions(ctx: &Ctx, org: OrgId) -> Result<Vec<InstalledComponent>> {
    installed_components(ctx, org, Some(ALERT_RULE_ACTION)).await
}

/// Tells the app of an installation that a rule with these settings is saved. `settings` is the list as the client sent
/// it.
pub async fn run_alert_action(
    ctx: &Ctx,
    org: OrgId,
    installation_uuid: &str,
    settings: &Json,
) -> Result<ActionOutcome> {
    let missing = || ActionOutcome { success: false, message: "Installation does not exist".to_owned() };
    let mut conn = ctx.store.read().await?;
    let installation = sentry_app::installation_by_uuid(&mut conn, installation_uuid).await?;
    let Some(installation) = installation.filter(|it| it.organization_id == org) else {
        return Ok(missing());
    };
    let app = sentry_app::by_id(&mut conn, installation.sentry_app_id).await?;
    let Some(app) = app else { return Ok(missing()) };
    let component = sentry_app::components(&mut conn, &[app.id]).await?;
    let component = component.into_iter().find(|it| it.kind == ALERT_RULE_ACTION);
    let callee = Callee::load(ctx, &mut conn, app, installation).await?;
    drop(conn);
    let Some((callee, component)) = callee.zip(component) else { return Ok(missing()) };
    let name = callee.app.name.clone();
    let failed = || Ok(ActionOutcome { success: false, message: format!("{name}: {FAILED}") });
    let uri = component.schema.pointer("/settings/uri").and_then(Json::as_str).unwrap_or_default();
    // The webhook URL's own query stays.
    let Ok(mut url) = remote::at(&callee, uri) else { return failed() };
    let webhook = callee.app.webhook_url.as_deref().and_then(|text| url::Url::parse(text).ok());
    if let Some(query) = webhook.as_ref().and_then(url::Url::query) {
        let joined = url.query().map_or_else(|| query.to_owned(), |own| format!("{own}&{query}"));
        url.set_query(Some(&joined));
    }
    let body = json!({ "fields": settings, "installationId": callee.installation.uuid });
    let call = Call { kind: REQUESTED, method: Method::POST, url, body: js_json::signed_body(&body) };
    match remote::call(ctx, &callee, call).await? {
        Ok(answer) => {
            let said = remote::message_of(&answer).unwrap_or_else(|| DONE.to_owned());
            Ok(ActionOutcome { success: true, message: format!("{name}: {said}") })
        }
        Err(failure) => {
            let said = failure.message.unwrap_or_else(|| FAILED.to_owned());
            Ok(ActionOutcome { success: false, message: format!("{name}: {said}") })
        }
    }
}
