//! Reading what is sent about a name at another service. Errors come in the order of the fields.

use mortise_domain::{ExternalProvider, IntegrationId, OrgId, TeamId, UserId};
use mortise_store::{
    Conn, Slice,
    integration::{
        external_actor::{ExternalActor, Name, Whose},
        installed,
    },
    member::list::{self, Filter},
};
use mortise_wire::fields::{Body, Fields};

use crate::{Error, Result};

/// Where names are known of users and teams.
pub const PROVIDERS: [&str; 9] = [
    "github",
    "github_enterprise",
    "gitlab",
    "jira_server",
    "slack",
    "slack_staging",
    "perforce",
    "msteams",
    "custom_scm",
];
/// Where a name is an `@` with letters, digits and `_./-`.
const STRICT_PROVIDERS: [&str; 2] = ["github", "gitlab"];

const STRICT_NAME_CHARS_MAX: usize = 255;
/// Characters of a name at any other service; the index of names takes no more.
const NAME_CHARS_MAX: usize = 512;
const EXTERNAL_ID_CHARS_MAX: usize = 64;

const NO_MEMBER: &str = "This member does not exist.";
const NO_INTEGRATION: &str = "Integration does not exist for this organization";
const NOT_STRICT: &str = "External Name must start with '@' and can't contain special characters or spaces.";

/// What was sent; what is absent was not.
#[derive(Debug)]
pub(super) struct Sent {
    whose: Option<Whose>,
    external_id: Option<Option<String>>,
    external_name: Option<String>,
    provider: Option<ExternalProvider>,
    integration_id: Option<IntegrationId>,
}

impl Sent {
    /// A new name, and whose it is.
    pub(super) fn complete(self) -> Result<(Name, Whose)> {
        let incomplete = || Error::Internal("a field that is required was let through".to_owned());
        let name = Name {
            integration_id: self.integration_id.ok_or_else(incomplete)?,
            provider: self.provider.ok_or_else(incomplete)?.number(),
            external_name: self.external_name.ok_or_else(incomplete)?,
            external_id: self.external_id,
        };
        Ok((name, self.whose.ok_or_else(incomplete)?))
    }

    /// Changes a name to what was sent.
    pub(super) fn lay_over(self, row: &mut ExternalActor) {
        match self.whose {
            Some(Whose::User(user)) => row.user_id = Some(user),
            Some(Whose::Team(team)) => row.team_id = Some(team),
            None => {}
        }
        if let Some(id) = self.external_id {
            row.external_id = id;
        }
        if let Some(name) = self.external_name {
            row.external_name = name;
        }
        row.provider = self.provider.map_or(row.provider, ExternalProvider::number);
        row.integration_id = self.integration_id.unwrap_or(row.integration_id);
    }
}

/// What is sent about the name of a member.
pub(super) async fn user(conn: &mut Conn, org: OrgId, body: &Body, is_partial: bool) -> Result<Sent> {
    let mut fields = Fields::of_either_case(body);
    let id = fields.int("userId");
    let id = if is_partial { id.optional() } else { Some(id.required()) }.map(UserId::new);
    if let Some(id) = id.filter(|_| fields.is_valid()) {
        let filter = Filter { users: Some(vec![id]), ..Filter::default() };
        if list::list(conn, org, &filter, Slice { skip: 0, take: 1 }).await?.is_empty() {
            fields.error("userId", NO_MEMBER);
        }
    }
    rest(conn, org, fields, id.map(Whose::User), is_partial).await
}

/// What is sent about the name of a team, which the path names.
pub(super) async fn team(
    conn: &mut Conn,
    org: OrgId,
    team: TeamId,
    body: &Body,
    is_partial: bool,
) -> Result<Sent> {
    rest(conn, org, Fields::of_either_case(body), Some(Whose::Team(team)), is_partial).await
}

async fn rest(
    conn: &mut Conn,
    org: OrgId,
    mut fields: Fields,
    whose: Option<Whose>,
    is_partial: bool,
) -> Result<Sent> {
    let external_id = fields.string("externalId").allow_blank().and_then(valid_id).nullable();
    let is_strict = fields.raw("provider").and_then(|it| it.as_str());
    let is_strict = is_strict.is_some_and(|it| STRICT_PROVIDERS.contains(&it));
    let name = fields.string("externalName").and_then(move |name| valid_name(name, is_strict));
    let external_name = if is_partial { name.optional() } else { Some(name.required()) };
    let provider = fields.choice("provider", &PROVIDERS);
    let provider = if is_partial { provider.optional() } else { Some(provider.required()) };
    let id = fields.int("integrationId");
    let id = if is_partial { id.optional() } else { Some(id.required()) }.map(IntegrationId::new);
    if let Some(id) = id.filter(|_| !fields.errors().has("integrationId"))
        && installed::find(conn, org, id).await?.is_none()
    {
        fields.error("integrationId", NO_INTEGRATION);
    }
    fields.finish()?;
    Ok(Sent {
        whose,
        external_id: external_id.map(Option::flatten),
        external_name,
        provider: provider.and_then(|name| name.parse().ok()),
        integration_id: id,
    })
}

/// An empty id is none.
fn valid_id(id: String) -> Result<Option<String>, String> {
    match id.chars().count() {
        0 => Ok(None),
        1..=EXTERNAL_ID_CHARS_MAX => Ok(Some(id)),
        length => Err(wrong_length("external_id", length, EXTERNAL_ID_CHARS_MAX)),
    }
}

fn valid_name(name: String, is_strict: bool) -> Result<String, String> {
    let length = name.chars().count();
    if !is_strict {
        return match length > NAME_CHARS_MAX {
            true => Err(mortise_wire::errors::field::max_length(NAME_CHARS_MAX)),
            false => Ok(name),
        };
    }
    if length > STRICT_NAME_CHARS_MAX {
        return Err(wrong_length("External Name", length, STRICT_NAME_CHARS_MAX));
    }
    let is_allowed = |letter: char| letter.is_alphanumeric() || "_/.-".contains(letter);
    let is_good = name.strip_prefix('@').is_some_and(|rest| !rest.is_empty() && rest.chars().all(is_allowed));
    if is_good { Ok(name) } else { Err(NOT_STRICT.to_owned()) }
}

fn wrong_length(what: &str, length: usize, max: usize) -> String {
    format!("{what} has invalid length: {length}. Length must be between 1 and {max}")
}
