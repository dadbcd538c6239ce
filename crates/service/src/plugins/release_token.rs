//! The token that proves who tells this server of releases. The address that they are posted to is signed with it.

use mortise_crypto::{ExposeSecret as _, SecretString, sign::hook_signature};
use mortise_domain::ProjectId;
use mortise_store::plugin::{self as store, NewValue};
use mortise_wire::plugin as wire;

use super::options::{Options, place};
use crate::{Ctx, Error, Result, access::ProjectAccess};

/// Where tokens lie among the options of plugins; no plugin is called so.
pub(super) const TOKENS: &str = "sentry";
/// The field of the token.
pub(super) const RELEASE_TOKEN: &str = "release-token";
/// What stands for no plugin in the address.
pub(super) const BUILTIN: &str = "builtin";

/// The address that releases of a project are posted to.
pub(super) fn webhook_url(ctx: &Ctx, project: ProjectId, plugin: &str, token: &SecretString) -> String {
    let signature = hook_signature(token, format!("{plugin}-{project}").as_bytes());
    ctx.link(&format!("/api/hooks/release/{plugin}/{project}/{signature}/"))
}

fn to_wire(ctx: &Ctx, project: ProjectId, token: &SecretString) -> wire::ReleaseToken {
    wire::ReleaseToken {
        token: token.expose_secret().to_owned(),
        webhook_url: webhook_url(ctx, project, BUILTIN, token),
    }
}

/// A new token, and the same sealed.
fn new_token(ctx: &Ctx, project: ProjectId) -> (SecretString, NewValue) {
    let token = SecretString::from(ctx.ids.uuid().simple().to_string());
    let place = place(project, TOKENS, RELEASE_TOKEN);
    let sealed = ctx.keyring.seal(&place, token.expose_secret().as_bytes(), ctx.ids.as_ref());
    (token, NewValue::Sealed(sealed))
}

async fn stored_token(ctx: &Ctx, project: ProjectId) -> Result<Option<SecretString>> {
    let options = Options::load(&mut *ctx.store.read().await?, project).await?;
    options.secret(ctx, TOKENS, RELEASE_TOKEN)
}

/// The token of a project, made now if it has none. Who asks at the same time gets the same one.
async fn token_of(ctx: &Ctx, project: ProjectId) -> Result<SecretString> {
    if let Some(token) = stored_token(ctx, project).await? {
        return Ok(token);
    }
    let (_, sealed) = new_token(ctx, project);
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            Ok::<_, Error>(store::set_first(tx, project, TOKENS, RELEASE_TOKEN, &sealed).await?)
        })
    });
    write.await?;
    let missing = || Error::Internal(format!("the token for releases of project {project} is gone"));
    stored_token(ctx, project).await?.ok_or_else(missing)
}

/// The token of a project, made now if it has none.
pub async fn get_release_token(ctx: &Ctx, access: &ProjectAccess) -> Result<wire::ReleaseToken> {
    let project = access.project.id;
    Ok(to_wire(ctx, project, &token_of(ctx, project).await?))
}

/// The address that a plugin for releases is told at, signed with the token of the project, which is made now if it has
/// none.
pub async fn get_plugin_webhook(ctx: &Ctx, access: &ProjectAccess, plugin: &str) -> Result<String> {
    let project = access.project.id;
    Ok(webhook_url(ctx, project, plugin, &token_of(ctx, project).await?))
}

/// Gives a project another token. Addresses that were signed with the last one are refused from now on.
pub async fn rotate_release_token(ctx: &Ctx, access: &ProjectAccess) -> Result<wire::ReleaseToken> {
    let project = access.project.id;
    let (token, sealed) = new_token(ctx, project);
    let write = ctx.store.write(move |tx| {
        Box::pin(
            async move { Ok::<_, Error>(store::set(tx, project, TOKENS, RELEASE_TOKEN, &sealed).await?) },
        )
    });
    write.await?;
    Ok(to_wire(ctx, project, &token))
}
