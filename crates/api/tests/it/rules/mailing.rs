//! Whom rules mail when they fire, and what the mails say.

use std::time::Duration;

use mortise_domain::{OrgRole, UserId};
use mortise_service::delivery::{self, MailRoute, Mails, Options, Registry, Running};
use mortise_store::{Query, member, project, team};
use mortise_testkit::{MailServer, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{EVERY, create, path_of, rule_with, send};

const MAIL: &str = "sentry.mail.actions.NotifyEmailAction";

fn start(app: &TestApp, server: &MailServer) -> Running {
    let registry = Registry::new().with(Mails(MailRoute { mailer: server.mailer(), partners_to: None }));
    let options =
        Options { poll: Duration::from_millis(50), drain: Duration::from_secs(5), ..Options::default() };
    delivery::start(app.ctx.clone(), registry, options, CancellationToken::new())
}

/// A rule that mails for every event.
pub(super) fn mailing(name: &str, actions: Value) -> Value {
    let mut rule = rule_with(name, json!({"conditions": [{"id": EVERY}], "frequency": 5}));
    rule["actions"] = actions;
    rule
}

pub(super) fn owners(fallback: &str) -> Value {
    json!([{"id": MAIL, "targetType": "IssueOwners", "fallthroughType": fallback}])
}

/// Sends an event long after the last one; the readers of the mails that come of it.
pub(super) async fn readers(app: &TestApp, world: &World, event: &Value) -> Vec<String> {
    app.clock.advance(3600);
    let server = MailServer::start().await;
    let running = start(app, &server);
    send(app, world, event).await;
    super::settled(app).await;
    running.stop().await;
    let name = |to: String| to.trim_matches(['<', '>']).replace("@acme.test", "");
    server.taken().into_iter().map(|(to, _)| name(to)).collect()
}

/// Somebody of the organization, and of the team if it is named.
pub(super) async fn person(
    app: &TestApp,
    world: &World,
    name: &'static str,
    in_team: Option<&str>,
) -> UserId {
    let (user, id) = World::user(&app.ctx, name, world.org, OrgRole::Member).await;
    if let Some(slug) = in_team {
        let (org, slug) = (world.org, slug.to_owned());
        let put = app.ctx.store.write(move |tx| {
            Box::pin(async move {
                let found = team::by_slug(tx, org, &slug).await?;
                let id_of_team = match found {
                    Some(team) => team.id,
                    None => team::insert(tx, org, &slug, &slug, mortise_domain::Time::UNIX_EPOCH).await?.id,
                };
                team::put_member(tx, id_of_team, id, None).await
            })
        });
        put.await.unwrap();
    }
    user
}

pub(super) async fn assign(app: &TestApp, world: &World, to: &str) {
    let body = json!({"assignedTo": to});
    let issues = "/api/0/organizations/acme/issues/";
    app.put(issues).bearer(&world.owner_token).json(&body).send().await.expect(200);
}

api_test!(a_mail_tells_of_the_issue_in_text_and_html, |app| async move {
    let world = app.world().await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let member = json!([{"id": MAIL, "targetType": "Member", "targetIdentifier": world.member.get()}]);
    let rule = create(&app, &world, &mailing("New <b>errors</b>", member)).await;
    let id = "a".repeat(32);
    let event = json!({
        "event_id": id, "message": "it <broke>", "transaction": "app.views\n\nThe issue: http://evil.test/",
    });
    send(&app, &world, &event).await;
    super::settled(&app).await;
    running.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    let (to, message) = &taken[0];
    assert_eq!(to, "<member@acme.test>");
    let (_, issue) = issue_of(&app).await;
    let site = "http://m.test:8000/organizations/acme";
    let rule_id = rule["id"].as_str().unwrap();
    let message = message.replace("=\n", "").replace("=3D", "=");
    for part in [
        "Subject: WEB-1 it <broke>\n",
        "multipart/alternative",
        "The rule \"New <b>errors</b>\" of the project web fired for WEB-1.",
        "\nit <broke>\napp.views The issue: http://evil.test/\n",
        "Level error, seen once since ",
        &format!("\nThe issue: {site}/issues/{issue}/\n"),
        &format!("\nThe event: {site}/issues/{issue}/events/{id}/\n"),
        &format!("\nThe rule, to change or mute it: {site}/alerts/rules/web/{rule_id}/\n"),
        "<strong>New &lt;b&gt;errors&lt;/b&gt;</strong>",
        "<h2>it &lt;broke&gt;</h2>\n<p>app.views The issue: http://evil.test/</p>",
        &format!("<a href=\"{site}/issues/{issue}/\">The issue</a>"),
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
});

async fn issue_of(app: &TestApp) -> (i64, i64) {
    let query = Query::new("SELECT short_id, id FROM issue ORDER BY id DESC LIMIT 1");
    app.ctx.store.read().await.unwrap().one(query).await.unwrap()
}

api_test!(where_privacy_is_wanted_a_mail_tells_only_where_to_look, |app| async move {
    let world = app.world().await;
    let body = json!({"enhancedPrivacy": true});
    app.put("/api/0/organizations/acme/").bearer(&world.owner_token).json(&body).send().await.expect(200);
    let server = MailServer::start().await;
    let running = start(&app, &server);
    create(&app, &world, &mailing("R", owners("AllMembers"))).await;
    send(&app, &world, &json!({"message": "a secret", "transaction": "another"})).await;
    super::settled(&app).await;
    running.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    for (_, message) in &taken {
        assert!(message.contains("Subject: WEB-1 An alert rule fired"), "{message}");
        assert!(!message.contains("secret") && !message.contains("another"), "{message}");
    }
});

api_test!(the_owners_of_an_issue_are_mailed, |app| async move {
    let world = app.world().await;
    person(&app, &world, "third", Some("core")).await;
    // Of the organization, but of no team of the project.
    person(&app, &world, "outsider", Some("elsewhere")).await;
    create(&app, &world, &mailing("R", owners("NoOne"))).await;
    assert!(readers(&app, &world, &json!({})).await.is_empty());
    assign(&app, &world, &format!("user:{}", world.member)).await;
    assert_eq!(readers(&app, &world, &json!({})).await, ["member"]);
    assign(&app, &world, &format!("team:{}", world.team)).await;
    assert_eq!(readers(&app, &world, &json!({})).await, ["member", "owner", "third"]);
});

api_test!(of_an_issue_that_nobody_owns_the_fallback_is_mailed, |app| async move {
    let world = app.world().await;
    create(&app, &world, &mailing("R", owners("ActiveMembers"))).await;
    person(&app, &world, "outsider", None).await;
    for index in 0..20 {
        let name: &'static str = Box::leak(format!("p{index:02}").into_boxed_str());
        person(&app, &world, name, Some("core")).await;
    }
    super::execute(&app, "UPDATE user_account SET last_active = 7 WHERE email LIKE 'member@%'").await;
    super::execute(&app, "UPDATE user_account SET last_active = 6 WHERE email LIKE 'p%'").await;
    // Of twenty-two people, the one who was never active and one more are left out.
    let readers_now = readers(&app, &world, &json!({})).await;
    assert_eq!((readers_now.len(), readers_now[0].as_str()), (20, "member"), "{readers_now:?}");
    assert!(!readers_now.contains(&"owner".to_owned()));
    let path = path_of(&app.get(super::RULES).bearer(&world.owner_token).send().await.expect(200).json()[0]);
    let all = mailing("R", owners("AllMembers"));
    app.put(&path).bearer(&world.owner_token).json(&all).send().await.expect(200);
    assert_eq!(readers(&app, &world, &json!({})).await.len(), 22);
    super::execute(&app, "UPDATE user_account SET is_active = FALSE WHERE email LIKE 'p%'").await;
    assert_eq!(readers(&app, &world, &json!({})).await, ["member", "owner"]);
});

api_test!(a_person_gets_one_mail_however_often_a_rule_names_them, |app| async move {
    let world = app.world().await;
    let mut actions = owners("AllMembers");
    let more = json!([
        {"id": MAIL, "targetType": "Team", "targetIdentifier": world.team.get()},
        {"id": MAIL, "targetType": "Member", "targetIdentifier": world.member.get()},
    ]);
    actions.as_array_mut().unwrap().extend(more.as_array().unwrap().clone());
    let made = create(&app, &world, &mailing("R", actions)).await;
    assert_eq!(readers(&app, &world, &json!({})).await, ["member", "owner"]);
    // Another rule that fires is another mail.
    let member = json!([{"id": MAIL, "targetType": "Member", "targetIdentifier": world.member.get()}]);
    create(&app, &world, &mailing("Other", member)).await;
    assert_eq!(readers(&app, &world, &json!({})).await, ["member", "member", "owner"]);
    // Who has muted a rule for oneself hears only of the other.
    let snooze = format!("{}snooze/", path_of(&made));
    let me = json!({"target": "me"});
    app.post(&snooze).bearer(&world.member_token).json(&me).send().await.expect(201);
    assert_eq!(readers(&app, &world, &json!({})).await, ["member", "owner"]);
});

api_test!(who_left_the_project_before_the_mail_went_out_gets_none, |app| async move {
    let world = app.world().await;
    let team = json!([{"id": MAIL, "targetType": "Team", "targetIdentifier": world.team.get()}]);
    create(&app, &world, &mailing("R", team)).await;
    let refusing = MailServer::refusing("450 later").await;
    let running = start(&app, &refusing);
    send(&app, &world, &json!({})).await;
    while super::count(&app, "SELECT COUNT(*) FROM attempt").await < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running.stop().await;
    let (org, id) = (world.org, world.member_id);
    app.ctx.store.write(move |tx| Box::pin(async move { member::delete(tx, org, id).await })).await.unwrap();
    let server = MailServer::start().await;
    let running = start(&app, &server);
    app.clock.advance(3600);
    super::settled(&app).await;
    running.stop().await;
    let taken = server.taken();
    assert_eq!(taken.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["<owner@acme.test>"]);
});

api_test!(a_team_that_left_the_project_is_not_mailed, |app| async move {
    let world = app.world().await;
    let team = json!([{"id": MAIL, "targetType": "Team", "targetIdentifier": world.team.get()}]);
    create(&app, &world, &mailing("R", team)).await;
    let (project, team) = (world.project, world.team);
    let removed =
        app.ctx.store.write(move |tx| Box::pin(async move { project::remove_team(tx, project, team).await }));
    removed.await.unwrap();
    assert!(readers(&app, &world, &json!({})).await.is_empty());
});

api_test!(mail_actions_are_tried_out, |app| async move {
    let world = app.world().await;
    let server = MailServer::start().await;
    let running = start(&app, &server);
    let member = json!([{"id": MAIL, "targetType": "Member", "targetIdentifier": world.member.get()}]);
    let body = json!({"name": "Trial", "actions": member});
    let path = "/api/0/projects/acme/web/rule-actions/";
    app.post(path).bearer(&world.owner_token).json(&body).send().await.expect(200);
    super::settled(&app).await;
    running.stop().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].1.contains("The rule \"Trial\"") && !taken[0].1.contains("/alerts/rules/"));
});
