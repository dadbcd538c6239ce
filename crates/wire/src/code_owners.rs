//! Code owners: files of owners as they are in repositories, and whom the names in them stand for.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{code_mapping::CodeMapping, datetime::WireTime};

/// A file of owners of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeOwners {
    /// Digits.
    pub id: String,
    /// The file as it is in the repository.
    pub raw: Option<String>,
    /// When it was uploaded.
    pub date_created: WireTime,
    /// When it or its rules were changed.
    pub date_updated: WireTime,
    /// The code mapping that leads from stack traces to the repository.
    pub code_mapping_id: String,
    /// The provider of the repository.
    pub provider: String,
    /// The code mapping, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_mapping: Option<CodeMapping>,
    /// The rules as a text, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership_syntax: Option<String>,
    /// Names that stand for nobody.
    pub errors: OwnerErrors,
    /// The rules; left out where a file is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// The page of the file; left out where a file is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_owners_url: Option<String>,
}

/// Names that stand for nobody. Its keys are in snake case.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct OwnerErrors {
    /// Addresses of nobody in the organization.
    pub missing_user_emails: Vec<String>,
    /// People of the other side whom nobody named here.
    pub missing_external_users: Vec<String>,
    /// Teams of the other side which nobody named here.
    pub missing_external_teams: Vec<String>,
    /// Teams that have nothing to do with the project.
    pub teams_without_access: Vec<String>,
    /// People who have nothing to do with the project.
    pub users_without_access: Vec<String>,
}

/// Whom the names of a file stand for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Associations {
    /// An address, or the slug of a team after `#`, by name.
    #[schema(value_type = Object)]
    pub associations: Map<String, Value>,
    /// Names that stand for nobody.
    pub errors: OwnerErrors,
}
