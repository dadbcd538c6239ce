//! What applying a manifest would change, and doing it. Two lists of scopes or events are the same when they mean the same,
//! so that a manifest that was applied changes nothing when it is applied again.

use mortise_crypto::SecretString;
use mortise_domain::{Scope, ScopeSet, SlugKind};
use mortise_store::sentry_app::{self, SentryApp};
use mortise_wire::sentry_app as wire;
use serde_json::{Map, Value as Json, json};

use super::{Kind, Manifest, of_app};
use crate::{
    Ctx, Error, Result,
    access::{OrgAccess, Permission, class},
    apps::{
        AppAccess, create, features,
        fields::AppForm,
        get_app, subscriptions,
        update::{self, INTERNAL_VERIFIES},
    },
};

/// Keys of a manifest that say which app it is.
const IDENTITY: [&str; 3] = ["organization", "slug", "kind"];

/// What applying a manifest would do.
#[derive(Debug)]
pub struct Plan {
    /// The app that there is; a new one is made otherwise.
    pub app: Option<SentryApp>,
    /// What would be different, in the order of the manifest.
    pub changes: Vec<Change>,
    manifest: Manifest,
}

/// A value that would be different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The key of the manifest.
    pub key: String,
    /// The value that there is; none for a new app.
    pub before: Option<Json>,
    /// The value of the manifest.
    pub after: Json,
}

impl Plan {
    /// Whether everything is as the manifest says.
    pub fn is_done(&self) -> bool {
        self.app.is_some() && self.changes.is_empty()
    }
}

/// Compares a manifest with the app that there is in the organization, and checks what would change as the API does.
pub async fn plan_manifest(ctx: &Ctx, access: &OrgAccess, manifest: Manifest) -> Result<Plan> {
    access.require(class::SentryApp::CLASS.scopes("PUT").unwrap_or(ScopeSet::EMPTY))?;
    if manifest.kind == Kind::Internal && manifest.verify_install == Some(true) {
        return Err(Error::invalid(INTERNAL_VERIFIES));
    }
    let wanted = values(&manifest)?;
    let Some(app) = find(ctx, access, &manifest).await? else {
        AppForm::of(access, &new_body(&manifest)?)?;
        let changes = wanted.into_iter().map(|(key, after)| Change { key, before: None, after });
        return Ok(Plan { app: None, changes: changes.collect(), manifest });
    };
    if Kind::of(&app)? != manifest.kind {
        let text = format!("The app is {}, and stays so.", Kind::of(&app)?.name());
        return Err(Error::field("kind", text));
    }
    let stored = of_app(&mut *ctx.store.read().await?, &app, access.org.slug.clone()).await?;
    let stored = values(&stored)?;
    let before = |key: &str| stored.get(key).cloned().unwrap_or_default();
    let is_other = |key: &str, after: &Json| meaning(key, &before(key)) != meaning(key, after);
    let changes: Vec<_> = wanted
        .into_iter()
        .filter(|(key, after)| is_other(key, after))
        .map(|(key, after)| Change { before: Some(before(&key)), key, after })
        .collect();
    if !changes.is_empty() {
        update::check(&app_access(access, &app), &body(&changes)?)?;
    }
    Ok(Plan { app: Some(app), changes, manifest })
}

/// What became of a plan.
#[derive(Debug)]
pub struct Applied {
    /// The app as it is now.
    pub app: wire::SentryApp,
    /// The client secret of an app that was made.
    pub client_secret: Option<SecretString>,
}

/// Carries out a plan.
pub async fn apply_manifest(ctx: &Ctx, access: &OrgAccess, plan: Plan) -> Result<Applied> {
    let (plan, client_secret) = match plan.app {
        Some(_) => (plan, None),
        None => {
            let form = AppForm::of(access, &new_body(&plan.manifest)?)?.with_slug(plan.manifest.slug.clone());
            let made = create::create_checked(ctx, &access.caller, form).await?;
            // What a new app can't be made with (features) is left to change.
            let manifest = Manifest { slug: Some(made.app.slug), ..plan.manifest };
            (plan_manifest(ctx, access, manifest).await?, Some(made.client_secret))
        }
    };
    let access = app_access(access, &plan.app.ok_or(Error::NotFound)?);
    let app = match plan.changes.is_empty() {
        true => get_app(ctx, &access).await?,
        false => update::update_app(ctx, &access, Some(&Json::Object(body(&plan.changes)?))).await?,
    };
    Ok(Applied { app, client_secret })
}

