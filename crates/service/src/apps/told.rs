//! What analytics learn of apps: one function for each kind of entry, so that their keys stand in one place.

use mortise_domain::{Id, InstallationId, OrgId, UserId, status::AppStatus};
use mortise_store::sentry_app::{Installation, SentryApp};
use serde_json::{Value as Json, json};

use super::{AppAccess, schema::ALERT_RULE_ACTION};
use crate::{Caller, Ctx, Error};

fn who(user: Option<UserId>, org: OrgId, app: &str) -> Json {
    json!({ "user_id": user.map(Id::get), "organization_id": org.get(), "sentry_app": app })
}

/// An app was created; an internal one was installed with it.
pub(super) fn created(ctx: &Ctx, caller: &Caller, app: &SentryApp) {
    let is_internal = app.status == AppStatus::Internal.number();
    let fields = who(caller.user_id(), app.owner_id, &app.slug);
    if is_internal {
        ctx.count("sentry_app.installed", &fields);
    }
    let mut of_app = fields.clone();
    of_app["created_alert_rule_ui_component"] = json!(has_alert_action(&app.schema));
    ctx.count("sentry_app.created", &of_app);
    if is_internal {
        ctx.count("internal_integration.created", &fields);
    }
}

/// An app was changed; `before` is what it was.
pub(super) fn updated(ctx: &Ctx, before: &AppAccess, app: &SentryApp) {
    let mut fields = who(before.caller.user_id(), app.owner_id, &app.slug);
    let is_new = has_alert_action(&app.schema) && !has_alert_action(&before.app.schema);
    fields["created_alert_rule_ui_component"] = json!(is_new);
    ctx.count("sentry_app.updated", &fields);
}

/// An app was removed.
pub(super) fn deleted(ctx: &Ctx, access: &AppAccess) {
    let app = &access.app;
    ctx.count("sentry_app.deleted", &who(access.caller.user_id(), app.owner_id, &app.slug));
}

/// An app was installed.
pub(super) fn installed(ctx: &Ctx, user: Option<UserId>, org: OrgId, app: &str) {
    ctx.count("sentry_app.installed", &who(user, org, app));
}

/// An app was uninstalled.
pub(super) fn uninstalled(ctx: &Ctx, user: Option<UserId>, org: OrgId, app: &str) {
    ctx.count("sentry_app.uninstalled", &who(user, org, app));
}

/// An app confirmed an installation.
pub(super) fn confirmed(ctx: &Ctx, installation: &Installation) {
    let fields = json!({
        "sentry_app_installation_id": installation.id.get(),
        "sentry_app_id": installation.sentry_app_id.get(),
        "organization_id": installation.organization_id.get(),
    });
    ctx.count("sentry_app_installation.updated", &fields);
}

/// An app got a token; `way` is `authorization`, `refresh` or `manual_refresh`.
pub(super) fn exchanged(ctx: &Ctx, installation: InstallationId, way: &str) {
    let fields = json!({ "sentry_app_installation_id": installation.get(), "exchange_type": way });
    ctx.count("sentry_app.token_exchanged", &fields);
}

/// An internal app got a token.
pub(super) fn token_created(ctx: &Ctx, access: &AppAccess) {
    let app = &access.app;
    ctx.count(
        "sentry_app_installation_token.created",
        &who(access.caller.user_id(), app.owner_id, &app.slug),
    );
}

/// A token of an internal app was ended.
pub(super) fn token_deleted(ctx: &Ctx, access: &AppAccess) {
    let app = &access.app;
    ctx.count(
        "sentry_app_installation_token.deleted",
        &who(access.caller.user_id(), app.owner_id, &app.slug),
    );
}

/// A schema was refused, if that is what the error says; `app` where one was to be changed.
pub(super) fn refused_schema(
    ctx: &Ctx,
    caller: &Caller,
    body: Option<&Json>,
    app: Option<&SentryApp>,
    error: &Error,
) {
    let Error::Invalid(refused) = error else { return };
    let refused = serde_json::to_value(refused).unwrap_or_default();
    let sent = |key: &str| body.and_then(|body| body.get(key));
    for message in refused.get("schema").and_then(Json::as_array).into_iter().flatten() {
        let fields = json!({
            "schema": sent("schema").map(Json::to_string),
            "user_id": caller.user_id().map(Id::get),
            "sentry_app_id": app.map(|app| app.id.get()),
            "sentry_app_name": sent("name").and_then(Json::as_str).or(app.map(|app| app.name.as_str())),
            "organization_id": app.map(|app| app.owner_id.get()),
            "error_message": message,
        });
        ctx.count("sentry_app.schema_validation_error", &fields);
    }
}

fn has_alert_action(schema: &Json) -> bool {
    let elements = schema.get("elements").and_then(Json::as_array);
    elements.is_some_and(|elements| elements.iter().any(|it| it["type"] == ALERT_RULE_ACTION))
}
