//! What a provider keeps for an account. It lies sealed, and most operations never look into it: a list of integrations
//! shows the settings of all and needs the credentials of none. So it is opened by whoever looks first.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use serde_json::{Map, Value};

use crate::ProviderError;

/// Opens what is sealed; the reason if it does not open.
type Open = dyn Fn() -> Result<Map<String, Value>, String> + Send + Sync;

/// Credentials and whatever else belongs to an account. Cheap to clone.
#[derive(Clone)]
pub struct Metadata(Arc<Sealed>);

struct Sealed {
    open: Box<Open>,
    opened: OnceLock<Map<String, Value>>,
}

impl Metadata {
    /// What `open` opens when it is looked at.
    pub fn sealed(open: impl Fn() -> Result<Map<String, Value>, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Sealed { open: Box::new(open), opened: OnceLock::new() }))
    }

    /// What there is, opened at most once.
    ///
    /// # Errors
    /// [`ProviderError::Internal`] where it does not open with the keys of this server.
    pub fn open(&self) -> Result<&Map<String, Value>, ProviderError> {
        if let Some(opened) = self.0.opened.get() {
            return Ok(opened);
        }
        let opened = (self.0.open)().map_err(ProviderError::Internal)?;
        Ok(self.0.opened.get_or_init(|| opened))
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata").finish_non_exhaustive()
    }
}

/// An id among what is kept, which some keep as a number.
pub(crate) fn id_text(id: &Value) -> Option<String> {
    match id {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