fn app_access(access: &OrgAccess, app: &SentryApp) -> AppAccess {
    AppAccess::new(app.clone(), access.caller.clone(), Some(access.clone()))
}

/// The app that the manifest is about.
async fn find(ctx: &Ctx, access: &OrgAccess, manifest: &Manifest) -> Result<Option<SentryApp>> {
    let mut conn = ctx.store.read().await?;
    let Some(slug) = &manifest.slug else {
        let mut named = sentry_app::named(&mut conn, access.org.id, &manifest.name).await?;
        let app = named.pop();
        return match named.is_empty() {
            true => Ok(app),
            false => {
                Err(Error::field("slug", "Several apps have this name. Name the slug of the one you mean."))
            }
        };
    };
    SlugKind::App.validate(slug).map_err(|error| Error::field("slug", error.to_string()))?;
    match sentry_app::by_slug(&mut conn, slug).await? {
        Some(app) if app.owner_id != access.org.id => {
            Err(Error::field("slug", "The app with this slug belongs to another organization."))
        }
        found => Ok(found),
    }
}

/// What a manifest says, without what says which app it is.
fn values(manifest: &Manifest) -> Result<Map<String, Json>> {
    let failed = |error: serde_json::Error| Error::Internal(format!("manifest: {error}"));
    let all = serde_json::to_value(manifest).map_err(failed)?;
    let Json::Object(mut all) = all else { return Ok(Map::new()) };
    // The text that is written to files is for people; here the schema counts as what it says.
    all.insert("schema".to_owned(), manifest.schema.clone().unwrap_or_default());
    all.retain(|key, value| !value.is_null() && !IDENTITY.contains(&key.as_str()));
    Ok(all)
}

/// Values that mean the same are equal. What has no meaning stays as it is, for the checks to tell.
fn meaning(key: &str, value: &Json) -> Json {
    let texts = subscriptions::texts(value);
    match key {
        "scopes" if texts.iter().all(|text| text.parse::<Scope>().is_ok()) => {
            Json::from(ScopeSet::from_texts(texts.iter().map(String::as_str)).with_implied().sorted())
        }
        "events" if texts.iter().all(|text| subscriptions::family_of(text).is_some()) => {
            Json::from(subscriptions::expand(&texts))
        }
        "features" => {
            let mut texts = texts;
            texts.sort_unstable();
            texts.dedup();
            Json::from(texts)
        }
        "author" | "overview" if value.is_null() => Json::from(""),
        _ => value.clone(),
    }
}

/// The body with which the API would make the app. Its features can only be changed.
fn new_body(manifest: &Manifest) -> Result<Map<String, Json>> {
    let is_internal = manifest.kind == Kind::Internal;
    let mut map: Map<_, _> = values(manifest)?.into_iter().map(|(key, value)| (camel(&key), value)).collect();
    let named = map.remove("features").unwrap_or_else(|| json!([]));
    numbers(&named)?;
    map.insert("isInternal".to_owned(), is_internal.into());
    map.entry("isAlertable").or_insert(false.into());
    map.entry("verifyInstall").or_insert((!is_internal).into());
    Ok(map)
}

/// The body with which the API would make these changes.
fn body(changes: &[Change]) -> Result<Map<String, Json>> {
    let pair = |change: &Change| {
        let value = match change.key.as_str() {
            "features" => numbers(&change.after)?,
            _ => change.after.clone(),
        };
        Ok((camel(&change.key), value))
    };
    changes.iter().map(pair).collect()
}

/// Features by number, as the API takes them.
fn numbers(named: &Json) -> Result<Json> {
    let number = |name: &String| {
        let known = features::all().find(|(_, gate)| gate == name);
        let (number, _) =
            known.ok_or_else(|| Error::field("features", format!("\"{name}\" is not a valid choice.")))?;
        Ok(number)
    };
    Ok(Json::from(subscriptions::texts(named).iter().map(number).collect::<Result<Vec<_>>>()?))
}

/// `webhook_url` as the API has it: `webhookUrl`.
fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut all, part| {
        let (head, rest) = part.split_at(part.len().min(1));
        all.push_str(&head.to_ascii_uppercase());
        all.push_str(rest);
        all
    })
}
