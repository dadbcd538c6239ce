//! Entries of the directory that are documentation only.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::sentry_app::AppFeature;

/// An entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocIntegration {
    /// What people read.
    pub name: String,
    /// Unique name in addresses.
    pub slug: String,
    /// Who wrote it.
    pub author: String,
    /// What it is about.
    pub description: String,
    /// Where the instructions are.
    pub url: String,
    /// Rank in lists.
    pub popularity: Option<i64>,
    /// Not shown to everybody yet.
    pub is_draft: bool,
    /// What the service is good for.
    pub features: Vec<AppFeature>,
    /// The picture.
    pub avatar: Option<DocIntegrationAvatar>,
    /// Further pages, as `{"title", "url"}`; absent when nothing was said about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub resources: Option<Value>,
}

/// The picture of an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocIntegrationAvatar {
    /// Always `upload`.
    pub avatar_type: &'static str,
    /// Names the picture.
    pub avatar_uuid: String,
    /// Where the picture is.
    pub avatar_url: String,
}
