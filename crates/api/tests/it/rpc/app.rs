//! `app`.

use mortise_domain::{Scope, ScopeSet};
use mortise_service::apps::programmatic::{self, Wanted};
use mortise_testkit::{Receiver, Reply, TestApp, World, api_test};
use serde_json::{Value, json};

use super::{ask, call};
use crate::ingest::{count, execute, text};

const APPS: &str = "/api/0/sentry-apps/";

async fn of(app: &TestApp, method: &str, args: Value) -> Value {
    call(app, "app", method, args).await
}

/// Makes an internal app of acme; its slug.
pub async fn create(app: &TestApp, world: &World, name: &str, more: Value) -> String {
    let mut body = json!({
        "organization": "acme", "name": name, "author": "Acme", "isInternal": true, "isAlertable": false,
        "verifyInstall": false, "scopes": ["event:read"], "webhookUrl": "https://w.test/hook",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.post(APPS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    made["slug"].as_str().unwrap().to_owned()
}

/// The app with this slug.
pub async fn by_slug(app: &TestApp, slug: &str) -> Value {
    of(app, "get_sentry_app_by_slug", json!({ "slug": slug })).await
}

/// Its only installation.
pub async fn installation_of(app: &TestApp, of_app: &Value) -> Value {
    of(app, "get_many", json!({"filter": {"app_ids": [of_app["id"]]}})).await[0].clone()
}

fn ids(values: &Value) -> Vec<i64> {
    values.as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

api_test!(an_app_is_told_whole_with_what_only_parts_of_a_host_may_know, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, "Watch", json!({"events": ["issue"], "webhookHeaders": []})).await;
    execute(
        &app,
        "INSERT INTO sentry_app_avatar (sentry_app_id, ident, avatar_type, color) \
        SELECT id, 'abc', 1, TRUE FROM sentry_app",
    )
    .await;
    let watch = by_slug(&app, &slug).await;
    let path = format!("{APPS}{slug}/");
    let shown = app.get(path).session(&world.owner_session).send().await.expect(200).json();
    let secret = app.post(format!("{APPS}{slug}/rotate-secret/")).session(&world.owner_session).send().await;
    let secret = secret.expect(200).json()["clientSecret"].clone();
    let now = by_slug(&app, &slug).await;
    assert_eq!(now["application"]["client_secret"], secret);
    assert_eq!(now["application"]["client_id"], shown["clientId"]);
    let avatar = json!({"id": watch["avatars"][0]["id"], "ident": "abc", "sentry_app_id": watch["id"], "avatar_type": 1,
        "color": true, "AVATAR_TYPES": [[0, "default"], [1, "upload"]], "url_path": "sentry-app-avatar",
        "FILE_TYPE": "avatar.file"});
    let expected = json!({
        "id": watch["id"], "scope_list": ["event:read"], "application_id": watch["application_id"],
        "application": watch["application"], "proxy_user_id": watch["proxy_user_id"], "owner_id": world.org.get(),
        "name": "Watch", "slug": slug, "uuid": shown["uuid"],
        "events": ["issue.created", "issue.resolved", "issue.ignored", "issue.assigned", "issue.unresolved"],
        "webhook_url": "https://w.test/hook", "webhook_headers": [], "is_alertable": false, "is_disabled": false,
        "is_published": false, "is_unpublished": false, "is_internal": true, "is_publish_request_inprogress": false,
        "status": "internal", "metadata": {}, "avatars": [avatar], "creator_label": "owner@acme.test",
    });
    assert_eq!(watch, expected);
    assert_eq!(of(&app, "get_sentry_app_by_id", json!({"id": watch["id"]})).await["id"], watch["id"]);
    for (method, args) in [
        ("get_sentry_app_by_id", json!({"id": 0})),
        ("get_sentry_app_by_slug", json!({"slug": "none"})),
        ("find_service_hook_sentry_app", json!({"api_application_id": 0})),
    ] {
        assert_eq!(of(&app, method, args).await, Value::Null, "{method}");
    }
});

api_test!(apps_are_found_by_what_is_known_of_them, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({})).await).await;
    let board = create(&app, &world, "Board", json!({"isInternal": false})).await;
    let board = by_slug(&app, &board).await;
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let found = async |method: &str, args: Value| ids(&of(&app, method, args).await);
    let (one, two) = (watch["id"].as_i64().unwrap(), board["id"].as_i64().unwrap());
    assert_eq!(found("get_sentry_apps_by_ids", json!({"ids": [two, one, 0]})).await, [one, two]);
    assert_eq!(found("get_sentry_apps_by_ids", json!({"ids": []})).await, Vec::<i64>::new());
    let users = json!({"proxy_user_ids": [board["proxy_user_id"], world.owner.get()]});
    assert_eq!(found("get_sentry_apps_by_proxy_users", users).await, [two]);
    assert_eq!(found("get_sentry_apps_for_organization", json!({"organization_id": acme})).await, [two, one]);
    assert!(found("get_sentry_apps_for_organization", json!({"organization_id": globex})).await.is_empty());
    assert!(
        found("get_published_sentry_apps_for_organization", json!({"organization_id": acme}))
            .await
            .is_empty()
    );
    let internal = |name: &str| json!({"organization_id": acme, "integration_name": name});
    assert_eq!(found("get_internal_integrations", internal("Watch")).await, [one]);
    assert!(found("get_internal_integrations", internal("Board")).await.is_empty());
    let application = json!({"api_application_id": board["application_id"]});
    assert_eq!(of(&app, "find_service_hook_sentry_app", application).await["id"], two);
});

