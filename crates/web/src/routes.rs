//! Addresses of pages. One function per page, so that handlers, templates, redirects and mails agree. Every part that
//! comes from data is percent-encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// One path segment or query value, percent-encoded.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Declares page addresses: name, the names of their parameters, and the pattern they fill in order.
macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident($($arg:ident),*) = $pattern:literal;)*) => {
        $($(#[$doc])* pub fn $name($($arg: &str),*) -> String {
            format!($pattern, $($arg = encode($arg)),*)
        })*

        /// The same addresses as patterns of the router.
        #[expect(non_upper_case_globals, reason = "a pattern is named like the function that fills it")]
        pub mod path {
            $($(#[$doc])* pub const $name: &str = $pattern;)*

            #[cfg(test)]
            pub const ALL: &[&str] = &[$($pattern),*];
        }
    };
}

pages! {
    /// Where a signed-in visitor without a destination goes on from.
    home() = "/";
    /// Sign-in form and its target.
    sign_in() = "/auth/login/";
    /// Target of the sign-out form.
    sign_out() = "/auth/logout/";
    /// Password confirmation before a dangerous action, and its target.
    sudo() = "/auth/sudo/";
    /// Becoming a superuser for a while, and its target.
    superuser() = "/auth/superuser/";
    /// Target that ends it.
    end_superuser() = "/auth/superuser/end/";
    /// Apps that wait for an operator to publish them.
    publication_requests() = "/operator/publication-requests/";
    /// Documentation integrations of the server, drafts among them.
    doc_integrations() = "/operator/doc-integrations/";
    /// The form for a new documentation integration and its target.
    new_doc_integration() = "/operator/new-doc-integration/";
    /// The form of a documentation integration and its target.
    doc_integration_form(doc) = "/operator/doc-integrations/{doc}/";
    /// Target that takes the picture of a documentation integration: a file.
    doc_integration_picture(doc) = "/operator/doc-integrations/{doc}/picture/";
    /// Target that publishes a documentation integration, or makes it a draft again: field `draft`.
    doc_integration_publish(doc) = "/operator/doc-integrations/{doc}/publish/";
    /// Target that deletes a documentation integration: field `confirm`.
    doc_integration_delete(doc) = "/operator/doc-integrations/{doc}/delete/";
    /// Where an application sends a user to be asked, and the target of the answer.
    oauth_authorize() = "/oauth/authorize/";
    /// Where an invited person accepts and sets a password.
    accept_invite(member, token) = "/accept/{member}/{token}/";
    /// Target of the form that stores the colour theme.
    theme() = "/settings/account/theme/";
    /// API tokens of the signed-in user: list, and target of the create form.
    tokens() = "/settings/account/api/auth-tokens/";
    /// The form for a new API token.
    new_token() = "/settings/account/api/auth-tokens/new/";
    /// Target that deletes an API token.
    delete_token(id) = "/settings/account/api/auth-tokens/{id}/delete/";
    /// The form for a new organization and its target.
    new_organization() = "/new-organization/";
    /// An organization's start; leads to its issues.
    organization(org) = "/organizations/{org}/";
    /// Issue list.
    issues(org) = "/organizations/{org}/issues/";
    /// Target of the bulk actions of the issue list.
    bulk(org) = "/organizations/{org}/issues/bulk/";
    /// One issue with its latest event.
    issue(org, id) = "/organizations/{org}/issues/{id}/";
    /// One issue with one event; `event` is an id, or `oldest`, `latest`.
    event(org, id, event) = "/organizations/{org}/issues/{id}/events/{event}/";
    /// The JSON of one event.
    event_json(org, id, event) = "/organizations/{org}/issues/{id}/events/{event}/json/";
    /// Target of status changes: field `action`.
    issue_status(org, id) = "/organizations/{org}/issues/{id}/status/";
    /// Target of the assign picker: field `assignee`.
    issue_assign(org, id) = "/organizations/{org}/issues/{id}/assign/";
    /// Target of the priority picker: field `priority`.
    issue_priority(org, id) = "/organizations/{org}/issues/{id}/priority/";
    /// Target of the bookmark switch: field `on`.
    issue_bookmark(org, id) = "/organizations/{org}/issues/{id}/bookmark/";
    /// Target of the subscription switch: field `on`.
    issue_subscribe(org, id) = "/organizations/{org}/issues/{id}/subscribe/";
    /// Target that deletes an issue.
    issue_delete(org, id) = "/organizations/{org}/issues/{id}/delete/";
    /// Target of a new comment.
    comments(org, id) = "/organizations/{org}/issues/{id}/comments/";
    /// Target that changes a comment.
    comment(org, id, comment) = "/organizations/{org}/issues/{id}/comments/{comment}/";
    /// Target that deletes a comment.
    comment_delete(org, id, comment) = "/organizations/{org}/issues/{id}/comments/{comment}/delete/";
    /// The dialog of an app on an issue and its target; `action` is `create` or `link`.
    issue_app(org, id, installation, action) = "/organizations/{org}/issues/{id}/apps/{installation}/{action}/";
    /// Target that removes the link between an issue and an item of an app.
    issue_unlink(org, id, link) = "/organizations/{org}/issues/{id}/links/{link}/delete/";
    /// Project list.
    projects(org) = "/organizations/{org}/projects/";
    /// The form for a new project and its target.
    new_project(org) = "/organizations/{org}/projects/new/";
    /// The guide from an empty project to its first event.
    getting_started(org, project) = "/organizations/{org}/projects/{project}/getting-started/";
    /// Alert rules of the organization's projects.
    rules(org) = "/organizations/{org}/alerts/rules/";
    /// Metric alert rules of the organization's projects.
    metric_rules(org) = "/organizations/{org}/alerts/metric-rules/";
    /// One metric alert rule with its incidents; links in webhooks lead here.
    metric_rule(org, rule) = "/organizations/{org}/alerts/rules/details/{rule}/";
    /// The form for a new alert rule and its target.
    new_rule(org, project) = "/organizations/{org}/alerts/new-rule/{project}/";
    /// One alert rule: what it does, and what came of it.
    rule(org, project, rule) = "/organizations/{org}/alerts/rules/{project}/{rule}/details/";
    /// The form of an alert rule and its target.
    rule_edit(org, project, rule) = "/organizations/{org}/alerts/rules/{project}/{rule}/edit/";
    /// Target that mutes a rule: fields `target` and `for`.
    rule_mute(org, project, rule) = "/organizations/{org}/alerts/rules/{project}/{rule}/mute/";
    /// Target that lets a muted rule be heard again.
    rule_unmute(org, project, rule) = "/organizations/{org}/alerts/rules/{project}/{rule}/unmute/";
    /// Target that switches a disabled rule on.
    rule_enable(org, project, rule) = "/organizations/{org}/alerts/rules/{project}/{rule}/enable/";
    /// Target that deletes a rule.
    rule_delete(org, project, rule) = "/organizations/{org}/alerts/rules/{project}/{rule}/delete/";
    /// Deliveries of the organization.
    deliveries(org) = "/organizations/{org}/deliveries/";
    /// One delivery with its attempts.
    delivery(org, id) = "/organizations/{org}/deliveries/{id}/";
    /// Target that replays a delivery.
    delivery_replay(org, id) = "/organizations/{org}/deliveries/{id}/replay/";
    /// Organization settings and their target.
    settings(org) = "/settings/{org}/";
    /// Target that deletes the organization.
    organization_delete(org) = "/settings/{org}/delete/";
    /// Members and invitations.
    members(org) = "/settings/{org}/members/";
    /// The invite form's target.
    invite(org) = "/settings/{org}/members/invite/";
    /// Target that changes a member's role.
    member_role(org, id) = "/settings/{org}/members/{id}/role/";
    /// Target that removes a member or withdraws an invitation.
    member_remove(org, id) = "/settings/{org}/members/{id}/remove/";
    /// Target that makes a new invitation link.
    member_reinvite(org, id) = "/settings/{org}/members/{id}/reinvite/";
    /// Teams.
    teams(org) = "/settings/{org}/teams/";
    /// Target that deletes a team.
    team_delete(org, team) = "/settings/{org}/teams/{team}/delete/";
    /// A team: who is in it, and which projects it has.
    team(org, team) = "/settings/{org}/teams/{team}/";
    /// Target that puts a member into a team, or takes one out: fields `member`, `on`.
    team_members(org, team) = "/settings/{org}/teams/{team}/members/";
    /// Target that gives a project to a team, or takes one away: fields `project`, `on`.
    team_projects(org, team) = "/settings/{org}/teams/{team}/projects/";
    /// Target that joins or leaves a team: field `on`.
    team_membership(org, team) = "/settings/{org}/teams/{team}/membership/";
    /// Sentry Apps that the organization owns.
    developer_settings(org) = "/settings/{org}/developer-settings/";
    /// The form for a new public app and its target.
    new_public_app(org) = "/settings/{org}/new-public-app/";
    /// The form for a new internal app and its target.
    new_internal_app(org) = "/settings/{org}/new-internal-app/";
    /// Settings of an app that the organization owns, and their target.
    app_settings(org, app) = "/settings/{org}/developer-settings/{app}/";
    /// Credentials of an app: client id and secret; tokens of an internal one.
    app_credentials(org, app) = "/settings/{org}/developer-settings/{app}/credentials/";
    /// Target that gives an app another secret.
    app_rotate(org, app) = "/settings/{org}/developer-settings/{app}/rotate-secret/";
    /// The app as a file.
    app_manifest(org, app) = "/settings/{org}/developer-settings/{app}/manifest.toml";
    /// Target that makes a token of an internal app.
    app_tokens(org, app) = "/settings/{org}/developer-settings/{app}/tokens/";
    /// Target that deletes a token of an internal app.
    app_token_delete(org, app, token) = "/settings/{org}/developer-settings/{app}/tokens/{token}/delete/";
    /// Target that takes a picture of an app: the switch `color` and a file.
    app_picture(org, app) = "/settings/{org}/developer-settings/{app}/picture/";
    /// Target that asks for an app to be published.
    app_publish_request(org, app) = "/settings/{org}/developer-settings/{app}/publish-request/";
    /// Target with which a superuser publishes an app.
    app_publish(org, app) = "/settings/{org}/developer-settings/{app}/publish/";
    /// Target that deletes an app.
    app_delete(org, app) = "/settings/{org}/developer-settings/{app}/delete/";
    /// How an app is used.
    app_dashboard(org, app) = "/settings/{org}/developer-settings/{app}/dashboard/";
    /// Answers what pages make of a schema: field `schema`.
    schema_preview(org) = "/settings/{org}/schema-preview/";
    /// Everything that the organization can connect to: providers, apps, documentation integrations, legacy plugins. Fields:
    /// `search`, `category`, `state`, `page`.
    integrations(org) = "/settings/{org}/integrations/";
    /// A provider: what it does, and what the organization has of it.
    integration(org, provider) = "/settings/{org}/integrations/{provider}/";
    /// Settings of one installation of a provider and their target.
    installed(org, provider, id) = "/settings/{org}/integrations/{provider}/{id}/";
    /// Code mappings of one installation.
    code_mappings(org, provider, id) = "/settings/{org}/integrations/{provider}/{id}/code-mappings/";
    /// The form for a new code mapping and its target.
    new_code_mapping(org, provider, id) = "/settings/{org}/integrations/{provider}/{id}/code-mappings/new/";
    /// The form of a code mapping and its target.
    code_mapping(org, provider, id, mapping) = "/settings/{org}/integrations/{provider}/{id}/code-mappings/{mapping}/";
    /// Target that deletes a code mapping.
    code_mapping_delete(org, provider, id, mapping) = "/settings/{org}/integrations/{provider}/{id}/code-mappings/{mapping}/delete/";
    /// Names that people and teams have at an installation, and target of a new one. Field: `change`, the id of a name.
    names(org, provider, id) = "/settings/{org}/integrations/{provider}/{id}/people/";
    /// Target that changes a name.
    name(org, provider, id, name) = "/settings/{org}/integrations/{provider}/{id}/people/{name}/";
    /// Target that removes a name.
    name_remove(org, provider, id, name) = "/settings/{org}/integrations/{provider}/{id}/people/{name}/remove/";
    /// Repositories. Fields: `search`, `integration`, `state`.
    repositories(org) = "/settings/{org}/repos/";
    /// What can be added of an integration, and target that adds it. Fields: `integration`, `search`, `identifier`.
    new_repository(org) = "/settings/{org}/repos/new/";
    /// Target that hides a repository or brings it back: field `status`.
    repository_state(org, id) = "/settings/{org}/repos/{id}/state/";
    /// Target that deletes a repository.
    repository_delete(org, id) = "/settings/{org}/repos/{id}/delete/";
    /// Target that removes one installation of a provider.
    installed_remove(org, provider, id) = "/settings/{org}/integrations/{provider}/{id}/remove/";
    /// Where apps used to be listed; leads to the list of everything.
    apps(org) = "/settings/{org}/sentry-apps/";
    /// One of them: what it does and may do.
    app(org, app) = "/settings/{org}/sentry-apps/{app}/";
    /// Target that installs an app.
    app_install(org, app) = "/settings/{org}/sentry-apps/{app}/install/";
    /// Target that asks the owners to install an app: field `message`.
    app_request(org, app) = "/settings/{org}/sentry-apps/{app}/request/";
    /// Target that uninstalls an app.
    app_uninstall(org, app) = "/settings/{org}/sentry-apps/{app}/uninstall/";
    /// A documentation integration: what it is good for, and where the instructions are.
    doc_integration(org, doc) = "/settings/{org}/document-integrations/{doc}/";
    /// A legacy plugin: what it does, and which projects have it.
    legacy_plugin(org, plugin) = "/settings/{org}/plugins/{plugin}/";
    /// Target that asks the owners for a legacy plugin: field `message`.
    legacy_plugin_request(org, plugin) = "/settings/{org}/plugins/{plugin}/request/";
    /// Where links of app makers lead: choosing an organization and installing there; also the target.
    external_install(app) = "/sentry-apps/{app}/external-install/";
    /// Audit log.
    audit(org) = "/settings/{org}/audit-log/";
    /// General settings of a project and their target.
    project_settings(org, project) = "/settings/{org}/projects/{project}/";
    /// Target that deletes a project.
    project_delete(org, project) = "/settings/{org}/projects/{project}/delete/";
    /// DSN keys of a project; target of the create form.
    project_keys(org, project) = "/settings/{org}/projects/{project}/keys/";
    /// Target that renames, limits, enables or disables a key.
    project_key(org, project, key) = "/settings/{org}/projects/{project}/keys/{key}/";
    /// Target that deletes a key.
    project_key_delete(org, project, key) = "/settings/{org}/projects/{project}/keys/{key}/delete/";
    /// The legacy plugins of a project.
    project_plugins(org, project) = "/settings/{org}/projects/{project}/plugins/";
    /// One legacy plugin in a project: what it does, and its settings, whose target this is.
    project_plugin(org, project, plugin) = "/settings/{org}/projects/{project}/plugins/{plugin}/";
    /// Target that switches a plugin: field `on`.
    project_plugin_switch(org, project, plugin) = "/settings/{org}/projects/{project}/plugins/{plugin}/switch/";
    /// Target that tries a plugin out, and tells what came of it.
    project_plugin_test(org, project, plugin) = "/settings/{org}/projects/{project}/plugins/{plugin}/test/";
    /// Target that forgets the settings of a plugin.
    project_plugin_reset(org, project, plugin) = "/settings/{org}/projects/{project}/plugins/{plugin}/reset/";
    /// The address that releases of a project are posted to; target of the button that makes another.
    release_tracking(org, project) = "/settings/{org}/projects/{project}/release-tracking/";
    /// Environments of a project; target of the hide and show buttons.
    project_environments(org, project) = "/settings/{org}/projects/{project}/environments/";
    /// Code owners of a project, and target of a new file.
    code_owners(org, project) = "/settings/{org}/projects/{project}/ownership/";
    /// Target that changes a file of owners.
    code_owners_file(org, project, file) = "/settings/{org}/projects/{project}/ownership/{file}/";
    /// Target that fetches a file of owners from its repository.
    code_owners_sync(org, project, file) = "/settings/{org}/projects/{project}/ownership/{file}/fetch/";
    /// Target that deletes a file of owners.
    code_owners_delete(org, project, file) = "/settings/{org}/projects/{project}/ownership/{file}/delete/";
}

/// The project list of issues narrowed to one project by its numeric id.
pub fn project_issues(org: &str, project_id: &str) -> String {
    format!("{}?project={}", issues(org), encode(project_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a path can fit both patterns: a slug may be any word, an id is never one of ours.
    fn overlap(one: &str, other: &str) -> bool {
        let is_slug = |segment: &&str| {
            ["{org}", "{project}", "{team}", "{app}", "{provider}", "{doc}", "{plugin}"].contains(segment)
        };
        let (one, other): (Vec<_>, Vec<_>) = (one.split('/').collect(), other.split('/').collect());
        let fits = |(a, b): (&&str, &&str)| a == b || is_slug(a) || is_slug(b);
        one.len() == other.len() && one.iter().zip(&other).all(fits)
    }

    #[test]
    fn no_page_is_hidden_behind_another_by_its_slug() {
        for (at, one) in path::ALL.iter().enumerate() {
            for other in &path::ALL[at + 1..] {
                assert!(!overlap(one, other), "{one} and {other}");
            }
        }
    }

    #[test]
    fn data_in_an_address_is_encoded() {
        assert_eq!(issue("a/b", "7?x"), "/organizations/a%2Fb/issues/7%3Fx/");
        assert_eq!(project_issues("acme", "7"), "/organizations/acme/issues/?project=7");
    }
}
