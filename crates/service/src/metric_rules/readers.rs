//! How those whom metric alert rules mail are called at the moment: rules keep their ids only, since addresses and names of
//! teams change.

use mortise_domain::{OrgId, TeamId, UserId};
use mortise_store::{Conn, Slice, member::list, metric_rule::Action, team, user};

use super::action::reader;
use crate::{Result, events::Whom};

/// Those of an organization whom some actions mail. Who left and teams that are gone are not among them.
#[derive(Default)]
pub(super) struct Readers {
    people: Vec<user::User>,
    teams: Vec<team::Team>,
}

impl Readers {
    pub(super) async fn of(conn: &mut Conn, org: OrgId, actions: &[Action]) -> Result<Self> {
        let (mut people, mut teams) = (Vec::new(), Vec::new());
        for whom in actions.iter().filter_map(|action| reader(&action.data)) {
            match whom {
                Whom::Member { id } => people.push(UserId::new(id)),
                Whom::Team { id } => teams.push(TeamId::new(id)),
                Whom::Owners { .. } => {}
            }
        }
        let mut readers = Self::default();
        if !people.is_empty() {
            let filter = list::Filter { users: Some(people), ..list::Filter::default() };
            let members = list::list(conn, org, &filter, Slice::ALL).await?;
            let ids: Vec<UserId> = members.iter().filter_map(|member| member.user_id).collect();
            readers.people = user::by_ids(conn, &ids).await?;
        }
        if !teams.is_empty() {
            let filter = team::Filter { ids: Some(teams), ..team::Filter::default() };
            readers.teams = team::list(conn, org, &filter, Slice::ALL).await?;
        }
        Ok(readers)
    }

    /// What an action that mails does, in words; nothing when it has nobody to mail any more.
    pub(super) fn describe(&self, whom: Whom) -> Option<String> {
        match whom {
            Whom::Member { id } => {
                let person = self.people.iter().find(|person| person.id.get() == id)?;
                Some(format!("Send a notification to {}", person.email))
            }
            Whom::Team { id } => {
                let team = self.teams.iter().find(|team| team.id.get() == id)?;
                Some(format!("Send an email to members of #{}", team.slug))
            }
            Whom::Owners { .. } => None,
        }
    }
}
