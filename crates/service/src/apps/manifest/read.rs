//! From a file to a manifest.

use serde::{Deserialize, Serializer};
use serde_json::Value as Json;

use super::{Kind, Manifest};

/// The status of internal apps, as the API tells it.
const INTERNAL: &str = "internal";

impl Manifest {
    /// Reads TOML, or the JSON of the API when the text begins with a brace. `org` replaces the organization that the
    /// text names; `file` reads a file that the text names. What is wrong is said in words.
    pub fn read(
        text: &str,
        org: Option<&str>,
        file: impl Fn(&str) -> Result<String, String>,
    ) -> Result<Self, String> {
        let mut manifest: Self = match text.trim_start().starts_with('{') {
            true => serde_json::from_str::<ApiApp>(text).map_err(|error| error.to_string())?.into(),
            false => toml::from_str(text).map_err(|error| error.to_string())?,
        };
        if let Some(org) = org {
            org.clone_into(&mut manifest.organization);
        }
        if manifest.organization.is_empty() {
            return Err("it names no organization".to_owned());
        }
        if let Some(Json::String(text)) = &manifest.schema {
            manifest.schema = Some(schema(text, file)?);
        }
        manifest.slug = manifest.slug.filter(|slug| !slug.is_empty());
        trim(&mut manifest);
        Ok(manifest)
    }
}

/// JSON, or the name of a file with JSON. An empty text is no schema.
fn schema(text: &str, file: impl Fn(&str) -> Result<String, String>) -> Result<Json, String> {
    let read = match text.trim() {
        "" => return Ok(Json::Object(serde_json::Map::new())),
        json if json.starts_with('{') => json.to_owned(),
        name => file(name).map_err(|error| format!("schema: {name}: {error}"))?,
    };
    serde_json::from_str(&read).map_err(|error| format!("schema: {error}"))
}

/// Blanks around what people read do not count.
fn trim(manifest: &mut Manifest) {
    manifest.name = manifest.name.trim().to_owned();
    for text in
        [&mut manifest.author, &mut manifest.overview, &mut manifest.webhook_url, &mut manifest.redirect_url]
            .into_iter()
            .flatten()
    {
        *text = text.trim().to_owned();
    }
}

/// The schema as JSON in a text, which people can read in TOML.
#[expect(clippy::ref_option, reason = "the shape that serde wants")]
pub(super) fn schema_text<S: Serializer>(schema: &Option<Json>, into: S) -> Result<S::Ok, S::Error> {
    match schema {
        None => into.serialize_none(),
        Some(Json::Object(map)) if map.is_empty() => into.serialize_some(""),
        Some(schema) => into.serialize_some(&format!("{schema:#}")),
    }
}

/// An app as the API answers it; what a manifest does not hold is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApiApp {
    owner: Option<Owner>,
    slug: Option<String>,
    name: String,
    status: Option<String>,
    author: Option<String>,
    overview: Option<String>,
    scopes: Option<Vec<String>>,
    events: Option<Vec<String>>,
    webhook_events: Option<Vec<String>>,
    webhook_url: Option<String>,
    webhook_headers: Option<Vec<String>>,
    redirect_url: Option<String>,
    verify_install: Option<bool>,
    is_alertable: Option<bool>,
    allowed_origins: Option<Vec<String>>,
    feature_data: Option<Vec<Feature>>,
    schema: Option<Json>,
}

#[derive(Deserialize)]
struct Owner {
    slug: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feature {
    feature_gate: String,
}

impl From<ApiApp> for Manifest {
    fn from(app: ApiApp) -> Self {
        let is_internal = app.status.as_deref() == Some(INTERNAL);
        // Single events say more than the families that have any; older servers tell families only.
        let events = app.webhook_events.filter(|events| !events.is_empty()).or(app.events);
        // Those of internal apps are not told.
        let features = app.feature_data.filter(|features| !features.is_empty());
        Self {
            organization: app.owner.map(|owner| owner.slug).unwrap_or_default(),
            slug: app.slug,
            name: app.name,
            kind: if is_internal { Kind::Internal } else { Kind::Public },
            author: app.author,
            overview: app.overview,
            scopes: app.scopes,
            events,
            webhook_url: app.webhook_url,
            webhook_headers: app.webhook_headers,
            redirect_url: app.redirect_url,
            verify_install: app.verify_install,
            is_alertable: app.is_alertable,
            allowed_origins: app.allowed_origins,
            features: features.map(|all| all.into_iter().map(|feature| feature.feature_gate).collect()),
            schema: app.schema.filter(|schema| !schema.is_null()),
        }
    }
}
