//! Environments.

use serde::Serialize;
use utoipa::ToSchema;

/// An environment of an organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Environment {
    /// Digits.
    pub id: String,
    /// The name; empty for events without one.
    pub name: String,
}

/// An environment of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectEnvironment {
    /// Digits.
    pub id: String,
    /// The name.
    pub name: String,
    /// Left out of menus.
    pub is_hidden: bool,
}
