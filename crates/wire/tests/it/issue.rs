use mortise_wire::{
    activity::Activity,
    issue::{Assignee, IgnoreConditions, IssueDetail, StatusDetails, SubscriptionDetails},
};

use crate::samples::{at, issue, keys, text, user};

#[test]
fn the_list_form_has_its_keys_in_order() {
    let json = text(&issue());
    assert_eq!(
        json,
        r#"{"id":"100","shareId":null,"shortId":"WEB-1R","title":"ValueError: bad id","culprit":"app.views in load","permalink":"http://m.test/organizations/acme/issues/100/","logger":null,"level":"error","status":"unresolved","statusDetails":{},"substatus":"new","isPublic":false,"platform":"python","project":{"id":"7","name":"web","slug":"web","platform":"python"},"type":"error","metadata":{"value":"bad id","type":"ValueError"},"numComments":0,"assignedTo":null,"isBookmarked":false,"isSubscribed":false,"subscriptionDetails":null,"hasSeen":false,"annotations":[],"issueType":"error","issueCategory":"error","priority":"high","priorityLockedAt":null,"isUnhandled":false,"count":"3","userCount":1,"firstSeen":"2024-08-12T14:55:09Z","lastSeen":"2024-08-12T15:00:00Z"}"#
    );
    let mut issue = issue();
    issue.stats = Some([("24h".to_owned(), vec![(1723388400, 0), (1723392000, 3)])].into());
    issue.filtered = Some(None);
    assert!(text(&issue).ends_with(r#""stats":{"24h":[[1723388400,0],[1723392000,3]]},"filtered":null}"#));
}

#[test]
fn assignees_have_an_address_only_when_they_are_users() {
    let user = Assignee::User { id: "7".into(), name: "Ann Lee".into(), email: Some("ann@m.test".into()) };
    assert_eq!(text(&user), r#"{"type":"user","id":"7","name":"Ann Lee","email":"ann@m.test"}"#);
    let team = Assignee::Team { id: "3".into(), name: "core".into() };
    assert_eq!(text(&team), r#"{"type":"team","id":"3","name":"core"}"#);
    assert_eq!(text(&SubscriptionDetails::Disabled { disabled: true }), r#"{"disabled":true}"#);
    assert_eq!(text(&SubscriptionDetails::Reason { reason: "comment".into() }), r#"{"reason":"comment"}"#);
}

#[test]
fn status_details_tell_how_it_came() {
    let actor = || Some(Box::new(user()));
    let user = text(&user());
    assert_eq!(text(&StatusDetails::AutoResolved), r#"{"autoResolved":true}"#);
    assert_eq!(text(&StatusDetails::InNextRelease(None)), r#"{"inNextRelease":true,"actor":null}"#);
    assert_eq!(
        text(&StatusDetails::InRelease("1.2.3".into(), actor())),
        format!(r#"{{"inRelease":"1.2.3","actor":{user}}}"#)
    );
    let conditions =
        IgnoreConditions { ignore_until: Some(at("2024-08-12T14:55:09Z")), ..Default::default() };
    assert_eq!(
        text(&StatusDetails::Ignored(conditions, actor()).with_six_digits()),
        format!(
            r#"{{"ignoreCount":null,"ignoreUntil":"2024-08-12T14:55:09.000000Z","ignoreUserCount":null,"ignoreUserWindow":null,"ignoreWindow":null,"actor":{user}}}"#
        )
    );
}

#[test]
fn the_detail_form_adds_what_is_not_collapsed() {
    let mut detail = IssueDetail {
        issue: issue(),
        activity: vec![Activity::first_seen(at("2024-08-12T14:55:09Z"))],
        seen_by: vec![],
        participants: vec![],
        plugin_actions: vec![],
        plugin_issues: vec![],
        plugin_contexts: vec![],
        user_report_count: 0,
        tags: None,
        first_release: None,
        last_release: None,
        stats: None,
    };
    assert!(text(&detail).ends_with(
        r#""activity":[{"id":"0","user":null,"type":"first_seen","data":{},"dateCreated":"2024-08-12T14:55:09Z"}],"seenBy":[],"participants":[],"pluginActions":[],"pluginIssues":[],"pluginContexts":[],"userReportCount":0}"#
    ));
    detail.tags = Some(vec![]);
    detail.first_release = Some(None);
    detail.stats = Some([("24h".to_owned(), vec![]), ("30d".to_owned(), vec![])].into());
    assert!(text(&detail).ends_with(r#""tags":[],"firstRelease":null,"stats":{"24h":[],"30d":[]}}"#));
    assert_eq!(keys(&detail).iter().filter(|key| *key == "pluginActions").count(), 1);
}
