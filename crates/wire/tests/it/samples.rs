//! Objects that several tests show.

use mortise_domain::Time;
use mortise_wire::{
    WireTime,
    avatar::Avatar,
    issue::{Issue, IssueExpansions, IssueProject, StatusDetails},
    organization::{OrganizationFacts, OrganizationStatus, OrganizationSummary},
    project::{Project, ProjectFacts},
    user::{User, UserEmail},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

pub(crate) fn keys(value: &impl Serialize) -> Vec<String> {
    serde_json::to_value(value).unwrap().as_object().unwrap().keys().cloned().collect()
}

pub(crate) fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("no object: {other}"),
    }
}

pub(crate) fn at(time: &str) -> WireTime {
    WireTime::new(time.parse::<Time>().unwrap())
}

pub(crate) fn user() -> User {
    User {
        id: "7".into(),
        name: "Ann Lee".into(),
        username: "ann".into(),
        email: "ann@m.test".into(),
        avatar_url: Some("https://gravatar.com/avatar/0b1c?s=32&d=mm".into()),
        is_active: true,
        has_password_auth: true,
        is_managed: false,
        date_joined: at("2024-01-02T03:04:05.006007Z"),
        last_login: Some(at("2024-01-03T03:04:05.006007Z")),
        has2fa: false,
        last_active: Some(at("2024-01-04T03:04:05.006007Z")),
        is_superuser: false,
        is_staff: false,
        experiments: Map::new(),
        emails: Some(vec![UserEmail { id: "9".into(), email: "ann@m.test".into(), is_verified: true }]),
        avatar: Avatar::letter(),
        own: None,
    }
}

pub(crate) fn organization() -> OrganizationSummary {
    OrganizationFacts {
        id: "1".into(),
        slug: "acme".into(),
        status: OrganizationStatus::ACTIVE,
        name: "Acme".into(),
        date_created: at("2024-01-01T00:00:00Z"),
        is_early_adopter: false,
        require_2fa: false,
        require_email_verification: false,
        allow_member_project_creation: true,
        features: Some(vec!["integrations-issue-sync".into()]),
        url_prefix: "http://m.test".into(),
    }
    .into()
}

pub(crate) fn project() -> Project {
    ProjectFacts {
        id: "7".into(),
        slug: "web".into(),
        name: "web".into(),
        platform: None,
        date_created: at("2024-01-01T00:00:00Z"),
        is_bookmarked: false,
        is_member: true,
        features: vec![],
        first_event: None,
        access: vec!["project:read".into()],
        has_access: true,
        status: "active".into(),
    }
    .into()
}

pub(crate) fn issue() -> Issue {
    Issue {
        id: "100".into(),
        share_id: None,
        short_id: "WEB-1R".into(),
        title: "ValueError: bad id".into(),
        culprit: Some("app.views in load".into()),
        permalink: Some("http://m.test/organizations/acme/issues/100/".into()),
        logger: None,
        level: "error".into(),
        status: "unresolved".into(),
        status_details: StatusDetails::None,
        substatus: Some("new".into()),
        is_public: false,
        platform: Some("python".into()),
        project: IssueProject {
            id: "7".into(),
            name: "web".into(),
            slug: "web".into(),
            platform: Some("python".into()),
        },
        kind: "error".into(),
        metadata: map(json!({"value": "bad id", "type": "ValueError"})),
        num_comments: 0,
        assigned_to: None,
        is_bookmarked: false,
        is_subscribed: false,
        subscription_details: None,
        has_seen: false,
        annotations: vec![],
        issue_type: "error".into(),
        issue_category: "error".into(),
        priority: Some("high".into()),
        priority_locked_at: None,
        is_unhandled: false,
        count: "3".into(),
        user_count: 1,
        first_seen: at("2024-08-12T14:55:09Z"),
        last_seen: at("2024-08-12T15:00:00Z"),
        stats: None,
        lifetime: None,
        filtered: None,
        expanded: IssueExpansions::default(),
    }
}
