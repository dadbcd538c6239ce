//! Which events belong together: md5 hashes over what is the same in all of them.
//!
//! In order of precedence: the sender's `checksum`; a fingerprint without `{{ default }}`; else what the first strategy
//! finds that has anything to say (`strategies`), with the rest of a mixed fingerprint around it. Stack traces give two
//! hashes: one over the application's own frames, which is primary, and one over all frames. An event that says nothing
//! at all gets the hash of nothing, so that such events share one issue.

use md5::{Digest, Md5};
use mortise_domain::random::hex;
use serde_json::Value;

use super::{Normalized, view::Object};

mod fingerprint;
mod frames;
pub mod parameterize;
mod strategies;

use fingerprint::Part;

/// The hashes of an event, primary first, without duplicates; never empty. An event belongs to the issue that owns any of
/// them, asked in this order.
pub fn hashes(event: &Normalized) -> Vec<String> {
    let empty = Object::new();
    let data = event.data.as_object().unwrap_or(&empty);
    if let Some(checksum) = data.get("checksum").and_then(Value::as_str) {
        let is_hash =
            checksum.len() == 32 && checksum.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        return vec![if is_hash { checksum.to_owned() } else { md5_of([checksum]) }];
    }
    let parts = fingerprint::parts(event, data);
    if !parts.is_empty() && !parts.contains(&Part::Default) {
        return vec![mixed(&parts, &[])];
    }
    let variants = strategies::variants(data);
    let mut hashes: Vec<String> = variants.iter().map(|values| mixed(&parts, values)).collect();
    hashes.dedup();
    if hashes.is_empty() {
        hashes.push(mixed(&parts, &[]));
    }
    hashes
}

/// The hash of a fingerprint in which `values` take the place of the default.
fn mixed(parts: &[Part], values: &[strategies::Contribution<'_>]) -> String {
    if parts.is_empty() {
        return md5_of(values.iter().map(AsRef::as_ref));
    }
    let mut hash = Md5::new();
    for part in parts {
        match part {
            Part::Default => values.iter().for_each(|value| hash.update(value.as_bytes())),
            Part::Text(text) => hash.update(text.as_bytes()),
        }
    }
    hex(&hash.finalize())
}

fn md5_of<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Md5::new();
    values.into_iter().for_each(|value| hash.update(value.as_bytes()));
    hex(&hash.finalize())
}
