//! Services that call whoever is on duty: `opsgenie`, `pagerduty`, `victorops`. There is one incident for each issue.

use mortise_crypto::ExposeSecret as _;
use mortise_egress::Request;
use serde_json::{Map, Value, json};

use super::{Notice, cut, post_json, secret};
use crate::{Ctx, Result, plugins::Options};

const PAGERDUTY_URL: &str = "https://events.pagerduty.com/generic/2010-04-15/create_event.json";
const VICTOROPS_URL: &str = "https://alert.victorops.com/integrations/generic/20131114/alert/";
const ROUTING_KEY: &str = "everyone";
/// Characters of a description that PagerDuty takes.
const DESCRIPTION_CHARACTERS_MAX: usize = 1024;
/// What is said instead of an event that shall be seen nowhere else.
const PRIVATE: &str =
    "Details are not shown here, because the organization wants them to stay on its own server.";

pub(super) fn opsgenie(ctx: &Ctx, options: &Options, notice: &Notice<'_>) -> Request {
    let option = |field: &str| options.text("opsgenie", field);
    let rules: Vec<&str> = notice.rules.iter().map(|(_, name)| *name).collect();
    let plain = |text: &str| text.replace(',', "");
    let mut body = json!({
        "message": notice.message(),
        "alias": format!("sentry: {}", notice.issue.id),
        "source": "Sentry",
        "details": {
            "Sentry ID": notice.issue.id,
            "Sentry Group": notice.issue.title,
            "Project ID": notice.project.slug,
            "Project Name": notice.project.name,
            "Logger": notice.issue.logger,
            "Level": notice.issue.level,
            "URL": notice.link(ctx, ""),
            "Triggering Rules": json!(rules).to_string(),
        },
        "entity": notice.issue.culprit,
        "tags": notice.tags().iter().map(|(key, value)| format!("{}:{}", plain(key), plain(value))).collect::<Vec<_>>(),
    });
    let recipients = option("recipients");
    if let Value::Object(body) = &mut body
        && !recipients.is_empty()
    {
        body.insert("recipients".to_owned(), recipients.into());
    }
    post_json(&option("alert_url"), &body).header("Authorization", format!("GenieKey {}", option("api_key")))
}

pub(super) fn pagerduty(ctx: &Ctx, options: &Options, notice: &Notice<'_>) -> Result<Request> {
    let own = secret(ctx, "pagerduty", options, "service_key")?;
    let tags = notice.tags();
    let routes = options.text("pagerduty", "routes");
    let routed = routes.lines().find_map(|line| {
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        match parts[..] {
            [key, value, service] if tags.contains(&(key, value)) => Some(service),
            _ => None,
        }
    });
    let service_key = routed.unwrap_or_else(|| own.expose_secret());
    let link = notice.link(ctx, "pagerduty_plugin");
    let tags: Map<String, Value> =
        tags.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect();
    let body = json!({
        "service_key": service_key,
        "event_type": "trigger",
        "description": cut(notice.message(), DESCRIPTION_CHARACTERS_MAX),
        "details": {
            "event_id": notice.event.event_id,
            "project": notice.project.name,
            "release": notice.tag("release"),
            "platform": notice.text("platform"),
            "culprit": notice.issue.culprit,
            "datetime": notice.event.date_created,
            "tags": tags,
            "url": link,
        },
        "incident_key": notice.issue.id,
        "client": "sentry",
        "client_url": ctx.link("/"),
        "contexts": [{ "type": "link", "href": link, "text": "Issue Details" }],
    });
    Ok(post_json(PAGERDUTY_URL, &body).hide(service_key))
}

pub(super) fn victorops(ctx: &Ctx, options: &Options, notice: &Notice<'_>) -> Result<Request> {
    let key = secret(ctx, "victorops", options, "api_key")?;
    let routing = Some(options.text("victorops", "routing_key")).filter(|key| !key.is_empty());
    let segment = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let key = segment(key.expose_secret());
    let url = format!("{VICTOROPS_URL}{key}/{}", segment(routing.as_deref().unwrap_or(ROUTING_KEY)));
    let body = json!({
        "issue_id": notice.issue.id,
        "project_id": notice.project.id.get(),
        "message_type": match notice.tag("level") {
            Some("info" | "debug") => "INFO",
            Some("warning") => "WARNING",
            _ => "CRITICAL",
        },
        "entity_id": notice.issue.id,
        "entity_display_name": notice.issue.title,
        "timestamp": notice.event.date_created.time().as_second(),
        "state_message": if notice.is_private { PRIVATE } else { notice.message() },
        "monitoring_tool": "sentry",
        "issue_url": notice.link(ctx, ""),
    });
    Ok(post_json(&url, &body).hide(&key))
}
