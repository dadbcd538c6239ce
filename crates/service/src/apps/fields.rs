//! What a client sends to create an app, and the rules that changing one shares. First the organization, then every field
//! (all errors at once), then what fields must have in common (the first error). An absent key counts as null.

use mortise_domain::{
    Scope, ScopeSet,
    status::{AppStatus, OrgStatus},
};
use mortise_store::organization::{self, Organization};
use mortise_wire::{
    errors::{ErrorBody, FieldErrors, field},
    fields::{Fields, Problem, Rule, is_url, type_name},
    python,
};
use serde_json::{Map, Value as Json, json};

use super::{
    create::{AppSpec, POPULARITY},
    schema,
    subscriptions::{self, Family},
};
use crate::{
    Caller, Ctx, Error, Result,
    access::{self, OrgAccess},
    features,
};

const NAME_CHARS_MAX: usize = 57;
const WEBHOOK_URL_CHARS_MAX: usize = 512;
const REDIRECT_URL_CHARS_MAX: usize = 200;
const ORIGIN_CHARS_MAX: usize = 255;
const HEADER_CHARS_MAX: usize = 1024;
const POPULARITY_MAX: i64 = 32_767;

/// Scopes that apps may have.
pub const GRANTABLE: &[Scope] = &[
    Scope::ProjectRead,
    Scope::ProjectWrite,
    Scope::ProjectAdmin,
    Scope::ProjectReleases,
    Scope::TeamRead,
    Scope::TeamWrite,
    Scope::TeamAdmin,
    Scope::EventRead,
    Scope::EventWrite,
    Scope::EventAdmin,
    Scope::OrgRead,
    Scope::OrgWrite,
    Scope::OrgIntegrations,
    Scope::OrgAdmin,
    Scope::MemberRead,
    Scope::MemberWrite,
    Scope::MemberAdmin,
];

const ORGANIZATION_MISSING: &str = "Please provide a valid value for the 'organization' field.";
const NO_EVENT_HOOKS: &str = "Your organization does not have access to the 'error' resource subscription.";
/// What a URL that is no web address is told.
pub(super) const URL_SCHEME: &str = "URL must start with http[s]://";

/// A checked request.
#[derive(Debug)]
pub(super) struct AppForm {
    pub(super) spec: AppSpec,
}

impl AppForm {
    pub(super) async fn read(ctx: &Ctx, caller: &Caller, body: Option<&Json>) -> Result<Self> {
        let refused = || Error::Invalid(ErrorBody::Other(json!({ "organization": ORGANIZATION_MISSING })));
        let map = body.and_then(Json::as_object).filter(|map| !map.is_empty()).ok_or_else(refused)?;
        let slug = map.get("organization").and_then(Json::as_str).filter(|slug| !slug.is_empty());
        let owner = owner(ctx, caller, slug.ok_or_else(refused)?).await?;
        Self::of(&owner, map)
    }

    /// A body for an organization that is known.
    pub(super) fn of(owner: &OrgAccess, map: &Map<String, Json>) -> Result<Self> {
        owner.require(ScopeSet::of(&[Scope::OrgWrite, Scope::OrgAdmin]))?;
        require_event_hooks(&owner.org, map)?;
        let mut spec = read_fields(&owner.caller, owner, map)?;
        if let Some(user) = &owner.caller.user {
            let label = if user.email.is_empty() { &user.username } else { &user.email };
            spec.creator = Some((user.id, label.clone()));
        }
        Ok(Self { spec })
    }

    /// With a slug of one's own choice, which must be free.
    pub(super) fn with_slug(mut self, slug: Option<String>) -> Self {
        self.spec.slug = slug;
        self
    }
}

/// Whether a body subscribes an app to errors.
pub(super) fn wants_errors(sent: &Map<String, Json>) -> bool {
    let events = sent.get("events").and_then(Json::as_array);
    events.is_some_and(|events| events.iter().any(|event| event == "error"))
}

