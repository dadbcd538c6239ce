//! Addresses outside through which this server is told of releases.

use mortise_store::Query;
use mortise_testkit::{TestApp, api_test};
use serde_json::{Value, json};

use super::{OF_PROJECT, enable, get, put};
use crate::rules::execute;

api_test!(a_project_has_one_token_for_releases_until_it_gets_another, |app| async move {
    let world = app.world().await;
    let path = "/api/0/projects/acme/web/releases/token/";
    let first = get(&app, &world, path).await;
    assert_eq!(get(&app, &world, path).await, first);
    let start = app.ctx.link(&format!("/api/hooks/release/builtin/{}/", world.project));
    let signature = first["webhookUrl"].as_str().unwrap().strip_prefix(&start).unwrap();
    assert_eq!((signature.len(), first["token"].as_str().unwrap().len()), (65, 32));
    let second = app.post(path).bearer(&world.owner_token).send().await.expect(200).json();
    assert_ne!(second["token"], first["token"]);
    assert_eq!(get(&app, &world, path).await, second);
    let heroku = get(&app, &world, &format!("{OF_PROJECT}heroku/")).await;
    assert!(heroku["doc"].as_str().unwrap().contains("/api/hooks/release/heroku/"), "{}", heroku["doc"]);
    assert_eq!(heroku["config"][1]["choices"], json!([["", "select a repo"]]));
    app.get(path).bearer(&world.member_token).send().await.expect(403);
    app.get(path).bearer(&world.stranger_token).send().await.expect(403);
});

/// Path of an address that this server gave out.
fn path_in(app: &TestApp, url: &str) -> String {
    url.strip_prefix(app.ctx.settings.public_url.as_str()).unwrap().to_owned()
}

api_test!(whoever_has_the_address_tells_of_releases, |app| async move {
    let world = app.world().await;
    let token = "/api/0/projects/acme/web/releases/token/";
    let made = get(&app, &world, token).await;
    let path = path_in(&app, made["webhookUrl"].as_str().unwrap());
    let tell = async |path: &str, body: &str, status: u16| {
        app.post(path).body(body.to_owned()).send().await.expect(status)
    };
    let body = json!({ "version": " 1.0 ", "ref": "main", "url": "https://a.test/1", "dateReleased": "2026-01-02T03:04:05Z" });
    let release = tell(&path, &body.to_string(), 201).await.json();
    assert_eq!(
        (&release["version"], &release["ref"], &release["url"], &release["dateReleased"]),
        (&json!("1.0"), &json!("main"), &json!("https://a.test/1"), &json!("2026-01-02T03:04:05Z"))
    );
    assert_eq!(release["projects"][0]["slug"], "web");
    let again = tell(&path, "{\"version\": \"1.0\"}", 208).await.json();
    assert_eq!((&again["id"], &again["ref"]), (&release["id"], &json!("main")));
    let wrong = tell(&path, "{\"version\": \"latest\"}", 400).await.json();
    assert_eq!(wrong, json!({ "version": ["Release with name latest is not allowed"] }));
    assert!(tell(&path, "{", 400).await.json()["error"].is_string());
    for project in ["999999", "web"] {
        let nowhere = path.replace(&format!("/builtin/{}/", world.project), &format!("/builtin/{project}/"));
        assert_eq!(tell(&nowhere, "{}", 404).await.text(), "");
    }
    let forged = path.replace("/builtin/", "/heroku/");
    assert_eq!(tell(&forged, "{}", 403).await.text(), "");
    let theirs = path.replace(&format!("/{}/", world.project), &format!("/{}/", world.stranger_project));
    tell(&theirs, "{}", 403).await;
    app.post(token).bearer(&world.owner_token).send().await.expect(200);
    tell(&path, &body.to_string(), 403).await;
});

