//! Metric alert rules are looked at.

use mortise_domain::OrgRole;
use mortise_service::metric_rules;
use mortise_testkit::{TestApp, World};
use serde_json::{Value, json};

use crate::{
    site::{Visitor, send_event},
    site_test,
};

const LIST: &str = "/organizations/acme/alerts/metric-rules/";

async fn rule(app: &TestApp, token: &str, org: &str, name: &str, more: Value) -> String {
    let mut body = json!({
        "name": name, "aggregate": "count()", "dataset": "events", "query": "level:error", "timeWindow": 10,
        "thresholdType": 0, "resolveThreshold": 1, "projects": ["web"],
        "triggers": [{"label": "critical", "alertThreshold": 4, "actions": []},
                     {"label": "warning", "alertThreshold": 1, "actions": []}],
    });
    body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    let path = format!("/api/0/organizations/{org}/alert-rules/");
    let made = app.post(path).bearer(token).json(&body).send().await.expect(201).json();
    made["id"].as_str().expect("an id").to_owned()
}

site_test!(metric_rules_are_listed_with_their_thresholds_state_and_incidents, |app, world| async {
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get("/organizations/acme/alerts/rules/").await.expect(200).says(LIST);
    member.get(LIST).await.expect(200).says("No metric rules yet");
    let id = rule(&app, &world.owner_token, "acme", "Too <many>", json!({})).await;
    let few = json!({ "thresholdType": 1, "query": "", "aggregate": "count_unique(user)", "timeWindow": 60,
        "resolveThreshold": 5, "triggers": [{"label": "critical", "alertThreshold": 4, "actions": []}] });
    let other = rule(&app, &world.owner_token, "acme", "Too few", few).await;
    let page = format!("/organizations/acme/alerts/rules/details/{id}/");
    let quiet = member.get(LIST).await.expect(200).says("Too &#60;many&#62;").says(&page).says("never");
    let quiet = quiet.says("critical above 4<br>warning above 1<br>resolved below 1").says("level:error");
    quiet.says("critical below 4<br>resolved above 5").says("count_unique(user)");
    member.get(&page).await.expect(200).says("No incidents yet").says("Quiet").says("web, all environments");

    for _ in 0..3 {
        send_event(&app, &world, &json!({ "message": "Boom", "level": "error" })).await;
    }
    metric_rules::evaluate(&app.ctx).await.unwrap();
    member.get(LIST).await.expect(200).says("Warning</span>").says("Critical</span>").says_not("never");
    member.get(&format!("{page}?alert=1")).await.expect(200).says("<strong>#").says("not yet");
    app.clock.advance(700);
    metric_rules::evaluate(&app.ctx).await.unwrap();
    member.get(&page).await.expect(200).says("Quiet").says("Over</span>").says_not("not yet");
    // Nobody was there to be counted, and nobody came.
    let other = format!("/organizations/acme/alerts/rules/details/{other}/");
    member.get(&other).await.expect(200).says("Critical</span>").says("not yet").says_not("Over</span>");
});

site_test!(a_metric_rule_tells_whom_its_thresholds_mail_by_their_present_names, |app, world| async {
    let team =
        json!({ "type": "email", "targetType": "team", "targetIdentifier": world.team.get().to_string() });
    let triggers = json!({ "triggers": [{ "label": "critical", "alertThreshold": 4, "actions": [team] }] });
    let id = rule(&app, &world.owner_token, "acme", "Too many", triggers).await;
    let page = format!("/organizations/acme/alerts/rules/details/{id}/");
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.get(&page).await.expect(200).says("critical: Send an email to members of #core");
    app.put("/api/0/teams/acme/core/")
        .bearer(&world.owner_token)
        .json(&json!({ "slug": "base" }))
        .send()
        .await
        .expect(200);
    owner.get(&page).await.expect(200).says("critical: Send an email to members of #base");
});

site_test!(a_metric_rule_says_what_of_it_this_server_does_not_do, |app, world| async {
    let slack =
        json!({ "type": "slack", "targetType": "specific", "targetIdentifier": "#ops", "integrationId": 1 });
    let triggers = json!([{ "label": "critical", "alertThreshold": 4, "actions": [slack] }]);
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let told = rule(&app, &world.owner_token, "acme", "Told", json!({ "triggers": triggers })).await;
    let told = format!("/organizations/acme/alerts/rules/details/{told}/");
    owner.get(&told).await.expect(200).says("does not carry them out yet").says_not("never evaluates it");
    owner.get(LIST).await.expect(200).says_not("Not counted");
    for (name, more) in [
        ("Slow", json!({ "aggregate": "p95(transaction.duration)", "dataset": "transactions" })),
        ("Compared", json!({ "comparisonDelta": 60 })),
    ] {
        let id = rule(&app, &world.owner_token, "acme", name, more).await;
        let page = format!("/organizations/acme/alerts/rules/details/{id}/");
        let page = owner.get(&page).await.expect(200).says("never evaluates it").says("Not counted");
        page.says_not("does not carry them out yet");
        owner.get(LIST).await.expect(200).says("Not counted");
    }
});

site_test!(metric_rules_are_for_those_who_reach_their_projects, |app, world| async {
    let id = rule(&app, &world.owner_token, "acme", "Mine", json!({})).await;
    let page = format!("/organizations/acme/alerts/rules/details/{id}/");
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(LIST).await.expect(404);
    stranger.get(&page).await.expect(404);
    stranger.get(&format!("/organizations/globex/alerts/rules/details/{id}/")).await.expect(404);
    stranger.get("/organizations/globex/alerts/metric-rules/").await.expect(200).says_not("Mine");
    let (newcomer, _) = World::user(&app.ctx, "newcomer", world.org, OrgRole::Member).await;
    let mut newcomer = Visitor::signed_in(&app.ctx, newcomer).await;
    newcomer.get("/organizations/acme/alerts/rules/details/x/").await.expect(404);
    newcomer.get("/organizations/acme/alerts/rules/details/99/").await.expect(404);
});
