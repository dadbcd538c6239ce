//! JSON that is written once and sent many times: what providers say of themselves and of their forms is the same in every
//! row of a list, and in every list.

use std::{ops::Deref, sync::Arc};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A value together with its JSON. To clients it is the value alone. Cheap to clone.
///
/// ```
/// use mortise_wire::Written;
///
/// let written = Written::new(vec!["a"]);
/// assert_eq!(written.len(), 1);
/// assert_eq!(serde_json::to_string(&written).unwrap(), r#"["a"]"#);
/// ```
#[derive(Debug)]
pub struct Written<T>(Arc<Both<T>>);

#[derive(Debug)]
struct Both<T> {
    value: T,
    /// `None` for what cannot be written, which is then found out when it is sent.
    json: Option<Box<RawValue>>,
}

impl<T: Serialize> Written<T> {
    /// Writes a value.
    pub fn new(value: T) -> Self {
        let json = serde_json::value::to_raw_value(&value).ok();
        Self(Arc::new(Both { value, json }))
    }
}

impl<T> Clone for Written<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for Written<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: Serialize> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.json {
            Some(json) => json.serialize(serializer),
            None => self.0.value.serialize(serializer),
        }
    }
}
