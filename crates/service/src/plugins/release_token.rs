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

/// The token of a project, made now if it has none.
pub async fn get_release_token(ctx: &Ctx, access: &ProjectAccess) -> Result<wire::ReleaseToken> {
    let project = access.project.id;
    let options = Options::load(&mut *ctx.store.read().await?, project).await?;
    match options.secret(ctx, TOKENS, RELEASE_TOKEN)? {
        Some(token) => Ok(to_wire(ctx, project, &token)),
        None => rotate_release_token(ctx, access).await,
    }
}

/// Gives a project another token. Addresses that were signed with the last one are refused from now on.
pub async fn rotate_release_token(ctx: &Ctx, access: &ProjectAccess) -> Result<wire::ReleaseToken> {
    let project = access.project.id;
    let token = SecretString::from(ctx.ids.uuid().simple().to_string());
    let place = place(project, TOKENS, RELEASE_TOKEN);
    let sealed = ctx.keyring.seal(&place, token.expose_secret().as_bytes(), ctx.ids.as_ref());
    let write = ctx.store.write(move |tx| {
        Box::pin(async move {
            let value = NewValue::Sealed(sealed);
            Ok::<_, Error>(store::set(tx, project, TOKENS, RELEASE_TOKEN, &value).await?)
        })
    });
    write.await?;
    Ok(to_wire(ctx, project, &token))
}
