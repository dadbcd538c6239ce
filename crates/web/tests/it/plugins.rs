//! Journeys through legacy plugins of a project: set up, tried out, seen at work, switched off; and release tracking.

use std::time::Duration;

use mortise_service::delivery::{self, Options};
use mortise_testkit::{Receiver, Reply};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    site::{Visitor, send_event},
    site_test,
};

const LIST: &str = "/settings/acme/projects/web/plugins/";
const HOOKS: &str = "/settings/acme/projects/web/plugins/webhooks/";
const RELEASES: &str = "/settings/acme/projects/web/release-tracking/";

site_test!(plugins_are_listed_with_what_they_do_here, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let list = owner.get(LIST).await.expect(200).says("Posts the event to your own addresses").text;
    let at = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text} is not on the page"));
    let (available, kept) = (at(">Available<"), at(">Kept for scripts and configurations<"));
    assert!(
        kept < at(">Tags<") && at(">Tags<") < at("Auto Tag: Browsers") && !list.contains(">Switched on<")
    );
    for name in ["WebHooks", "Slack", "PagerDuty", "Heroku"] {
        let place = at(&format!(">{name}</a>"));
        assert!(available < place && place < kept, "{name}");
    }
    assert!(kept < at(">JIRA</a>") && kept < at(">Segment</a>"));
    let segment = owner.get(&format!("{LIST}segment/")).await.expect(200);
    segment
        .says("Nothing is done with it.")
        .says("does not send anything to Segment")
        .says_not("Send a test");
    owner.get(&format!("{LIST}browsers/")).await.expect(200).says("Adds a tag").says_not("<h2>Settings</h2>");
    owner.get(&format!("{LIST}asana/")).await.expect(200).says("associate an Asana identity");
    owner.get(&format!("{LIST}nonsense/")).await.expect(404);
    owner.get("/settings/acme/projects/web/").await.says(LIST).says(RELEASES);
});

site_test!(a_plugin_is_set_up_tried_out_seen_at_work_and_switched_off, |app, world| async {
    let receiver = Receiver::start().await;
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner
        .get(HOOKS)
        .await
        .expect(200)
        .says("Callback URLs")
        .says("Save and switch on")
        .says_not("Send a test");
    let wrong = owner.post(HOOKS, &[("field.urls", "ftp://a.test/"), ("then", "on")]).await.expect(400);
    wrong.says("Not a valid URL.").says("ftp://a.test/").says("Off</span>");
    let urls = format!(" {} \r\n\r\nhttp://127.0.0.1:1/dead", receiver.url());
    let saved = owner.submit(HOOKS, &[("field.urls", &urls), ("then", "on")]).await.expect(200);
    saved.says("WebHooks is on.").says(&format!("{}\nhttp://127.0.0.1:1/dead", receiver.url()));
    let tested = owner.post(&format!("{HOOKS}test/"), &[]).await.expect(200);
    tested.says("The test did not come through.").says("Error communicating with WebHooks");
    owner.submit(HOOKS, &[("field.urls", &receiver.url())]).await.says("The settings are saved.");
    receiver.reply([Reply::status(200)]);
    let tested = owner.post(&format!("{HOOKS}test/"), &[]).await.expect(200);
    tested.says("The test came through.").says("No errors returned");
    receiver.reply([Reply::status(503).body("<busy>")]);
    let tested = owner.post(&format!("{HOOKS}test/"), &[]).await.expect(200);
    tested.says("503 Server Error: Service Unavailable\n&#60;busy&#62;");
    receiver.reply([Reply::status(200)]);

    let log = "/organizations/acme/deliveries/?subscriber=plugin%3A";
    let log = format!("{log}{}%2Fwebhooks", world.project);
    owner.get(HOOKS).await.says(&format!("href=\"{log}\""));
    owner.get(&log).await.expect(200).says("No delivery fits this filter.").says("selected>WebHooks of Web");
    let rule = json!({ "name": "All", "actionMatch": "all", "frequency": 30,
        "conditions": [{ "id": "sentry.rules.conditions.every_event.EveryEventCondition" }],
        "actions": [{ "id": "sentry.rules.actions.notify_event.NotifyEventAction" }] });
    let made =
        app.post("/api/0/projects/acme/web/rules/").bearer(&world.owner_token).json(&rule).send().await;
    made.expect(200);
    let options = Options { poll: Duration::from_millis(50), ..Options::default() };
    let running =
        delivery::start(app.ctx.clone(), delivery::subscribers(), options, CancellationToken::new());
    let before = receiver.received().len();
    send_event(&app, &world, &json!({ "message": "it broke" })).await;
    receiver.wait_for(before + 1).await;
    running.stop().await;
    let seen =
        owner.get(&log).await.expect(200).says("event_alert.triggered").says("Delivered").says("200 OK");
    let seen = seen.says("<td data-label=\"To\">WebHooks of Web</td>");
    let other = log.replace("webhooks", "slack");
    drop(seen);
    owner.get(&other).await.expect(200).says("No delivery fits this filter.");

    let off = owner.submit(&format!("{HOOKS}switch/"), &[("on", "off")]).await.expect(200);
    off.says("WebHooks is off. Its settings stay.").says(&receiver.url()).says_not("subscriber=plugin");
    owner.submit(&format!("{HOOKS}switch/"), &[("on", "on")]).await.says("WebHooks is on.");
    let reset = owner.submit(&format!("{HOOKS}reset/"), &[]).await.expect(200);
    reset.says("its settings are forgotten.").says_not(&receiver.url()).says("Off</span>");
});

