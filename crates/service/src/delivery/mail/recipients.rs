//! Whom alert rules that fired mail: people in a team of the project, each once however often the rule names them. Who has
//! muted the rule for oneself gets nothing.

use std::collections::BTreeSet;

use mortise_domain::{IssueId, ProjectId, RuleId, TeamId, Time, UserId};
use mortise_store::{
    Conn,
    delivery::Event,
    issue::beside::{self, Assignee},
    member::recipients::{self, Recipient},
    rule::snooze::{self, Muted},
};

use super::{Target, subscriber_of, target};
use crate::events::{ALERT_TRIGGERED, Facts, Fallback, Tell, Whom};

/// People who are mailed about an issue that nobody owns, at most, when the rule says those who were active last.
const ACTIVE_MEMBERS_MAX: usize = 20;

/// A rule that fired and mails somebody.
struct Fired<'e> {
    event: &'e Event,
    issue: IssueId,
    project: ProjectId,
    rule: RuleId,
    whom: Vec<Whom>,
}

impl<'e> Fired<'e> {
    fn of(event: &'e Event) -> Option<Self> {
        if event.kind != ALERT_TRIGGERED {
            return None;
        }
        let facts = Facts::read(&event.payload).ok()?;
        let alert = facts.alert?;
        let mails = alert.tell.into_iter().filter_map(|tell| match tell {
            Tell::Mail { whom } => Some(whom),
            _ => None,
        });
        let fired = Self {
            event,
            issue: IssueId::new(facts.issue?),
            project: ProjectId::new(facts.project?),
            rule: RuleId::new(alert.rule),
            whom: mails.collect(),
        };
        (!fired.whom.is_empty()).then_some(fired)
    }

    fn readers(&self, assignee: Option<&Assignee>, people: &[Recipient]) -> BTreeSet<UserId> {
        let own: Vec<&Recipient> = people.iter().filter(|it| it.project_id == self.project).collect();
        let team = |id: TeamId| own.iter().filter(move |it| it.team_id == id).map(|it| it.user_id).collect();
        let person =
            |id: UserId| own.iter().filter(move |it| it.user_id == id).map(|it| it.user_id).collect();
        let mut readers = BTreeSet::new();
        for whom in &self.whom {
            let found: BTreeSet<UserId> = match *whom {
                Whom::Team { id } => team(TeamId::new(id)),
                Whom::Member { id } => person(UserId::new(id)),
                Whom::Owners { fallback: otherwise } => {
                    let owners: BTreeSet<UserId> = match assignee.map(|it| (it.user_id, it.team_id)) {
                        Some((Some(id), _)) => person(id),
                        Some((None, Some(id))) => team(id),
                        _ => BTreeSet::new(),
                    };
                    if owners.is_empty() { fallback(otherwise, &own) } else { owners }
                }
            };
            readers.extend(found);
        }
        readers
    }
}

fn fallback(to: Fallback, people: &[&Recipient]) -> BTreeSet<UserId> {
    let all = people.iter().map(|it| it.user_id);
    match to {
        Fallback::NoOne => BTreeSet::new(),
        Fallback::AllMembers => all.collect(),
        Fallback::ActiveMembers => {
            let mut latest: Vec<(Option<Time>, UserId)> =
                people.iter().map(|it| (it.last_active, it.user_id)).collect();
            latest.sort_unstable_by(|one, other| other.cmp(one));
            latest.dedup();
            latest.into_iter().map(|(_, user)| user).take(ACTIVE_MEMBERS_MAX).collect()
        }
    }
}

/// Who is mailed of which of these events.
pub(super) async fn targets(conn: &mut Conn, events: &[Event]) -> mortise_store::Result<Vec<Target>> {
    let fired: Vec<Fired<'_>> = events.iter().filter_map(Fired::of).collect();
    if fired.is_empty() {
        return Ok(Vec::new());
    }
    let issues: BTreeSet<IssueId> = fired.iter().map(|it| it.issue).collect();
    let projects: BTreeSet<ProjectId> = fired.iter().map(|it| it.project).collect();
    let rules: BTreeSet<RuleId> = fired.iter().map(|it| it.rule).collect();
    let assignees = beside::assignees(conn, &issues.into_iter().collect::<Vec<_>>()).await?;
    let people = recipients::of_projects(conn, &projects.into_iter().collect::<Vec<_>>()).await?;
    let rules: Vec<_> = rules.into_iter().map(Muted::Issue).collect();
    let mute = snooze::of_people(conn, &rules).await?;
    let mut targets = Vec::new();
    for it in &fired {
        let own = mute.iter().filter(|mute| mute.rule_id == Some(it.rule)).collect::<Vec<_>>();
        let is_mute = |reader: UserId| own.iter().any(|mute| mute.is_mute(reader, it.event.created_at));
        let assignee = assignees.iter().find(|assignee| assignee.issue_id == it.issue);
        let readers = it.readers(assignee, &people).into_iter().filter(|reader| !is_mute(*reader));
        targets.extend(readers.map(|reader| target(it.event, subscriber_of(reader))));
    }
    Ok(targets)
}
