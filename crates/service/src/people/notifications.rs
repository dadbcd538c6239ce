//! What a person wants done and told on their behalf. Stored among the preferences, under keys that other parts read.

use mortise_store::user::{self, User};
use mortise_wire::{
    fields::{Body, Fields},
    user::NotificationSettings,
};
use serde_json::Value;

use super::find_user;
use crate::{Caller, Ctx, Result};

/// Tell the person also of what they did themselves.
const OWN_ACTIVITY: &str = "self_notifications";
/// Whoever resolves an issue that is nobody's gets it.
pub(crate) const SELF_ASSIGN: &str = "self_assign_issue";

/// The settings of the caller, or of anybody for a superuser.
pub async fn get_notifications(ctx: &Ctx, caller: &Caller, segment: &str) -> Result<NotificationSettings> {
    Ok(of(&find_user(ctx, caller, segment).await?))
}

/// Changes what the body names.
pub async fn update_notifications(
    ctx: &Ctx,
    caller: &Caller,
    segment: &str,
    body: &Body,
) -> Result<NotificationSettings> {
    let found = find_user(ctx, caller, segment).await?;
    let mut fields = Fields::new(body);
    let own_activity = fields.bool("personalActivityNotifications").optional();
    let self_assign = fields.bool("selfAssignOnResolve").optional();
    fields.finish()?;
    let id = found.id;
    let updated = ctx.store.write(move |tx| {
        Box::pin(async move {
            let mut options = found.options.as_object().cloned().unwrap_or_default();
            for (key, value) in [(OWN_ACTIVITY, own_activity), (SELF_ASSIGN, self_assign)] {
                if let Some(value) = value {
                    options.insert(key.to_owned(), Value::Bool(value));
                }
            }
            user::update_profile(tx, id, &found.name, &found.username, &Value::Object(options)).await
        })
    });
    Ok(of(&updated.await?))
}

fn of(user: &User) -> NotificationSettings {
    NotificationSettings {
        personal_activity_notifications: is_on(user, OWN_ACTIVITY),
        self_assign_on_resolve: is_on(user, SELF_ASSIGN),
    }
}

/// Whether a setting is switched on.
pub(crate) fn is_on(user: &User, key: &str) -> bool {
    match user.options.get(key) {
        Some(Value::Bool(on)) => *on,
        other => other.and_then(Value::as_str) == Some("1"),
    }
}
