//! The request of a webhook: body, signatures, headers.
//!
//! Two signatures are over the very bytes that are sent: `Sentry-Hook-Signature` over the body, and the Standard
//! Webhooks one over id, time and body. `Request-ID` and `webhook-id` stay the same over all attempts of a delivery.

use std::{collections::HashMap, time::Duration};

use mortise_crypto::sign::WebhookMessage;
use mortise_domain::InstallationId;
use mortise_egress::{Method, Request};
use mortise_store::sentry_app::{self, WebhookTarget};
use mortise_wire::webhook::header;
use serde_json::{Value as Json, json};

use super::{
    alert, installation_of,
    payload::{self, Material},
};
use crate::{
    Ctx, Result,
    apps::{SealedSecrets, Secrets, subscriptions},
    delivery::{Handover, Prepared, USER_AGENT, Verdict, call},
    events::Facts,
};

/// Headers that an app's own cannot override.
const RESERVED: &[&str] = &[
    "accept",
    "connection",
    "content-length",
    "content-type",
    "host",
    "request-id",
    "sentry-hook-resource",
    "sentry-hook-signature",
    "sentry-hook-timestamp",
    "transfer-encoding",
    "user-agent",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

/// Prepares a batch in a constant number of statements.
pub(super) async fn prepare(ctx: &Ctx, handovers: &[Handover]) -> Result<Vec<Prepared>> {
    let mut conn = ctx.store.read().await?;
    let ids: Vec<_> = handovers.iter().filter_map(|it| installation_of(&it.delivery.subscriber)).collect();
    let targets = sentry_app::webhook_targets(&mut conn, &ids).await?;
    let targets: HashMap<InstallationId, WebhookTarget> =
        targets.into_iter().map(|target| (target.installation_id, target)).collect();
    let material = Material::load(ctx, &mut conn, handovers).await?;
    drop(conn);
    let one = |handover: &Handover| {
        let target = installation_of(&handover.delivery.subscriber).and_then(|id| targets.get(&id));
        let Some(target) = target else { return Ok(Prepared::Skip) };
        match request(ctx, handover, target, &material)? {
            None => Ok(Prepared::Skip),
            Some(request) => {
                let (ctx, now, told) = (ctx.clone(), ctx.now(), Told::of(handover, target, &material));
                Ok(Prepared::Run(Box::pin(async move {
                    let attempted = call(&ctx.egress, request, now).await;
                    if let (Verdict::Delivered, Some(told)) = (attempted.verdict, told) {
                        ctx.count(&told.name, &told.fields);
                    }
                    attempted
                })))
            }
        }
    };
    handovers.iter().map(one).collect()
}

/// What analytics learn of a webhook that arrived: those about issues and comments, and those of alert rules that use the
/// component of an app.
struct Told {
    name: String,
    fields: Json,
}

impl Told {
    fn of(handover: &Handover, target: &WebhookTarget, material: &Material) -> Option<Self> {
        let kind = handover.delivery.kind.as_str();
        let facts = Facts::read(&handover.payload).ok()?;
        let installation = target.installation_id.get();
        match subscriptions::resource(kind) {
            "issue" => Some(Self {
                name: format!("sentry_app.{kind}"),
                fields: json!({
                    "user_id": facts.actor, "group_id": facts.issue, "installation_id": installation,
                }),
            }),
            "comment" => Some(Self {
                name: kind.to_owned(),
                fields: json!({
                    "user_id": facts.actor, "group_id": facts.issue,
                    "project_slug": facts.project.and_then(|id| material.project_slug(id)),
                    "installation_id": installation, "comment_id": facts.comment?.id,
                }),
            }),
            _ if alert::has_settings(&facts, target) => Some(Self {
                name: "alert_rule_ui_component_webhook.sent".to_owned(),
                fields: json!({
                    "organization_id": target.organization_id.get(), "sentry_app_id": target.app_id.get(),
                    "event": kind,
                }),
            }),
            _ => None,
        }
    }
}

/// The request, or nothing when there is nothing left to tell or nowhere to tell it.
fn request(
    ctx: &Ctx,
    handover: &Handover,
    target: &WebhookTarget,
    material: &Material,
) -> Result<Option<Request>> {
    let delivery = &handover.delivery;
    let resource = subscriptions::resource(&delivery.kind);
    let is_gone = target.installation_deleted.is_some() && resource != "installation";
    let Some(url) = target.webhook_url.as_deref().filter(|url| !url.is_empty() && !is_gone) else {
        return Ok(None);
    };
    let Some(body) = payload::body(ctx, handover, target, material)? else { return Ok(None) };
    let sealed = SealedSecrets {
        client_id: &target.client_id,
        current: &target.client_secret,
        previous: target.previous_secret.as_deref(),
        rotated_at: target.secret_rotated_at,
    };
    let secrets = Secrets::open(ctx, sealed)?;
    let timestamp = ctx.now().as_second();
    let message = WebhookMessage { id: &delivery.uuid, timestamp_seconds: timestamp, body: body.as_bytes() };
    let mut request = Request::new(Method::POST, url)
        .header("Content-Type", "application/json")
        .header("User-Agent", USER_AGENT)
        .header(header::REQUEST_ID, &delivery.uuid)
        .header(header::HOOK_RESOURCE, resource)
        .header(header::HOOK_TIMESTAMP, timestamp.to_string())
        .header(header::HOOK_SIGNATURE, secrets.over_body(body.as_bytes()))
        .header(header::WEBHOOK_ID, &delivery.uuid)
        .header(header::WEBHOOK_TIMESTAMP, timestamp.to_string())
        .header(header::WEBHOOK_SIGNATURE, secrets.over_message(message))
        .timeout(Duration::from_millis(ctx.settings.webhook_timeout_ms));
    for line in subscriptions::texts(&target.webhook_headers) {
        if let Some((name, value)) = line.split_once(':')
            && !RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name.trim()))
        {
            request = request.secret_header(name.trim(), value.trim());
        }
    }
    Ok(Some(request.body(body)))
}
