//! Asking the rules of a project about an event that is being stored.
//!
//! ```text
//! before the transaction   what the event alone answers; most rules fall out here or cost nothing further
//! inside it, from memory   what storing it brought to light (new issue, reopened, counters), and what is remembered
//! inside it, few queries   when the rule last fired; then counts, assignee, release, one at a time until it is decided
//! to fire                  one statement lets one of all concurrent events fire; history and outbox in the same commit
//! ```
//! So a rule fires if and only if its event is stored, once in each of its pauses, and survives a crash. A project whose
//! rules ask for new issues pays nothing for the events of known ones.
//!
//! Two things are remembered of a rule and an issue: until when it is silent, and how many events the issue must have
//! before a count can reach what the rule asks for (each event adds at most one, so it is not counted again before).

use std::sync::Arc;

use jiff::SignedDuration;
use mortise_domain::{IssueId, RuleId, Time, issue::Priority};
use mortise_store::{Tx, issue::beside, release, rule::fire};

use super::compile::{ActiveRule, Frequency, Group, GroupMatch, StateTest, StoredTest, Test};
use crate::{
    Ctx, Result,
    events::{self, AlertFacts, AlsoFired, IssueRef, Tell},
    ingest::Reopened,
    pipeline::Normalized,
};

/// A rule that an event may make fire, with what the event alone answers.
#[derive(Debug, Clone)]
pub struct Candidate {
    rule: Arc<ActiveRule>,
    conditions: Vec<Option<bool>>,
    filters: Vec<Option<bool>>,
}

/// An event that was stored, and its issue now.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The issue.
    pub subject: IssueRef,
    /// The event; 32 hex digits.
    pub event_id: &'a str,
    /// Its release.
    pub release: Option<&'a str>,
    /// Whether the issue began with it.
    pub is_new: bool,
    /// Whether it opened the issue again.
    pub reopened: Option<Reopened>,
    /// The events of the issue, with this one.
    pub times_seen: i64,
    /// The first of them.
    pub first_seen: Time,
    /// As in [`Priority`].
    pub priority: i64,
    /// The time.
    pub now: Time,
}

/// Names what is remembered: the rule as it was then, and the issue.
pub type QuietKey = (RuleId, u64, IssueId);

/// When a rule need not be asked about an issue.
#[derive(Debug, Clone, Copy)]
pub struct Quiet {
    until: Time,
    until_seen: i64,
}

/// The rules that an event may make fire.
pub fn candidates(rules: &[Arc<ActiveRule>], event: &Normalized) -> Vec<Candidate> {
    let answers = |group: &Group| -> Vec<Option<bool>> {
        let answer = |test: &Test| match test {
            Test::Event(test) => Some(test.holds(event)),
            Test::State(_) | Test::Stored(_) => None,
        };
        group.tests.iter().map(answer).collect()
    };
    let one = |rule: &Arc<ActiveRule>| {
        if rule.environment.is_some() && rule.environment != event.environment {
            return None;
        }
        let (conditions, filters) = (answers(&rule.conditions), answers(&rule.filters));
        let may = rule.conditions.of.settle(&conditions) != Some(false)
            && rule.filters.of.settle(&filters) != Some(false);
        may.then(|| Candidate { rule: Arc::clone(rule), conditions, filters })
    };
    rules.iter().filter_map(one).collect()
}

/// Asks the rules about an event of an unresolved issue, and lets those fire that must. What may be remembered once this
/// is committed.
pub async fn after_event(
    tx: &mut Tx,
    ctx: &Ctx,
    candidates: &[Candidate],
    moment: &Moment<'_>,
) -> Result<Vec<(QuietKey, Quiet)>> {
    let mut open: Vec<Candidate> = candidates
        .iter()
        .filter(|it| it.is_heard(ctx, moment))
        .filter_map(|it| it.with_state(moment))
        .collect();
    let mut learned = Vec::new();
    if open.is_empty() {
        return Ok(learned);
    }
    if !moment.is_new {
        let ids: Vec<RuleId> = open.iter().map(|it| it.rule.id).collect();
        let fired = fire::last_active(tx, moment.subject.issue, &ids).await?;
        open.retain(|it| {
            let last = fired.iter().find(|(id, _)| *id == it.rule.id).map(|(_, last)| *last);
            let until = last.map(|last| after(last, it.rule.frequency));
            let is_silent = until.is_some_and(|until| until > moment.now);
            learned.extend(until.filter(|_| is_silent).map(|until| it.quiet(moment, until, 0)));
            !is_silent
        });
    }
    let mut fired = Vec::new();
    for mut candidate in open {
        let mut missing = 0;
        if !candidate.ask_stored(tx, moment, &mut missing).await? {
            if missing > 0 {
                learned.push(candidate.quiet(moment, Time::MIN, moment.times_seen.saturating_add(missing)));
            }
            continue;
        }
        if candidate.fire(tx, ctx, moment).await? {
            fired.push(Arc::clone(&candidate.rule));
        }
        learned.push(candidate.quiet(moment, after(moment.now, candidate.rule.frequency), 0));
    }
    for alert in alerts(&fired) {
        events::alert_triggered(tx, moment.subject, moment.event_id, alert, moment.now).await?;
    }
    Ok(learned)
}

