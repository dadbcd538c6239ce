//! The teams that queries name with `team=`.

use mortise_store::{
    Conn, Slice,
    team::{self, Filter, Owners},
};
use mortise_wire::errors::ErrorBody;

use crate::{Error, Result, access::OrgAccess};

/// Stands for the teams of whoever asks ...
const MY_TEAMS: &str = "myteams";
/// ... and for no team.
const UNASSIGNED: &str = "unassigned";

/// Whose things are wanted; `None` where no team is named, for everybody's. A team that is out of reach is refused.
pub(crate) async fn owners(conn: &mut Conn, access: &OrgAccess, words: &[String]) -> Result<Option<Owners>> {
    if words.is_empty() {
        return Ok(None);
    }
    let (mut owners, mut named) = (Owners::default(), Vec::new());
    for word in words {
        match word.as_str() {
            UNASSIGNED => owners.nobody = true,
            MY_TEAMS if access.caller.is_superuser() => {
                let all = team::list(conn, access.org.id, &Filter::default(), Slice::ALL).await?;
                owners.teams.extend(all.iter().map(|team| team.id));
            }
            MY_TEAMS => owners.teams.extend(access.teams.iter().map(|membership| membership.team_id)),
            id => {
                let wrong = || Error::Invalid(ErrorBody::Text(format!("Invalid Team ID: {id}")));
                named.push(id.parse().map_err(|_| wrong())?);
            }
        }
    }
    if named.is_empty() {
        return Ok(Some(owners));
    }
    let filter = Filter { ids: Some(named.clone()), ..Filter::default() };
    let found = team::list(conn, access.org.id, &filter, Slice::ALL).await?;
    // What is no team of the organization owns nothing here.
    for team in named.iter().filter_map(|id| found.iter().find(|team| team.id == *id)) {
        if !access.reaches(&[team.id]) {
            let text = format!("Error: You do not have permission to access {}", team.name);
            return Err(Error::Refused(ErrorBody::detail(text)));
        }
        owners.teams.push(team.id);
    }
    Ok(Some(owners))
}
