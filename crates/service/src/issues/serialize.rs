//! Issues as lists show them. However many issues there are, the number of statements is the same.

use std::collections::{BTreeMap, HashMap, HashSet};

use mortise_domain::{
    IssueId, ProjectId, ShortId, UserId,
    issue::{IssueCategory, IssueStatus, Level, Priority, Substatus},
};
use mortise_store::{
    Conn,
    error_event::{self, EventFilter, Totals},
    issue::{
        Issue,
        beside::{self, Assignee, IssueProject, Subscription},
        tag,
    },
};
use mortise_wire::{
    WireTime,
    issue::{self as wire, IssueCounts, IssueExpansions, SubscriptionDetails},
    sentry_app::ExternalIssue,
};
use serde_json::{Map, Value, json};

use super::{
    by_issue,
    stats::{Counts, Window},
    status::StatusFacts,
};
use crate::{
    Ctx, Result,
    apps::facade::{self, ExternalLink},
    people, plugins,
};

/// What a list shows beside what it always shows.
#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    /// Counts by time; `None` leaves the key out.
    pub stats: Option<Window>,
    /// The events that `count`, `userCount`, `firstSeen`, `lastSeen` and `stats` are about.
    pub events: EventFilter,
    /// Whether to show the counts over all time.
    pub lifetime: bool,
    /// Whether to show the counts of what a search means; `Some(None)` shows null.
    pub filtered: Option<Option<EventFilter>>,
    /// The values of `expand`.
    pub expand: Vec<String>,
}

impl ListOptions {
    fn expands(&self, what: &str) -> bool {
        self.expand.iter().any(|value| value == what)
    }
}

/// Writes issues in the order given, as `viewer` sees them (nobody for webhooks).
pub async fn list_json(
    conn: &mut Conn,
    ctx: &Ctx,
    viewer: Option<UserId>,
    issues: &[Issue],
    options: &ListOptions,
) -> Result<Vec<wire::Issue>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let facts = Facts::load(conn, ctx, viewer, issues, options).await?;
    Ok(issues.iter().filter_map(|issue| facts.issue(ctx, issue, options)).collect())
}

/// Everything that stands beside the issues of a list.
struct Facts {
    projects: HashMap<ProjectId, IssueProject>,
    assignees: HashMap<IssueId, Assignee>,
    status: StatusFacts,
    users: HashMap<UserId, mortise_wire::user::User>,
    viewer: ViewerFacts,
    links: Vec<ExternalLink>,
    counts: Numbers,
    lifetime: Option<Numbers>,
    filtered: Option<Option<Numbers>>,
    plugins: HashMap<ProjectId, Vec<Value>>,
}

impl Facts {
    async fn load(
        conn: &mut Conn,
        ctx: &Ctx,
        viewer: Option<UserId>,
        issues: &[Issue],
        options: &ListOptions,
    ) -> Result<Self> {
        let ids: Vec<IssueId> = issues.iter().map(|issue| issue.id).collect();
        let mut project_ids: Vec<ProjectId> = issues.iter().map(|issue| issue.project_id).collect();
        project_ids.sort_unstable();
        project_ids.dedup();
        let projects = beside::projects(conn, &project_ids).await?;
        let status = StatusFacts::load(conn, ctx, issues).await?;
        let lifetime =
            EventFilter { environments: options.events.environments.clone(), ..EventFilter::default() };
        Ok(Self {
            projects: projects.into_iter().map(|project| (project.id, project)).collect(),
            assignees: by_issue(beside::assignees(conn, &ids).await?, |row| row.issue_id),
            users: people::short_users(conn, ctx, status.users(), viewer).await?,
            status,
            viewer: ViewerFacts::load(conn, viewer, &ids).await?,
            links: facade::links_of_issues(conn, &ids).await?,
            counts: Numbers::load(conn, &ids, &options.events, options.stats).await?,
            lifetime: match options.lifetime {
                true => Some(Numbers::load(conn, &ids, &lifetime, None).await?),
                false => None,
            },
            filtered: match &options.filtered {
                Some(Some(filter)) => Some(Some(Numbers::load(conn, &ids, filter, options.stats).await?)),
                Some(None) => Some(None),
                None => None,
            },
            plugins: match options.expands("pluginIssues") {
                true => plugins::issue_plugins(conn, ctx, &project_ids).await?,
                false => HashMap::new(),
            },
        })
    }

