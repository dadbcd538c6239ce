//! Messages to chats.

use mortise_domain::{IntegrationId, OrgId};
use mortise_store::{integration::installed, organization};

use crate::{
    Ctx, Result,
    integrations::{
        connection::{connect_row, told},
        json::provider_of,
    },
};

/// Says something in a channel, by the channel's id on the other side. Whether it was said: where the organization does not
/// have the integration, or its provider is no chat, nothing is.
pub async fn send_message(
    ctx: &Ctx,
    org: OrgId,
    integration: IntegrationId,
    channel: &str,
    text: &str,
) -> Result<bool> {
    let mut conn = ctx.store.read().await?;
    let row = installed::find(&mut conn, org, integration).await?;
    let org = organization::by_id(&mut conn, org).await?;
    drop(conn);
    let Some((row, org)) = row.zip(org) else { return Ok(false) };
    let provider = provider_of(ctx, &row)?;
    let Some(chat) = provider.chat() else { return Ok(false) };
    let on = connect_row(ctx, &org, &row).await?;
    chat.say(&on, channel, text).await.map_err(|error| told(provider, &error))?;
    Ok(true)
}
