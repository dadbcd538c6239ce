//! Analytics that are kept, for tests to look at.

use std::sync::{Mutex, PoisonError};

use mortise_service::analytics::Sink;
use serde_json::Value;

/// Keeps every entry.
#[derive(Debug, Default)]
pub struct Analytics(Mutex<Vec<(String, Value)>>);

impl Sink for Analytics {
    fn record(&self, name: &str, fields: &Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), fields.clone()));
    }
}

impl Analytics {
    /// The entries so far, and forgets them.
    pub fn take(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
