//! What plugins send to services whose addresses are fixed, in the form that these document. Nothing is called here.

use std::time::Duration;

use mortise_egress::Request;
use mortise_providers::PluginManifest;
use mortise_service::{
    Client,
    access::{self, Class, IdOrSlug, Permission, class},
    authenticate,
    plugins::sample_requests,
};
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use super::put;

const CLASS: Class = class::Project::CLASS;

/// What a trial of a plugin with these settings sends.
async fn requests(app: &TestApp, world: &World, slug: &str, settings: Value) -> Vec<Request> {
    put(app, world, slug, 200, settings).await;
    let caller =
        authenticate::session(&app.ctx, &world.owner_session.0, None, Client::default()).await.unwrap();
    let (org, project) = (IdOrSlug::parse("acme"), IdOrSlug::parse("web"));
    let needed = CLASS.scopes("PUT").unwrap();
    let access = access::project(&app.ctx, caller, &org, &project, needed).await.unwrap();
    sample_requests(&app.ctx, &access, PluginManifest::find(slug).unwrap()).await.unwrap()
}

/// The only one of them, which has five seconds.
fn one(mut requests: Vec<Request>) -> Request {
    assert_eq!(requests.len(), 1);
    let request = requests.remove(0);
    assert_eq!(request.time_limit(), Some(Duration::from_secs(5)));
    request
}

fn json_of(request: &Request) -> Value {
    assert_eq!(request.header_value("content-type"), Some("application/json"));
    serde_json::from_slice(request.body_bytes()).unwrap()
}

fn form_of(request: &Request) -> Vec<(String, String)> {
    assert_eq!(request.header_value("content-type"), Some("application/x-www-form-urlencoded"));
    url::form_urlencoded::parse(request.body_bytes()).into_owned().collect()
}

/// The issue of the samples: id and title.
async fn issue(app: &TestApp, world: &World) -> (String, String) {
    let list = super::get(app, world, "/api/0/projects/acme/web/issues/").await;
    let text = |key: &str| list[0][key].as_str().unwrap().to_owned();
    (text("id"), text("title"))
}

/// That none of these texts is in the record of a call.
async fn hides(app: &TestApp, request: Request, texts: &[&str]) {
    let failed = app.ctx.egress.call(request).await.unwrap_err();
    let record = format!("{} {}", failed.error, serde_json::to_string(&failed.exchange).unwrap());
    for text in texts {
        assert!(!record.contains(text), "{text} in {record}");
    }
}

api_test!(pagerduty_gets_an_event_of_its_first_interface, |app| async move {
    let world = app.world().await;
    let settings = json!({ "service_key": "pd/secret", "routes": "sample_event, no, KEY1\nnonsense\n" });
    let request = one(requests(&app, &world, "pagerduty", settings).await);
    let (id, _) = issue(&app, &world).await;
    assert_eq!(request.url(), "https://events.pagerduty.com/generic/2010-04-15/create_event.json");
    let mut body = json_of(&request);
    let link = app.ctx.link(&format!("/organizations/acme/issues/{id}/?referrer=pagerduty_plugin"));
    let details = body["details"].take();
    let description = body["description"].take();
    assert!(description.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= 1024));
    assert_eq!(
        body,
        json!({
            "service_key": "pd/secret", "event_type": "trigger", "description": null, "details": null,
            "incident_key": id, "client": "sentry", "client_url": app.ctx.link("/"),
            "contexts": [{ "type": "link", "href": link, "text": "Issue Details" }],
        })
    );
    assert_eq!((&details["project"], &details["url"]), (&json!("Web"), &json!(link)));
    assert_eq!((&details["platform"], &details["tags"]["sample_event"]), (&json!("python"), &json!("yes")));
    hides(&app, request, &["pd/secret"]).await;

    let routed = json!({ "service_key": "", "routes": "sample_event,no,KEY1\nsample_event,yes,KEY2\nsample_event,yes,KEY3" });
    let request = one(requests(&app, &world, "pagerduty", routed).await);
    assert_eq!(json_of(&request)["service_key"], "KEY2");
    hides(&app, request, &["KEY2"]).await;
});

