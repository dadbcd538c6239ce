//! The permission classes of the API: for each method the scopes of which a caller needs any one. They are data, so
//! that a table of routes and a test of all of them can be generated.

use mortise_domain::{Scope, ScopeSet};

/// A permission class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its name in documents and tests.
    pub name: &'static str,
    get: Option<ScopeSet>,
    post: Option<ScopeSet>,
    put: Option<ScopeSet>,
    delete: Option<ScopeSet>,
}

impl Class {
    /// The scopes of which one is needed; `None` for a method that the class does not list, which credentials with
    /// scopes are refused.
    pub fn scopes(&self, method: &str) -> Option<ScopeSet> {
        match method {
            "GET" => self.get,
            "POST" => self.post,
            "PUT" => self.put,
            "DELETE" => self.delete,
            _ => None,
        }
    }
}

/// A permission class as a type: the parameter of the API's extractors, so a handler that compiles has declared its
/// class.
pub trait Permission: Send + Sync + 'static {
    /// The class.
    const CLASS: Class;
}

macro_rules! set {
    (-) => { None };
    ($($scope:ident)+) => { Some(ScopeSet::of(&[$(Scope::$scope),+])) };
}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident: [$($get:tt)+] [$($post:tt)+] [$($put:tt)+] [$($delete:tt)+];)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Permission for $name {
                const CLASS: Class = Class {
                    name: stringify!($name),
                    get: set!($($get)+),
                    post: set!($($post)+),
                    put: set!($($put)+),
                    delete: set!($($delete)+),
                };
            }
        )*

        /// Every class, for tables and tests.
        pub const ALL: &[Class] = &[$($name::CLASS),*];
    };
}

