//! What tells this server of releases from outside: an address that is signed with the project's token. `builtin` takes a
//! release as the API would, `heroku` what Heroku's webhooks say.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mortise_crypto::sign::verify_hook_signature;
use mortise_domain::{ProjectId, UserId};
use mortise_providers::{PluginKind, PluginManifest};
use mortise_store::{
    project::{self, Project},
    release::{self as store, NewRelease},
    repository::{self, Repository},
    user,
};
use mortise_wire::{Fields, fields::Body, json_in, release as wire};
use serde_json::{Value, json};

use super::{
    options::Options,
    release_token::{BUILTIN, RELEASE_TOKEN, TOKENS},
};
use crate::{
    Ctx, Error, Result,
    releases::{Deployed, Ref, SentRelease, is_version, put_release, read_release, releases},
};

/// A call of the address.
#[derive(Debug)]
pub struct ReleaseCall<'a> {
    /// `builtin` or the word that names a plugin.
    pub plugin: &'a str,
    /// The project's id, as it came.
    pub project: &'a str,
    /// The signature of the address; hex digits.
    pub signature: &'a str,
    /// The signature of the body, where the caller made one.
    pub body_signature: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

/// What became of a call.
#[derive(Debug)]
pub enum Told {
    /// There is no such project.
    Unknown,
    /// The address is not one that this server gave out, or the plugin is off.
    Refused,
    /// It says nothing of a release, or something wrong.
    Invalid(Value),
    /// The plugin took it.
    Taken,
    /// A release, and whether the project had none with this version before.
    Release(Box<wire::Release>, bool),
}

/// Takes what somebody outside tells of a release.
pub async fn take_release(ctx: &Ctx, call: &ReleaseCall<'_>) -> Result<Told> {
    let mut conn = ctx.store.read().await?;
    let found = match call.project.parse::<ProjectId>() {
        Ok(id) => project::by_id(&mut conn, id).await?,
        Err(_) => None,
    };
    let Some(project) = found else { return Ok(Told::Unknown) };
    let options = Options::load(&mut conn, project.id).await?;
    drop(conn);
    let Some(token) = options.secret(ctx, TOKENS, RELEASE_TOKEN)? else { return Ok(Told::Refused) };
    let signed = format!("{}-{}", call.plugin, call.project);
    if !verify_hook_signature(&token, signed.as_bytes(), call.signature) {
        return Ok(Told::Refused);
    }
    if call.plugin == BUILTIN {
        return builtin(ctx, &project, call.body).await;
    }
    let plugin = PluginManifest::find(call.plugin).filter(|it| it.kind == PluginKind::ReleaseTracking);
    match plugin.filter(|plugin| options.is_enabled(plugin)) {
        Some(plugin) => heroku(ctx, plugin, &project, &options, call).await,
        None => Ok(Told::Refused),
    }
}

async fn builtin(ctx: &Ctx, project: &Project, body: &[u8]) -> Result<Told> {
    let value = match json_in::parse_strict(body) {
        Ok(value) => value,
        Err(error) => return Ok(Told::Invalid(json!({ "error": error.to_string() }))),
    };
    let sent = read_release(Fields::new(&Body::Json(value)))?;
    let (release, is_new) = put_release(ctx, deployed(project, None), sent).await?;
    let mut conn = ctx.store.read().await?;
    let rows = store::by_ids(&mut conn, &[release]).await?;
    let shown = releases(&mut conn, ctx, rows).await?.remove(&release);
    let shown = shown.ok_or_else(|| Error::Internal(format!("release {release} is gone")))?;
    Ok(Told::Release(Box::new(shown), is_new))
}

fn deployed(project: &Project, by: Option<UserId>) -> Deployed {
    Deployed { org: project.organization_id, projects: vec![project.id], by }
}

/// What Heroku says when an application was released. What does not carry its signature is taken and forgotten.
async fn heroku(
    ctx: &Ctx,
    plugin: &PluginManifest,
    project: &Project,
    options: &Options,
    call: &ReleaseCall<'_>,
) -> Result<Told> {
    let signature = call.body_signature.and_then(|text| STANDARD.decode(text).ok());
    let secret = options.secret(ctx, plugin.slug, "webhook_secret")?;
    let is_genuine = signature.zip(secret).is_some_and(|(signature, secret)| {
        let digits: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        verify_hook_signature(&secret, call.body, &digits)
    });
    let told = json_in::parse_strict(call.body).ok().filter(|_| is_genuine);
    let Some(told) = told.filter(|told| told["action"] == "update") else { return Ok(Told::Taken) };
    let data = &told["data"];
    let Some(commit) = data["slug"]["commit"].as_str() else { return Ok(Told::Taken) };
    let version = commit.trim();
    if !is_version(version) {
        return Ok(Told::Invalid(json!({ "error": format!("Invalid release version: {commit}") })));
    }
    let url = data["app"]["name"].as_str().map(|name| format!("http://{name}.herokuapp.com"));
    let owner = owner(ctx, project, data).await?;
    let release = NewRelease {
        version: version.to_owned(),
        url,
        date_released: Some(ctx.now()),
        owner,
        ..NewRelease::default()
    };
    let refs = match owner {
        Some(_) => head(ctx, project, plugin, options, version).await?,
        None => Vec::new(),
    };
    let sent = SentRelease { refs, ..SentRelease::of(release) };
    put_release(ctx, deployed(project, owner), sent).await?;
    Ok(Told::Taken)
}

/// Where the repository is that the plugin's settings name: at the commit that was released.
async fn head(
    ctx: &Ctx,
    project: &Project,
    plugin: &PluginManifest,
    options: &Options,
    version: &str,
) -> Result<Vec<Ref>> {
    let name = options.text(plugin.slug, "repository");
    let mut conn = ctx.store.read().await?;
    let found = repository::newest_active_by_names(&mut conn, project.organization_id, &[&name]).await?;
    let at = |row: Repository| Ref { repository: row.name, commit: version.to_owned(), previous: None };
    Ok(found.into_iter().map(at).collect())
}

/// The member of the organization whose verified address Heroku names as that of whoever released.
async fn owner(ctx: &Ctx, project: &Project, data: &Value) -> Result<Option<UserId>> {
    let named = |at: &&str| data.pointer(at)?.as_str().filter(|email| !email.is_empty());
    let Some(email) = ["/user/email", "/actor/email"].iter().find_map(named) else { return Ok(None) };
    let mut conn = ctx.store.read().await?;
    let found = user::members_of_emails(&mut conn, project.organization_id, &[email.to_owned()]).await?;
    Ok(found.into_iter().next().map(|(_, user)| user))
}