api_test!(victorops_gets_an_alert_at_the_address_of_its_key, |app| async move {
    let world = app.world().await;
    let settings = json!({ "api_key": "vo/secret", "routing_key": "night shift" });
    let request = one(requests(&app, &world, "victorops", settings).await);
    let (id, title) = issue(&app, &world).await;
    let url = "https://alert.victorops.com/integrations/generic/20131114/alert/vo%2Fsecret/night+shift";
    assert_eq!(request.url(), url);
    let mut body = json_of(&request);
    assert!(body["timestamp"].take().as_i64().is_some_and(|it| it > 1_700_000_000));
    assert!(body["state_message"].take().as_str().is_some_and(|it| !it.is_empty()));
    assert_eq!(
        body,
        json!({
            "issue_id": id, "project_id": world.project.get(), "message_type": "CRITICAL", "entity_id": id,
            "entity_display_name": title, "timestamp": null, "state_message": null, "monitoring_tool": "sentry",
            "issue_url": app.ctx.link(&format!("/organizations/acme/issues/{id}/")),
        })
    );
    hides(&app, request, &["vo/secret", "vo%2Fsecret"]).await;
    let request = one(requests(&app, &world, "victorops", json!({ "api_key": "" })).await);
    assert!(request.url().ends_with("/alert/vo%2Fsecret/everyone"), "{}", request.url());
    let private = json!({ "enhancedPrivacy": true });
    app.put("/api/0/organizations/acme/").bearer(&world.owner_token).json(&private).send().await.expect(200);
    let request = one(requests(&app, &world, "victorops", json!({ "api_key": "" })).await);
    let told = json_of(&request)["state_message"].clone();
    assert!(told.as_str().is_some_and(|it| it.starts_with("Details are not shown here")), "{told}");
});

api_test!(pushover_gets_a_message_with_its_priority, |app| async move {
    let world = app.world().await;
    let settings =
        json!({ "userkey": "po user", "apikey": "po app", "priority": "2", "retry": 60, "expire": 600 });
    let request = one(requests(&app, &world, "pushover", settings).await);
    let (id, title) = issue(&app, &world).await;
    assert_eq!(request.url(), "https://api.pushover.net/1/messages.json");
    let form = form_of(&request);
    let of = |key: &str| form.iter().find(|(name, _)| name == key).unwrap().1.clone();
    let names: Vec<&str> = form.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        ["user", "token", "message", "title", "url", "url_title", "priority", "retry", "expire"]
    );
    assert_eq!((of("user"), of("token")), ("po user".to_owned(), "po app".to_owned()));
    assert_eq!(
        (of("priority"), of("retry"), of("expire")),
        ("2".to_owned(), "60".to_owned(), "600".to_owned())
    );
    assert_eq!(of("title"), format!("Web: {title}"));
    assert!(of("message").starts_with(&format!("{title}\n\nTags: ")), "{}", of("message"));
    assert_eq!(
        of("url"),
        app.ctx.link(&format!("/organizations/acme/issues/{id}/?referrer=pushover_plugin"))
    );
    hides(&app, request, &["po user", "po app", "po+user", "po+app"]).await;
});

api_test!(twilio_gets_a_short_message_for_each_number, |app| async move {
    let world = app.world().await;
    let settings = json!({ "account_sid": "AC1", "auth_token": "tw-secret", "sms_from": "330-509-3095",
        "sms_to": "+49301234567, 5555555555" });
    let requests = requests(&app, &world, "twilio", settings).await;
    let (_, title) = issue(&app, &world).await;
    assert_eq!(requests.len(), 2);
    for (request, to) in requests.into_iter().zip(["+15555555555", "+49301234567"]) {
        assert_eq!(request.url(), "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
        // AC1:tw-secret
        assert_eq!(request.header_value("authorization"), Some("Basic QUMxOnR3LXNlY3JldA=="));
        let told = form_of(&request);
        let text = &told[1].1;
        assert!(text.len() <= 160 && text.starts_with("Sentry [Web] ERROR: "), "{text}");
        assert!(title.starts_with(text.trim_start_matches("Sentry [Web] ERROR: ")), "{text}");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(told, [pair("From", "+13305093095"), pair("Body", text), pair("To", to)]);
        hides(&app, request, &["tw-secret", "QUMxOnR3"]).await;
    }
});