    /// `None` for an issue whose project was deleted meanwhile.
    fn issue(&self, ctx: &Ctx, issue: &Issue, options: &ListOptions) -> Option<wire::Issue> {
        let project = self.projects.get(&issue.project_id)?;
        let counts = self.counts.of(issue);
        Some(wire::Issue {
            id: issue.id.to_string(),
            share_id: issue.share_id.clone(),
            short_id: short_id(&project.slug, issue.short_id),
            title: issue.title.clone(),
            culprit: Some(issue.culprit.clone()),
            permalink: Some(permalink(ctx, &project.organization_slug, issue.id)),
            logger: Some(issue.logger.clone()).filter(|logger| !logger.is_empty()),
            level: word::<Level>(issue.level, "error"),
            status: word::<IssueStatus>(issue.status, "unresolved"),
            status_details: self.status.details(issue, counts.user_count, &self.users),
            substatus: issue.substatus.map(|number| word::<Substatus>(number, "ongoing")),
            is_public: issue.share_id.is_some(),
            platform: Some(issue.platform.clone()),
            project: wire::IssueProject {
                id: project.id.to_string(),
                name: project.name.clone(),
                slug: project.slug.clone(),
                platform: project.platform.clone(),
            },
            kind: issue.event_type.clone(),
            metadata: metadata(&issue.metadata),
            num_comments: issue.num_comments,
            assigned_to: self.assignees.get(&issue.id).and_then(assignee),
            is_bookmarked: self.viewer.bookmarked.contains(&issue.id),
            is_subscribed: self.viewer.subscriptions.get(&issue.id).is_some_and(|row| row.is_active),
            subscription_details: self.viewer.subscription(issue.id),
            has_seen: self.viewer.seen.contains(&issue.id),
            annotations: self.links_of(issue.id).map(annotation).collect(),
            issue_type: IssueCategory::Error.to_string(),
            issue_category: IssueCategory::Error.to_string(),
            priority: Some(word::<Priority>(issue.priority, "medium")),
            priority_locked_at: issue.priority_locked_at.map(WireTime::new),
            is_unhandled: issue.is_unhandled,
            count: counts.count,
            user_count: counts.user_count,
            first_seen: counts.first_seen,
            last_seen: counts.last_seen,
            stats: counts.stats,
            lifetime: self.lifetime.as_ref().map(|numbers| numbers.of(issue)),
            filtered: self.filtered.as_ref().map(|numbers| numbers.as_ref().map(|n| n.of(issue))),
            expanded: self.expanded(issue, options),
        })
    }

    fn links_of(&self, issue: IssueId) -> impl Iterator<Item = &ExternalLink> {
        self.links.iter().filter(move |link| link.issue_id == issue)
    }

    fn expanded(&self, issue: &Issue, options: &ListOptions) -> IssueExpansions {
        let on = |what: &str| options.expands(what);
        IssueExpansions {
            inbox: on("inbox").then(|| inbox(issue)),
            owners: on("owners").then_some(Value::Null),
            session_count: on("sessions").then_some(None),
            plugin_actions: on("pluginActions").then(Vec::new),
            plugin_issues: on("pluginIssues")
                .then(|| self.plugins.get(&issue.project_id).cloned().unwrap_or_default()),
            integration_issues: on("integrationIssues").then(Vec::new),
            sentry_app_issues: on("sentryAppIssues")
                .then(|| self.links_of(issue.id).map(external_issue).collect()),
            latest_event_has_attachments: on("latestEventHasAttachments").then_some(false),
            matching_event_id: None,
        }
    }
}

/// What the viewer has to do with the issues.
#[derive(Default)]
struct ViewerFacts {
    bookmarked: HashSet<IssueId>,
    seen: HashSet<IssueId>,
    subscriptions: HashMap<IssueId, Subscription>,
}

impl ViewerFacts {
    async fn load(conn: &mut Conn, viewer: Option<UserId>, ids: &[IssueId]) -> Result<Self> {
        let Some(viewer) = viewer else { return Ok(Self::default()) };
        Ok(Self {
            bookmarked: beside::bookmarked(conn, viewer, ids).await?.into_iter().collect(),
            seen: beside::seen(conn, viewer, ids).await?.into_iter().collect(),
            subscriptions: by_issue(beside::subscriptions(conn, viewer, ids).await?, |row| row.issue_id),
        })
    }

