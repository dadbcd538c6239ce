//! Who may link issues to items of an app, and which issues.

use mortise_testkit::{Receiver, TestApp, World, api_test};
use serde_json::{Value, json};

use crate::{
    components::{Made, an_issue, get},
    ingest::{auth, count, execute},
};

/// An issue of another organization.
async fn foreign_issue(app: &TestApp, world: &World) -> i64 {
    let key = World::key(&app.ctx, world.stranger_project).await;
    let event = json!({ "message": "elsewhere", "platform": "python" });
    let request = app.post(format!("/api/{}/store/", world.stranger_project));
    request.header("x-sentry-auth", &auth(&key)).json(&event).send().await.expect(200);
    count(app, "SELECT MAX(id) FROM issue").await
}

api_test!(issues_of_other_organizations_are_not_there, |app| async move {
    let world = app.world().await;
    let receiver = Receiver::start().await;
    let made = Made::new(&app, &world, "Board", &receiver.url(), json!({})).await;
    let foreign = foreign_issue(&app, &world).await;
    for token in [&made.token, &world.owner_token] {
        let act = json!({ "groupId": foreign, "action": "link", "uri": "/link" });
        let act = app.post(made.at("external-issue-actions/")).bearer(token).json(&act).send().await;
        assert_eq!(act.expect(404).text(), "");
        let link =
            json!({ "issueId": foreign, "webUrl": "https://b.test/4", "project": "P", "identifier": "4" });
        let link = app.post(made.at("external-issues/")).bearer(token).json(&link).send().await;
        assert_eq!(link.expect(404).text(), "");
    }
    assert!(receiver.received().is_empty());
    assert_eq!(count(&app, "SELECT COUNT(*) FROM external_issue_link").await, 0);
});

/// Links an issue through an installation; the id of the link.
async fn link(app: &TestApp, token: &str, path: &str, issue: i64) -> String {
    let body = json!({ "issueId": issue, "webUrl": "https://b.test/4", "project": "P", "identifier": "4" });
    let made = app.post(path).bearer(token).json(&body).send().await.expect(200).json();
    made["id"].as_str().unwrap().to_owned()
}

api_test!(a_link_is_removed_by_its_app_in_its_organization_with_the_right_scope, |app| async move {
    let world = app.world().await;
    let made = Made::new(&app, &world, "Board", "https://b.acme.test/hook", json!({})).await;
    let issue = an_issue(&app, &world, "boom").await;
    let links = made.at("external-issues/");
    let id = link(&app, &made.token, &links, issue).await;
    let one = format!("{links}{id}/");

    // Published, the same app is in another organization and has a link there: neither reaches the other's.
    execute(&app, "UPDATE sentry_app SET status = 1").await;
    let install = "/api/0/organizations/globex/sentry-app-installations/";
    let install = app.post(install).bearer(&world.stranger_token).json(&json!({ "slug": made.slug }));
    let there = install.send().await.expect(200).json();
    let there =
        format!("/api/0/sentry-app-installations/{}/external-issues/", there["uuid"].as_str().unwrap());
    let foreign = foreign_issue(&app, &world).await;
    let other = link(&app, &world.stranger_token, &there, foreign).await;
    for (path, token) in
        [(format!("{links}{other}/"), &world.owner_token), (format!("{there}{id}/"), &world.stranger_token)]
    {
        assert_eq!(app.delete(path).bearer(token).send().await.expect(404).text(), "");
    }

    // The app itself needs the scope as well as people do.
    let refused = json!({ "detail": "You do not have permission to perform this action." });
    let reader = World::token(&app.ctx, world.owner, &["event:read", "event:write"]).await;
    assert_eq!(app.delete(&one).bearer(&reader).send().await.expect(403).json(), refused);
    execute(&app, "UPDATE sentry_app SET status = 2").await;
    let fewer = json!({ "name": "Board", "scopes": ["event:write"] });
    let change =
        app.put(format!("/api/0/sentry-apps/{}/", made.slug)).bearer(&world.owner_token).json(&fewer);
    change.send().await.expect(200);
    assert_eq!(app.delete(&one).bearer(&made.token).send().await.expect(403).json(), refused);
    assert_eq!(link(&app, &made.token, &links, issue).await, id, "it may still link");
    assert_eq!(app.delete(&one).bearer(&world.owner_token).send().await.expect(204).text(), "");
    assert_eq!(count(&app, "SELECT COUNT(*) FROM external_issue_link").await, 1);
});

