//! Apps for the rest of a host: found by whatever is known, made for a part of the server.

use mortise_domain::{
    IssueId, Scope, ScopeSet,
    status::{AppStatus, InstallationStatus},
};
use mortise_service::{
    Error, ExposeSecret,
    apps::{
        facade::{self, InstallationFilter},
        programmatic::{self, Wanted},
    },
};
use mortise_store::sentry_app;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::{Value, json};

use crate::ingest;

const APPS: &str = "/api/0/sentry-apps/";

async fn create(app: &TestApp, world: &World, name: &str, more: Value) -> Value {
    let mut body = json!({
        "organization": "acme", "name": name, "author": "Acme", "isInternal": true, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "webhookUrl": "https://w.test/hook",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json()
}

api_test!(installations_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let internal = create(&app, &world, "Watch", json!({})).await;
    create(&app, &world, "Board", json!({"isInternal": false, "verifyInstall": true})).await;
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    app.post(path).bearer(&world.owner_token).json(&json!({"slug": "board"})).send().await.expect(200);

    let nothing = facade::installations(&app.ctx, &InstallationFilter::default()).await;
    assert!(matches!(nothing, Err(Error::Internal(_))));
    let of_org = InstallationFilter { org: Some(world.org), ..InstallationFilter::default() };
    let found = facade::installations(&app.ctx, &of_org).await.unwrap();
    let states: Vec<_> = found.iter().map(|it| (it.app.name.as_str(), it.status)).collect();
    assert_eq!(states, [("Watch", InstallationStatus::Installed), ("Board", InstallationStatus::Pending)]);
    let one = |filter: InstallationFilter| {
        let ctx = app.ctx.clone();
        async move {
            facade::installations(&ctx, &filter)
                .await
                .unwrap()
                .into_iter()
                .map(|it| it.id)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(
        one(InstallationFilter { ids: Some(vec![found[1].id]), ..InstallationFilter::default() }).await,
        [found[1].id]
    );
    assert_eq!(
        one(InstallationFilter { apps: Some(vec![found[0].app.id]), ..InstallationFilter::default() }).await,
        [found[0].id]
    );
    assert_eq!(
        one(InstallationFilter { uuids: Some(vec![found[1].uuid.clone()]), ..of_org.clone() }).await,
        [found[1].id]
    );
    assert_eq!(
        one(InstallationFilter { status: Some(InstallationStatus::Pending), ..of_org.clone() }).await,
        [found[1].id]
    );
    assert_eq!(one(InstallationFilter { org: Some(world.stranger_org), ..of_org.clone() }).await, []);

    let tokens = format!("{APPS}{}/api-tokens/", internal["slug"].as_str().unwrap());
    let token = app.post(&tokens).session(&world.owner_session).send().await.expect(201).json();
    let token = token["id"].as_str().unwrap().parse().unwrap();
    let token = Some(mortise_domain::TokenId::new(token));
    assert_eq!(one(InstallationFilter { any_token: token, ..of_org.clone() }).await, [found[0].id]);
    assert_eq!(one(InstallationFilter { token, ..of_org.clone() }).await, []);

    // The app behind a proxy user is found while it waits; by id alone only what is confirmed is.
    let proxy = found[1].app.proxy_user.unwrap();
    let waiting = facade::installation_of_proxy_user(&app.ctx, proxy, world.org).await.unwrap().unwrap();
    assert_eq!(waiting.id, found[1].id);
    assert!(facade::installation_of_proxy_user(&app.ctx, proxy, world.stranger_org).await.unwrap().is_none());
    assert!(facade::installation_by_id(&app.ctx, found[1].id).await.unwrap().is_none());
    assert!(facade::installation_by_id(&app.ctx, found[0].id).await.unwrap().is_some());

    // What is removed is not found any more.
    let path = format!("/api/0/sentry-app-installations/{}/", found[0].uuid);
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    assert_eq!(facade::installations(&app.ctx, &of_org).await.unwrap().len(), 1);
    app.delete(format!("{APPS}board/")).bearer(&world.owner_token).send().await.expect(204);
    assert!(facade::installations(&app.ctx, &of_org).await.unwrap().is_empty());
    assert!(facade::app_by_slug(&app.ctx, "board").await.unwrap().is_none());
    assert!(facade::app_by_id(&app.ctx, found[1].app.id).await.unwrap().is_none());
});

api_test!(apps_are_found_and_alertable_ones_without_a_component_are_named, |app| async move {
    let world = app.world().await;
    let settings = json!({"type": "alert-rule-settings", "uri": "/a", "required_fields": [
        {"type": "text", "name": "t", "label": "T"}]});
    let schema = json!({"elements": [{"type": "alert-rule-action", "title": "A", "settings": settings}]});
    create(&app, &world, "Plain", json!({"isAlertable": true})).await;
    create(&app, &world, "Form", json!({"isAlertable": true, "schema": schema})).await;
    create(&app, &world, "Mute", json!({})).await;
    let services = facade::alertable_services(&app.ctx, world.org).await.unwrap();
    assert_eq!(services.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["Plain"]);
    let internal = facade::apps_of(&app.ctx, world.org, Some(AppStatus::Internal)).await.unwrap();
    assert_eq!(internal.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["Mute", "Form", "Plain"]);
    assert!(facade::apps_of(&app.ctx, world.org, Some(AppStatus::Published)).await.unwrap().is_empty());
    let by_application =
        facade::app_of_application(&app.ctx, internal[0].application.unwrap()).await.unwrap();
    assert_eq!(by_application.unwrap().slug, internal[0].slug);
    let installed = facade::installed_in(&app.ctx, world.org).await.unwrap();
    let form = installed.iter().find(|it| it.app.name == "Form").unwrap();
    let prepared = facade::prepared_component(&app.ctx, form, "alert-rule-action", None).await.unwrap();
    assert_eq!(prepared.unwrap()["title"], "A");
    assert!(facade::prepared_component(&app.ctx, form, "issue-link", None).await.unwrap().is_none());
});

api_test!(links_of_issues_are_html, |app| async move {
    let world = app.world().await;
    ingest::to_store(&app, &world).json(&ingest::message("boom")).send().await.expect(200);
    let issue = ingest::count(&app, "SELECT MAX(id) FROM issue").await;
    let made = create(&app, &world, "Board", json!({"scopes": ["event:admin"]})).await;
    let installed = facade::installed_in(&app.ctx, world.org).await.unwrap();
    let path = format!("/api/0/sentry-app-installations/{}/external-issues/", installed[0].uuid);
    let link =
        json!({"issueId": issue, "webUrl": "https://b.test/?a=1&b=2", "project": "<P>", "identifier": "4"});
    app.post(path).bearer(&world.owner_token).json(&link).send().await.expect(200);
    let found = facade::annotations(&app.ctx, &[IssueId::new(issue)]).await.unwrap();
    let html = "<a href=\"https://b.test/?a=1&amp;b=2\">&lt;P&gt;#4</a>";
    assert_eq!(found, [(IssueId::new(issue), html.to_owned())]);
    assert_eq!(made["name"], "Board");
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
    let made = facade::app_by_id(&app.ctx, first.sentry_app_id).await.unwrap().unwrap();
    assert_eq!((made.metadata, made.creator_label.as_deref()), (about, Some("owner@acme.test")));
    let mut conn = app.ctx.store.read().await.unwrap();
    assert_eq!(sentry_app::count_tokens(&mut conn, first.id).await.unwrap(), 1);
});
