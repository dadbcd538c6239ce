//! What plugins send when a rule fires: pure functions from the settings of a project and a [`Notice`] to requests. A
//! plugin that tells several receivers tells each on its own, so that one that fails holds up none of the others.

mod chat;
mod incidents;
mod material;
mod phones;
mod webhooks;

use std::time::Duration;

use mortise_crypto::{SecretString, token::hash_token};
use mortise_egress::{Method, Request};
use mortise_providers::PluginManifest;
use mortise_store::project::Project;
use mortise_wire::{event::EventRow, issue::Issue};
use serde_json::{Map, Value};

pub(crate) use material::Material;

use super::options::Options;
use crate::{
    Ctx, Error, Result,
    events::{AlertFacts, Tell},
};

/// How long a receiver may take, milliseconds.
const TIMEOUT_MS: u64 = 5_000;
/// Digits of the name of a receiver.
const KEY_DIGITS: usize = 16;

/// What is told of: an event of an issue for which rules fired.
pub(crate) struct Notice<'a> {
    /// The organization's slug.
    pub(crate) org: &'a str,
    /// The project.
    pub(crate) project: &'a Project,
    /// The issue.
    pub(crate) issue: &'a Issue,
    /// The event.
    pub(crate) event: EventRow<'a>,
    /// The raw event as it is shown.
    pub(crate) raw: &'a Map<String, Value>,
    /// The rules that fired and name the plugin: id and name. An id is -1 while its rule is tried out and not stored.
    pub(crate) rules: Vec<(i64, &'a str)>,
    /// Whether the organization wants to have events nowhere else.
    pub(crate) is_private: bool,
}

impl Notice<'_> {
    /// The page of the issue, for a link from a plugin.
    fn link(&self, ctx: &Ctx, referrer: &str) -> String {
        let end = if referrer.is_empty() { String::new() } else { format!("?referrer={referrer}") };
        ctx.link(&format!("/organizations/{}/issues/{}/{end}", self.org, self.issue.id))
    }

    /// The tags of the event.
    fn tags(&self) -> Vec<(&str, &str)> {
        let pairs = self.raw.get("tags").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        pairs.iter().filter_map(|pair| Some((pair.get(0)?.as_str()?, pair.get(1)?.as_str()?))).collect()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.tags().into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// What the event says, or is called where it says nothing, as an exception.
    fn message(&self) -> &str {
        Some(self.text("message")).filter(|text| !text.is_empty()).unwrap_or(&self.issue.title)
    }

    /// A text of the raw event.
    fn text(&self, key: &str) -> &str {
        self.raw.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The rules that name a plugin, of those that fired for an event: id and name, in their order.
pub(crate) fn rules_naming<'a>(alert: &'a AlertFacts, plugin: &PluginManifest) -> Vec<(i64, &'a str)> {
    let also = alert.also.iter().map(|it| (it.rule, it.title.as_str(), &it.tell));
    let all = std::iter::once((alert.rule, alert.title.as_str(), &alert.tell)).chain(also);
    let names_it = |tell: &Tell| match tell {
        Tell::Everybody => true,
        Tell::App { slug } => slug == plugin.slug,
        Tell::Installation { .. } | Tell::Mail { .. } => false,
    };
    all.filter(|(.., tell)| tell.iter().any(names_it)).map(|(rule, title, _)| (rule, title)).collect()
}

/// Whether the settings of a plugin are complete enough to tell anybody.
pub(crate) fn is_configured(plugin: &PluginManifest, options: &Options) -> bool {
    let needed: &[&str] = match plugin.slug {
        "opsgenie" => &["api_key", "alert_url"],
        "pagerduty" => &["service_key"],
        "pushover" => &["userkey", "apikey"],
        "slack" => &["webhook"],
        "twilio" => &["account_sid", "auth_token", "sms_from", "sms_to"],
        "victorops" => &["api_key"],
        "webhooks" => &["urls"],
        _ => return false,
    };
    needed.iter().all(|field| options.has(plugin.slug, field))
}

/// Whom a plugin tells: addresses, numbers, or the one that the settings are for, which has an empty name.
pub(crate) fn receivers(plugin: &PluginManifest, options: &Options) -> Vec<String> {
    if !is_configured(plugin, options) {
        return Vec::new();
    }
    let mut receivers = match plugin.slug {
        "webhooks" => webhooks::urls(&options.text("webhooks", "urls")),
        "twilio" => phones::numbers(&options.text("twilio", "sms_to")),
        _ => vec![String::new()],
    };
    let mut seen = std::collections::HashSet::new();
    receivers.retain(|receiver| seen.insert(receiver.clone()));
    receivers
}

/// A receiver's name in deliveries: short, and the same as long as the receiver is.
pub(crate) fn key_of(receiver: &str) -> String {
    match receiver {
        "" => String::new(),
        receiver => hash_token(receiver).chars().take(KEY_DIGITS).collect(),
    }
}

/// What a plugin sends one receiver.
pub(crate) fn request(
    ctx: &Ctx,
    plugin: &PluginManifest,
    options: &Options,
    receiver: &str,
    notice: &Notice<'_>,
) -> Result<Request> {
    let request = match plugin.slug {
        "opsgenie" => incidents::opsgenie(ctx, options, notice),
        "pagerduty" => incidents::pagerduty(ctx, options, notice)?,
        "pushover" => phones::pushover(ctx, options, notice)?,
        "slack" => chat::slack(ctx, options, notice),
        "twilio" => phones::twilio(ctx, options, receiver, notice)?,
        "victorops" => incidents::victorops(ctx, options, notice)?,
        "webhooks" => webhooks::request(ctx, receiver, notice),
        other => return Err(Error::Internal(format!("the plugin {other} notifies nobody"))),
    };
    Ok(request.timeout(Duration::from_millis(TIMEOUT_MS)))
}

/// A secret that the settings are complete with.
fn secret(ctx: &Ctx, plugin: &str, options: &Options, field: &str) -> Result<SecretString> {
    let missing = || Error::Internal(format!("the plugin {plugin} has no {field}"));
    options.secret(ctx, plugin, field)?.ok_or_else(missing)
}

fn post_json(url: &str, body: &Value) -> Request {
    Request::new(Method::POST, url).header("Content-Type", "application/json").body(body.to_string())
}

fn post_form(url: &str, pairs: &[(&str, &str)]) -> Request {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Request::new(Method::POST, url).header("Content-Type", "application/x-www-form-urlencoded").body(body)
}

/// The first characters of a text.
fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}
