//! Plugins as clients see them.

use mortise_crypto::ExposeSecret as _;
use mortise_providers::{FieldChoices, FieldDefault, PluginField, PluginKind, PluginManifest};
use mortise_wire::plugin as wire;
use serde_json::{Map, Value};

use super::{
    options::Options,
    release_token::{RELEASE_TOKEN, TOKENS, webhook_url},
};
use crate::{Ctx, Result, access::ProjectAccess};

/// Who is named as the author of every plugin.
const AUTHOR: &str = "The Sentry Team";
/// What stands before the explanation of a secret that is there.
const ALREADY_SAVED: &str = "Only enter a new value if you wish to update the existing one. ";
/// Characters of a secret that are shown where its beginning is.
const PREFIX_CHARACTERS: usize = 4;
/// What nobody has chosen yet.
const NO_REPOSITORY: &str = "select a repo";
/// The plugin whose settings only a person with an account on the other side can see.
const ASANA: &str = "asana";

/// A plugin outside of projects.
pub(super) fn plugin(ctx: &Ctx, manifest: &'static PluginManifest) -> wire::Plugin {
    let support = &ctx.settings.support_url;
    let link = |(title, end): &(&'static str, &str)| {
        let url = if end.starts_with('/') { support.join(end) } else { (*end).to_owned() };
        wire::PluginLink { title, url }
    };
    let feature = |(gate, text): &(&'static str, &'static str)| wire::PluginFeature {
        description: text,
        feature_gate: gate,
    };
    let mut features: Vec<_> = manifest.described.iter().map(|(gate, _)| *gate).collect();
    features.dedup();
    wire::Plugin {
        id: manifest.slug,
        name: manifest.name,
        slug: manifest.slug,
        short_name: manifest.name,
        kind: manifest.kind.as_str(),
        can_disable: manifest.can_disable,
        is_testable: manifest.is_testable(),
        has_configuration: manifest.has_configuration(),
        metadata: Map::new(),
        contexts: manifest.contexts,
        status: "unknown",
        assets: Vec::new(),
        doc: String::new(),
        first_party_alternative: None,
        deprecation_date: None,
        alt_is_sentry_app: None,
        enabled: None,
        version: ctx.settings.version,
        author: wire::PluginAuthor { name: AUTHOR, url: support.join("/") },
        is_deprecated: false,
        is_hidden: manifest.is_hidden,
        description: manifest.description,
        features,
        feature_descriptions: manifest.described.iter().map(feature).collect(),
        resource_links: Some(manifest.links.iter().map(link).collect::<Vec<_>>()).filter(|it| !it.is_empty()),
        project: None,
        project_list: None,
        config: None,
        config_error: None,
        auth_url: None,
    }
}

/// A plugin in a project, without what needs the project's secrets.
pub(super) fn in_project(ctx: &Ctx, manifest: &'static PluginManifest, options: &Options) -> wire::Plugin {
    let mut shown = plugin(ctx, manifest);
    shown.is_hidden = manifest.is_hidden && !options.is_enabled(manifest);
    shown.enabled = Some(options.enabled(manifest));
    shown
}

/// How Heroku tells this server of releases, once there is a token for it.
pub(super) fn release_doc(
    ctx: &Ctx,
    access: &ProjectAccess,
    manifest: &PluginManifest,
    options: &Options,
) -> Result<String> {
    if manifest.kind != PluginKind::ReleaseTracking {
        return Ok(String::new());
    }
    let Some(token) = options.secret(ctx, TOKENS, RELEASE_TOKEN)? else { return Ok(String::new()) };
    let url = webhook_url(ctx, access.project.id, manifest.slug, &token);
    Ok(format!(
        "<p>Add a webhook to the application, and enter the secret that it shows above.</p>\n<pre class=\"clippy\">heroku \
         webhooks:add -i api:release -l notify -u {url} -a YOUR_APP_NAME</pre>"
    ))
}

/// What fields offer to choose from that is not always the same.
#[derive(Debug, Default)]
pub(super) struct Offered {
    /// The names of the organization's repositories.
    pub(super) repositories: Vec<String>,
    /// What the other side offers, as far as it does: value and label.
    pub(super) remote: Option<Vec<[String; 2]>>,
}