    fn subscription(&self, issue: IssueId) -> Option<SubscriptionDetails> {
        let row = self.subscriptions.get(&issue).filter(|row| row.is_active)?;
        Some(SubscriptionDetails::Reason { reason: row.reason.clone() })
    }
}

/// Counts of all issues, or of those events that a filter means.
struct Numbers {
    /// `None`: the counters of the issues themselves hold.
    totals: Option<HashMap<IssueId, Totals>>,
    users: HashMap<IssueId, i64>,
    stats: Option<(Window, Counts)>,
}

impl Numbers {
    async fn load(
        conn: &mut Conn,
        ids: &[IssueId],
        filter: &EventFilter,
        window: Option<Window>,
    ) -> Result<Self> {
        let stats = match window {
            Some(window) => Some((window, Counts::load(conn, ids, filter, window.first_hour()).await?)),
            None => None,
        };
        if filter.is_open() {
            let users = tag::user_counts(conn, ids).await?.into_iter().collect();
            return Ok(Self { totals: None, users, stats });
        }
        let totals = error_event::totals(conn, ids, filter).await?;
        Ok(Self { totals: Some(by_issue(totals, |row| row.issue_id)), users: HashMap::new(), stats })
    }

    fn of(&self, issue: &Issue) -> IssueCounts {
        let stats = self.stats.as_ref().map(|(window, counts)| {
            BTreeMap::from([(window.key.to_owned(), counts.series(issue.id, window))])
        });
        let (count, user_count, first_seen, last_seen) = match &self.totals {
            None => {
                let users = self.users.get(&issue.id).copied().unwrap_or(0);
                (issue.times_seen, users, issue.first_seen, issue.last_seen)
            }
            Some(totals) => match totals.get(&issue.id) {
                Some(row) => (row.times_seen, row.users_seen, row.first_seen, row.last_seen),
                None => (0, 0, issue.first_seen, issue.last_seen),
            },
        };
        IssueCounts {
            count: count.to_string(),
            user_count,
            first_seen: WireTime::new(first_seen),
            last_seen: WireTime::new(last_seen),
            stats,
        }
    }
}

/// The page of an issue.
pub fn permalink(ctx: &Ctx, organization_slug: &str, issue: IssueId) -> String {
    ctx.link(&format!("/organizations/{organization_slug}/issues/{issue}/"))
}

/// The short id of an issue.
pub fn short_id(project_slug: &str, number: i64) -> String {
    ShortId::new(project_slug, u64::try_from(number).unwrap_or(0)).to_string()
}

/// The word of a stored number; `otherwise` for one that no version has written.
fn word<T: TryFrom<i64> + ToString>(number: i64, otherwise: &str) -> String {
    T::try_from(number).map_or_else(|_| otherwise.to_owned(), |value| value.to_string())
}

fn metadata(stored: &Value) -> Map<String, Value> {
    stored.as_object().cloned().unwrap_or_default()
}

fn assignee(row: &Assignee) -> Option<wire::Assignee> {
    if let Some(user) = row.user_id {
        let known = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let name = known(&row.user_name).or_else(|| known(&row.user_email)).or_else(|| row.username.clone());
        return Some(wire::Assignee::User {
            id: user.to_string(),
            name: name.unwrap_or_default(),
            email: row.user_email.clone(),
        });
    }
    let team = row.team_id?;
    Some(wire::Assignee::Team { id: team.to_string(), name: row.team_slug.clone().unwrap_or_default() })
}

fn annotation(link: &ExternalLink) -> wire::Annotation {
    wire::Annotation { display_name: link.display_name.clone(), url: link.web_url.clone() }
}

/// A link to an item of a Sentry App.
pub(crate) fn external_issue(link: &ExternalLink) -> ExternalIssue {
    ExternalIssue {
        id: link.id.to_string(),
        issue_id: link.issue_id.to_string(),
        service_type: link.service_type.clone(),
        display_name: link.display_name.clone(),
        web_url: link.web_url.clone(),
    }
}

fn inbox(issue: &Issue) -> Value {
    match (issue.inbox_reason, issue.inbox_date) {
        (Some(reason), Some(date)) => {
            json!({ "reason": reason, "reason_details": null, "date_added": WireTime::new(date) })
        }
        _ => Value::Null,
    }
}