/// What is told of the rules that fired for one event, one by one; the first knows of the others.
fn alerts(fired: &[Arc<ActiveRule>]) -> Vec<AlertFacts> {
    let one = |(index, rule): (usize, &Arc<ActiveRule>)| AlertFacts {
        rule: rule.id.get(),
        title: rule.label.clone(),
        is_first: index == 0,
        tell: rule.tell.clone(),
        also: if index == 0 { fired[1..].iter().filter_map(also).collect() } else { Vec::new() },
    };
    fired.iter().enumerate().map(one).collect()
}

/// A rule as the first one knows it; `None` where it tells neither apps nor plugins by their slugs.
fn also(rule: &Arc<ActiveRule>) -> Option<AlsoFired> {
    let tell = rule.tell.iter().filter(|tell| matches!(tell, Tell::Everybody | Tell::App { .. }));
    let tell: Vec<Tell> = tell.cloned().collect();
    (!tell.is_empty()).then(|| AlsoFired { rule: rule.id.get(), title: rule.label.clone(), tell })
}

fn after(time: Time, pause: SignedDuration) -> Time {
    time.saturating_add(pause).unwrap_or(Time::MAX)
}

fn before(time: Time, length: SignedDuration) -> Time {
    time.saturating_sub(length).unwrap_or(Time::MIN)
}

impl Candidate {
    fn key(&self, moment: &Moment<'_>) -> QuietKey {
        (self.rule.id, self.rule.revision, moment.subject.issue)
    }

    fn quiet(&self, moment: &Moment<'_>, until: Time, until_seen: i64) -> (QuietKey, Quiet) {
        (self.key(moment), Quiet { until, until_seen })
    }

    /// Whether it is neither mute nor known to be silent.
    fn is_heard(&self, ctx: &Ctx, moment: &Moment<'_>) -> bool {
        let is_mute = self.rule.snoozed_until.is_some_and(|until| until > moment.now);
        let quiet = || ctx.ingest().quiet.get(&self.key(moment));
        !is_mute
            && quiet().is_none_or(|quiet| quiet.until <= moment.now && quiet.until_seen <= moment.times_seen)
    }

    /// With what storing the event brought to light; `None` when that decides against it.
    fn with_state(&self, moment: &Moment<'_>) -> Option<Self> {
        let mut it = self.clone();
        let rule = &self.rule;
        for (group, answers) in [(&rule.conditions, &mut it.conditions), (&rule.filters, &mut it.filters)] {
            for (test, answer) in group.tests.iter().zip(answers.iter_mut()) {
                if let Test::State(test) = test {
                    *answer = Some(holds(test, moment));
                }
            }
            if group.of.settle(answers) == Some(false) {
                return None;
            }
        }
        Some(it)
    }