/// Refuses a subscription to errors where the organization does not have them.
pub(super) fn require_event_hooks(org: &Organization, sent: &Map<String, Json>) -> Result<()> {
    if !wants_errors(sent) || features::has(org, "integrations-event-hooks") {
        return Ok(());
    }
    Err(Error::Refused(ErrorBody::Other(json!({ "non_field_errors": [NO_EVENT_HOOKS] }))))
}

/// The organization that the app will belong to.
async fn owner(ctx: &Ctx, caller: &Caller, slug: &str) -> Result<OrgAccess> {
    let org = organization::by_slug(&mut *ctx.store.read().await?, slug).await?;
    let org = org.filter(|org| org.status == OrgStatus::Active.number());
    if caller.is_superuser() {
        let text = one_line(&format!("Organization '{slug}' does not exist."));
        let org = org.ok_or_else(|| Error::Invalid(ErrorBody::Other(json!({ "organization": text }))))?;
        return access::organization_by_id(ctx, caller.clone(), org.id).await;
    }
    let stranger =
        || Error::refused(one_line(&format!("User does not belong to the '{slug}' organization.")));
    let is_person = caller.user.as_ref().is_some_and(|user| !user.is_sentry_app);
    let org = org.filter(|_| is_person).ok_or_else(stranger)?;
    match access::organization_by_id(ctx, caller.clone(), org.id).await {
        Err(Error::Forbidden | Error::NoSuchResource) => Err(stranger()),
        other => other,
    }
}

/// A text with single blanks for all white space.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The fields in the order in which their errors are listed.
fn read_fields(caller: &Caller, owner: &OrgAccess, sent: &Map<String, Json>) -> Result<AppSpec> {
    let mut fields = Fields::of_map(with_nulls(sent));
    let name = fields.field("name", Prose::name()).required();
    let author = fields.field("author", Prose::free()).nullable().flatten();
    let scopes = scopes(&mut fields, owner.scopes).flatten().unwrap_or_default();
    let events = events(&mut fields).flatten().unwrap_or_default();
    let schema = schema(&mut fields).flatten().unwrap_or_else(|| json!({}));
    let webhook_url = fields.field("webhookUrl", HookUrl::webhook()).nullable().flatten();
    let redirect_url = fields.field("redirectUrl", HookUrl::redirect()).nullable().flatten();
    let is_internal = fields.bool("isInternal").required();
    let is_alertable = fields.bool("isAlertable").required();
    let overview = fields.field("overview", Prose::free()).nullable().flatten();
    let verify_install = fields.bool("verifyInstall").required();
    let allowed_origins = origins(&mut fields).unwrap_or_default();
    let webhook_headers = headers(&mut fields).unwrap_or_default();
    let popularity = if caller.is_superuser() { popularity(&mut fields) } else { None };
    fields.finish()?;
    let status = if is_internal { AppStatus::Internal } else { AppStatus::Unpublished };
    let spec = AppSpec {
        author,
        scopes: ScopeSet::from_texts(scopes.iter().map(String::as_str)),
        events: subscriptions::expand(&events),
        webhook_url,
        webhook_headers,
        redirect_url,
        is_alertable,
        verify_install,
        overview,
        schema,
        allowed_origins,
        popularity: popularity.filter(|weight| *weight != 0).unwrap_or(POPULARITY),
        ..AppSpec::new(owner.org.id, name, status)
    };
    let common = Common {
        is_internal,
        scopes: &scopes,
        events: &events,
        has_webhook: spec.webhook_url.as_ref().is_some_and(|url| !url.is_empty()),
        is_alertable,
        has_author: spec.author.is_some(),
    };
    common.check()?;
    Ok(spec)
}

/// Origins whose pages may use the app's tokens.
pub(super) fn origins(fields: &mut Fields) -> Option<Vec<String>> {
    fields.strings("allowedOrigins").max(ORIGIN_CHARS_MAX).and_then(without_star).optional()
}

