//! Legacy API keys of organizations: sent as the user name of basic authentication. Only the command line makes them.

use mortise_crypto::token::hash_token;
use mortise_domain::{AuditEvent, OrgId, ScopeSet};
use mortise_store::org_token;
use serde_json::json;

use crate::{Ctx, Result, audit};

/// Random bytes of a key: 32 hex digits.
const KEY_BYTES: usize = 16;

/// Makes a key; its text, which nobody can be shown again.
pub async fn create_api_key(ctx: &Ctx, org: OrgId, label: &str, scopes: ScopeSet) -> Result<String> {
    let text = ctx.ids.hex(KEY_BYTES);
    let (hash, label, now) = (hash_token(&text), label.to_owned(), ctx.now());
    ctx.store
        .write(move |tx| {
            Box::pin(async move {
                let scopes = scopes.with_implied();
                let id = org_token::insert_api_key(tx, org, &label, &hash, scopes, now).await?;
                let entry = audit::Entry::new(org, AuditEvent::ApiKeyAdd, json!({ "label": label }));
                audit::record(tx, &audit::Actor::operator(), &entry.target(id.get()), now).await
            })
        })
        .await?;
    Ok(text)
}
