//! Typed row ids. `Id<Project>` and `Id<Team>` are both 64-bit numbers in the database and cannot be mixed up here.

use std::{cmp::Ordering, fmt, hash, marker::PhantomData, num::ParseIntError, str::FromStr};

/// The id of a row of `T`. Shown and serialized as decimal digits.
pub struct Id<T>(i64, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Wraps a number that came from the database or from a client.
    pub const fn new(raw: i64) -> Self {
        Self(raw, PhantomData)
    }

    /// The number itself.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<T> From<i64> for Id<T> {
    fn from(raw: i64) -> Self {
        Self::new(raw)
    }
}
impl<T> FromStr for Id<T> {
    type Err = ParseIntError;
    fn from_str(s: &str) -> Result<Self, ParseIntError> {
        s.parse().map(Self::new)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident;)*) => {
        /// The kinds of rows that have an id; never instantiated.
        pub mod kind {
            $($(#[$doc])* #[derive(Debug)] pub enum $kind {})*
        }
        $($(#[$doc])* pub type $alias = Id<kind::$kind>;)*
    };
}

ids! {
    /// A person, or the proxy user of a Sentry App.
    UserId = User;
    /// An address of a user.
    UserEmailId = UserEmail;
    /// An organization (the tenant).
    OrgId = Organization;
    /// A membership or a pending invitation.
    MemberId = Member;
    /// A team.
    TeamId = Team;
    /// A project.
    ProjectId = Project;
    /// A client key (DSN) of a project.
    ProjectKeyId = ProjectKey;
    /// An environment name of an organization.
    EnvironmentId = Environment;
    /// A release of an organization.
    ReleaseId = Release;
    /// A deploy of a release.
    DeployId = Deploy;
    /// A source repository.
    RepositoryId = Repository;
    /// A commit of a repository.
    CommitId = Commit;
    /// A pull request of a repository.
    PullRequestId = PullRequest;
    /// A commit author.
    CommitAuthorId = CommitAuthor;
    /// An issue (group of events).
    IssueId = Issue;
    /// A stored error event (row id; the public id is 32 hex digits).
    ErrorEventId = ErrorEvent;
    /// An entry of an issue's activity.
    ActivityId = Activity;
    /// An issue alert rule.
    RuleId = Rule;
    /// A metric alert rule.
    MetricRuleId = MetricRule;
    /// A threshold of a metric alert rule.
    MetricTriggerId = MetricTrigger;
    /// What is done when a threshold is crossed.
    MetricActionId = MetricAction;
    /// A time during which a metric alert rule was over a threshold.
    IncidentId = Incident;
    /// An audit log entry.
    AuditId = Audit;
    /// An OAuth application, of a person or of a Sentry App.
    ApplicationId = Application;
    /// A token of a user or an app.
    TokenId = Token;
    /// A token of an organization.
    OrgTokenId = OrgToken;
    /// A legacy API key of an organization.
    ApiKeyId = ApiKey;
    /// What a user has let an application do.
    AuthorizationId = Authorization;
    /// An unexchanged grant code.
    GrantId = Grant;
    /// A Sentry App.
    AppId = App;
    /// A Sentry App installed in an organization.
    InstallationId = Installation;
    /// A service hook.
    HookId = Hook;
    /// A link between an issue and an item of a Sentry App.
    ExternalIssueId = ExternalIssue;
    /// A first-party integration (one account on the other side).
    IntegrationId = Integration;
    /// A first-party integration in one organization.
    OrgIntegrationId = OrgIntegration;
    /// A user's account at a provider.
    IdentityId = Identity;
    /// An item of a first-party integration on the other side, such as a work item.
    RemoteIssueId = RemoteIssue;
    /// The name of a user or team on the other side.
    ExternalActorId = ExternalActor;
    /// Where paths of stack traces lie in a repository.
    CodeMappingId = CodeMapping;
    /// The owners of files, as written in a repository.
    CodeOwnersId = CodeOwners;
    /// An entry of the directory that leads to instructions.
    DocIntegrationId = DocIntegration;
    /// Something that happened (a row of the outbox).
    EventId = Event;
    /// One hand-over of one event to one subscriber.
    DeliveryId = Delivery;
    /// One try of a delivery.
    AttemptId = Attempt;
    /// An accepted call from a provider.
    InboundId = Inbound;
}
