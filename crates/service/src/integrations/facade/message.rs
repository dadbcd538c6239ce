//! Messages and cards to chats.

use mortise_domain::{IntegrationId, OrgId};
use mortise_providers::ProviderError;
use mortise_store::{
    integration::{
        installed,
        search::{self, IntegrationFilter},
    },
    organization,
};
use serde_json::{Map, Value};

use super::first;
use crate::{
    Ctx, Error, Result,
    integrations::{
        connection::{connect_row, sentence, told},
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

/// Shows a card in a channel, by the channel's id on the other side, on behalf of the organization that had the integration
/// first. Whether it was shown: where no organization has it active, its provider shows no cards, or the other side does not
/// take it, it is not. An integration that is not there is a mistake of the caller.
pub async fn show_card(
    ctx: &Ctx,
    integration: IntegrationId,
    channel: &str,
    card: &Map<String, Value>,
) -> Result<bool> {
    let mut conn = ctx.store.read().await?;
    let filter = IntegrationFilter { ids: Some(vec![integration]), ..IntegrationFilter::default() };
    if search::integrations(&mut conn, &filter, first(Some(1))).await?.is_empty() {
        return Err(Error::NotFound);
    }
    let Some(row) = installed::first_active(&mut conn, integration).await? else { return Ok(false) };
    let org = organization::by_id(&mut conn, row.organization_id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    let provider = provider_of(ctx, &row)?;
    let Some(cards) = provider.cards() else { return Ok(false) };
    let on = connect_row(ctx, &org, &row).await?;
    match cards.show(&on, channel, card).await {
        Ok(()) => Ok(true),
        Err(error @ (ProviderError::Unconfigured(_) | ProviderError::Internal(_))) => {
            Err(told(provider, &error))
        }
        Err(error) => {
            let reason = sentence(provider, &error);
            tracing::info!(integration.id = %integration, reason, "a card was not shown");
            Ok(false)
        }
    }
}
