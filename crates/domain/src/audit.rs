//! The audit log: what can be recorded and how an entry reads. An entry stores its event and a few facts; the
//! sentence is made when it is read, so that wording can improve without rewriting history.
//!
//! A template names facts in braces. `{member|email}` takes the first that is there, `{url:64}` cuts to 64
//! characters. A fact that an entry lacks, as old entries may, reads "(unknown)". Some events have a second template,
//! which is used when all facts that it names are there.

/// Stands for a fact that an entry does not have.
const MISSING: &str = "(unknown)";

macro_rules! audit_events {
    ($($variant:ident = $number:literal, $name:literal, $template:literal $(, or $other:literal)?;)+) => {
        coded! {
            /// Something worth recording. The number is stored, the word is the name in the API.
            pub enum AuditEvent { $($variant = $number, $name;)+ }
        }

        impl AuditEvent {
            /// The usual template and the special one.
            const fn templates(self) -> (&'static str, Option<&'static str>) {
                match self { $(AuditEvent::$variant => ($template, audit_events!(@ $($other)?))),+ }
            }
        }
    };
    (@ $other:literal) => { Some($other) };
    (@) => { None };
}

audit_events! {
    MemberInvite = 1, "member.invite", "invited member {email}";
    MemberAdd = 2, "member.add", "add member {member|email}";
    MemberAccept = 3, "member.accept-invite", "accepted the membership invite";
    MemberEdit = 4, "member.edit", "edited member {member|email}",
        or "edited member {member|email} (role: {role}, teams: {teams})";
    MemberRemove = 5, "member.remove", "removed member {member|email}";
    MemberJoinTeam = 6, "member.join-team", "joined team {team_slug}";
    MemberLeaveTeam = 7, "member.leave-team", "left team {team_slug}";
    MemberPending = 8, "member.pending", "required member {member|email} to set up two-factor authentication";
    OrgAdd = 10, "org.create", "created the organization";
    OrgEdit = 11, "org.edit", "edited the organization setting: {changes}";
    OrgRemove = 12, "org.remove", "removed the organization";
    OrgRestore = 13, "org.restore", "restored the organization";
    TeamAdd = 20, "team.create", "created team {slug}";
    TeamEdit = 21, "team.edit", "edited team {slug}";
    TeamRemove = 22, "team.remove", "removed team {slug}";
    ProjectAdd = 30, "project.create", "created project {slug}";
    ProjectEdit = 31, "project.edit", "edited project {slug}", or "edited project {slug}: {changes}";
    ProjectRemove = 32, "project.remove", "removed project {slug}";
    ProjectRemoveWithOrigin = 33, "project.remove-with-origin", "removed project {slug} in {origin}";
    ProjectRequestTransfer = 35, "project.request-transfer", "asked to transfer project {slug}";
    ProjectAcceptTransfer = 36, "project.accept-transfer", "accepted the transfer of project {slug}";
    ProjectEnable = 37, "project.enable", "enabled project integration {integration}";
    ProjectDisable = 38, "project.disable", "disabled project integration {integration}";
    TagKeyRemove = 40, "tagkey.remove", "removed the tag {key}";
    ProjectKeyAdd = 50, "projectkey.create", "added project key {public_key}";
    ProjectKeyEdit = 51, "projectkey.edit", "edited project key {public_key}";
    ProjectKeyRemove = 52, "projectkey.remove", "removed project key {public_key}";
    ProjectKeyChange = 53, "projectkey.change", "edited project key {public_key}";
    SsoEnable = 60, "sso.enable", "enabled sso ({provider})";
    SsoDisable = 61, "sso.disable", "disabled sso ({provider})";
    SsoEdit = 62, "sso.edit", "edited sso settings";
    SsoIdentityLink = 63, "sso-identity.link", "linked their account to a new identity";
    ApiKeyAdd = 70, "api-key.create", "added api key {label}";
    ApiKeyEdit = 71, "api-key.edit", "edited api key {label}";
    ApiKeyRemove = 72, "api-key.remove", "removed api key {label}";
    RuleAdd = 80, "rule.create", "added rule \"{label}\"";
    RuleEdit = 81, "rule.edit", "edited rule \"{label}\"";
    RuleRemove = 82, "rule.remove", "removed rule \"{label}\"";
    RuleMute = 83, "rule.mute", "muted rule \"{label}\"";
    RuleDisable = 84, "rule.disable", "disabled rule \"{label}\"";
    ServiceHookAdd = 100, "servicehook.create", "added a service hook for \"{url:64}\"";
    ServiceHookEdit = 101, "servicehook.edit", "edited the service hook for \"{url:64}\"";
    ServiceHookRemove = 102, "servicehook.remove", "removed the service hook for \"{url:64}\"";
    IntegrationDisable = 108, "integration.disable", "disabled {provider} integration";
    IntegrationUpgrade = 109, "integration.upgrade", "upgraded {name} for the {provider} integration";
    IntegrationAdd = 110, "integration.add", "installed {name} for the {provider} integration",
        or "enabled integration {integration} for project {project}";
    IntegrationEdit = 111, "integration.edit", "edited the {name} for the {provider} integration",
        or "edited integration {integration} for project {project}";
    IntegrationRemove = 112, "integration.remove", "uninstalled {name} for the {provider} integration",
        or "disabled integration {integration} from project {project}";
    SentryAppAdd = 113, "sentry-app.add", "created sentry app {sentry_app}";
    SentryAppRemove = 115, "sentry-app.remove", "removed sentry app {sentry_app}";
    SentryAppInstall = 116, "sentry-app.install", "installed sentry app {sentry_app}";
    SentryAppUninstall = 117, "sentry-app.uninstall", "uninstalled sentry app {sentry_app}";
    IntegrationRotateClientSecret = 118, "integration.rotate-client-secret",
        "rotated a client secret for {status} integration {sentry_app}";
    MonitorAdd = 120, "monitor.add", "added monitor {name}";
    MonitorEdit = 121, "monitor.edit", "edited monitor {name}";
    MonitorRemove = 122, "monitor.remove", "removed monitor {name}";
    MonitorEnvironmentEdit = 123, "monitor.environment.edit", "edited an environment of monitor {name}";
    MonitorEnvironmentRemove = 124, "monitor.environment.remove", "removed an environment of monitor {name}";
    InternalIntegrationAdd = 130, "internal-integration.create", "created internal integration {name}";
    InternalIntegrationDisabled = 131, "internal-integration.disable", "disabled internal integration {name}";
    InternalIntegrationAddToken = 135, "internal-integration.add-token",
        "created a token for internal integration {sentry_app}";
    InternalIntegrationRemoveToken = 136, "internal-integration.remove-token",
        "revoked a token for internal integration {sentry_app}";
    InviteRequestAdd = 140, "invite-request.create", "request added to invite {email}";
    InviteRequestRemove = 141, "invite-request.remove", "removed the invite request for {email}";
    AlertRuleAdd = 160, "alertrule.create", "added metric alert rule \"{label}\"";
    AlertRuleEdit = 161, "alertrule.edit", "edited metric alert rule \"{label}\"";
    AlertRuleRemove = 162, "alertrule.remove", "removed metric alert rule \"{label}\"";
    SamplingPriorityEnabled = 163, "sampling_priority.enabled", "enabled sampling priority \"{name}\"";
    SamplingPriorityDisabled = 164, "sampling_priority.disabled", "disabled sampling priority \"{name}\"";
    NotificationActionAdd = 165, "notification_action.create", "added an action with the '{trigger}' trigger";
    NotificationActionEdit = 166, "notification_action.edit", "edited an action with the '{trigger}' trigger";
    NotificationActionRemove = 167, "notification_action.remove", "removed an action with the '{trigger}' trigger";
    AlertRuleMute = 168, "alertrule.mute", "muted metric alert rule \"{label}\"";
    TeamAndProjectCreated = 175, "team-and-project.created", "created team {team_slug} and project {project_slug}";
    OrgAuthTokenAdd = 176, "org-auth-token.create", "added org auth token {name}";
    OrgAuthTokenRemove = 177, "org-auth-token.remove", "removed org auth token {name}";
    ProjectPerformanceDetectionChange = 178, "project.change-performance-issue-detection",
        "changed performance issue detection of project {slug}";
    ProjectOwnershipRuleEdit = 179, "project.ownership-rule.edit", "modified ownership rules";
    ProjectTeamRemove = 180, "project-team.remove", "removed team {team_slug} from project {project_slug}";
    ProjectTeamAdd = 181, "project-team.add", "added team {team_slug} to project {project_slug}";
    MetricBlock = 182, "metric.block", "blocked metric {metric_mri}";
    MetricTagsBlock = 183, "metric.tags.block", "blocked tags of metric {metric_mri}";
    MetricUnblock = 184, "metric.unblock", "unblocked metric {metric_mri}";
    MetricTagsUnblock = 185, "metric.tags.unblock", "unblocked tags of metric {metric_mri}";
    IssueDelete = 186, "issue.delete", "Deleted issue {issue_id} for project {project_slug}";
    SpanRuleAdd = 187, "span_extraction_rule_config.create", "created a span extraction rule";
    SpanRuleEdit = 188, "span_extraction_rule_config.update", "edited a span extraction rule";
    SpanRuleRemove = 189, "span_extraction_rule_config.delete", "removed a span extraction rule";
    // From here on ours alone.
    SentryAppTokenReuse = 1001, "sentry-app.token-reuse",
        "lost the token of sentry app {sentry_app}, because an old refresh token was used again";
    SentryAppPublishRequest = 1002, "sentry-app.publish-request", "asked to publish sentry app {sentry_app}";
}

