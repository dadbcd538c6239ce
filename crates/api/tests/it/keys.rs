//! Client keys over HTTP.

use mortise_testkit::{TestApp, api_test};
use serde_json::{Value, json};

const KEYS: &str = "/api/0/projects/acme/web/keys/";

api_test!(a_key_has_addresses_for_sdks, |app| async move {
    let world = app.world().await;
    let (public, secret) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    let body = json!({"name": "Mobile", "public": public, "secret": secret});
    let key = app.post(KEYS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    let project = world.project.get();
    assert_eq!(key["dsn"]["public"], format!("http://{public}@m.test:8000/{project}"));
    assert_eq!(key["dsn"]["secret"], format!("http://{public}:{secret}@m.test:8000/{project}"));
    assert_eq!(
        key["dsn"]["security"],
        format!("http://m.test:8000/api/{project}/security/?sentry_key={public}")
    );
    assert_eq!(key["dsn"]["unreal"], format!("http://m.test:8000/api/{project}/unreal/{public}/"));
    assert_eq!(key["dsn"]["cdn"], format!("http://m.test:8000/js-sdk-loader/{public}.min.js"));
    assert_eq!(
        (&key["id"], &key["projectId"], &key["isActive"]),
        (&json!(public), &json!(project), &json!(true))
    );
    assert_eq!(
        (&key["name"], &key["label"], &key["rateLimit"]),
        (&json!("Mobile"), &json!("Mobile"), &Value::Null)
    );
    assert_eq!(
        key["dynamicSdkLoaderOptions"],
        json!({"hasReplay": true, "hasPerformance": true, "hasDebug": false})
    );
    let got = app.get(format!("{KEYS}{public}/")).bearer(&world.owner_token).send().await.expect(200).json();
    assert_eq!(got, key);
    let again = app.post(KEYS).bearer(&world.owner_token).json(&body).send().await.expect(400);
    assert_eq!(again.json(), json!({"public": ["A key with this public key already exists."]}));
});

#[tokio::test]
async fn a_dsn_names_the_ingestion_address_with_its_path() {
    let app = TestApp::with_settings(|settings| {
        settings.ingest_url = "https://in.example.com/errors".parse().unwrap();
    });
    let app = app.await;
    let world = app.world().await;
    let key = app.post(KEYS).bearer(&world.owner_token).send().await.expect(201).json();
    let (public, project) = (key["public"].as_str().unwrap(), world.project.get());
    assert_eq!(key["dsn"]["public"], format!("https://{public}@in.example.com/errors/{project}"));
    let csp = format!("https://in.example.com/errors/api/{project}/csp-report/?sentry_key={public}");
    assert_eq!(key["dsn"]["csp"], csp);
}

api_test!(a_rate_limit_is_kept_and_taken_away, |app| async move {
    let world = app.world().await;
    let body = json!({"rateLimit": {"window": 60, "count": 100}});
    let key = app.post(KEYS).bearer(&world.owner_token).json(&body).send().await.expect(201).json();
    assert_eq!(key["rateLimit"], body["rateLimit"]);
    let path = format!("{KEYS}{}/", key["id"].as_str().unwrap());
    let put = |body: Value| app.put(path.clone()).bearer(&world.owner_token).json(&body);
    let named = put(json!({"name": "Web", "isActive": false})).send().await.expect(200).json();
    assert_eq!((&named["rateLimit"], &named["name"]), (&body["rateLimit"], &json!("Web")));
    assert_eq!(named["isActive"], false);
    assert_eq!(put(json!({"rateLimit": null})).send().await.expect(200).json()["rateLimit"], Value::Null);
    put(body.clone()).send().await.expect(200);
    let zero = put(json!({"rateLimit": {"window": 0, "count": 0}})).send().await.expect(200).json();
    assert_eq!(zero["rateLimit"], Value::Null);
    let wrong = put(json!({"rateLimit": {"window": 86401, "count": -1}})).send().await.expect(400).json();
    assert_eq!(
        wrong,
        json!({"rateLimit": {"count": ["Ensure this value is greater than or equal to 0."],
            "window": ["Ensure this value is less than or equal to 86400."]}})
    );
    let wrong = put(json!({"browserSdkVersion": "1.x"})).send().await.expect(400).json();
    assert_eq!(wrong, json!({"browserSdkVersion": ["\"1.x\" is not a valid choice."]}));
    let loader = put(json!({"browserSdkVersion": "7.x", "dynamicSdkLoaderOptions": {"hasDebug": true}}));
    let loader = loader.send().await.expect(200).json();
    assert_eq!(
        (&loader["browserSdkVersion"], &loader["dynamicSdkLoaderOptions"]["hasDebug"]),
        (&json!("7.x"), &json!(true))
    );
    assert_eq!(loader["dynamicSdkLoaderOptions"]["hasReplay"], true);
});

api_test!(keys_are_listed_newest_first_and_by_state, |app| async move {
    let world = app.world().await;
    let first = app.get(KEYS).bearer(&world.owner_token).send().await.expect(200).json();
    for key in first.as_array().unwrap() {
        let path = format!("{KEYS}{}/", key["id"].as_str().unwrap());
        app.delete(path).bearer(&world.owner_token).send().await.expect(204);
    }
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        let key =
            app.post(KEYS).bearer(&world.owner_token).json(&json!({"name": name})).send().await.expect(201);
        ids.push(key.json()["id"].as_str().unwrap().to_owned());
    }
    app.put(format!("{KEYS}{}/", ids[1]))
        .bearer(&world.owner_token)
        .json(&json!({"isActive": false}))
        .send()
        .await
        .expect(200);
    for (status, names) in
        [("", vec!["c", "b", "a"]), ("active", vec!["c", "a"]), ("inactive", vec!["b"]), ("odd", vec![])]
    {
        let list =
            app.get(format!("{KEYS}?status={status}")).bearer(&world.owner_token).send().await.expect(200);
        let list = list.json();
        let found: Vec<&str> =
            list.as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{status}");
    }
    app.delete(format!("{KEYS}{}/", ids[0])).bearer(&world.owner_token).send().await.expect(204);
    app.get(format!("{KEYS}{}/", ids[0])).bearer(&world.owner_token).send().await.expect(404);
    app.post(KEYS).bearer(&world.member_token).send().await.expect(403);
    app.get(KEYS).bearer(&world.member_token).send().await.expect(200);
    let log =
        app.get("/api/0/organizations/acme/audit-logs/").bearer(&world.owner_token).send().await.expect(200);
    let events: Vec<Value> =
        log.json()["rows"].as_array().unwrap().iter().take(5).map(|row| row["event"].clone()).collect();
    assert_eq!(
        events,
        [
            "projectkey.remove",
            "projectkey.edit",
            "projectkey.create",
            "projectkey.create",
            "projectkey.create"
        ]
    );
    let note = format!("removed project key {}", ids[0]);
    assert_eq!(log.json()["rows"][0]["note"], note);
});

api_test!(a_key_of_another_project_is_not_found, |app| async move {
    let world = app.world().await;
    let key =
        app.post("/api/0/projects/globex/api/keys/").bearer(&world.stranger_token).send().await.expect(201);
    let id = key.json()["id"].as_str().unwrap().to_owned();
    app.get(format!("{KEYS}{id}/")).bearer(&world.owner_token).send().await.expect(404);
});