impl Offered {
    /// Whether a field has what it needs to be shown.
    fn has(&self, field: &PluginField) -> bool {
        !matches!(field.choices, FieldChoices::Remote) || self.remote.is_some()
    }
}

/// A plugin in a project with its settings; where these need an account on the other side, with what to do about it.
pub(super) fn with_config(
    ctx: &Ctx,
    access: &ProjectAccess,
    manifest: &'static PluginManifest,
    options: &Options,
    offered: &Offered,
) -> Result<wire::Plugin> {
    let mut shown = in_project(ctx, manifest, options);
    shown.doc = release_doc(ctx, access, manifest, options)?;
    if needs_identity(manifest) {
        shown.config_error = Some(identity_missing(manifest));
        shown.auth_url = Some(ctx.link(&format!("/account/settings/social/associate/{}/", manifest.slug)));
        return Ok(shown);
    }
    let fields = manifest.fields.iter().filter(|field| offered.has(field));
    let fields = fields.map(|it| field(ctx, manifest, it, options, offered));
    shown.config = Some(fields.collect::<Result<_>>()?);
    Ok(shown)
}

/// Whether only somebody with an account on the other side sees the settings: nobody has one here.
pub(super) fn needs_identity(manifest: &PluginManifest) -> bool {
    manifest.slug == ASANA
}

/// What is said to somebody without an account on the other side.
pub(super) fn identity_missing(manifest: &PluginManifest) -> String {
    format!("You still need to associate an {} identity with this account.", manifest.name)
}

/// Whether a field must be filled in now.
pub(super) fn is_required(manifest: &PluginManifest, field: &PluginField, options: &Options) -> bool {
    field.is_required && !(field.is_secret() && options.has(manifest.slug, field.name))
}

fn field(
    ctx: &Ctx,
    manifest: &PluginManifest,
    field: &PluginField,
    options: &Options,
    offered: &Offered,
) -> Result<wire::PluginField> {
    let stored = || options.value(manifest.slug, field.name).cloned();
    let is_saved = field.is_secret() && options.has(manifest.slug, field.name);
    let secret = if is_saved { options.secret(ctx, manifest.slug, field.name)? } else { None };
    let beginning = || {
        let secret = secret.as_ref().filter(|_| field.has_prefix)?;
        Some(secret.expose_secret().chars().take(PREFIX_CHARACTERS).collect::<String>())
    };
    let help = |text: &str| if is_saved { format!("{ALREADY_SAVED}{text}") } else { text.to_owned() };
    Ok(wire::PluginField {
        name: field.name,
        label: field.label,
        kind: field.kind,
        required: is_required(manifest, field, options),
        help: field.help.map(help),
        placeholder: field.placeholder,
        choices: choices(field, stored().is_some(), offered),
        readonly: false,
        default_value: match field.default {
            FieldDefault::None => Value::Null,
            FieldDefault::Text(text) => text.into(),
            FieldDefault::Stored => stored().unwrap_or_default(),
            FieldDefault::StoredOrNo => stored().unwrap_or(false.into()),
            FieldDefault::No => false.into(),
        },
        value: if field.is_secret() { Value::Null } else { stored().unwrap_or_default() },
        is_deprecated: false,
        is_hidden: manifest.is_hidden,
        has_saved_value: field.is_secret().then_some(is_saved),
        prefix: field.is_secret().then(|| beginning().unwrap_or_default()),
    })
}

fn choices(field: &PluginField, is_chosen: bool, offered: &Offered) -> Option<Vec<[String; 2]>> {
    match field.choices {
        FieldChoices::None => None,
        FieldChoices::Of(pairs) => {
            Some(pairs.iter().map(|(value, label)| [(*value).to_owned(), (*label).to_owned()]).collect())
        }
        FieldChoices::Words(words) => {
            Some(words.iter().map(|word| [(*word).to_owned(), (*word).to_owned()]).collect())
        }
        FieldChoices::Remote => offered.remote.clone(),
        FieldChoices::Repositories => {
            let none = (!is_chosen).then(|| [String::new(), NO_REPOSITORY.to_owned()]);
            Some(
                none.into_iter()
                    .chain(offered.repositories.iter().map(|it| [it.clone(), it.clone()]))
                    .collect(),
            )
        }
    }
}
