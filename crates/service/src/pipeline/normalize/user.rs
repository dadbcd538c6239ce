//! Who was affected.

use std::net::IpAddr;

use serde_json::Value;

use super::{Context, text, tree};
use crate::pipeline::{
    limits::{NAME_CHARS_MAX, SMALL_TREE},
    view::{self, Object},
};

/// Stands for the address of the sender.
const AUTO_ADDRESS: &str = "{{auto}}";

/// Takes the user. Keys of the sender's own go into `data`. The sender's address is filled in only when the event asks
/// for it, by `{{auto}}` or by the SDK's setting.
pub(super) fn take(raw: &mut Object, sdk: Option<&Value>, context: &mut Context<'_>) -> Option<Value> {
    let mut user = match text::take(raw, &["user", "sentry.interfaces.User"]) {
        Some(Value::Object(user)) => user,
        Some(other) => {
            context.notes.invalid("user", Some(&other));
            Object::new()
        }
        None => Object::new(),
    };
    let setting = sdk.and_then(|sdk| sdk.get("settings")).and_then(|settings| settings.get("infer_ip"));
    if setting.and_then(Value::as_str) == Some("auto") && user.get("ip_address").is_none_or(Value::is_null) {
        user.insert("ip_address".to_owned(), AUTO_ADDRESS.into());
    }
    let mut kept = Object::with_capacity(user.len());
    for key in ["id", "email", "username", "name"] {
        let found = user.swap_remove(key).and_then(text::trimmed);
        kept.extend(found.map(|text| (key.to_owned(), text::clipped(&text, NAME_CHARS_MAX).into())));
    }
    let address = user.swap_remove("ip_address").and_then(|sent| address(&sent, context));
    kept.extend(address.map(|address| ("ip_address".to_owned(), address.to_string().into())));
    if let Some(mut geo) = user.swap_remove("geo")
        && tree::keep_object(&mut geo, "user.geo", SMALL_TREE, context)
    {
        kept.insert("geo".to_owned(), geo);
    }
    kept.extend(own_data(user, context).map(|data| ("data".to_owned(), data)));
    (!kept.is_empty()).then_some(Value::Object(kept))
}

fn own_data(mut user: Object, context: &mut Context<'_>) -> Option<Value> {
    let mut data = match user.swap_remove("data") {
        Some(Value::Object(data)) => data,
        Some(Value::Null) | None => Object::new(),
        Some(other) => Object::from_iter([("data".to_owned(), other)]),
    };
    data.extend(user.into_iter().filter(|(_, value)| !value.is_null()));
    let mut data = Value::Object(data);
    tree::keep_object(&mut data, "user.data", SMALL_TREE, context).then_some(data)
}

fn address(sent: &Value, context: &mut Context<'_>) -> Option<IpAddr> {
    if context.intake.scrubber.hides_addresses() || sent.is_null() {
        return None;
    }
    let text = sent.as_str().map(str::trim).filter(|text| !text.is_empty());
    if text == Some(AUTO_ADDRESS) {
        return context.intake.client.ip_address;
    }
    let address = text.and_then(|text| text.parse().ok());
    if address.is_none() {
        context.notes.invalid("user.ip_address", Some(sent));
    }
    address
}

/// The identity by which users are told apart: the first of id, e-mail, name, address.
pub(super) fn tag(user: &Object) -> Option<String> {
    const KINDS: [(&str, &str); 4] =
        [("id", "id"), ("email", "email"), ("username", "username"), ("ip", "ip_address")];
    KINDS.iter().find_map(|(kind, key)| Some(format!("{kind}:{}", view::text(user, key)?)))
}
