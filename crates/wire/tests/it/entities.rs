//! The JSON of people, organizations, projects, releases, apps and tokens.

use mortise_wire::{
    audit::{AuditActor, AuditEntry},
    key::{KeyFacts, KeyRateLimit, LoaderOptions, ProjectKey},
    organization::{OrganizationDetail, OrganizationSettings, Quota},
    project::{
        EventProcessing, ProjectDetail, ProjectKept, ProjectSettings, ProjectSummary, ProjectWithTeam, color,
    },
    release::{Release, ReleaseFacts, VersionInfo},
    role::{OrgRole, OrgRoleFacts, TeamRole},
    sentry_app::{
        AppAvatar, AppCredentials, AppOwner, Component, ComponentApp, Installation, InstallationOrganization,
        InstalledApp,
    },
    tag::key_name,
    team::TeamRef,
    token::{MASKED, Token},
    user::{OwnUser, UserFlags, UserOptions},
};
use serde_json::{Map, json};

use crate::samples::{at, keys, map, organization, project, text, user};

const USER: &str = r#"{"id":"7","name":"Ann Lee","username":"ann","email":"ann@m.test","avatarUrl":"https://gravatar.com/avatar/0b1c?s=32&d=mm","isActive":true,"hasPasswordAuth":true,"isManaged":false,"dateJoined":"2024-01-02T03:04:05.006007Z","lastLogin":"2024-01-03T03:04:05.006007Z","has2fa":false,"lastActive":"2024-01-04T03:04:05.006007Z","isSuperuser":false,"isStaff":false,"experiments":{},"emails":[{"id":"9","email":"ann@m.test","is_verified":true}],"avatar":{"avatarType":"letter_avatar","avatarUuid":null,"avatarUrl":null}}"#;

#[test]
fn a_user_shows_more_to_itself() {
    assert_eq!(text(&user()), USER);
    let mut own = user();
    own.own = Some(Box::new(OwnUser {
        options: UserOptions::default(),
        flags: UserFlags::default(),
        identities: vec![],
        permissions: None,
        authenticators: None,
        can_reset2fa: Some(true),
    }));
    let tail = r#","options":{"theme":"light","language":"en","stacktraceOrder":-1,"defaultIssueEvent":"recommended","timezone":"UTC","clock24Hours":false,"issueDetailsNewExperienceQ42023":false},"flags":{"newsletter_consent_prompt":false},"identities":[],"canReset2fa":true}"#;
    assert_eq!(text(&own), format!("{}{tail}", &USER[..USER.len() - 1]));
}

fn organization_detail() -> OrganizationDetail {
    let mut summary = organization();
    summary.features = None;
    OrganizationDetail {
        summary,
        access: vec![],
        role: Some("owner".to_owned()),
        org_role: Some("owner".to_owned()),
        requires_sso: false,
        pending_access_requests: 0,
        default_role: "member".into(),
        available_roles: vec![],
        org_role_list: vec![],
        team_role_list: vec![],
        quota: Quota::default(),
        settings: OrganizationSettings::default(),
        is_default: false,
        experiments: Map::new(),
        onboarding_tasks: vec![],
        teams: None,
        projects: None,
    }
}

#[test]
fn an_organization_in_a_list_is_short() {
    assert_eq!(
        text(&organization()),
        r#"{"id":"1","slug":"acme","status":{"id":"active","name":"active"},"name":"Acme","dateCreated":"2024-01-01T00:00:00Z","isEarlyAdopter":false,"require2FA":false,"requireEmailVerification":false,"avatar":{"avatarType":"letter_avatar","avatarUuid":null,"avatarUrl":null},"allowMemberProjectCreation":true,"links":{"organizationUrl":"http://m.test/organizations/acme","regionUrl":"http://m.test"},"hasAuthProvider":false,"features":["integrations-issue-sync"],"extraOptions":{"traces":{"spansExtractionDate":0,"checkSpanExtractionDate":false}}}"#
    );
}

#[test]
fn one_organization_in_full_leaves_out_what_was_not_asked_for() {
    let detail = organization_detail();
    let found = keys(&detail);
    assert!(!found.iter().any(|key| key == "features" || key == "teams" || key == "projects"));
    assert_eq!(
        text(&detail.quota),
        r#"{"maxRate":null,"maxRateInterval":60,"accountLimit":0,"projectLimit":100}"#
    );
}

