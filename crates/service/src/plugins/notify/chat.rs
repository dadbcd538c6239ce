//! `slack`: an attachment, to an incoming webhook.

use mortise_egress::Request;
use serde_json::{Map, Value, json};

use super::{Notice, post_form};
use crate::{Ctx, plugins::Options};

const SLACK: &str = "slack";
/// Who messages come from where nobody said.
const USERNAME: &str = "Sentry";

pub(super) fn slack(ctx: &Ctx, options: &Options, notice: &Notice<'_>) -> Request {
    let text = |field: &str| options.text(SLACK, field);
    let (title, project) = (&notice.issue.title, &notice.project.name);
    let attachment = json!({
        "fallback": format!("[{project}] {title}"),
        "title": title,
        "title_link": notice.link(ctx, SLACK),
        "color": color(notice.tag("level").unwrap_or_default()),
        "fields": fields(ctx, options, notice),
    });
    let mut payload = Map::new();
    payload.insert("attachments".to_owned(), json!([attachment]));
    let username = Some(text("username")).filter(|name| !name.is_empty());
    payload.insert("username".to_owned(), username.unwrap_or_else(|| USERNAME.to_owned()).into());
    for field in ["channel", "icon_url"] {
        let value = text(field);
        if !value.is_empty() {
            payload.insert(field.to_owned(), value.into());
        }
    }
    post_form(&text("webhook"), &[("payload", &Value::Object(payload).to_string())])
}

fn color(level: &str) -> &'static str {
    match level {
        "debug" => "#cfd3da",
        "info" => "#2788ce",
        "warning" => "#f18500",
        "fatal" => "#d20f2a",
        _ => "#f43f20",
    }
}

fn fields(ctx: &Ctx, options: &Options, notice: &Notice<'_>) -> Vec<Value> {
    let field =
        |title: &str, value: &str, short: bool| json!({ "title": title, "value": value, "short": short });
    let mut fields = Vec::new();
    let culprit = notice.issue.culprit.as_deref().filter(|it| !it.is_empty() && *it != notice.issue.title);
    if let Some(culprit) = culprit.filter(|_| !options.is_on(SLACK, "exclude_culprit")) {
        fields.push(field("Culprit", culprit, false));
    }
    if !options.is_on(SLACK, "exclude_project") {
        fields.push(field("Project", &notice.project.name, true));
    }
    let custom = options.text(SLACK, "custom_message");
    if !custom.is_empty() {
        fields.push(field("Custom message", &custom, false));
    }
    if options.is_on(SLACK, "include_rules") && !notice.rules.is_empty() {
        let link = |(id, name): &(i64, &str)| {
            let path = format!("/organizations/{}/alerts/rules/{}/{id}/", notice.org, notice.project.slug);
            format!("<{} | {name}>", ctx.link(&path))
        };
        let links: Vec<String> = notice.rules.iter().map(link).collect();
        fields.push(field("Triggered By", &links.join(", "), false));
    }
    if options.is_on(SLACK, "include_tags") {
        let keys = |name: &str| -> Vec<String> {
            let text = options.text(SLACK, name).to_lowercase();
            text.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect()
        };
        let (included, excluded) = (keys("included_tag_keys"), keys("excluded_tag_keys"));
        let is_told = |key: &str| {
            let key = key.to_lowercase();
            (included.is_empty() || included.contains(&key)) && !excluded.contains(&key)
        };
        let told = notice.tags().into_iter().filter(|(key, _)| is_told(key));
        fields.extend(told.map(|(key, value)| field(key, value, true)));
    }
    fields
}
