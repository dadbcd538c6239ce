//! What other sides answered a short while ago, so that lists which people open again and again are not asked for each
//! time. It is in the memory of this node only, and never shared between accounts: each may see something else.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use mortise_domain::Time;
use mortise_providers::{Content, Memory, Reply};

use crate::Ctx;

/// Bytes of all answers together, at most.
const ALL_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of an answer that is remembered, at most.
const ONE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes that an answer takes besides its body, about.
const BESIDES_BYTES: usize = 1024;

/// An answer, and until when it counts.
#[derive(Clone)]
struct Kept {
    reply: Reply,
    bytes: u32,
    until: Time,
}

/// Answers by account and call.
pub(crate) struct Replies(moka::sync::Cache<String, Arc<Kept>>);

impl Default for Replies {
    fn default() -> Self {
        let weight = |key: &String, kept: &Arc<Kept>| {
            kept.bytes.saturating_add(u32::try_from(key.len()).unwrap_or(u32::MAX))
        };
        Self(moka::sync::Cache::builder().max_capacity(ALL_BYTES_MAX).weigher(weight).build())
    }
}

/// What one account was answered.
pub(super) struct Remembered {
    pub(super) ctx: Ctx,
    /// Names the installation and the account that it acts with.
    pub(super) account: String,
}

impl Remembered {
    fn key(&self, call: &str) -> String {
        format!("{} {call}", self.account)
    }
}

impl Memory for Remembered {
    fn recall(&self, key: &str) -> Option<Reply> {
        let kept = self.ctx.replies().0.get(&self.key(key))?;
        (kept.until > self.ctx.now()).then(|| kept.reply.clone())
    }

    fn keep(&self, key: String, reply: &Reply, lifetime: Duration) {
        let body = match &reply.content {
            Content::Nothing => 0,
            Content::Json(value) => value.to_string().len(),
            Content::Xml(text) | Content::Text(text) => text.len(),
        };
        let lifetime = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        let (Ok(until), true) = (self.ctx.now().checked_add(lifetime), body <= ONE_BYTES_MAX) else { return };
        let bytes = u32::try_from(body + BESIDES_BYTES).unwrap_or(u32::MAX);
        self.ctx.replies().0.insert(self.key(&key), Arc::new(Kept { reply: reply.clone(), bytes, until }));
    }
}
