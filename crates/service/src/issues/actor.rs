//! A user or team as clients name one: `user:7`, `team:3`, `7`, a user name or an address.

use mortise_domain::{TeamId, UserId};

/// What is said of a text that names nobody.
pub const UNREADABLE: &str =
    "Could not parse actor. Format should be `type:id` where type is `team` or `user`.";
/// The person is not there, or not in this organization.
pub const FOREIGN_USER: &str = "User is not a member of this organization";
/// The team is not there, or not in this organization.
pub const FOREIGN_TEAM: &str = "Team is not a member of this organization";

/// Whom a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorRef {
    /// A person, by id.
    User(UserId),
    /// A team, by id.
    Team(TeamId),
    /// A person, by user name or address.
    Name(String),
}

impl ActorRef {
    /// Reads a text that is not empty; `None` when it has the form of none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.split_once(':') {
            Some(("user", id)) => id.parse().ok().map(Self::User),
            Some(("team", id)) => id.parse().ok().map(Self::Team),
            _ if text.is_empty() => None,
            _ if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok().map(Self::User),
            _ => Some(Self::Name(text.to_owned())),
        }
    }
}