    /// Whether it is to fire. `missing` becomes the number of events without which it cannot.
    async fn ask_stored(&mut self, tx: &mut Tx, moment: &Moment<'_>, missing: &mut i64) -> Result<bool> {
        let rule = Arc::clone(&self.rule);
        for (group, answers) in [(&rule.filters, &mut self.filters), (&rule.conditions, &mut self.conditions)]
        {
            let all_must =
                group.of == GroupMatch::All || group.tests.len() == 1 && group.of == GroupMatch::Any;
            for (index, test) in group.tests.iter().enumerate() {
                let Test::Stored(test) = test else { continue };
                if group.of.settle(answers).is_some() {
                    break;
                }
                let mut more = 0;
                let answer = stored(tx, test, moment, &mut more).await?;
                answers[index] = Some(answer);
                if all_must {
                    *missing = (*missing).max(more);
                }
            }
            if group.of.settle(answers) != Some(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Fires, unless an event at the same time did. Whether it was this one.
    async fn fire(&self, tx: &mut Tx, ctx: &Ctx, moment: &Moment<'_>) -> Result<bool> {
        let (rule, issue) = (&self.rule, moment.subject.issue);
        let not_after = before(moment.now, rule.frequency);
        if !fire::claim(tx, rule.id, issue, moment.now, not_after).await? {
            return Ok(false);
        }
        let uuid = ctx.ids.uuid().to_string();
        fire::record(tx, rule.id, issue, moment.event_id, &uuid, moment.now).await?;
        Ok(true)
    }
}

fn holds(test: &StateTest, moment: &Moment<'_>) -> bool {
    let is_high = moment.priority == Priority::High.number();
    let has_reappeared = matches!(moment.reopened, Some(Reopened::Ongoing | Reopened::Escalating));
    match test {
        StateTest::Always => true,
        StateTest::Never => false,
        StateTest::FirstSeen => moment.is_new,
        StateTest::Regression => moment.reopened == Some(Reopened::Regression),
        StateTest::Reappeared => has_reappeared,
        StateTest::NewHighPriority => moment.is_new && is_high,
        StateTest::ExistingHighPriority => has_reappeared && is_high,
        StateTest::Older(age) => after(moment.first_seen, *age) < moment.now,
        StateTest::Newer(age) => after(moment.first_seen, *age) > moment.now,
        StateTest::Occurrences(count) => moment.times_seen >= *count,
    }
}

async fn stored(tx: &mut Tx, test: &StoredTest, moment: &Moment<'_>, missing: &mut i64) -> Result<bool> {
    let issue = moment.subject.issue;
    let assignee = match test {
        StoredTest::FirstSeenIn(environment) => {
            return Ok(moment.is_new || fire::seen_in(tx, issue, environment).await? == 1);
        }
        StoredTest::Frequency(frequency) => return exceeds(tx, frequency, moment, missing).await,
        StoredTest::LatestRelease(environment) => {
            let Some(own) = moment.release else { return Ok(false) };
            let project = moment.subject.project;
            let latest = match environment {
                Some(name) => release::newest_version_in(tx, project, name).await?,
                None => release::newest_versions(tx, &[project]).await?.pop(),
            };
            return Ok(latest.is_some_and(|version| version.to_lowercase() == own.to_lowercase()));
        }
        StoredTest::Unassigned | StoredTest::AssignedToTeam(_) | StoredTest::AssignedToUser(_) => {
            beside::assignees(tx, &[issue]).await?.pop()
        }
    };
    Ok(match test {
        StoredTest::AssignedToTeam(team) => assignee.is_some_and(|it| it.team_id == Some(*team)),
        StoredTest::AssignedToUser(user) => assignee.is_some_and(|it| it.user_id == Some(*user)),
        _ => assignee.is_none(),
    })
}

/// Whether there were more than so many. `missing` becomes how many more there must be at least.
async fn exceeds(tx: &mut Tx, frequency: &Frequency, moment: &Moment<'_>, missing: &mut i64) -> Result<bool> {
    let (issue, now, value) = (moment.subject.issue, moment.now, frequency.value);
    if moment.is_new && value > 1 {
        return Ok(false);
    }
    let since = before(now, frequency.interval);
    let current = match frequency.of_users {
        true => fire::users_since(tx, issue, since).await?,
        false => events(tx, issue, since, None).await?,
    };
    let Some(shift) = frequency.percent_of else {
        *missing = value.saturating_sub(current).saturating_add(1);
        return Ok(current > value);
    };
    let (since, until) = (before(since, shift), before(now, shift));
    let previous = match frequency.of_users {
        true => fire::users_between(tx, issue, since, until).await?,
        false => events(tx, issue, since, Some(until)).await?,
    };
    // More than value percent above what there was, without fractions.
    Ok(previous > 0 && (current - previous).saturating_mul(100) > value.saturating_mul(previous))
}

/// Microseconds of an hour, the unit in which events are counted beforehand.
const HOUR_US: i64 = 3_600_000_000;

/// The events of an issue from `since` until before `until`: those of whole hours from their counts.
async fn events(tx: &mut Tx, issue: IssueId, since: Time, until: Option<Time>) -> Result<i64> {
    let first = since.as_microsecond().div_euclid(HOUR_US)
        + i64::from(since.as_microsecond().rem_euclid(HOUR_US) > 0);
    let last = until.map(|until| until.as_microsecond().div_euclid(HOUR_US));
    let start = |hour: i64| Time::from_microsecond(hour.saturating_mul(HOUR_US)).unwrap_or(Time::MAX);
    let end = until.unwrap_or(Time::MAX);
    if last.is_some_and(|last| last <= first) {
        return Ok(fire::events_between(tx, issue, since, end).await?);
    }
    let head = fire::events_between(tx, issue, since, start(first)).await?;
    let whole = fire::events_in_hours(tx, issue, first, last.unwrap_or(i64::MAX)).await?;
    let tail = match last {
        Some(last) => fire::events_between(tx, issue, start(last), end).await?,
        None => 0,
    };
    Ok(head + whole + tail)
}
