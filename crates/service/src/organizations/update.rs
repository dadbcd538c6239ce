//! Changing an organization: only what the body names, and only what differs is written and audited.

use mortise_domain::{AuditEvent, OrgRole, Scope, ScopeSet, Time, status::OrgStatus};
use mortise_store::{
    Tx,
    organization::{self, Organization},
};
use mortise_wire::{
    errors::field,
    fields::{Body, Fields},
    organization::OrganizationDetail,
};
use serde_json::{Map, Value, json};

use super::{
    Form, SLUG_TAKEN,
    create::{NAME_CHARS_MAX, slug_taken, valid_slug},
    get_organization, settings,
};
use crate::{
    Ctx, Error, Result,
    access::{self, OrgAccess},
    audit::{self, Actor, Entry},
};

/// Most entries of a list of field names.
const FIELD_NAMES_MAX: usize = 1_000;
const FIELD_NAME_CHARS_MAX: usize = 256;
const PII_CONFIG_CHARS_MAX: usize = 100_000;
const RELAYS_MAX: usize = 100;
const NEEDS_OWN_2FA: &str = "Cannot require two-factor authentication without personal two-factor enabled.";

/// The switches.
const SWITCHES: &[&str] = &[
    "isEarlyAdopter",
    "requireEmailVerification",
    "openMembership",
    "allowJoinRequests",
    "allowMemberProjectCreation",
    "enhancedPrivacy",
    "allowSharedIssues",
    "dataScrubber",
    "dataScrubberDefaults",
    "scrubIPAddresses",
    "scrapeJavaScript",
    "eventsMemberAdmin",
    "alertsMemberWrite",
    "codecovAccess",
    "aiSuggestedSolution",
    "githubPRBot",
    "githubOpenPRBot",
    "githubNudgeInvite",
    "genAIConsent",
    "aggregatedDataConsent",
    "issueAlertsThreadFlag",
    "metricAlertsThreadFlag",
    "metricsActivatePercentiles",
    "metricsActivateLastForGauges",
];

/// What a body asks for.
struct Asked {
    values: Map<String, Value>,
    cancel_deletion: bool,
}

/// Changes an organization, or takes back the wish to delete it, and answers with it.
pub async fn update_organization(
    ctx: &Ctx,
    access: OrgAccess,
    body: &Body,
    form: Form,
) -> Result<OrganizationDetail> {
    let asked = read(&access, body)?;
    let (id, actor, now) = (access.org.id, Actor::of(&access.caller), ctx.now());
    ctx.store.write(move |tx| Box::pin(async move { apply(tx, id, &asked, &actor, now).await })).await?;
    ctx.ingest().keys_changed();
    // What the caller may do can have changed with the options.
    let access = access::organization_by_id_in_any_state(ctx, access.caller, id).await?;
    get_organization(ctx, &access, form).await
}

fn read(access: &OrgAccess, body: &Body) -> Result<Asked> {
    let mut fields = Fields::new(body);
    let mut values = Map::new();
    let mut keep = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.insert(key.to_owned(), value);
        }
    };
    keep("name", fields.string("name").max(NAME_CHARS_MAX).optional().map(Value::from));
    keep("slug", fields.string("slug").and_then(valid_slug).optional().map(Value::from));
    for key in SWITCHES {
        keep(key, fields.bool(key).optional().map(Value::from));
    }
    // Nobody has a second factor here, so nobody can ask it of others.
    let second_factor = fields.bool("require2FA").and_then(|on| match on {
        true => Err(NEEDS_OWN_2FA.to_owned()),
        false => Ok(on),
    });
    keep("require2FA", second_factor.optional().map(Value::from));
    let roles: Vec<&str> = OrgRole::ALL.iter().map(|role| role.as_str()).collect();
    keep("attachmentsRole", fields.choice("attachmentsRole", &roles).optional().map(Value::from));
    keep("debugFilesRole", fields.choice("debugFilesRole", &roles).optional().map(Value::from));
    keep("storeCrashReports", fields.int("storeCrashReports").min(-1).max(20).optional().map(Value::from));
    for key in ["sensitiveFields", "safeFields"] {
        keep(key, field_names(&mut fields, key).map(Value::from));
    }
    let pii = fields.string("relayPiiConfig").max(PII_CONFIG_CHARS_MAX).allow_blank();
    keep("relayPiiConfig", pii.and_then(json_text).nullable().map(Option::flatten).map(Value::from));
    keep("trustedRelays", relays(&mut fields));
    if access.has(ScopeSet::of(&[Scope::OrgAdmin])) {
        keep("defaultRole", default_role(&mut fields));
    }
    fields.choice("avatarType", &["letter_avatar"]).optional();
    let cancel_deletion = fields.bool("cancelDeletion").or(false);
    fields.finish()?;
    Ok(Asked { values, cancel_deletion })
}

