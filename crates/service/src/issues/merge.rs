//! One issue out of several: the one with the most events survives, and the ids of the others lead to it.

use mortise_domain::issue::ActivityKind;
use mortise_store::{Tx, issue::Issue};
use serde_json::{Value, json};

use super::act::{Act, ids, object};
use crate::Result;

/// Merges issues of one project, which are locked. What clients are told: `{"parent", "children"}`.
pub async fn merge(tx: &mut Tx, act: &Act, issues: &[Issue]) -> Result<Value> {
    let mut sorted = issues.to_vec();
    sorted.sort_by_key(|issue| std::cmp::Reverse((issue.times_seen, issue.id)));
    let Some((parent, children)) = sorted.split_first() else { return Ok(Value::Null) };
    let children = ids(children);
    mortise_store::issue::merge::merge(tx, parent.id, &children).await?;
    let listed: Vec<Value> = children.iter().map(|id| json!({ "id": id.get() })).collect();
    act.record(tx, [parent], ActivityKind::Merge, &object([("issues", listed.into())])).await?;
    let children: Vec<String> = children.iter().map(ToString::to_string).collect();
    Ok(json!({ "parent": parent.id.to_string(), "children": children }))
}
