//! Whom alert rules that fired mail: people in a team of the project, each once however often the rule names them. Who has
//! muted the rule for oneself gets nothing. The owners of an issue are whom it is assigned to, or else the code owners of the
//! event.

use std::collections::BTreeSet;

use mortise_domain::{IssueId, ProjectId, RuleId, TeamId, Time, UserId};
use mortise_store::{
    Conn,
    delivery::Event,
    error_event::{self, ErrorEvent},
    issue::beside::{self, Assignee},
    member::recipients::{self, Recipient},
    rule::snooze::{self, Muted},
};

use serde_json::Value;

use super::{Target, subscriber_of, target};
use crate::{
    code_owners::{CodeOwner, Rules},
    events::{ALERT_TRIGGERED, Facts, Fallback, Tell, Whom},
};

/// People who are mailed about an issue that nobody owns, at most, when the rule says those who were active last.
const ACTIVE_MEMBERS_MAX: usize = 20;

/// A rule that fired and mails somebody.
struct Fired<'e> {
    event: &'e Event,
    issue: IssueId,
    project: ProjectId,
    rule: RuleId,
    /// 32 hex digits.
    error_event: Option<String>,
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
            error_event: facts.error_event,
            whom: mails.collect(),
        };
        (!fired.whom.is_empty()).then_some(fired)
    }

    /// Whether it mails whoever owns the issue.
    fn asks_owners(&self) -> bool {
        self.whom.iter().any(|whom| matches!(whom, Whom::Owners { .. }))
    }

    fn readers(&self, owners: &BTreeSet<UserId>, people: &People<'_>) -> BTreeSet<UserId> {
        let found = |whom: &Whom| match *whom {
            Whom::Team { id } => people.team(TeamId::new(id)),
            Whom::Member { id } => people.person(UserId::new(id)),
            Whom::Owners { fallback: otherwise } if owners.is_empty() => fallback(otherwise, &people.0),
            Whom::Owners { .. } => owners.clone(),
        };
        self.whom.iter().flat_map(found).collect()
    }
}

/// The people of one project.
struct People<'p>(Vec<&'p Recipient>);

impl People<'_> {
    fn team(&self, id: TeamId) -> BTreeSet<UserId> {
        self.0.iter().filter(|it| it.team_id == id).map(|it| it.user_id).collect()
    }

    fn person(&self, id: UserId) -> BTreeSet<UserId> {
        self.0.iter().filter(|it| it.user_id == id).map(|it| it.user_id).collect()
    }

    fn assigned(&self, to: &Assignee) -> BTreeSet<UserId> {
        match (to.user_id, to.team_id) {
            (Some(id), _) => self.person(id),
            (None, Some(id)) => self.team(id),
            (None, None) => BTreeSet::new(),
        }
    }

    /// Those of the last rule that matches an event and reaches anybody.
    fn owners(&self, rules: &Rules, event: &ErrorEvent) -> BTreeSet<UserId> {
        let data = match event.unpack() {
            Ok((Value::Object(data), _)) => data,
            Ok(_) => return BTreeSet::new(),
            Err(error) => {
                tracing::warn!(%error, event.id = %event.id, "an event has no owners, for it cannot be read");
                return BTreeSet::new();
            }
        };
        let reached = |owners: &[CodeOwner]| -> BTreeSet<UserId> {
            let one = |owner: &CodeOwner| match *owner {
                CodeOwner::User(id) => self.person(id),
                CodeOwner::Team(id) => self.team(id),
            };
            owners.iter().flat_map(one).collect()
        };
        rules.matching(&data).map(reached).find(|people| !people.is_empty()).unwrap_or_default()
    }
}

/// The rules of code owners that events are held against, and the events.
struct Code {
    rules: Vec<Rules>,
    events: Vec<ErrorEvent>,
}

impl Code {
    /// Loads what is needed for what fired; without code owners no event is read.
    async fn load(conn: &mut Conn, fired: &[&Fired<'_>]) -> mortise_store::Result<Self> {
        let projects: BTreeSet<ProjectId> = fired.iter().map(|it| it.project).collect();
        let rules = Rules::load(conn, &projects.into_iter().collect::<Vec<_>>()).await?;
        let has_rules = |it: &&&Fired<'_>| rules.iter().any(|rules| rules.project == it.project);
        let wanted =
            fired.iter().filter(has_rules).filter_map(|it| Some((it.project, it.error_event.clone()?)));
        let wanted: Vec<_> = wanted.collect();
        Ok(Self { events: error_event::by_event_ids(conn, &wanted).await?, rules })
    }

    fn owners(&self, fired: &Fired<'_>, people: &People<'_>) -> BTreeSet<UserId> {
        let rules = self.rules.iter().find(|rules| rules.project == fired.project);
        let id = fired.error_event.as_deref();
        let mut events = self.events.iter();
        let event = events.find(|it| it.project_id == fired.project && Some(it.event_id.as_str()) == id);
        rules.zip(event).map(|(rules, event)| people.owners(rules, event)).unwrap_or_default()
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
    let people_of =
        |project: ProjectId| People(people.iter().filter(|it| it.project_id == project).collect());
    let assigned = |it: &Fired<'_>, people: &People<'_>| {
        let assignee = assignees.iter().find(|assignee| assignee.issue_id == it.issue);
        assignee.map(|assignee| people.assigned(assignee)).unwrap_or_default()
    };
    let is_open = |it: &&Fired<'_>| it.asks_owners() && assigned(it, &people_of(it.project)).is_empty();
    let code = Code::load(conn, &fired.iter().filter(is_open).collect::<Vec<_>>()).await?;
    let mut targets = Vec::new();
    for it in &fired {
        let own = mute.iter().filter(|mute| mute.rule_id == Some(it.rule)).collect::<Vec<_>>();
        let is_mute = |reader: UserId| own.iter().any(|mute| mute.is_mute(reader, it.event.created_at));
        let people = people_of(it.project);
        let owners = match assigned(it, &people) {
            nobody if nobody.is_empty() && it.asks_owners() => code.owners(it, &people),
            owners => owners,
        };
        let readers = it.readers(&owners, &people).into_iter().filter(|reader| !is_mute(*reader));
        targets.extend(readers.map(|reader| target(it.event, subscriber_of(reader))));
    }
    Ok(targets)
}
