//! Public event ids: 32 lowercase hex digits; senders may write them with dashes or in upper case.

/// Reads an event id in plain or dashed form. `None` for anything else and for the nil id, which broken senders use.
pub fn parse_event_id(text: &str) -> Option<String> {
    let id = uuid::Uuid::try_parse(text.trim()).ok()?;
    (!id.is_nil()).then(|| id.simple().to_string())
}