classes! {
    /// An organization and most of what it has.
    Organization: [OrgRead OrgWrite OrgAdmin] [OrgWrite OrgAdmin] [OrgWrite OrgAdmin] [OrgAdmin];
    /// What every member may read of an organization (region, counts, the teams of the caller).
    OrganizationRead: [OrgRead] [OrgRead] [OrgRead] [OrgRead];
    /// The audit log.
    OrganizationAudit: [OrgWrite] [-] [-] [-];
    /// Issues and events across an organization.
    OrganizationEvent: [EventRead EventWrite EventAdmin] [EventWrite EventAdmin] [EventWrite EventAdmin] [EventAdmin];
    /// The integrations of an organization.
    OrganizationIntegrations: [OrgRead OrgWrite OrgAdmin OrgIntegrations] [OrgWrite OrgAdmin OrgIntegrations]
        [OrgWrite OrgAdmin OrgIntegrations] [OrgAdmin OrgIntegrations];
    /// The same where reading is enough to add to them: repositories and what is said about their code.
    OrganizationIntegrationsLoose: [OrgRead OrgWrite OrgAdmin OrgIntegrations OrgCi] [OrgRead OrgWrite OrgAdmin OrgIntegrations]
        [OrgRead OrgWrite OrgAdmin OrgIntegrations] [OrgAdmin OrgIntegrations];
    /// Many code mappings at once, as pipelines send them.
    OrganizationCodeMappings: [-] [OrgRead OrgWrite OrgAdmin OrgIntegrations OrgCi] [-] [-];
    /// Tokens of an organization.
    OrgAuthToken: [OrgRead OrgWrite OrgAdmin] [OrgRead OrgWrite OrgAdmin] [OrgRead OrgWrite OrgAdmin] [OrgWrite OrgAdmin];
    /// Members.
    Member: [MemberRead MemberWrite MemberAdmin] [MemberWrite MemberAdmin] [MemberWrite MemberAdmin] [MemberAdmin];
    /// One member; leaving is allowed to everybody, so deleting is decided by the use case.
    MemberDetail: [MemberRead MemberWrite MemberAdmin] [MemberWrite MemberAdmin] [MemberWrite MemberAdmin]
        [MemberRead MemberWrite MemberAdmin];
    /// A member's place in a team.
    MemberTeam: [OrgRead OrgWrite OrgAdmin MemberRead MemberWrite MemberAdmin] [OrgRead OrgWrite TeamWrite]
        [OrgRead OrgWrite OrgAdmin MemberRead MemberWrite MemberAdmin] [OrgRead OrgWrite OrgAdmin TeamAdmin];
    /// The teams of an organization.
    OrganizationTeams: [OrgRead OrgWrite OrgAdmin] [OrgWrite OrgAdmin TeamWrite] [OrgWrite OrgAdmin TeamWrite]
        [OrgAdmin TeamWrite];
    /// The projects of an organization; who may make one is decided by the use case.
    OrganizationProjects: [OrgRead OrgWrite OrgAdmin] [ProjectRead ProjectWrite ProjectAdmin] [-] [-];
    /// A project.
    Project: [ProjectRead ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin] [ProjectAdmin];
    /// A project where reading is enough to change what is the caller's own (bookmarks); the use case decides.
    ProjectDetail: [ProjectRead ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin]
        [ProjectRead ProjectWrite ProjectAdmin] [ProjectAdmin];
    /// Settings inside a project, where deleting needs no more than writing.
    ProjectSetting: [ProjectRead ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin]
        [ProjectWrite ProjectAdmin];
    /// The releases of an organization, as pipelines tell of them.
    OrganizationReleases: [ProjectRead ProjectWrite ProjectAdmin ProjectReleases OrgCi]
        [ProjectWrite ProjectAdmin ProjectReleases OrgCi] [ProjectWrite ProjectAdmin ProjectReleases OrgCi]
        [ProjectAdmin ProjectReleases];
    /// The releases of a project.
    ProjectReleases: [ProjectRead ProjectWrite ProjectAdmin ProjectReleases OrgCi]
        [ProjectWrite ProjectAdmin ProjectReleases OrgCi] [ProjectWrite ProjectAdmin ProjectReleases OrgCi]
        [ProjectAdmin ProjectReleases];
    /// What is worked out for the code of a project from an address; who reads the organization may.
    ProjectPathParsing: [-] [OrgRead ProjectWrite ProjectAdmin] [-] [-];
    /// How a project is told of releases: who may see that can also tell.
    ProjectReleaseToken: [ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin] [ProjectAdmin];
    /// The alert rules of a project.
    ProjectAlertRule: [ProjectRead ProjectWrite ProjectAdmin AlertsRead AlertsWrite]
        [ProjectWrite ProjectAdmin AlertsWrite] [ProjectWrite ProjectAdmin AlertsWrite]
        [ProjectWrite ProjectAdmin AlertsWrite];
    /// The alert rules of an organization.
    OrganizationAlertRule: [OrgRead OrgWrite OrgAdmin AlertsRead] [OrgWrite OrgAdmin AlertsWrite]
        [OrgWrite OrgAdmin AlertsWrite] [OrgWrite OrgAdmin AlertsWrite];
    /// Issues and events of a project.
    ProjectEvent: [EventRead EventWrite EventAdmin] [EventWrite EventAdmin] [EventWrite EventAdmin] [EventAdmin];
    /// One issue.
    Group: [EventRead EventWrite EventAdmin] [EventWrite EventAdmin] [EventWrite EventAdmin] [EventAdmin];
    /// The comments of an issue: who may read an issue may not yet comment, who comments may delete what is theirs.
    GroupNotes: [EventRead EventWrite EventAdmin] [EventWrite EventAdmin] [EventWrite EventAdmin]
        [EventRead EventWrite EventAdmin];
    /// A team.
    Team: [TeamRead TeamWrite TeamAdmin] [TeamWrite TeamAdmin] [TeamWrite TeamAdmin] [TeamAdmin];
    /// The projects of a team.
    TeamProject: [ProjectRead ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin] [ProjectWrite ProjectAdmin]
        [ProjectAdmin];
    /// The collection of Sentry Apps.
    SentryApps: [EventRead EventWrite EventAdmin ProjectReleases ProjectRead OrgRead MemberRead TeamRead]
        [OrgWrite OrgAdmin] [-] [-];
    /// One Sentry App, before its state is known.
    SentryApp: [EventRead EventWrite EventAdmin ProjectReleases ProjectRead OrgRead MemberRead TeamRead]
        [OrgAdmin] [OrgWrite OrgAdmin] [OrgAdmin];
    /// One installation of a Sentry App. Only the app itself may change it, whatever its scopes; the use case decides.
    Installation: [OrgRead OrgIntegrations OrgWrite OrgAdmin] [OrgIntegrations EventWrite EventAdmin] [-]
        [OrgIntegrations OrgWrite OrgAdmin];
    /// Links between issues and items of an app.
    ExternalIssues: [-] [EventRead EventWrite EventAdmin] [-] [EventAdmin];
    /// Documentation integrations. Only elevated sessions write; the use case decides.
    DocIntegrations: [EventRead EventWrite EventAdmin ProjectReleases ProjectRead OrgRead MemberRead TeamRead] [-] [-] [-];
    /// How often a Sentry App is used. Only sessions count.
    AppStats: [OrgRead OrgIntegrations OrgWrite OrgAdmin] [-] [-] [-];
    /// The secret of a Sentry App.
    AppSecret: [-] [OrgWrite OrgAdmin] [-] [-];
    /// Asking those who may install something to do it.
    IntegrationRequest: [-] [OrgRead] [-] [-];
    /// Tokens of internal apps.
    InternalAppTokens: [OrgWrite OrgAdmin] [OrgWrite OrgAdmin] [-] [OrgWrite OrgAdmin];
}