api_test!(values_that_are_no_address_or_no_text_have_their_sentences, |app| async move {
    let world = app.world().await;
    let made = Made::new(&app, &world, "Board", "https://b.acme.test/hook", json!({})).await;
    let issue = an_issue(&app, &world, "boom").await;
    let refused = async |key: &str, value: Value| {
        let mut body =
            json!({ "issueId": issue, "webUrl": "https://b.test/4", "project": "P", "identifier": "4" });
        body[key] = value;
        let answer = app.post(made.at("external-issues/")).bearer(&made.token).json(&body).send().await;
        answer.expect(400).json()[key].clone()
    };
    for (url, told) in [
        (Value::Null, "This field may not be null."),
        (json!("  "), "This field may not be blank."),
        (json!(" https://b.test/4"), "URL must start with http[s]://"),
        (json!("b.test/4"), "URL must start with http[s]://"),
        (json!("https://b.test/4 "), "Enter a valid URL."),
        (json!("https://single/4"), "Enter a valid URL."),
        (json!(4), "Enter a valid URL."),
    ] {
        assert_eq!(refused("webUrl", url.clone()).await, json!([told]), "{url}");
    }
    for key in ["project", "identifier"] {
        for (value, told) in [
            (json!(true), "Not a valid string."),
            (json!(["x"]), "Not a valid string."),
            (json!({}), "Not a valid string."),
            (json!(""), "This field may not be blank."),
        ] {
            assert_eq!(refused(key, value).await, json!([told]));
        }
    }
});

api_test!(links_of_an_issue_are_listed_by_their_ids, |app| async move {
    let world = app.world().await;
    let first = Made::new(&app, &world, "Board", "https://b.acme.test/hook", json!({})).await;
    let second = Made::new(&app, &world, "Desk", "https://d.acme.test/hook", json!({})).await;
    let issue = an_issue(&app, &world, "boom").await;
    let path = format!("/api/0/issues/{issue}/external-issues/");
    let page = async |query: &str| {
        let answer = app.get(format!("{path}{query}")).bearer(&world.owner_token).send().await.expect(200);
        let ids: Vec<_> = answer.json().as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
        let link = answer.header("link").to_owned();
        let cursors: Vec<_> =
            link.split("cursor=\"").skip(1).map(|it| it.split('"').next().unwrap().to_owned()).collect();
        let results: Vec<_> = link.split("results=\"").skip(1).map(|it| it.starts_with("true")).collect();
        (ids, cursors, results)
    };
    assert_eq!(page("").await, (vec![], vec!["0:0:1".to_owned(), "0:0:0".to_owned()], vec![false, false]));
    let one = link(&app, &first.token, &first.at("external-issues/"), issue).await;
    let (ids, cursors, results) = page("").await;
    assert_eq!((ids, results), (vec![json!(one)], vec![false, false]));
    assert_eq!(cursors, [format!("{one}:0:1"), format!("{one}:100:0")]);
    let two = link(&app, &second.token, &second.at("external-issues/"), issue).await;
    let (ids, cursors, results) = page("?per_page=1").await;
    assert_eq!((ids, results), (vec![json!(one)], vec![false, true]));
    assert_eq!(cursors, [format!("{one}:0:1"), format!("{two}:0:0")]);
    let (ids, cursors, results) = page(&format!("?per_page=1&cursor={two}:0:0")).await;
    assert_eq!((ids, results), (vec![json!(two)], vec![true, false]));
    assert_eq!(cursors[0], format!("{two}:0:1"));
    let below = format!("/api/0/organizations/acme/issues/{issue}/external-issues/");
    assert_eq!(get(&app, &world.owner_token, &below).await.as_array().unwrap().len(), 2);
    // Whoever may remove issues removes the link of any app.
    let remove = async |token: &str| app.delete(format!("{path}{two}/")).bearer(token).send().await;
    let writer = World::token(&app.ctx, world.owner, &["event:write"]).await;
    remove(&writer).await.expect(403);
    assert_eq!(remove(&world.owner_token).await.expect(204).text(), "");
    assert_eq!(remove(&world.owner_token).await.expect(404).text(), "");
});