api_test!(installations_are_found_and_only_in_their_organization, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({})).await).await;
    create(&app, &world, "Board", json!({"isInternal": false, "verifyInstall": true})).await;
    let path = "/api/0/organizations/acme/sentry-app-installations/";
    app.post(path).bearer(&world.owner_token).json(&json!({"slug": "board"})).send().await.expect(200);
    let (acme, globex) = (world.org.get(), world.stranger_org.get());
    let installed = installation_of(&app, &watch).await;
    let expected = json!({"id": installed["id"], "organization_id": acme, "status": 1, "sentry_app": watch,
        "date_deleted": null, "uuid": installed["uuid"], "api_token": null});
    assert_eq!(installed, expected);
    let board = by_slug(&app, "board").await;
    let waiting = installation_of(&app, &board).await;
    let found = async |filter: Value| ids(&of(&app, "get_many", json!({ "filter": filter })).await);
    let (one, two) = (installed["id"].as_i64().unwrap(), waiting["id"].as_i64().unwrap());
    assert_eq!(found(json!({"organization_id": acme})).await, [one, two]);
    assert_eq!(found(json!({"organization_id": acme, "status": 0})).await, [two]);
    assert_eq!(found(json!({"uuids": [installed["uuid"]]})).await, [one]);
    assert_eq!(found(json!({"installation_ids": [one], "organization_id": globex})).await, Vec::<i64>::new());
    for wrong in [json!({}), json!({"api_token_id": 1}), json!({"status": 9}), json!({"app_ids": null})] {
        ask(&app, "app", "get_many", json!({"filter": wrong})).await.expect(400);
    }
    // Only what is confirmed is found by its id, or counts as installed.
    assert_eq!(of(&app, "get_installation_by_id", json!({"id": one})).await, installed);
    assert_eq!(of(&app, "get_installation_by_id", json!({"id": two})).await, Value::Null);
    let all = of(&app, "get_installations_for_organization", json!({"organization_id": acme})).await;
    assert_eq!(ids(&all), [one]);
    let proxy = |org: i64| json!({"proxy_user_id": board["proxy_user_id"], "organization_id": org});
    assert_eq!(of(&app, "find_installation_by_proxy_user", proxy(acme)).await["id"], two);
    assert_eq!(of(&app, "find_installation_by_proxy_user", proxy(globex)).await, Value::Null);
    // As the API shows them, without codes.
    let serialized = async |filter: Value| of(&app, "serialize_many", json!({ "filter": filter })).await;
    let shown = |it: &Value, of: &Value, status: &str| {
        json!({"app": {"uuid": of["uuid"], "slug": of["slug"], "sentryAppId": of["id"]},
            "organization": {"slug": "acme"}, "uuid": it["uuid"], "status": status})
    };
    let both = json!([shown(&installed, &watch, "installed"), shown(&waiting, &board, "pending")]);
    assert_eq!(serialized(json!({"organization_id": acme})).await, both);
    assert_eq!(serialized(json!({"organization_id": globex, "app_ids": [watch["id"]]})).await, json!([]));
    ask(&app, "app", "serialize_many", json!({"filter": {}})).await.expect(400);
});

