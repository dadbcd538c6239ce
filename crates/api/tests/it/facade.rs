//! Apps for the rest of a host: found by whatever is known, made for a part of the server.

use mortise_domain::{
    InstallationId, Scope, ScopeSet, UserId,
    status::{AppStatus, InstallationStatus},
};
use mortise_service::{
    Error, ExposeSecret,
    apps::{
        facade::{self, AlertApp, InstallationFilter, InstallationInfo},
        programmatic::{self, Wanted},
    },
};
use mortise_store::{Reader, organization::access::Which, sentry_app};
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};

const APPS: &str = "/api/0/sentry-apps/";

async fn create(app: &TestApp, world: &World, name: &str, more: Value) -> Value {
    let mut body = json!({
        "organization": "acme", "name": name, "author": "Acme", "isInternal": true, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "webhookUrl": "https://w.test/hook",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
}

async fn conn(app: &TestApp) -> Reader {
    app.ctx.store.read().await.unwrap()
}

/// The ids of what a filter finds.
async fn ids(app: &TestApp, filter: InstallationFilter) -> Vec<InstallationId> {
    let found = facade::installations(&mut *conn(app).await, &filter).await.unwrap();
    found.into_iter().map(|it| it.id).collect()
}

async fn by_id(app: &TestApp, id: InstallationId) -> Option<InstallationInfo> {
    facade::installation_by_id(&mut *conn(app).await, id).await.unwrap()
}

api_test!(installations_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let internal = create(&app, &world, "Watch", json!({})).await;
    create(&app, &world, "Board", json!({"isInternal": false, "verifyInstall": true})).await;
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    app.post(path).bearer(&world.owner_token).json(&json!({"slug": "board"})).send().await.expect(200);

    let nothing = facade::installations(&mut *conn(&app).await, &InstallationFilter::default()).await;
    assert!(matches!(nothing, Err(Error::Internal(_))));
    let any = InstallationFilter::default;
    let of_token = InstallationFilter { token: Some(mortise_domain::TokenId::new(1)), ..any() };
    assert!(matches!(
        facade::installations(&mut *conn(&app).await, &of_token).await,
        Err(Error::Internal(_))
    ));
    let of_org = InstallationFilter { org: Some(world.org), ..any() };
    let found = facade::installations(&mut *conn(&app).await, &of_org).await.unwrap();
    let states: Vec<_> = found.iter().map(|it| (it.app.name.as_str(), it.status)).collect();
    assert_eq!(states, [("Watch", InstallationStatus::Installed), ("Board", InstallationStatus::Pending)]);
    let (watch, board) = (found[0].id, found[1].id);
    let pending = Some(InstallationStatus::Pending);
    for (filter, expected) in [
        (InstallationFilter { ids: Some(vec![board]), ..any() }, vec![board]),
        (InstallationFilter { ids: Some(vec![]), ..any() }, vec![]),
        (InstallationFilter { apps: Some(vec![found[0].app.id]), ..any() }, vec![watch]),
        (InstallationFilter { uuids: Some(vec![found[1].uuid.clone()]), ..of_org.clone() }, vec![board]),
        (InstallationFilter { status: pending, ..of_org.clone() }, vec![board]),
        (InstallationFilter { status: pending, ids: Some(vec![watch]), ..any() }, vec![]),
        (InstallationFilter { org: Some(world.stranger_org), ..of_org.clone() }, vec![]),
    ] {
        assert_eq!(ids(&app, filter.clone()).await, expected, "{filter:?}");
    }

    let tokens = format!("{APPS}{}/api-tokens/", internal["slug"].as_str().unwrap());
    let token = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let token = token["id"].as_str().unwrap().parse().unwrap();
    let token = Some(mortise_domain::TokenId::new(token));
    assert_eq!(ids(&app, InstallationFilter { any_token: token, ..of_org.clone() }).await, [watch]);
    assert_eq!(ids(&app, InstallationFilter { token, ..of_org.clone() }).await, []);

    // What is removed is not found any more.
    let gone = InstallationFilter { ids: Some(vec![watch, board]), ..any() };
    app.delete(at(&found[0])).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(ids(&app, gone.clone()).await, [board]);
    app.delete(format!("{APPS}board/")).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(ids(&app, gone).await, []);
    assert_eq!(ids(&app, of_org).await, []);
    let mut conn = conn(&app).await;
    assert!(facade::app_by_slug(&mut conn, "board").await.unwrap().is_none());
    assert!(facade::app_by_id(&mut conn, found[1].app.id).await.unwrap().is_none());
});

fn at(installation: &InstallationInfo) -> String {
    format!("/api/0/sentry-app-installations/{}/", installation.uuid)
}

/// What is installed, found by the proxy user of the app.
async fn of_proxy_user(app: &TestApp, world: &World, user: UserId) -> Option<InstallationInfo> {
    facade::installation_of_proxy_user(&mut *conn(app).await, user, world.org).await.unwrap()
}

api_test!(the_app_behind_a_proxy_user_is_found_while_it_waits, |app| async move {
    let world = app.world().await;
    create(&app, &world, "Other", json!({})).await;
    create(&app, &world, "Board", json!({"isInternal": false, "verifyInstall": true})).await;
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    app.post(path).bearer(&world.owner_token).json(&json!({"slug": "board"})).send().await.expect(200);
    let board = facade::app_by_slug(&mut *conn(&app).await, "board").await.unwrap().unwrap();
    let proxy = board.proxy_user.unwrap();
    let waiting = of_proxy_user(&app, &world, proxy).await.unwrap();
    assert_eq!((waiting.app.id, waiting.status), (board.id, InstallationStatus::Pending));
    let mut conn = conn(&app).await;
    let elsewhere = facade::installation_of_proxy_user(&mut conn, proxy, world.stranger_org).await.unwrap();
    assert!(elsewhere.is_none());
    let person = facade::installation_of_proxy_user(&mut conn, world.owner, world.org).await.unwrap();
    assert!(person.is_none());
    let here = facade::organization_of_proxy_user(&mut conn, proxy, Which::Id(world.org)).await.unwrap();
    let (org, scopes) = here.unwrap();
    assert_eq!(org.id, world.org);
    assert_eq!(scopes, Some(ScopeSet::of(&[Scope::EventRead])));
    let elsewhere = Which::Id(world.stranger_org);
    let (_, scopes) = facade::organization_of_proxy_user(&mut conn, proxy, elsewhere).await.unwrap().unwrap();
    assert_eq!(scopes, None);
    let names = facade::apps_of_proxy_users(&mut conn, &[proxy, world.owner]).await.unwrap();
    assert_eq!(names.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Board"]);
});

api_test!(an_installation_is_found_as_it_is_after_every_change_of_it_and_of_its_app, |app| async move {
    let world = app.world().await;
    create(&app, &world, "Board", json!({"isInternal": false, "verifyInstall": true})).await;
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    let install = app.post(path).bearer(&world.owner_token).json(&json!({"slug": "board"}));
    let made = install.send().await.expect(200).json();
    let of_org = InstallationFilter { org: Some(world.org), ..InstallationFilter::default() };
    let id = ids(&app, of_org).await[0];
    // Only what is confirmed is found by its id.
    assert!(by_id(&app, id).await.is_none());
    let seen = app.get(format!("{APPS}board/")).bearer(&world.owner_token).send().await.expect(200).json();
    let one = format!("/api/0/sentry-app-installations/{}/", made["uuid"].as_str().unwrap());
    let code = json!({"grant_type": "authorization_code", "code": made["code"], "client_id": seen["clientId"],
        "client_secret": seen["clientSecret"]});
    let token = app.post(format!("{one}authorizations/")).json(&code).send().await.expect(201).json();
    let confirm =
        app.put(&one).bearer(token["token"].as_str().unwrap()).json(&json!({"status": "installed"}));
    confirm.send().await.expect(200);
    let found = by_id(&app, id).await.unwrap();
    assert_eq!(
        (found.app.name.as_str(), found.app.webhook_url.as_deref()),
        ("Board", Some("https://w.test/hook"))
    );
    let change = json!({"name": "Plank", "webhookUrl": "https://other.test/hook", "isAlertable": true});
    let put = app.put(format!("{APPS}board/")).bearer(&world.owner_token).json(&change);
    put.send().await.expect(200);
    let found = by_id(&app, id).await.unwrap().app;
    assert_eq!(
        (found.name.as_str(), found.webhook_url.as_deref()),
        ("Plank", Some("https://other.test/hook"))
    );
    assert!(found.is_alertable);
    app.delete(&one).bearer(&world.owner_token).send().await.expect(204);
    assert!(by_id(&app, id).await.is_none());
});

fn names(apps: &[AlertApp]) -> Vec<&str> {
    apps.iter().map(|it| it.name.as_str()).collect()
}

/// With a component for alert rules whose select the app is asked about.
fn with_form() -> Value {
    let settings = json!({"type": "alert-rule-settings", "uri": "/a", "required_fields": [
        {"type": "select", "name": "s", "label": "S", "uri": "/options"}]});
    json!({"isAlertable": true, "schema": {"elements": [
        {"type": "alert-rule-action", "title": "A", "settings": settings}]}})
}

api_test!(apps_are_found_and_alertable_ones_without_a_component_are_named, |app| async move {
    let world = app.world().await;
    create(&app, &world, "Plain", json!({"isAlertable": true})).await;
    create(&app, &world, "Form", with_form()).await;
    create(&app, &world, "Mute", json!({})).await;
    let mut conn = conn(&app).await;
    let apps = facade::alert_apps(&mut conn, world.org).await.unwrap();
    assert_eq!(names(&apps), ["Form", "Mute", "Plain"]);
    let services: Vec<_> = facade::alertable_services(&apps).map(|it| it.name.as_str()).collect();
    assert_eq!(services, ["Plain"]);
    assert_eq!(names(&facade::alert_apps(&mut conn, world.stranger_org).await.unwrap()), Vec::<&str>::new());
    let internal = facade::apps_of(&mut conn, world.org, Some(AppStatus::Internal)).await.unwrap();
    assert_eq!(internal.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Mute", "Form", "Plain"]);
    let published = facade::apps_of(&mut conn, world.org, Some(AppStatus::Published)).await.unwrap();
    assert!(published.is_empty());
    let found = facade::app_of_application(&mut conn, internal[0].application.unwrap()).await.unwrap();
    assert_eq!(found.unwrap().slug, internal[0].slug);
    assert_eq!(facade::installed_in(&mut conn, world.org).await.unwrap().len(), 3);
});

api_test!(components_are_prepared_and_those_of_apps_that_fail_are_left_out, |app| async move {
    let world = app.world().await;
    let (good, bad) = (Receiver::start().await, Receiver::start().await);
    good.reply([Reply::json(&json!([{"value": 1, "label": "One"}]))]);
    bad.reply([Reply::status(500)]);
    for (name, receiver) in [("Good", &good), ("Bad", &bad)] {
        let mut more = with_form();
        more["webhookUrl"] = json!(receiver.url());
        create(&app, &world, name, more).await;
    }
    let found = facade::prepared_components(&app.ctx, world.org, "alert-rule-action", Some("web")).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0.callee.app.name, "Good");
    assert_eq!(found[0].1["settings"]["required_fields"][0]["choices"], json!([[1, "One"]]));
    assert!(good.received()[0].path.ends_with("&projectSlug=web"));
    let none = facade::prepared_components(&app.ctx, world.org, "issue-link", None).await.unwrap();
    assert!(none.is_empty());
});

api_test!(an_app_that_is_not_there_takes_no_settings, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let mut more = with_form();
    more["webhookUrl"] = json!(receiver.url());
    create(&app, &world, "Form", more).await;
    let installed = facade::installed_in(&mut *conn(&app).await, world.org).await.unwrap().remove(0);
    let run = async |org, uuid: &str| {
        let ran = facade::run_alert_action(&app.ctx, org, uuid, &json!([])).await.unwrap();
        (ran.success, ran.message)
    };
    let missing = (false, "Installation does not exist".to_owned());
    assert_eq!(run(world.org, "4d80a1de-6b3f-4b5e-8f3f-000000000000").await, missing);
    assert_eq!(run(world.stranger_org, &installed.uuid).await, missing);
    assert!(receiver.received().is_empty());
    assert_eq!(run(world.org, &installed.uuid).await, (true, "Form: Success!".to_owned()));
});

api_test!(an_app_for_a_provider_is_made_once_with_a_token_that_works, |app| async move {
    let world = app.world().await;
    let wanted = || Wanted {
        org: world.org,
        name: "Deploys".to_owned(),
        scopes: ScopeSet::of(&[Scope::ProjectRead, Scope::OrgRead]),
    };
    assert!(programmatic::token_for_provider(&app.ctx, world.org, "deploys").await.unwrap().is_none());
    let first = programmatic::app_for_provider(&app.ctx, "deploys", wanted()).await.unwrap();
    let again = programmatic::app_for_provider(&app.ctx, "deploys", wanted()).await.unwrap();
    assert_eq!(first.id, again.id);
    let token = programmatic::token_for_provider(&app.ctx, world.org, "deploys").await.unwrap().unwrap();
    app.get("/api/0/organizations/acme/").bearer(token.expose_secret()).send().await.expect(200);
    assert!(
        programmatic::token_for_provider(&app.ctx, world.stranger_org, "deploys").await.unwrap().is_none()
    );
    let path = format!("/api/0/sentry-app-installations/{}/", first.uuid);
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    app.get("/api/0/organizations/acme/").bearer(token.expose_secret()).send().await.expect(401);
    assert!(programmatic::token_for_provider(&app.ctx, world.org, "deploys").await.unwrap().is_none());
});

api_test!(an_app_that_a_person_asked_for_is_made_once_with_one_token, |app| async move {
    let world = app.world().await;
    let wanted =
        || Wanted { org: world.org, name: "Chat".to_owned(), scopes: ScopeSet::of(&[Scope::EventRead]) };
    let about = json!({"channel": "C1"});
    let first = programmatic::app_for_request(&app.ctx, world.owner, wanted(), about.clone()).await.unwrap();
    let again = programmatic::app_for_request(&app.ctx, world.owner, wanted(), about.clone()).await.unwrap();
    assert_eq!(first.id, again.id);
    let other = programmatic::app_for_request(&app.ctx, world.member, wanted(), about.clone()).await.unwrap();
    assert_ne!(first.id, other.id);
    let made = facade::app_by_id(&mut *conn(&app).await, first.sentry_app_id).await.unwrap().unwrap();
    assert_eq!((made.metadata, made.creator_label.as_deref()), (about, Some("owner@acme.test")));
    assert_eq!(sentry_app::count_tokens(&mut *conn(&app).await, first.id).await.unwrap(), 1);
});