#[test]
fn settings_are_stored_and_sent_under_the_same_keys() {
    let settings: OrganizationSettings =
        serde_json::from_value(json!({"openMembership": false, "gone": 1})).unwrap();
    assert_eq!(settings, OrganizationSettings { open_membership: false, ..OrganizationSettings::default() });
    let settings: ProjectSettings = serde_json::from_value(json!({"verifySSL": true})).unwrap();
    assert_eq!(settings, ProjectSettings { verify_ssl: true, ..ProjectSettings::default() });
}

#[test]
fn roles_say_everything_twice() {
    let role = OrgRole::from(OrgRoleFacts {
        id: "owner",
        name: "Owner",
        desc: "All.",
        scopes: vec!["org:read".into()],
        is_allowed: true,
        is_retired: false,
        is_global: true,
        minimum_team_role: "admin",
    });
    assert_eq!(
        text(&role),
        r#"{"id":"owner","name":"Owner","desc":"All.","scopes":["org:read"],"allowed":true,"isAllowed":true,"isRetired":false,"isTeamRolesAllowed":true,"is_global":true,"isGlobal":true,"minimumTeamRole":"admin"}"#
    );
    let role = |id| text(&TeamRole::new(id, "N", "D", vec![], false));
    assert!(role("admin").ends_with(r#""isMinimumRoleFor":"admin"}"#));
    assert!(role("contributor").ends_with(r#""isMinimumRoleFor":null}"#));
}

#[test]
fn each_form_of_a_project_adds_to_the_common_keys() {
    let base = keys(&project());
    assert_eq!(
        base.join(", "),
        "id, slug, name, platform, dateCreated, isBookmarked, isMember, features, firstEvent, firstTransactionEvent, \
         access, hasAccess, hasCustomMetrics, hasFeedbacks, hasNewFeedbacks, hasMinifiedStackTrace, hasMonitors, \
         hasProfiles, hasReplays, hasSessions, hasInsightsHttp, hasInsightsDb, hasInsightsAssets, \
         hasInsightsAppStart, hasInsightsScreenLoad, hasInsightsVitals, hasInsightsCaches, hasInsightsQueues, \
         hasInsightsLlmMonitoring, isInternal, isPublic, avatar, color, status"
    );
    let with_team = ProjectWithTeam::new(
        project(),
        vec![TeamRef { id: "3".into(), slug: "core".into(), name: "Core".into() }],
    );
    assert!(text(&with_team).ends_with(
        r#""team":{"id":"3","slug":"core","name":"Core"},"teams":[{"id":"3","slug":"core","name":"Core"}]}"#
    ));
    let summary = ProjectSummary {
        project: ProjectWithTeam::new(project(), vec![]),
        environments: vec![],
        event_processing: EventProcessing::default(),
        platforms: vec![],
        latest_release: None,
        has_user_reports: false,
        latest_deploys: Some(None),
        stats: None,
        options: None,
    };
    assert!(text(&summary).ends_with(
        r#""team":null,"teams":[],"environments":[],"eventProcessing":{"symbolicationDegraded":false},"platforms":[],"latestRelease":null,"hasUserReports":false,"latestDeploys":null}"#
    ));
    assert_eq!(color("web"), color("web"));
    assert_eq!(color("api").len(), 7);
}

#[test]
fn one_project_in_full_has_its_defaults() {
    let detail = ProjectDetail {
        project: ProjectWithTeam::new(project(), vec![]),
        latest_release: None,
        options: Map::new(),
        settings: ProjectSettings { security_token: "0f".repeat(16), ..ProjectSettings::default() },
        organization: Some(Box::new(organization())),
        plugins: vec![],
        platforms: vec![],
        processing_issues: 0,
        kept: ProjectKept::default(),
    };
    let json = serde_json::to_value(&detail).unwrap();
    for (key, value) in map(json!({
        "digestsMinDelay": 300, "digestsMaxDelay": 1800, "resolveAge": 0, "allowedDomains": ["*"],
        "subjectTemplate": "$shortID - $title", "fingerprintingRules": "", "groupingEnhancements": "",
        "securityToken": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f", "verifySSL": false, "scrapeJavaScript": true,
        "isPublic": false, "securityTokenHeader": null, "subjectPrefix": "", "scrubIPAddresses": false,
        "highlightTags": [], "highlightContext": {}, "highlightPreset": {"tags": [], "context": {}},
        "dynamicSamplingBiases": [], "builtinSymbolSources": [], "relayPiiConfig": "", "processingIssues": 0,
        "eventProcessing": {"symbolicationDegraded": false}, "secondaryGroupingExpiry": 0, "plugins": [],
    })) {
        assert_eq!(json.get(&key), Some(&value), "{key}");
    }
}

#[test]
fn a_key_knows_where_to_send_what() {
    let key = ProjectKey::from(KeyFacts {
        name: "Default".into(),
        public: "p".into(),
        secret: "s".into(),
        project_id: 7,
        is_active: true,
        rate_limit: Some(KeyRateLimit { window: 60, count: 100 }),
        browser_sdk_version: None,
        date_created: at("2024-01-01T00:00:00Z"),
        loader_options: LoaderOptions::default(),
        ingest_base: "http://m.test/sub",
    });
    assert_eq!(
        text(&key),
        r#"{"id":"p","name":"Default","label":"Default","public":"p","secret":"s","projectId":7,"isActive":true,"rateLimit":{"window":60,"count":100},"dsn":{"secret":"http://p:s@m.test/sub/7","public":"http://p@m.test/sub/7","csp":"http://m.test/sub/api/7/csp-report/?sentry_key=p","security":"http://m.test/sub/api/7/security/?sentry_key=p","minidump":"http://m.test/sub/api/7/minidump/?sentry_key=p","nel":"http://m.test/sub/api/7/nel/?sentry_key=p","unreal":"http://m.test/sub/api/7/unreal/p/","crons":"http://m.test/sub/api/7/cron/___MONITOR_SLUG___/p/","cdn":"http://m.test/sub/js-sdk-loader/p.min.js"},"browserSdkVersion":"8.x","browserSdk":{"choices":[["latest","latest"],["8.x","8.x"],["7.x","7.x"],["6.x","6.x"],["5.x","5.x"],["4.x","4.x"]]},"dateCreated":"2024-01-01T00:00:00Z","dynamicSdkLoaderOptions":{"hasReplay":true,"hasPerformance":true,"hasDebug":false}}"#
    );
}

#[test]
fn a_release_takes_its_version_apart() {
    let release = Release::from(ReleaseFacts {
        id: 5,
        version: "web@1.2.3-beta+42".into(),
        is_archived: false,
        reference: None,
        url: None,
        date_released: None,
        date_created: at("2024-01-01T00:00:00Z"),
        new_groups: 0,
        owner: None,
        commit_count: 0,
        last_commit: None,
        deploy_count: 0,
        last_deploy: None,
        authors: vec![],
        projects: vec![],
        first_event: None,
        last_event: None,
        user_agent: None,
    });
    assert_eq!(
        text(&release),
        r#"{"id":5,"version":"web@1.2.3-beta+42","status":"open","shortVersion":"web@1.2.3-beta+42","versionInfo":{"package":"web","version":{"raw":"1.2.3-beta+42","major":1,"minor":2,"patch":3,"pre":"beta","buildCode":"42","components":3},"description":"1.2.3-beta (42)","buildHash":null},"ref":null,"url":null,"dateReleased":null,"dateCreated":"2024-01-01T00:00:00Z","data":{},"newGroups":0,"owner":null,"commitCount":0,"lastCommit":null,"deployCount":0,"lastDeploy":null,"authors":[],"projects":[],"firstEvent":null,"lastEvent":null,"currentProjectMeta":{},"userAgent":null}"#
    );
    let hash = "9ec79c33ec9942ab8353589fcb2e04dc12345678";
    for (version, description) in [
        ("1.0", "1.0"),
        ("v2", "v2"),
        ("@x", "@x"),
        ("a.b", "a.b"),
        (hash, "9ec79c33ec99"),
        ("99999999999999999999.0", "99999999999999999999.0"),
    ] {
        assert_eq!(VersionInfo::parse(version).description, description);
    }
    let info = VersionInfo::parse(&format!("web@{hash}"));
    assert_eq!(
        text(&info),
        format!(
            r#"{{"package":"web","version":{{"raw":"{hash}"}},"description":"9ec79c33ec99","buildHash":"{hash}"}}"#
        )
    );
}

#[test]
fn an_app_hides_its_credentials_and_an_installation_its_code() {
    let avatar = AppAvatar::new("upload".into(), Some("0f".into()), None, false);
    assert_eq!(
        text(&avatar),
        r#"{"avatarType":"upload","avatarUuid":"0f","avatarUrl":null,"color":false,"photoType":"icon"}"#
    );
    let mut app = mortise_wire::sentry_app::SentryApp {
        allowed_origins: vec![],
        author: None,
        avatars: vec![],
        events: vec!["issue".into()],
        feature_data: vec![],
        is_alertable: false,
        metadata: Map::new(),
        name: "Acme".into(),
        overview: None,
        popularity: 1,
        redirect_url: None,
        schema: Map::new(),
        scopes: vec!["event:read".into()],
        slug: "acme".into(),
        status: "unpublished".into(),
        uuid: "u".into(),
        verify_install: true,
        webhook_url: None,
        webhook_events: vec![],
        webhook_headers: vec![],
        is_disabled: false,
        date_published: None,
        private: None,
    };
    let public = r#"{"allowedOrigins":[],"author":null,"avatars":[],"events":["issue"],"featureData":[],"isAlertable":false,"metadata":{},"name":"Acme","overview":null,"popularity":1,"redirectUrl":null,"schema":{},"scopes":["event:read"],"slug":"acme","status":"unpublished","uuid":"u","verifyInstall":true,"webhookUrl":null,"webhookEvents":[],"webhookHeaders":[],"isDisabled":false"#;
    assert_eq!(text(&app), format!("{public}}}"));
    app.private = Some(AppCredentials {
        client_id: "ab".into(),
        client_secret: None,
        owner: AppOwner { id: 1, slug: "acme-org".into() },
    });
    assert_eq!(
        text(&app),
        format!(r#"{public},"clientId":"ab","clientSecret":null,"owner":{{"id":1,"slug":"acme-org"}}}}"#)
    );
    let installation = Installation {
        app: InstalledApp { uuid: "u".into(), slug: "acme".into(), sentry_app_id: 2 },
        organization: InstallationOrganization { slug: "acme-org".into(), id: None },
        uuid: "i".into(),
        status: "pending".into(),
        code: None,
    };
    assert_eq!(
        text(&installation),
        r#"{"app":{"uuid":"u","slug":"acme","sentryAppId":2},"organization":{"slug":"acme-org"},"uuid":"i","status":"pending"}"#
    );
    let component = Component {
        uuid: "c".into(),
        kind: "issue-link".into(),
        schema: json!({"type": "issue-link"}),
        error: false,
        sentry_app: ComponentApp {
            uuid: "u".into(),
            slug: "acme".into(),
            name: "Acme".into(),
            avatars: vec![],
        },
    };
    assert_eq!(
        text(&component),
        r#"{"uuid":"c","type":"issue-link","schema":{"type":"issue-link"},"error":false,"sentryApp":{"uuid":"u","slug":"acme","name":"Acme","avatars":[]}}"#
    );
}

#[test]
fn a_token_shows_its_secret_only_when_made() {
    let mut token = Token {
        id: "38".into(),
        scopes: vec!["event:read".into()],
        name: None,
        application: None,
        expires_at: None,
        date_created: at("2024-01-01T00:00:00Z"),
        state: json!(null),
        token: None,
        refresh_token: None,
        token_last_characters: Some("8bb1".into()),
    };
    let head = r#"{"id":"38","scopes":["event:read"],"name":null,"application":null,"expiresAt":null,"dateCreated":"2024-01-01T00:00:00Z","state":null"#;
    assert_eq!(text(&token), format!(r#"{head},"tokenLastCharacters":"8bb1"}}"#));
    token.token = Some("t".into());
    token.refresh_token = Some(None);
    assert_eq!(
        text(&token),
        format!(r#"{head},"token":"t","refreshToken":null,"tokenLastCharacters":"8bb1"}}"#)
    );
    assert_eq!(MASKED.len(), 64);
}

#[test]
fn an_audit_entry_names_users_and_others() {
    let entry = AuditEntry {
        id: "9".into(),
        actor: AuditActor::Label { name: "key".into() },
        event: "integration.add".into(),
        ip_address: None,
        note: "n".into(),
        target_object: Some(5),
        target_user: None,
        data: Map::new(),
        date_created: at("2024-01-01T00:00:00Z"),
    };
    assert_eq!(
        text(&entry),
        r#"{"id":"9","actor":{"name":"key"},"event":"integration.add","ipAddress":null,"note":"n","targetObject":5,"targetUser":null,"data":{},"dateCreated":"2024-01-01T00:00:00Z"}"#
    );
    assert_eq!(text(&AuditActor::User(Box::new(user()))), USER);
}

#[test]
fn tag_keys_are_shown_as_names() {
    let keys = ["level", "os.name", "page_kind", "os", "server_name", "url", "dist"];
    let names = ["Level", "Os.Name", "Page Kind", "OS", "Server", "URL", "Distribution"];
    assert_eq!(keys.map(key_name), names);
}
