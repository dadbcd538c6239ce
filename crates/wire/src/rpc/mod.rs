//! Calls of the internal RPC, by service: the arguments of each method, as `{"args": {...}}` carries them, and the values
//! that answers carry. Both have the names and the order of the original; here, other than everywhere else, ids are
//! numbers.
//!
//! An argument that may be absent is an `Option` with a default, and null is then the same as absent. One that must be
//! there and may be null is read with [`nullable`]; one that may be absent and must not be null with [`not_null`]. What is
//! sent besides is ignored.

pub mod app;
pub mod hook;
pub mod identity;
pub mod integration;
pub mod repository;
pub mod user;

use mortise_domain::Time;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

use crate::datetime::parse_or_epoch;

/// Items that a list among the arguments may have.
pub const ITEMS_MAX: usize = 1000;

/// An object whose keys are not ours.
pub type Object = Map<String, Value>;

/// The answer to a call.
#[derive(Debug, Clone, Serialize)]
pub struct Reply {
    /// Empty.
    pub meta: Object,
    /// What the method gives.
    pub value: Value,
}

/// A refusal that tells the caller's people why.
#[derive(Debug, Clone, Serialize)]
pub struct Refusal {
    /// The reason.
    pub detail: &'static str,
    /// The same for programs.
    pub code: &'static str,
}

/// A list that is not too long.
#[derive(Debug, Clone, Default)]
pub struct Few<T>(pub Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Few<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(from)?;
        if items.len() > ITEMS_MAX {
            return Err(D::Error::custom(format!("a list has more than {ITEMS_MAX} items")));
        }
        Ok(Self(items))
    }
}

/// A time: ISO 8601, or seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct When(pub Time);

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let sent = Value::deserialize(from)?;
        parse_or_epoch(&sent).map(Self).ok_or_else(|| D::Error::custom("not a time"))
    }
}

/// For an argument that must be there and may be null.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

/// For an argument that may be absent and must not be null.
pub fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