api_test!(tokens_are_told_only_where_they_were_made_for_a_provider, |app| async move {
    let world = app.world().await;
    let slug = create(&app, &world, "Watch", json!({})).await;
    let path = format!("{APPS}{slug}/api-tokens/");
    let token = app.post(&path).session(&world.owner_session).send().await.expect(201).json();
    let id: i64 = token["id"].as_str().unwrap().parse().unwrap();
    let org = of(&app, "get_installation_org_id_by_token_id", json!({"token_id": id})).await;
    assert_eq!(org, world.org.get());
    assert_eq!(of(&app, "get_installation_org_id_by_token_id", json!({"token_id": 0})).await, Value::Null);
    let wanted =
        Wanted { org: world.org, name: "Deploys".to_owned(), scopes: ScopeSet::of(&[Scope::OrgRead]) };
    programmatic::app_for_provider(&app.ctx, "deploys", wanted).await.unwrap();
    let args = |org: i64| json!({"organization_id": org, "provider": "deploys"});
    let token = of(&app, "get_installation_token", args(world.org.get())).await;
    app.get("/api/0/organizations/acme/").bearer(token.as_str().unwrap()).send().await.expect(200);
    assert_eq!(of(&app, "get_installation_token", args(world.stranger_org.get())).await, Value::Null);
});

api_test!(an_internal_app_is_made_once_for_whoever_asked, |app| async move {
    let world = app.world().await;
    let make = async |creator: i64, scopes: &[&str]| {
        let args = json!({"organization_id": world.org.get(), "integration_name": "Chat", "integration_scopes": scopes,
            "integration_creator_id": creator, "metadata": {"channel": "C1"}});
        ask(&app, "app", "create_internal_integration_for_channel_request", args).await
    };
    let first = make(world.owner.get(), &["event:read"]).await.expect(200).json()["value"].clone();
    assert_eq!((&first["sentry_app"]["is_internal"], &first["status"]), (&json!(true), &json!(1)));
    assert_eq!(first["sentry_app"]["metadata"], json!({"channel": "C1"}));
    let again = make(world.owner.get(), &["event:read"]).await.expect(200).json()["value"].clone();
    assert_eq!(again, first);
    make(987_654, &["event:read"]).await.expect(400);
    make(world.owner.get(), &["event:everything"]).await.expect(400);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM sentry_app").await, 1);
});

api_test!(an_app_is_changed_within_what_it_may_do, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({"events": ["issue"]})).await).await;
    let change = async |attrs: Value| {
        ask(&app, "app", "update_sentry_app", json!({"id": watch["id"], "attrs": attrs})).await
    };
    let changed = change(json!({"name": " Clock ", "events": ["comment.created"]})).await.expect(200).json();
    assert_eq!(
        (&changed["value"]["name"], &changed["value"]["events"]),
        (&json!("Clock"), &json!(["comment.created"]))
    );
    assert_eq!(change(json!({})).await.expect(200).json()["value"], changed["value"]);
    for wrong in [
        json!({"name": ""}),
        json!({"name": null}),
        json!({"name": "x".repeat(65)}),
        json!({"events": ["nonsense"]}),
        json!({"events": ["preprod_artifact"]}),
    ] {
        change(wrong).await.expect(400);
    }
    assert_eq!(of(&app, "get_sentry_app_by_id", json!({"id": watch["id"]})).await, changed["value"]);
    let missing = json!({"id": 0, "attrs": {"name": "x"}});
    assert_eq!(of(&app, "update_sentry_app", missing).await, Value::Null);
});

