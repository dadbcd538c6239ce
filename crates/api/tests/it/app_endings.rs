//! The ends of apps and installations: who is told, what is left, and that one installation is all there is.

use futures_util::future::join_all;
use mortise_domain::{Scope, ScopeSet};
use mortise_service::{
    apps::programmatic::{self, Wanted},
    delivery::{self, Options},
};
use mortise_testkit::{Receiver, TestApp, World, api_test};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    ingest::{count, text},
    installations::Installed,
    rows::superuser,
    sentry_apps::{APPS, create, internal, post, public},
};

const INSTALLED: &str = "/api/0/organizations/acme/sentry-app-installations/";

/// Installs an app of `acme` in `globex`, as only a superuser can.
async fn install_elsewhere(app: &TestApp, world: &World, slug: &str) -> Value {
    let (cookie, csrf) = superuser(app, world.member).await;
    let path = "/api/0/organizations/globex/sentry-app-installations/";
    let request =
        app.post(path).header("cookie", &format!("{cookie}; sc={csrf}")).header("x-csrftoken", &csrf);
    request.json(&json!({ "slug": slug })).send().await.expect(200).json()
}

api_test!(everybody_who_had_a_public_app_is_told_of_its_end, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let mut body = public();
    body["webhookUrl"] = receiver.url().into();
    let slug = create(&app, &world, &body).await;
    // People of another organization cannot install what is not published.
    let hidden =
        app.post("/api/0/organizations/globex/sentry-app-installations/").bearer(&world.stranger_token);
    assert_eq!(hidden.json(&json!({ "slug": slug })).send().await.expect(404).text(), "");
    let install = app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": slug }));
    let here = install.send().await.expect(200).json();
    let there = install_elsewhere(&app, &world, &slug).await;
    let mut quiet = internal();
    quiet["webhookUrl"] = receiver.url().into();
    let inside = create(&app, &world, &quiet).await;
    for slug in [&inside, &slug] {
        app.delete(format!("{APPS}{slug}/")).bearer(&world.owner_token).send().await.expect(204);
    }

    let stop = CancellationToken::new();
    let running = delivery::start(app.ctx.clone(), delivery::subscribers(), Options::default(), stop);
    let received = receiver.wait_for(4).await;
    running.stop().await;
    let mut told: Vec<_> = received
        .iter()
        .map(|call| {
            let body = call.json();
            let actor = body["actor"]["id"].as_i64().unwrap();
            (body["action"].as_str().unwrap().to_owned(), body["installation"]["uuid"].clone(), actor)
        })
        .collect();
    told.sort_by_key(|(action, uuid, _)| (action.clone(), uuid.to_string()));
    let (owner, member) = (world.owner.get(), world.member.get());
    let mut expected = vec![
        ("created".to_owned(), here["uuid"].clone(), owner),
        ("created".to_owned(), there["uuid"].clone(), member),
        ("deleted".to_owned(), here["uuid"].clone(), owner),
        ("deleted".to_owned(), there["uuid"].clone(), owner),
    ];
    expected.sort_by_key(|(action, uuid, _)| (action.clone(), uuid.to_string()));
    assert_eq!(told, expected);
    assert_eq!(receiver.received().len(), 4, "nobody was told of the internal app");
});

