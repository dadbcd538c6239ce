//! The tags of an issue, counted.

use mortise_store::issue::tag::{self as store, USER_FIELDS, ValueOrder};
use mortise_wire::{
    WireTime,
    page::{Page, PageRequest},
    release::VersionInfo,
    tag::{TagKeyDetail, TagValue, key_name},
};

use crate::{Ctx, Error, Result, access::IssueAccess};

/// Values shown with a key when the client names no number.
const TOP_VALUES: i64 = 10;
/// The most values shown with a key.
const TOP_VALUES_MAX: i64 = 100;
/// The most values of a key that can be walked through.
const VALUES_MAX: i64 = 1_000;

/// The tags with their most frequent values; only the keys of `only` unless that is empty.
pub async fn list_tags(
    ctx: &Ctx,
    access: &IssueAccess,
    only: &[String],
    limit: Option<&str>,
) -> Result<Vec<TagKeyDetail>> {
    let limit = match limit {
        None => TOP_VALUES,
        Some(text) => text.trim().parse::<i64>().map_err(|_| Error::invalid("invalid limit"))?,
    };
    let only: Vec<String> = only.iter().map(|key| plain(key).to_owned()).collect();
    let mut conn = ctx.store.read().await?;
    let keys = store::keys(&mut conn, access.issue.id, &only).await?;
    let names: Vec<String> = keys.iter().map(|key| key.tag_key.clone()).collect();
    let limit = limit.clamp(1, TOP_VALUES_MAX);
    let values = store::top_values(&mut conn, access.issue.id, &names, limit).await?;
    let detail = |key: store::TagKey| TagKeyDetail {
        name: key_name(&key.tag_key),
        unique_values: key.unique_values,
        total_values: key.total_values,
        top_values: values.iter().filter(|value| value.tag_key == key.tag_key).map(tag_value).collect(),
        key: key.tag_key,
    };
    Ok(keys.into_iter().map(detail).collect())
}

/// One tag with its most frequent values.
pub async fn get_tag(ctx: &Ctx, access: &IssueAccess, key: &str) -> Result<TagKeyDetail> {
    list_tags(ctx, access, &[key.to_owned()], None).await?.pop().ok_or(Error::NoSuchResource)
}

/// The values of a tag. `sort` is `-date` (the default), `-count` or `-first_seen`.
pub async fn list_tag_values(
    ctx: &Ctx,
    access: &IssueAccess,
    key: &str,
    sort: Option<&str>,
    page: PageRequest,
) -> Result<Page<TagValue>> {
    let key = plain(key);
    let order = match sort.map(|sort| sort.trim_start_matches('-')) {
        Some("count") => ValueOrder::Count,
        Some("first_seen") => ValueOrder::FirstSeen,
        _ => ValueOrder::LastSeen,
    };
    if USER_FIELDS.contains(&key) {
        return Err(Error::NoSuchResource);
    }
    let mut conn = ctx.store.read().await?;
    let values = store::values(&mut conn, access.issue.id, key, order, 0, VALUES_MAX).await?;
    if values.is_empty() {
        return Err(Error::NoSuchResource);
    }
    Ok(page.sequence(values.iter().map(tag_value).collect()))
}

/// The key without the prefix that some clients know.
fn plain(key: &str) -> &str {
    key.strip_prefix("sentry:").unwrap_or(key)
}

fn tag_value(row: &store::TagValue) -> TagValue {
    TagValue {
        key: row.tag_key.clone(),
        name: value_name(&row.tag_key, &row.tag_value),
        value: Some(row.tag_value.clone()),
        count: row.times_seen,
        last_seen: WireTime::new(row.last_seen),
        first_seen: WireTime::new(row.first_seen),
        query: query(&row.tag_key, &row.tag_value),
    }
}

/// What people read for a value: versions without package, users without the kind of their name.
fn value_name(key: &str, value: &str) -> String {
    match key {
        "release" => VersionInfo::parse(value).description,
        "user" => value.split_once(':').map_or(value, |(_, name)| name).to_owned(),
        _ => value.to_owned(),
    }
}

/// The tag `user` is searched for by what names the user.
fn query(key: &str, value: &str) -> Option<String> {
    let (kind, name) = value.split_once(':').filter(|_| key == "user")?;
    Some(format!("user.{kind}:\"{}\"", name.replace('"', "\\\"")))
}
