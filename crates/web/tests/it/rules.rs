//! Journeys through alert rules: put together step by step, saved, changed, deleted; with actions of apps.

use mortise_testkit::{Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use crate::{
    site::{Answer, Visitor, send_event},
    site_test,
};

const RULES: &str = "/organizations/acme/alerts/rules/";
const NEW: &str = "/organizations/acme/alerts/new-rule/web/";
const FREQUENCY: &str = "sentry.rules.conditions.event_frequency.EventFrequencyCondition";
const LEVEL: &str = "sentry.rules.filters.level.LevelFilter";
const MAIL: &str = "sentry.mail.actions.NotifyEmailAction";
const APP: &str = "sentry.rules.actions.notify_event_sentry_app.NotifyEventSentryAppAction";

async fn rules(app: &TestApp, world: &World) -> Value {
    app.get("/api/0/projects/acme/web/rules/").bearer(&world.owner_token).send().await.expect(200).json()
}

/// What the form holds for a node, to be sent again.
fn kept(page: &Answer, name: &str) -> String {
    let kept = page.between(&format!("name=\"{name}\" value=\""), "\"");
    kept.replace("&#34;", "\"").replace("&#38;", "&")
}

site_test!(a_rule_is_put_together_step_by_step_and_saved, |app, world| async {
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(RULES).await.expect(200).says("No rules yet").says(NEW);
    member
        .get(NEW)
        .await
        .expect(200)
        .says("New rule")
        .says("The issue is seen more than value times in interval");
    let step = [("name", "Often"), ("step", "add.conditions"), ("new.conditions", FREQUENCY)];
    let page =
        member.post(NEW, &step).await.expect(200).says("value=\"Often\"").says("The issue is seen more than");
    let frequency = kept(&page, "conditions.0");
    let step = [
        ("name", "Often"),
        ("conditions.0", frequency.as_str()),
        ("conditions.0.p.value", "50"),
        ("conditions.0.p.interval", "1d"),
        ("step", "add.filters"),
        ("new.filters", LEVEL),
    ];
    let page = member.post(NEW, &step).await.expect(200).says("value=\"50\"").says("value=\"1d\" selected");
    let (frequency, level) = (kept(&page, "conditions.0"), kept(&page, "filters.0"));
    let team = format!("Team:{}", world.team.get());
    let mut form = vec![
        ("name", "Often"),
        ("frequency", "60"),
        ("actionMatch", "all"),
        ("filterMatch", "any"),
        ("conditions.0", frequency.as_str()),
        ("conditions.0.p.value", "70"),
        ("filters.0", level.as_str()),
        ("filters.0.p.level", "40"),
        ("filters.0.p.match", "gte"),
    ];
    let refused = member.post(NEW, &form).await.expect(400);
    refused.says("You must add an action for this alert to fire.").says("value=\"70\"");
    let mail = json!({ "id": MAIL, "fallthroughType": "NoOne" }).to_string();
    form.extend([("actions.0", mail.as_str()), ("actions.0.p.targetType", team.as_str())]);
    let saved = member.submit(NEW, &form).await.expect(200).says("The rule is saved.");
    let saved = saved.says("then send a notification to No One").says_not("NoOne");
    let edit = saved.between("href=\"/organizations/acme/alerts/rules/web/", "\"");
    let saved = member.get(&format!("{RULES}web/{edit}")).await.expect(200);
    saved
        .says(&format!("value=\"{team}\" selected"))
        .says("value=\"70\"")
        .says("<option value=\"60\" selected>");
    let rule = &rules(&app, &world).await[0];
    assert_eq!((&rule["name"], &rule["frequency"]), (&json!("Often"), &json!(60)));
    assert_eq!((&rule["actionMatch"], &rule["filterMatch"]), (&json!("all"), &json!("any")));
    assert_eq!(rule["conditions"][0]["id"], FREQUENCY);
    assert_eq!(rule["conditions"][0]["interval"], "1d");
    assert_eq!(rule["filters"][0]["match"], "gte");
    assert_eq!(rule["actions"][0]["targetType"], "Team");
    assert_eq!(rule["actions"][0]["targetIdentifier"], json!(world.team.get()));
    assert_eq!(rule["actions"][0]["fallthroughType"], "NoOne");
    member.get(RULES).await.expect(200).says("Often").says("Active").says("never");
});

site_test!(a_rule_is_changed_a_node_removed_and_what_the_editor_does_not_know_is_kept, |app, world| async {
    let slack = json!({ "id": "sentry.integrations.slack.notify_action.SlackNotifyServiceAction",
        "workspace": "1", "channel": "#ops" });
    let body = json!({
        "name": "Told", "frequency": 7, "actionMatch": "any", "filterMatch": "all", "filters": [],
        "conditions": [{ "id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }],
        "actions": [{ "id": "sentry.rules.actions.notify_event.NotifyEventAction" }, slack],
    });
    let path = "/api/0/projects/acme/web/rules/";
    let made = app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    let base = format!("{RULES}web/{}/", made["id"].as_str().expect("an id"));
    let page = format!("{base}edit/");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let shown = member.get(&page).await.expect(200).says("A new issue is created");
    let shown = shown.says("(kept as it is, but not carried out by this server)");
    let details = format!("{base}details/");
    member.get(&details).await.expect(200).says("does not carry them out yet").says("to #ops");
    let shown = shown.says("<option value=\"7\" selected>7 minutes");
    let (first, one, two) =
        (kept(&shown, "conditions.0"), kept(&shown, "actions.0"), kept(&shown, "actions.1"));
    let mut form = vec![
        ("name", "Told"),
        ("frequency", "7"),
        ("actionMatch", "any"),
        ("filterMatch", "all"),
        ("conditions.0", first.as_str()),
        ("actions.0", one.as_str()),
        ("actions.1", two.as_str()),
        ("step", "remove.actions.0"),
    ];
    let shown = member.post(&page, &form).await.expect(200).says_not("legacy integrations)</span>");
    let slack_again = kept(&shown, "actions.0");
    form.truncate(5);
    form.push(("actions.0", slack_again.as_str()));
    member.submit(&page, &form).await.expect(200).says("The rule is saved.");
    let rule = &rules(&app, &world).await[0];
    assert_eq!(rule["actions"].as_array().unwrap().len(), 1);
    assert_eq!(rule["actions"][0]["channel"], "#ops");
    member
        .submit(&format!("{base}delete/"), &[])
        .await
        .expect(200)
        .says("The rule is deleted.")
        .says("No rules yet");
    member.get(&page).await.expect(404);
});

site_test!(an_action_of_an_app_is_filled_in_with_its_own_choices, |app, world| async {
    let receiver = Receiver::start().await;
    let select = json!({ "type": "select", "name": "prio", "label": "Priority", "uri": "/prio" });
    let text = json!({ "type": "text", "name": "note", "label": "Note" });
    let schema = json!({ "elements": [{ "type": "alert-rule-action", "title": "Open a ticket", "settings": {
        "type": "alert-rule-settings", "uri": "/alert", "required_fields": [select], "optional_fields": [text] } }] });
    let body = json!({
        "organization": "acme", "name": "Desk", "isInternal": true, "isAlertable": true, "verifyInstall": false,
        "scopes": ["event:read"], "webhookUrl": receiver.url(), "schema": schema,
    });
    app.post("/api/0/sentry-apps/").bearer(&world.owner_token).json(&body).send().await.expect(201);
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let installed = app.get(path).bearer(&world.owner_token).send().await.expect(200).json();
    let offer = format!("app:{}", installed[0]["uuid"].as_str().unwrap());

    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(NEW).await.expect(200).says("Open a ticket (Desk)");
    assert_eq!(receiver.received().len(), 0);
    receiver.reply([Reply::json(&json!([{ "value": 1, "label": "High" }, { "value": 2, "label": "Low" }]))]);
    let step = [("name", "Ticket"), ("step", "add.actions"), ("new.actions", offer.as_str())];
    let page = member.post(NEW, &step).await.expect(200).says("<span>Open a ticket (Desk)</span>");
    let page = page.says("<option value=\"2\">Low</option>").says("name=\"actions.0.field.prio\"");
    assert!(receiver.received()[0].path.starts_with("/prio?"), "{}", receiver.received()[0].path);
    let action = kept(&page, "actions.0");
    let first =
        json!({ "id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }).to_string();
    let form = [
        ("name", "Ticket"),
        ("frequency", "30"),
        ("actionMatch", "any"),
        ("filterMatch", "all"),
        ("conditions.0", first.as_str()),
        ("actions.0", action.as_str()),
        ("actions.0.field.prio", "2"),
        ("actions.0.field.note", "now"),
    ];
    let before = receiver.received().len();
    let saved = member.submit(NEW, &form).await.expect(200).says("The rule is saved.");
    let told: Vec<_> = receiver.received().split_off(before);
    let told: Vec<_> = told.iter().map(|it| (it.method.as_str(), it.path.as_str())).collect();
    assert_eq!(told, [("POST", "/alert")], "saving asks the app once, and no page after it does");
    let edit = saved.says("Open a ticket").between("href=\"/organizations/acme/alerts/rules/web/", "\"");
    let choices = json!([{ "value": 1, "label": "High" }, { "value": 2, "label": "Low" }]);
    receiver.reply([Reply::json(&choices)]);
    let form = member.get(&format!("{RULES}web/{edit}")).await.expect(200);
    form.says("<option value=\"2\" selected>Low</option>").says("value=\"now\"");
    let rule = &rules(&app, &world).await[0];
    assert_eq!(rule["actions"][0]["id"], APP);
    assert_eq!(
        rule["actions"][0]["settings"],
        json!([{ "name": "prio", "value": 2 }, { "name": "note", "value": "now" }])
    );
});

/// A rule about new issues; its pages.
async fn new_issues(app: &TestApp, world: &World) -> String {
    let body = json!({
        "name": "New things", "frequency": 30, "actionMatch": "any", "filterMatch": "all", "filters": [],
        "conditions": [{ "id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition" }],
        "actions": [{ "id": "sentry.rules.actions.notify_event.NotifyEventAction" }],
    });
    let path = "/api/0/projects/acme/web/rules/";
    let made = app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(200).json();
    format!("{RULES}web/{}/", made["id"].as_str().expect("an id"))
}

site_test!(a_rule_has_a_page_that_tells_when_it_fired_and_for_which_issues, |app, world| async {
    let rule = new_issues(&app, &world).await;
    let page = format!("{rule}details/");
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(RULES).await.expect(200).says(&page).says("never");
    let quiet = member.get(&page).await.expect(200).says("It did not fire").says("Active");
    let quiet =
        quiet.says("A new issue is created").says("web, all environments").says("0 times in the last");
    quiet.says(&format!("href=\"{rule}edit/\"")).says(&format!("action=\"{rule}mute/\""));
    for what in ["Boom <one>", "Boom <one>", "Bang"] {
        send_event(&app, &world, &json!({ "message": what })).await;
    }
    let fired = member.get(&page).await.expect(200).says("2 times in the last 24 hours");
    let fired = fired.says("Boom &#60;one&#62;").says("Bang").says("WEB-1").says("/issues/1/events/");
    assert_eq!(fired.text.matches("<title>").count(), 25 + 1, "24 hours and the present one");
    app.clock.advance(3 * 24 * 3600);
    member.get(&page).await.expect(200).says("It did not fire").says("No issue made this rule act");
    let week = member.get(&format!("{page}?period=7d")).await.expect(200).says("2 times in the last 7 days");
    assert_eq!(week.text.matches("<title>").count(), 8 + 1);
    member.get(&format!("{page}?period=nonsense&cursor=x")).await.expect(200);
});

site_test!(a_rule_is_muted_for_oneself_or_for_everybody, |app, world| async {
    let rule = new_issues(&app, &world).await;
    let (page, mute, unmute) = (format!("{rule}details/"), format!("{rule}mute/"), format!("{rule}unmute/"));
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(&page).await.expect(200).says_not("Unmute");
    let muted = member.submit(&mute, &[("target", "me"), ("for", "60")]).await.expect(200);
    muted.says("The rule is muted.").says("Muted for you; it is heard again").says("in 1 h");
    owner.get(&page).await.expect(200).says("Active").says_not("Unmute");
    member.get(RULES).await.expect(200).says("Muted for you");
    let again = member.submit(&mute, &[("target", "me"), ("for", "60")]).await.expect(200);
    again.says("RuleSnooze already exists for this rule and scope.");
    app.clock.advance(3601);
    member.get(&page).await.expect(200).says("Active").says_not("Muted");

    let muted = owner.submit(&mute, &[("target", "everyone"), ("for", "")]).await.expect(200);
    muted.says("Muted for everybody by ").says_not("it is heard again <m-time>");
    member.get(&page).await.expect(200).says("Muted for everybody by ");
    member.get(RULES).await.expect(200).says("Muted<").says_not("Muted for you");
    send_event(&app, &world, &json!({ "message": "Boom" })).await;
    member.get(&page).await.expect(200).says("It did not fire");
    owner.submit(&unmute, &[]).await.expect(200).says("The rule is heard again.").says("Active");
    owner.submit(&unmute, &[]).await.expect(200).says("The rule was not muted.");
    // What is neither a number nor too long is for ever.
    let muted = owner.submit(&mute, &[("target", "me"), ("for", "99999999999999999999")]).await.expect(200);
    muted.says("Muted for you.");
});

site_test!(rules_are_for_members_of_the_organization, |app, world| async {
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    stranger.get(RULES).await.expect(404);
    stranger.get(NEW).await.expect(404);
    stranger.post(NEW, &[("name", "x")]).await.expect(404);
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    member.get(NEW).await.expect(200);
    member.post_with_token(NEW, &[("name", "x")], "wrong").await.expect(403);
    for page in ["x/details/", "99/details/", "x/edit/", "99/edit/"] {
        member.get(&format!("{RULES}web/{page}")).await.expect(404);
    }
    for target in ["enable/", "mute/", "unmute/"] {
        member.get(NEW).await.expect(200);
        stranger.post(&format!("{RULES}web/1/{target}"), &[]).await.expect(404);
        member.post(&format!("{RULES}web/x/{target}"), &[]).await.expect(404);
    }
    member.get(NEW).await.expect(200);
    member.post(&format!("{RULES}web/99/delete/"), &[]).await.expect(404);
    let broken =
        [("name", "x"), ("conditions.0", "[]"), ("step", "remove.conditions.9"), ("only", "actions")];
    member.get(NEW).await.expect(200);
    member.post(NEW, &broken).await.expect(200);
});