site_test!(a_secret_is_never_shown_again_and_stays_when_its_field_is_blank, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let page = format!("{LIST}pushover/");
    let empty = [("field.userkey", ""), ("field.apikey", ""), ("field.priority", "0")];
    owner.get(&page).await.expect(200).says("type=\"password\"").says("selected>Normal");
    owner.post(&page, &empty).await.expect(400).says("Field is required");
    let secrets = ["usersecret1", "appsecret22"];
    let full = [("field.userkey", secrets[0]), ("field.apikey", secrets[1]), ("field.priority", "2")];
    let short = [full[0], full[1], full[2], ("field.retry", "10")];
    let refused = owner.post(&page, &short).await.expect(400).says("Retry must be 30 or higher. It is 10.");
    refused.says("selected>Emergency").says("value=\"10\"").says_not(secrets[0]).says_not(secrets[1]);
    let long = [full[0], full[1], full[2], ("field.retry", "60")];
    let saved = owner.submit(&page, &long).await.expect(200).says("The settings are saved.");
    saved.says("Saved: user…").says("Only enter a new value").says_not(secrets[0]).says_not(secrets[1]);
    let kept = [empty[0], empty[1], ("field.priority", "1")];
    owner.submit(&page, &kept).await.expect(200).says("selected>High").says("Saved: apps…");
    let slack = [
        ("field.webhook", "http://127.0.0.1:1/"),
        ("field.include_tags", "off"),
        ("field.include_tags", "on"),
        ("field.exclude_project", "off"),
    ];
    let page = format!("{LIST}slack/");
    let saved = owner.submit(&page, &slack).await.expect(200);
    let saved = saved.says("name=\"field.include_tags\" value=\"on\" checked");
    saved.says_not("name=\"field.exclude_project\" value=\"on\" checked");
});

site_test!(those_who_may_not_change_a_project_look_at_its_plugins, |app, world| async {
    let mut member = Visitor::signed_in(&app.ctx, world.member).await;
    let list = member.get(LIST).await.expect(200).says_not(RELEASES);
    drop(list);
    let page = member.get(HOOKS).await.expect(200).says("can look at these settings but not change them");
    page.says_not("Switch on").says_not("Send a test");
    member.post(HOOKS, &[("field.urls", "http://127.0.0.1:1/")]).await.expect(403);
    for what in ["switch", "test", "reset"] {
        member.post(&format!("{HOOKS}{what}/"), &[("on", "on")]).await.expect(403);
    }
    member.get(RELEASES).await.expect(403);
    member.post(RELEASES, &[]).await.expect(403);
    let mut stranger = Visitor::signed_in(&app.ctx, world.stranger).await;
    for page in [LIST, HOOKS, RELEASES, "/settings/acme/plugins/webhooks/"] {
        stranger.get(page).await.expect(404);
    }
});

site_test!(a_plugin_of_an_organization_leads_to_its_projects, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    owner.submit(HOOKS, &[("field.urls", "http://127.0.0.1:1/"), ("then", "on")]).await.expect(200);
    let page = owner.get("/settings/acme/plugins/webhooks/?referrer=request_email").await.expect(200);
    page.says(&format!("href=\"{HOOKS}\"><strong>Web</strong></a>"));
    owner.get(LIST).await.expect(200).says(">Switched on<");
});

site_test!(the_address_for_releases_is_shown_and_works_until_there_is_another, |app, world| async {
    let mut owner = Visitor::signed_in(&app.ctx, world.owner).await;
    let first = owner.get(RELEASES).await.expect(200).says("webhooks:add -i api:release");
    let url = first.between("<code>http://m.test:8000", "</code>");
    assert!(url.starts_with(&format!("/api/hooks/release/builtin/{}/", world.project)), "{url}");
    let tell = async |url: &str, status: u16| {
        app.post(url).body("{\"version\": \"1.0\"}".to_owned()).send().await.expect(status)
    };
    tell(&url, 201).await;
    owner.get(RELEASES).await.expect(200).says(&url);
    let renewed =
        owner.submit(RELEASES, &[]).await.expect(200).says("There is another token.").says_not(&url);
    tell(&url, 403).await;
    tell(&renewed.between("<code>http://m.test:8000", "</code>"), 208).await;
});