/// Headers added to webhooks.
pub(super) fn headers(fields: &mut Fields) -> Option<Vec<String>> {
    fields.strings("webhookHeaders").max(HEADER_CHARS_MAX).and_then(header_lines).nullable().flatten()
}

/// The weight in the directory.
pub(super) fn popularity(fields: &mut Fields) -> Option<i64> {
    fields.int("popularity").min(0).max(POPULARITY_MAX).nullable().flatten()
}

/// The body with null for every key that is absent; only the origins may be left out and not be null.
fn with_nulls(sent: &Map<String, Json>) -> Map<String, Json> {
    let mut map = sent.clone();
    for key in ["name", "isAlertable", "isInternal", "verifyInstall"] {
        map.entry(key).or_insert(Json::Null);
    }
    map
}

/// What the app may do: absent, null or texts. Each must be a scope that apps may have, and be held.
pub(super) fn scopes(fields: &mut Fields, held: ScopeSet) -> Option<Option<Vec<String>>> {
    let scopes = fields.field("scopes", Words).nullable();
    check_scopes(fields, scopes.iter().flatten().flatten(), held);
    scopes
}

fn check_scopes<'a>(fields: &mut Fields, scopes: impl Iterator<Item = &'a String>, held: ScopeSet) {
    let parsed: Vec<_> = scopes.map(|text| (text, text.parse::<Scope>().ok())).collect();
    let unknown = parsed.iter().find(|(_, scope)| scope.is_none_or(|scope| !GRANTABLE.contains(&scope)));
    if let Some((text, _)) = unknown {
        fields.error("scopes", format!("{text} not a valid scope"));
        return;
    }
    for (text, _) in parsed.iter().filter(|(_, scope)| scope.is_some_and(|scope| !held.contains(scope))) {
        let text = format!(
            "Requested permission of {text} exceeds requester's permission. Please contact an administrator to make \
             the requested change."
        );
        fields.error("scopes", text);
    }
}

/// What the app hears of: absent, null or texts.
pub(super) fn events(fields: &mut Fields) -> Option<Option<Vec<String>>> {
    let events = fields.field("events", Words).nullable();
    let mut unknown: Vec<&str> = Vec::new();
    let all = events.iter().flatten().flatten();
    for event in all.filter(|event| subscriptions::family_of(event).is_none()) {
        if !unknown.contains(&event.as_str()) {
            unknown.push(event);
        }
    }
    if !unknown.is_empty() {
        fields.error("events", format!("Invalid event subscription: {}", unknown.join(", ")));
    }
    events
}

/// The UI components: absent, null or a schema. An empty text is an empty schema.
pub(super) fn schema(fields: &mut Fields) -> Option<Option<Json>> {
    let sent = fields.any("schema").nullable();
    let error = sent.iter().flatten().find_map(schema::schema_error);
    if let Some(text) = error {
        fields.error("schema", text);
    }
    let kept = |schema: Json| if schema.is_object() { schema } else { json!({}) };
    sent.map(|sent| sent.map(kept))
}

/// What the fields of an app must have in common.
#[derive(Debug)]
pub(super) struct Common<'a> {
    pub(super) is_internal: bool,
    /// As sent; when there are any, they must be enough for the events.
    pub(super) scopes: &'a [String],
    pub(super) events: &'a [String],
    pub(super) has_webhook: bool,
    pub(super) is_alertable: bool,
    pub(super) has_author: bool,
}

impl Common<'_> {
    /// The first thing that does not fit.
    pub(super) fn check(&self) -> Result<(), FieldErrors> {
        let refuse = |name: &str, text: &str| Err(FieldErrors::one(name, text));
        if !self.scopes.is_empty() {
            let held = |scope: Scope| self.scopes.iter().any(|text| text.parse() == Ok(scope));
            let families = self.events.iter().filter_map(|event| subscriptions::family_of(event));
            if let Some(family) = families.into_iter().find(|family| !held(family.scope)) {
                return refuse("events", &event_needs(family));
            }
        }
        match self.is_internal {
            true if self.has_webhook => Ok(()),
            true if !self.events.is_empty() => {
                refuse("webhookUrl", "webhookUrl required if webhook events are enabled")
            }
            true if self.is_alertable => {
                refuse("webhookUrl", "webhookUrl required if alert rule action is enabled")
            }
            false if !self.has_webhook => refuse("webhookUrl", "webhookUrl required for public integrations"),
            false if !self.has_author => refuse("author", "author required for public integrations"),
            _ => Ok(()),
        }
    }
}

