//! `hook`.

use mortise_testkit::{TestApp, api_test};
use serde_json::{Value, json};

use super::{
    app::{by_slug, create, installation_of},
    ask, call,
};
use crate::ingest::count;

async fn of(app: &TestApp, method: &str, args: Value) -> Value {
    call(app, "hook", method, args).await
}

async fn hooks(app: &TestApp) -> i64 {
    count(app, "SELECT COUNT(*) FROM service_hook").await
}

api_test!(the_hook_of_an_installation_is_made_changed_and_removed, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({"webhookUrl": null})).await).await;
    let other = by_slug(&app, &create(&app, &world, "Other", json!({"webhookUrl": null})).await).await;
    let installation = installation_of(&app, &watch).await;
    let put = |url: Value, events: &[&str]| {
        json!({"installation_id": installation["id"], "organization_id": world.org.get(), "webhook_url": url,
            "events": events, "application_id": watch["application_id"]})
    };
    let method = "create_or_update_webhook_and_events_for_installation";
    let made =
        of(&app, method, put(json!("https://w.test/a"), &["comment", "issue.resolved", "nonsense"])).await;
    let expected = json!([{"id": made[0]["id"], "guid": made[0]["guid"], "application_id": watch["application_id"],
        "installation_id": installation["id"], "project_id": null, "organization_id": world.org.get(),
        "url": "https://w.test/a",
        "events": ["issue.resolved", "comment.created", "comment.updated", "comment.deleted"], "status": 0}]);
    assert_eq!(made, expected);
    let changed = of(&app, method, put(json!("https://w.test/b"), &[])).await;
    assert_eq!((&changed[0]["id"], &changed[0]["url"]), (&made[0]["id"], &json!("https://w.test/b")));
    assert_eq!((&changed[0]["events"], hooks(&app).await), (&json!([]), 1));
    for (key, value) in [
        ("organization_id", json!(world.stranger_org.get())),
        ("application_id", other["application_id"].clone()),
        ("application_id", json!(0)),
        ("installation_id", json!(0)),
        ("webhook_url", json!("ftp://w.test")),
        ("webhook_url", json!(format!("https://w.test/{}", "x".repeat(512)))),
    ] {
        let mut args = put(json!("https://w.test/c"), &[]);
        args[key] = value;
        ask(&app, "hook", method, args).await.expect(400);
    }
    for key in ["webhook_url", "events"] {
        let mut args = put(Value::Null, &[]);
        args.as_object_mut().unwrap().remove(key);
        ask(&app, "hook", method, args).await.expect(400);
    }
    assert_eq!(count(&app, "SELECT COUNT(*) FROM service_hook WHERE url = 'https://w.test/b'").await, 1);
    assert_eq!(of(&app, method, put(Value::Null, &[])).await, json!([]));
    assert_eq!(of(&app, method, put(json!(""), &[])).await, json!([]));
    assert_eq!(hooks(&app).await, 0);
});

api_test!(all_hooks_of_an_application_are_changed_at_once, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({})).await).await;
    create(&app, &world, "Other", json!({})).await;
    let update = async |application: &Value, url: Value| {
        let args = json!({"organization_id": world.org.get(), "application_id": application, "webhook_url": url,
            "events": ["issue.created"]});
        ask(&app, "hook", "update_webhook_and_events", args).await
    };
    let changed = update(&watch["application_id"], json!("https://n.test/")).await.expect(200).json();
    assert_eq!(changed["value"].as_array().unwrap().len(), 1);
    assert_eq!(changed["value"][0]["events"], json!(["issue.created"]));
    assert_eq!(update(&json!(0), json!("https://n.test/")).await.expect(200).json()["value"], json!([]));
    // Hooks without application are those of projects.
    update(&Value::Null, Value::Null).await.expect(400);
    let gone = update(&watch["application_id"], Value::Null).await.expect(200).json();
    assert_eq!((&gone["value"], hooks(&app).await), (&json!([]), 1));
});

api_test!(hooks_are_made_for_installations_that_have_none, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({"webhookUrl": null})).await).await;
    let had = by_slug(&app, &create(&app, &world, "Had", json!({})).await).await;
    let bulk = async |of_app: &Value, org: i64| {
        let pair =
            json!({"installation_id": installation_of(&app, of_app).await["id"], "organization_id": org});
        let args = json!({"cell_name": "c", "application_id": of_app["application_id"], "events": ["comment"],
            "installation_organization_ids": [pair], "url": "https://w.test/bulk"});
        ask(&app, "hook", "bulk_create_service_hooks_for_app", args).await
    };
    bulk(&watch, world.stranger_org.get()).await.expect(400);
    let made = bulk(&watch, world.org.get()).await.expect(200).json();
    assert_eq!(made["value"][0]["url"], "https://w.test/bulk");
    for of_app in [&watch, &had] {
        assert_eq!(bulk(of_app, world.org.get()).await.expect(200).json()["value"], json!([]));
    }
    assert_eq!(hooks(&app).await, 2);
});

api_test!(a_hook_is_made_for_an_installation_or_for_a_project, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({"webhookUrl": null})).await).await;
    let installation = installation_of(&app, &watch).await;
    let project = count(&app, "SELECT id FROM project WHERE slug = 'web'").await;
    let make = async |more: Value| {
        let mut args = json!({"organization_id": world.org.get(), "url": "https://w.test/"});
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(&app, "hook", "create_service_hook", args).await
    };
    let of_app = json!({"application_id": watch["application_id"], "installation_id": installation["id"],
        "project_ids": [project], "events": ["issue"]});
    let made = make(of_app.clone()).await.expect(200).json();
    assert_eq!(made["value"]["installation_id"], installation["id"]);
    assert_eq!(count(&app, "SELECT project_id FROM service_hook_project").await, project);
    // A second one would have the app hear everything twice.
    make(of_app).await.expect(400);

    let own = json!({"actor_id": world.owner.get(), "project_ids": [project], "events": ["event.created"]});
    let made = make(own).await.expect(200).json()["value"].clone();
    assert_eq!((&made["project_id"], &made["application_id"]), (&json!(project), &Value::Null));
    let shown =
        app.get("/api/0/projects/acme/web/hooks/").bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!((&shown[0]["id"], &shown[0]["url"]), (&made["guid"], &json!("https://w.test/")));
    for wrong in [
        json!({"project_ids": [0]}),
        json!({"project_ids": [project], "organization_id": world.stranger_org.get()}),
        json!({"project_ids": [project], "events": ["issue"]}),
        json!({"project_ids": [project], "url": ""}),
    ] {
        make(wrong).await.expect(400);
    }
    for unsupported in [json!({}), json!({"application_id": 1}), json!({"project_ids": [project, project]})] {
        let refused = make(unsupported).await.expect(422).json();
        let reason = "A hook belongs to an installation of an application, or to one project.";
        assert_eq!(refused, json!({"detail": reason, "code": "not_supported"}));
    }
});
