//! What pages say where the server sends no mails.

use mortise_testkit::TestApp;
use serde_json::json;

use crate::site::Visitor;

#[tokio::test]
async fn nobody_is_promised_a_mail_that_is_not_sent() {
    let app = TestApp::with_settings(|settings| settings.sends_mail = false).await;
    let world = app.world().await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let page = member.get("/settings/acme/plugins/pushover/").await.expect(200);
    let ask = page.between("<h2 id=\"ask-title\">", "</section>");
    assert!(ask.contains("tell one of the <a href=\"/settings/acme/members/\">owners</a>"), "{ask}");
    assert!(!ask.contains("<form"), "{ask}");

    let create = async |path: &str, body| {
        let made = app.post(path).bearer(&world.owner_token).json(&body).send().await;
        made.json()["id"].as_str().expect("an id").to_owned()
    };
    let mail = json!({ "id": "sentry.mail.actions.NotifyEmailAction", "targetType": "IssueOwners" });
    let hooks = json!({ "id": "sentry.rules.actions.notify_event.NotifyEventAction" });
    let rule = |name: &str, action| {
        json!({ "name": name, "frequency": 5, "actionMatch": "any", "actions": [action],
        "conditions": [{ "id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }] })
    };
    let rules = "/api/0/projects/acme/web/rules/";
    let lost = "This server sends no mails";
    let id = create(rules, rule("Mails", mail)).await;
    member.get(&format!("/organizations/acme/alerts/rules/web/{id}/details/")).await.expect(200).says(lost);
    let id = create(rules, rule("Hooks", hooks)).await;
    member
        .get(&format!("/organizations/acme/alerts/rules/web/{id}/details/"))
        .await
        .expect(200)
        .says_not(lost);
    let team = json!({ "type": "email", "targetType": "team", "targetIdentifier": world.team.get() });
    let metric = json!({ "name": "Many", "aggregate": "count()", "dataset": "events", "query": "", "timeWindow": 10,
        "thresholdType": 0, "projects": ["web"],
        "triggers": [{ "label": "critical", "alertThreshold": 4, "actions": [team] }] });
    let id = create("/api/0/organizations/acme/alert-rules/", metric).await;
    member.get(&format!("/organizations/acme/alerts/rules/details/{id}/")).await.expect(200).says(lost);
}