api_test!(heroku_tells_of_releases_with_its_own_signature_while_its_plugin_is_on, |app| async move {
    let world = app.world().await;
    get(&app, &world, "/api/0/projects/acme/web/releases/token/").await;
    let secret = "whsec";
    let body = json!({ "webhook_secret": secret, "repository": "acme/web" });
    let saved = put(&app, &world, "heroku", 200, body).await;
    let doc = saved["doc"].as_str().unwrap();
    let start = doc.find("/api/hooks/").unwrap();
    let path = doc[start..].split(' ').next().unwrap().to_owned();
    let tell = async |body: &Value, key: &str, status: u16| {
        let body = body.to_string();
        let hex = mortise_crypto::sign::hook_signature(&key.to_owned().into(), body.as_bytes());
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
        let signature = base64(&bytes);
        let request = app.post(&path).header("heroku-webhook-hmac-sha256", &signature).body(body);
        request.send().await.expect(status)
    };
    let released =
        json!({ "action": "update", "data": { "slug": { "commit": "abc123" }, "app": { "name": "shop" } } });
    tell(&released, secret, 403).await;
    enable(&app, &world, "heroku").await;
    let count = async || {
        let query = Query::new(
            "SELECT COUNT(*) FROM release WHERE version = 'abc123' AND url = 'http://shop.herokuapp.com'",
        );
        app.ctx.store.read().await.unwrap().one::<i64>(query).await.unwrap()
    };
    assert_eq!(tell(&released, "other", 204).await.text(), "");
    assert_eq!(count().await, 0);
    assert_eq!(tell(&released, secret, 204).await.text(), "");
    assert_eq!(count().await, 1);
    // Whoever released owns the release, if it is a member with that address.
    let verified = "UPDATE user_email SET is_verified = TRUE";
    execute(&app, verified).await;
    let owner = async |commit: &'static str, data: Value| {
        let mut data = data;
        data["slug"] = json!({ "commit": commit });
        tell(&json!({ "action": "update", "data": data }), secret, 204).await;
        let query = Query::new("SELECT owner_id FROM release WHERE version = $1").bind(commit);
        app.ctx.store.read().await.unwrap().one::<(Option<i64>,)>(query).await.unwrap().0
    };
    let (own, other) = (json!({ "email": "Owner@acme.test" }), json!({ "email": "member@acme.test" }));
    assert_eq!(owner("c1", json!({ "user": own, "actor": other })).await, Some(world.owner.get()));
    assert_eq!(owner("c2", json!({ "user": {}, "actor": other })).await, Some(world.member.get()));
    assert_eq!(owner("c2", json!({})).await, Some(world.member.get()));
    assert_eq!(owner("c3", json!({ "user": { "email": "stranger@acme.test" } })).await, None);
    assert_eq!(owner("c4", json!({ "user": { "email": "nobody@acme.test" } })).await, None);
    assert_eq!(owner("c5", json!({ "user": { "email": 5 } })).await, None);
    // Where the repository is, is known of releases of members: its commits are fetched.
    let heads = async || {
        let query = Query::new(
            "SELECT r.version, c.sha FROM release_head h JOIN release r ON r.id = h.release_id \
             JOIN repository_commit c ON c.id = h.commit_id ORDER BY r.version",
        );
        app.ctx.store.read().await.unwrap().all::<(String, String)>(query).await.unwrap()
    };
    assert!(heads().await.is_empty(), "there is no such repository");
    execute(
        &app,
        "INSERT INTO repository (organization_id, name, config, status, date_added) \
         SELECT id, 'acme/web', '{}', 0, 0 FROM organization",
    )
    .await;
    owner("c6", json!({ "user": { "email": "nobody@acme.test" } })).await;
    assert!(heads().await.is_empty(), "nobody released");
    owner("c7", json!({ "user": { "email": "owner@acme.test" } })).await;
    assert_eq!(heads().await, [("c7".to_owned(), "c7".to_owned())]);
    let query = Query::new("SELECT actor_id FROM release_fetch");
    let waiting: Vec<(Option<i64>,)> = app.ctx.store.read().await.unwrap().all(query).await.unwrap();
    assert_eq!(waiting, [(Some(world.owner.get()),)]);
    let wrong = json!({ "action": "update", "data": { "slug": { "commit": "latest" } } });
    let refused = tell(&wrong, secret, 400).await.json();
    assert_eq!(refused, json!({ "error": "Invalid release version: latest" }));
    tell(&json!({ "action": "create", "data": {} }), secret, 204).await;
});

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