api_test!(what_is_left_of_a_removed_app, |app| async move {
    let world = app.world().await;
    let mut body = public();
    body["schema"] = json!({ "elements": [{ "type": "stacktrace-link", "uri": "/trace" }] });
    body["verifyInstall"] = true.into();
    let made = post(&app, &world, &body).await.expect(201).json();
    let slug = made["slug"].as_str().unwrap();
    let id = count(&app, "SELECT id FROM sentry_app").await;
    for segment in [slug.to_owned(), id.to_string()] {
        let seen =
            app.get(format!("{APPS}{segment}/")).bearer(&world.owner_token).send().await.expect(200).json();
        assert_eq!(seen["uuid"], made["uuid"]);
    }
    let install = app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": slug }));
    install.send().await.expect(200);
    app.delete(format!("{APPS}{id}/")).bearer(&world.owner_token).send().await.expect(204);
    let paths = ["", "features/", "components/", "avatar/", "stats/", "requests/", "interaction/"];
    for segment in [slug.to_owned(), id.to_string()] {
        for path in paths {
            let gone = app
                .get(format!("{APPS}{segment}/{path}"))
                .bearer(&world.owner_token)
                .send()
                .await
                .expect(404);
            assert_eq!(gone.json(), json!({ "detail": "Not found." }), "{path}");
        }
        app.put(format!("{APPS}{segment}/"))
            .bearer(&world.owner_token)
            .json(&json!({}))
            .send()
            .await
            .expect(404);
        app.delete(format!("{APPS}{segment}/")).bearer(&world.owner_token).send().await.expect(404);
    }
    for (sql, rows) in [
        (
            "SELECT COUNT(*) FROM sentry_app WHERE status = 4 AND date_deleted IS NOT NULL AND slug = 'acme-board'",
            1,
        ),
        ("SELECT COUNT(*) FROM sentry_app_component", 1),
        ("SELECT COUNT(*) FROM integration_feature", 1),
        ("SELECT COUNT(*) FROM sentry_app_installation WHERE date_deleted IS NULL", 0),
        ("SELECT COUNT(*) FROM api_grant", 0),
        ("SELECT COUNT(*) FROM service_hook", 0),
        // The application signs the last webhook; it is good for nothing else.
        ("SELECT COUNT(*) FROM api_application WHERE status = 0", 0),
    ] {
        assert_eq!(count(&app, sql).await, rows, "{sql}");
    }
    let entry = crate::rows::audit(&app, world.org).await.pop().unwrap();
    assert_eq!(entry, (115, json!({ "sentry_app": "Acme Board" })));
});

api_test!(uninstalling_leaves_no_way_in, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let kept = Installed::of(&app, &world, "Pager").await;
    it.redeem(&app).await;
    kept.redeem(&app).await;
    let wanted =
        Wanted { org: world.org, name: "Deploys".to_owned(), scopes: ScopeSet::of(&[Scope::OrgRead]) };
    let provided = programmatic::app_for_provider(&app.ctx, "deploys", wanted).await.unwrap();
    let slug = create(&app, &world, &internal()).await;
    app.post(format!("{APPS}{slug}/api-tokens/")).session(&world.owner_session).send().await.expect(201);
    let inside = app.get(INSTALLED).bearer(&world.owner_token).send().await.expect(200).json();
    let rows = [
        "SELECT COUNT(*) FROM api_token WHERE application_id IS NOT NULL",
        "SELECT COUNT(*) FROM api_grant",
        "SELECT COUNT(*) FROM sentry_app_installation_token",
        "SELECT COUNT(*) FROM sentry_app_installation_for_provider",
        "SELECT COUNT(*) FROM service_hook",
        "SELECT COUNT(*) FROM sentry_app_installation WHERE date_deleted IS NULL",
    ];
    let counts = async || {
        let mut all = Vec::new();
        for sql in rows {
            all.push(count(&app, sql).await);
        }
        all
    };
    assert_eq!(counts().await, [4, 2, 2, 1, 3, 4]);
    for (uuid, left) in [
        (inside[0]["uuid"].as_str().unwrap(), [3, 1, 1, 1, 2, 3]),
        (provided.uuid.as_str(), [2, 0, 0, 0, 2, 2]),
        (it.uuid.as_str(), [1, 0, 0, 0, 1, 1]),
    ] {
        let path = format!("/api/0/sentry-app-installations/{uuid}/");
        app.delete(path).bearer(&world.owner_token).send().await.expect(204);
        assert_eq!(counts().await, left);
    }
});

api_test!(there_is_one_installation_however_many_ask_for_it, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, &public()).await;
    let asked =
        (0..8).map(|_| app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": slug })).send());
    let answers: Vec<Value> =
        join_all(asked).await.into_iter().map(|answer| answer.expect(200).json()).collect();
    assert!(answers.iter().all(|answer| answer["uuid"] == answers[0]["uuid"]), "{answers:#?}");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app_installation").await, 1);
    assert_eq!(text(&app, "SELECT kind FROM event").await, "installation.created");
    // One that ended makes room for another.
    let path = format!("/api/0/sentry-app-installations/{}/", answers[0]["uuid"].as_str().unwrap());
    app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    let next = app.post(INSTALLED).bearer(&world.owner_token).json(&json!({ "slug": slug })).send().await;
    assert_ne!(next.expect(200).json()["uuid"], answers[0]["uuid"]);
});
