use mortise_wire::{
    issue::Assignee,
    webhook::{
        CommentData, HookActor, HookAssignee, HookInstallation, HookIssue, HookPayload, IssueData, body,
    },
};
use serde_json::json;

use crate::samples::{at, issue, text};

fn payload<D>(action: &str, data: D, actor: HookActor) -> HookPayload<D> {
    HookPayload { action: action.into(), installation: HookInstallation { uuid: "4d80".into() }, data, actor }
}

#[test]
fn the_body_has_four_parts_in_order() {
    let data = CommentData {
        comment_id: 44,
        issue_id: 1201,
        project_slug: "web".into(),
        timestamp: at("2024-08-12T14:55:09Z"),
        comment: "é".into(),
    };
    let actor = HookActor::User { id: 5, name: "Ada".into() };
    assert_eq!(
        body(&payload("created", data, actor)).unwrap(),
        r#"{"action":"created","installation":{"uuid":"4d80"},"data":{"comment_id":44,"issue_id":1201,"project_slug":"web","timestamp":"2024-08-12T14:55:09.000000Z","comment":"é"},"actor":{"type":"user","id":5,"name":"Ada"}}"#
    );
    assert_eq!(text(&HookActor::server()), r#"{"type":"application","id":"sentry","name":"Sentry"}"#);
    assert_eq!(body(&json!({"a": 10.0})).unwrap(), r#"{"a":10}"#);
}

#[test]
fn an_issue_is_shown_to_nobody_in_particular_with_its_addresses() {
    let mut issue = issue();
    issue.has_seen = true;
    issue.filtered = Some(None);
    let data = IssueData {
        resolution_type: Some("now".into()),
        assignee: None,
        issue: HookIssue::new(issue, "http://m.test", "acme"),
    };
    let json = text(&data);
    assert!(json.starts_with(r#"{"resolution_type":"now","issue":{"url":"http://m.test/api/0/organizations/acme/issues/100/","web_url":"http://m.test/organizations/acme/issues/100/","project_url":"http://m.test/organizations/acme/issues/?project=7","id":"100","#));
    assert!(json.ends_with(
        r#""firstSeen":"2024-08-12T14:55:09.000000Z","lastSeen":"2024-08-12T15:00:00.000000Z"}}"#
    ));
    assert!(json.contains(r#""hasSeen":false"#));
}

#[test]
fn the_assignee_of_a_webhook_has_a_number() {
    let ann = Assignee::User { id: "7".into(), name: "Ann".into(), email: None };
    assert_eq!(text(&HookAssignee::new(&ann).unwrap()), r#"{"type":"user","name":"Ann","id":7}"#);
    let team = Assignee::Team { id: "x".into(), name: "core".into() };
    assert_eq!(HookAssignee::new(&team), None);
}