/// Why an app may not hear of a family of events.
pub(super) fn event_needs(family: &Family) -> String {
    format!("{} webhooks require the {} permission.", family.name, family.scope)
}

fn without_star(origins: Vec<String>) -> Result<Vec<String>, String> {
    match origins.iter().any(|origin| origin.contains('*')) {
        true => Err("'*' not allowed in origin".to_owned()),
        false => Ok(origins),
    }
}

fn header_lines(lines: Vec<String>) -> Result<Vec<String>, String> {
    let is_token = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let is_header = |line: &String| {
        line.split_once(':').is_some_and(|(name, value)| {
            is_token(name) && value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
        })
    };
    match lines.iter().all(is_header) {
        true => Ok(lines),
        false => Err("Each header must be written as \"Header-Name: value\".".to_owned()),
    }
}

/// A text that is kept as it is sent; blanks around it do not count for its length. Numbers count as their digits.
#[derive(Debug)]
pub(super) struct Prose {
    chars_max: Option<usize>,
}

impl Prose {
    /// The name of an app.
    pub(super) fn name() -> Self {
        Self { chars_max: Some(NAME_CHARS_MAX) }
    }

    /// A text of any length.
    pub(super) fn free() -> Self {
        Self { chars_max: None }
    }
}

impl Rule for Prose {
    type Out = String;

    fn read(&self, value: &Json) -> Result<String, Problem> {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Number(_) => python::text(value),
            _ => return Err(field::STRING.into()),
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(field::BLANK.into());
        }
        if text.contains('\0') {
            return Err(field::NUL_CHARACTER.into());
        }
        match self.chars_max {
            Some(max) if trimmed.chars().count() > max => {
                Err(format!("Cannot exceed {max} characters").into())
            }
            _ => Ok(text),
        }
    }
}

/// A URL that webhooks or people are sent to, or an empty text.
#[derive(Debug)]
pub(crate) struct HookUrl {
    chars_max: usize,
}

impl HookUrl {
    /// Where webhooks are sent.
    pub(super) fn webhook() -> Self {
        Self { chars_max: WEBHOOK_URL_CHARS_MAX }
    }

    /// Where people are sent.
    pub(crate) fn redirect() -> Self {
        Self { chars_max: REDIRECT_URL_CHARS_MAX }
    }
}

impl Rule for HookUrl {
    type Out = String;

    fn read(&self, value: &Json) -> Result<String, Problem> {
        let text = value.as_str().ok_or(field::URL)?;
        if text.trim().is_empty() {
            return Ok(String::new());
        }
        if !text.starts_with("http") {
            return Err(URL_SCHEME.into());
        }
        if !is_url(text) {
            return Err(field::URL.into());
        }
        match text.chars().count() > self.chars_max {
            true => Err(field::max_length(self.chars_max).into()),
            false => Ok(text.to_owned()),
        }
    }
}

/// A list of words. A text counts as the list of its characters and an object as that of its keys.
#[derive(Debug)]
pub(super) struct Words;

impl Rule for Words {
    type Out = Vec<String>;

    fn read(&self, value: &Json) -> Result<Vec<String>, Problem> {
        match value {
            Json::Array(items) => Ok(items.iter().map(python::text).collect()),
            Json::String(text) => Ok(text.chars().map(String::from).collect()),
            Json::Object(map) => Ok(map.keys().cloned().collect()),
            other => Err(field::not_a_list(type_name(other)).into()),
        }
    }
}