fn field_names(fields: &mut Fields, key: &str) -> Option<Vec<String>> {
    let names = fields.strings(key).max(FIELD_NAME_CHARS_MAX).allow_blank().optional()?;
    if names.len() > FIELD_NAMES_MAX {
        fields.error(key, format!("Ensure this field has no more than {FIELD_NAMES_MAX} elements."));
    }
    Some(names.into_iter().filter(|name| !name.is_empty()).collect())
}

/// A text that is JSON, as it is; an empty one is none.
fn json_text(text: String) -> Result<Option<String>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Ok(Some(text)),
        Err(_) => Err("Invalid JSON.".to_owned()),
    }
}

fn relays(fields: &mut Fields) -> Option<Value> {
    let relays = fields.list("trustedRelays", mortise_wire::fields::ObjectRule).optional()?;
    if relays.len() > RELAYS_MAX {
        fields.error("trustedRelays", format!("Ensure this field has no more than {RELAYS_MAX} elements."));
    }
    let text = |relay: &Map<String, Value>, key: &str| {
        relay.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned()
    };
    let mut kept = Vec::new();
    for relay in &relays {
        let (name, key) = (text(relay, "name"), text(relay, "publicKey"));
        if name.is_empty() || key.is_empty() {
            fields.error("trustedRelays", field::REQUIRED);
        }
        kept.push(json!({"name": name, "publicKey": key, "description": text(relay, "description")}));
    }
    Some(Value::from(kept))
}

fn default_role(fields: &mut Fields) -> Option<Value> {
    let roles = OrgRole::ALL.iter().filter(|role| !role.is_retired());
    let roles: Vec<&str> = roles.map(|role| role.as_str()).collect();
    fields.choice("defaultRole", &roles).optional().map(Value::from)
}

/// Reads the organization again, so that nothing that changed meanwhile is undone.
async fn apply(
    tx: &mut Tx,
    id: mortise_domain::OrgId,
    asked: &Asked,
    actor: &Actor,
    now: Time,
) -> Result<()> {
    let org = organization::by_id_in_any_state(tx, id).await?.ok_or(Error::NoSuchResource)?;
    if asked.cancel_deletion {
        restore(tx, &org, actor, now).await?;
    }
    let before = settings::all_keys(&org)?;
    let mut changed = org.clone();
    let mut changes = Map::new();
    for (key, value) in &asked.values {
        let old = before.get(key).unwrap_or(&Value::Null);
        if old != value {
            settings::set(&mut changed, key, value);
            changes.insert(key.clone(), audit::change(old, value));
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    if changed.slug != org.slug && organization::by_slug_in_any_state(tx, &changed.slug).await?.is_some() {
        return Err(Error::conflict(SLUG_TAKEN));
    }
    organization::update(tx, &changed).await.map_err(slug_taken)?;
    let entry = Entry::new(id, AuditEvent::OrgEdit, Value::Object(changes)).target(id.get());
    audit::record(tx, actor, &entry, now).await
}

async fn restore(tx: &mut Tx, org: &Organization, actor: &Actor, now: Time) -> Result<()> {
    let (active, pending) = (OrgStatus::Active.number(), OrgStatus::PendingDeletion.number());
    if organization::set_status(tx, org.id, pending, active, now).await? {
        let data = json!({"name": org.name, "slug": org.slug, "status": active});
        let entry = Entry::new(org.id, AuditEvent::OrgRestore, data).target(org.id.get());
        audit::record(tx, actor, &entry, now).await?;
    }
    Ok(())
}
