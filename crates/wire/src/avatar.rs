//! Avatars.

use serde::Serialize;
use utoipa::ToSchema;

/// The picture of a user, team, project or organization.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Avatar {
    /// `letter_avatar`, `gravatar` or `upload`.
    pub avatar_type: String,
    /// Names the uploaded picture.
    pub avatar_uuid: Option<String>,
    /// Where the uploaded picture is; teams and projects leave the key out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub avatar_url: Option<Option<String>>,
}

impl Avatar {
    /// Initials on a colour, of a user or organization.
    pub fn letter() -> Self {
        Self { avatar_url: Some(None), ..Self::letter_without_url() }
    }

    /// Initials on a colour, of a team or project.
    pub fn letter_without_url() -> Self {
        Self { avatar_type: "letter_avatar".to_owned(), avatar_uuid: None, avatar_url: None }
    }
}