api_test!(whom_to_write_about_an_app_is_told, |app| async move {
    let world = app.world().await;
    let emails = async |org: i64, label: Value| {
        let args = json!({"organization_id": org, "creator_label": label});
        of(&app, "get_notification_emails_for_sentry_app", args).await
    };
    let acme = world.org.get();
    assert_eq!(emails(acme, json!("member@acme.test")).await, json!(["member@acme.test", "owner@acme.test"]));
    assert_eq!(emails(acme, json!("owner@acme.test")).await, json!(["owner@acme.test"]));
    for nobody in [Value::Null, json!("nobody"), json!("stranger@globex.test")] {
        assert_eq!(emails(acme, nobody).await, json!(["owner@acme.test"]));
    }
    assert_eq!(emails(0, Value::Null).await, json!([]));
});

/// A component for alert rules whose select the app is asked about.
fn with_form() -> Value {
    let settings = json!({"type": "alert-rule-settings", "uri": "/settings", "required_fields": [
        {"type": "select", "name": "s", "label": "S", "uri": "/options"}]});
    json!({"isAlertable": true, "schema": {"elements": [
        {"type": "alert-rule-action", "title": "Note", "settings": settings},
        {"type": "stacktrace-link", "uri": "/trace"}]}})
}

api_test!(components_are_found_prepared_and_offered, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let options = || Reply::json(&json!([{"value": 1, "label": "One"}]));
    receiver.reply([options(), options(), Reply::status(500), Reply::status(500)]);
    let mut more = with_form();
    more["webhookUrl"] = json!(receiver.url());
    let form = by_slug(&app, &create(&app, &world, "Form", more).await).await;
    let plain = by_slug(&app, &create(&app, &world, "Plain", json!({"isAlertable": true})).await).await;
    let acme = world.org.get();
    let found = of(&app, "find_app_components", json!({"app_id": form["id"]})).await;
    assert_eq!(found.as_array().unwrap().len(), 2);
    assert_eq!((&found[0]["type"], &found[0]["sentry_app_id"]), (&json!("alert-rule-action"), &form["id"]));
    assert_eq!(found[0]["app_schema"]["title"], "Note");
    assert_eq!(of(&app, "find_app_components", json!({"app_id": plain["id"]})).await, json!([]));
    let services = of(&app, "find_alertable_services", json!({"organization_id": acme})).await;
    assert_eq!(services, json!([{"title": "Plain", "slug": plain["slug"], "service_type": "sentry_app"}]));

    let of_type = |kind: &str| json!({"filter": {"organization_id": acme}, "component_type": kind});
    let contexts = of(&app, "get_component_contexts", of_type("stacktrace-link")).await;
    assert_eq!(contexts.as_array().unwrap().len(), 1);
    assert_eq!((&contexts[0]["component"], &contexts[0]["installation"]["sentry_app"]), (&found[1], &form));
    let mut args = of_type("stacktrace-link");
    args["include_contexts_without_component"] = json!(true);
    let all = of(&app, "get_installation_component_contexts", args.clone()).await;
    assert_eq!((&all[0], &all[1]["component"]), (&contexts[0], &Value::Null));
    args["filter"] = json!({"organization_id": world.stranger_org.get()});
    assert_eq!(of(&app, "get_installation_component_contexts", args).await, json!([]));

    let installation = installation_of(&app, &form).await;
    let prepare = |kind: &str| json!({"installation_id": installation["id"], "component_type": kind, "project_slug": "web"});
    let prepared = of(&app, "prepare_sentry_app_components", prepare("alert-rule-action")).await;
    assert_eq!(prepared["app_schema"]["settings"]["required_fields"][0]["choices"], json!([[1, "One"]]));
    assert!(receiver.received()[0].path.ends_with("&projectSlug=web"));
    assert_eq!(of(&app, "prepare_sentry_app_components", prepare("issue-link")).await, Value::Null);
    let event = json!({"id": "an.action", "label": "", "action_type": "kind", "enabled": false});
    let args = json!({"event_data": event, "organization_id": acme, "project_slug": null});
    let actions = of(&app, "get_custom_alert_rule_actions", args.clone()).await;
    let expected = json!([{"id": "an.action", "enabled": false, "actionType": "kind", "service": form["slug"],
        "sentryAppInstallationUuid": installation["uuid"], "prompt": "Form", "label": "Note with these ",
        "formFields": actions[0]["formFields"]}]);
    assert_eq!(actions, expected);
    // An app that fails has nothing to offer.
    assert_eq!(of(&app, "get_custom_alert_rule_actions", args).await, json!([]));
    assert_eq!(of(&app, "prepare_sentry_app_components", prepare("alert-rule-action")).await, Value::Null);
});