impl AuditEvent {
    /// The sentence of an entry; its subject is the actor. `fact` looks a fact up by name.
    ///
    /// `changes`, `teams` and `member` are texts that the caller composes ("slug from a to b, name from c to d";
    /// a list of slugs; a person's name); all others are stored with the entry as they are.
    ///
    /// ```
    /// use mortise_domain::AuditEvent;
    /// let fact = |name: &str| (name == "slug").then(|| "web".to_owned());
    /// assert_eq!(AuditEvent::ProjectAdd.note(&fact), "created project web");
    /// ```
    pub fn note(self, fact: &dyn Fn(&str) -> Option<String>) -> String {
        let (usual, special) = self.templates();
        special
            .and_then(|template| fill(template, fact, None))
            .or_else(|| fill(usual, fact, Some(MISSING)))
            .unwrap_or_default()
    }
}

/// The template with its facts; `None` when one is missing and there is nothing to put in its place.
fn fill(template: &str, fact: &dyn Fn(&str) -> Option<String>, missing: Option<&str>) -> Option<String> {
    let mut note = String::new();
    let mut rest = template;
    while let Some((text, tail)) = rest.split_once('{') {
        note.push_str(text);
        let (name, tail) = tail.split_once('}').unwrap_or((tail, ""));
        note.push_str(&value(name, fact).or_else(|| missing.map(str::to_owned))?);
        rest = tail;
    }
    note.push_str(rest);
    Some(note)
}

/// What stands between two braces: `name`, `name|other`, `name:characters`.
fn value(placeholder: &str, fact: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (names, length) = match placeholder.split_once(':') {
        Some((names, length)) => (names, length.parse().ok()),
        None => (placeholder, None),
    };
    let value = names.split('|').find_map(fact)?;
    Some(value.chars().take(length.unwrap_or(usize::MAX)).collect())
}
