//! Whom metric alert rules mail, and what the mails say.

use std::time::Duration;

use mortise_domain::OrgRole;
use mortise_service::delivery::{self, MailRoute, Mails, Options, Registry, Running};
use mortise_testkit::{MailServer, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{create, look, rule, send, trigger};
use crate::rules::settled;

fn start(app: &TestApp, server: &MailServer) -> Running {
    let registry = Registry::new().with(Mails(MailRoute { mailer: server.mailer(), partners_to: None }));
    let options =
        Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Options::default() };
    delivery::start(app.ctx.clone(), registry, options, CancellationToken::new())
}

fn email(target_type: &str, id: i64) -> Value {
    json!({"type": "email", "targetType": target_type, "targetIdentifier": id.to_string()})
}

/// Looks at all rules; who is mailed under which subject.
async fn mails(app: &TestApp) -> Vec<(String, String)> {
    let server = MailServer::start().await;
    let running = start(app, &server);
    look(app).await;
    settled(app).await;
    running.stop().await;
    let taken = server.taken().into_iter();
    let subject = |message: &str| {
        let line = message.lines().find_map(|line| line.strip_prefix("Subject: "));
        line.unwrap().trim_end().to_owned()
    };
    let mut mails: Vec<_> = taken.map(|(to, message)| (to, subject(&message))).collect();
    mails.sort();
    mails
}

api_test!(people_and_teams_are_mailed_of_each_threshold_and_of_the_end, |app| async move {
    let world = app.world().await;
    World::user(&app.ctx, "bystander", world.org, OrgRole::Member).await;
    let (user, team) = (email("user", world.owner.get()), email("team", world.team.get()));
    let triggers = json!([
        trigger("critical", 4, json!([user, team])),
        trigger("warning", 2, json!([email("user", world.owner.get())])),
    ]);
    create(&app, &world, &rule(json!({"triggers": triggers}))).await;
    let (owner, member) = ("<owner@acme.test>".to_owned(), "<member@acme.test>".to_owned());
    let subject = |word: &str| format!("[{word}] Too many errors - web");

    send(&app, &world, 3, &json!({})).await;
    assert_eq!(mails(&app).await, [(owner.clone(), subject("Warning"))]);
    send(&app, &world, 2, &json!({})).await;
    let both = |word: &str| vec![(member.clone(), subject(word)), (owner.clone(), subject(word))];
    assert_eq!(mails(&app).await, both("Critical"));
    app.clock.advance(601);
    assert_eq!(mails(&app).await, both("Resolved"));
});

api_test!(a_mail_about_a_metric_says_what_was_counted_and_where_to_look, |app| async move {
    let world = app.world().await;
    let triggers = json!([trigger("critical", 2, json!([email("user", world.member.get())]))]);
    let made = create(&app, &world, &rule(json!({"triggers": triggers, "name": "Too <many>  errors"}))).await;
    send(&app, &world, 3, &json!({})).await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    look(&app).await;
    settled(&app).await;
    running.stop().await;
    let letters = server.letters();
    let [letter] = &letters[..] else { panic!("one mail: {letters:?}") };
    assert!(letter.headers.contains("Subject: [Critical] Too <many> errors - web\n"), "{}", letter.headers);
    let page = "http://m.test:8000/organizations/acme/alerts/rules/details";
    let id = made["id"].as_str().unwrap();
    let (said, link) = letter.text.split_once(&format!("{page}/{id}/?alert=1&")).unwrap();
    assert_eq!(
        said,
        "The metric alert rule \"Too <many> errors\" of web crossed its critical threshold: 3 events in the last 10 \
         minutes.\n\nCounted: count() level:error\n\nLook at the incident: "
    );
    assert_eq!(link.lines().count(), 1);
    assert!(letter.html.contains("<strong>Too &lt;many&gt; errors</strong>"), "{}", letter.html);
});

api_test!(who_left_or_muted_a_metric_rule_gets_no_mail, |app| async move {
    let world = app.world().await;
    let actions = json!([email("user", world.owner.get()), email("user", world.member.get())]);
    let made = create(&app, &world, &rule(json!({"triggers": [trigger("critical", 2, actions)]}))).await;
    let path = format!("/api/0/projects/acme/web/alert-rules/{}/snooze/", made["id"].as_str().unwrap());
    app.post(path).bearer(&world.owner_token).json(&json!({"target": "me"})).send().await.expect(201);
    send(&app, &world, 3, &json!({})).await;
    let [(reader, _)] = &mails(&app).await[..] else { panic!("one mail") };
    assert_eq!(reader, "<member@acme.test>");

    let members = app.get("/api/0/organizations/acme/members/").bearer(&world.owner_token).send().await;
    let members = members.expect(200).json();
    let left = members.as_array().unwrap().iter().find(|it| it["email"] == "member@acme.test").unwrap();
    let path = format!("/api/0/organizations/acme/members/{}/", left["id"].as_str().unwrap());
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    app.clock.advance(601);
    assert_eq!(mails(&app).await, []);
});

api_test!(a_mail_is_described_by_what_its_reader_is_called_now, |app| async move {
    let world = app.world().await;
    let actions = json!([email("user", world.member.get()), email("team", world.team.get())]);
    let made = create(&app, &world, &rule(json!({"triggers": [trigger("critical", 2, actions)]}))).await;
    let path = format!("/api/0/organizations/acme/alert-rules/{}/", made["id"].as_str().unwrap());
    let described = async || {
        let rule = app.get(&path).bearer(&world.owner_token).send().await.expect(200).json();
        let actions = rule["triggers"][0]["actions"].as_array().unwrap().clone();
        actions.iter().map(|action| action["desc"].clone()).collect::<Vec<_>>()
    };
    let [person, team] = ["Send a notification to member@acme.test", "Send an email to members of #core"];
    assert_eq!(described().await, [json!(person), json!(team)]);

    let team = app.put("/api/0/teams/acme/core/").bearer(&world.owner_token);
    team.json(&json!({"slug": "base"})).send().await.expect(200);
    assert_eq!(described().await, [json!(person), json!("Send an email to members of #base")]);

    // Who left is called nothing, although the account is there.
    let members = app.get("/api/0/organizations/acme/members/").bearer(&world.owner_token).send().await;
    let members = members.expect(200).json();
    let left = members.as_array().unwrap().iter().find(|it| it["email"] == "member@acme.test").unwrap();
    let left = format!("/api/0/organizations/acme/members/{}/", left["id"].as_str().unwrap());
    app.delete(left).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(described().await, [Value::Null, json!("Send an email to members of #base")]);
});