api_test!(an_app_is_asked_whether_it_takes_settings, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    receiver.reply([Reply::json(&json!({"message": "fine"})), Reply::status(400)]);
    let mut more = with_form();
    more["webhookUrl"] = json!(receiver.url());
    let form = by_slug(&app, &create(&app, &world, "Form", more).await).await;
    let uuid = installation_of(&app, &form).await["uuid"].clone();
    let run = async |uuid: &Value| {
        let args = json!({"fields": [{"name": "s", "value": 1}], "install_uuid": uuid});
        of(&app, "trigger_sentry_app_action_creators", args).await
    };
    let result = |success: bool, message: &str, culprit: Value| {
        json!({"success": success, "message": message, "error_type": culprit, "webhook_context": null,
            "public_context": null, "status_code": null})
    };
    assert_eq!(run(&uuid).await, result(true, "Form: fine", Value::Null));
    let sent: Value = serde_json::from_slice(&receiver.received()[0].body).unwrap();
    assert_eq!(sent, json!({"fields": [{"name": "s", "value": 1}], "installationId": uuid}));
    assert_eq!(run(&uuid).await["error_type"], "integrator");
    let missing = result(false, "Installation does not exist", json!("sentry"));
    assert_eq!((run(&Value::Null).await, run(&json!("x")).await), (missing.clone(), missing));
});

api_test!(an_app_hears_of_an_incident_through_the_delivery_log, |app| async move {
    let world = app.world().await;
    let watch = by_slug(&app, &create(&app, &world, "Watch", json!({})).await).await;
    let data = json!({"metric_alert": {"alert_rule": {"triggers": [{"actions": [{"settings": []}]}]}}});
    let tell = async |org: i64, status: i64, data: &Value| {
        let args = json!({"sentry_app_id": watch["id"], "action_id": 1, "incident_id": 7, "new_status": status,
            "incident_attachment_json": data.to_string(), "organization_id": org, "metric_value": 2});
        ask(&app, "integration", "send_incident_alert_notification", args).await
    };
    let acme = world.org.get();
    assert_eq!(tell(acme, 20, &data).await.expect(200).json()["value"], true);
    assert_eq!(
        text(&app, "SELECT kind FROM event WHERE kind LIKE 'metric_alert.%'").await,
        "metric_alert.critical"
    );
    let payload: Value =
        serde_json::from_str(&text(&app, "SELECT payload FROM event WHERE kind LIKE 'metric_alert.%'").await)
            .unwrap();
    assert_eq!((&payload["metric"]["data"], &payload["metric"]["apps"]), (&data, &json!([watch["id"]])));
    assert_eq!(tell(acme, 2, &json!({})).await.expect(200).json()["value"], false);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind = 'metric_alert.resolved'").await, 1);
    assert_eq!(tell(world.stranger_org.get(), 20, &data).await.expect(200).json()["value"], false);
    tell(acme, 3, &data).await.expect(400);
    tell(acme, 20, &json!([])).await.expect(400);
    tell(acme, 20, &json!({"x": "x".repeat(256 * 1024)})).await.expect(400);
    assert_eq!(count(&app, "SELECT COUNT(*) FROM event WHERE kind LIKE 'metric_alert.%'").await, 2);
});
