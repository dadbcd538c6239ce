//! When rules fired.

use mortise_testkit::api_test;
use serde_json::json;

use super::{EVERY, create, path_of, rule_with};

api_test!(a_rule_tells_for_which_issues_and_when_it_fired, |app| async move {
    let world = app.world().await;
    let made =
        create(&app, &world, &rule_with("R", json!({"conditions": [{"id": EVERY}], "frequency": 5}))).await;
    let id = "a".repeat(32);
    super::send(&app, &world, &json!({})).await;
    super::send(&app, &world, &json!({"message": "something else"})).await;
    app.clock.advance(301);
    super::send(&app, &world, &json!({"event_id": id})).await;
    let path = path_of(&made);
    let get = |what: &str| app.get(format!("{path}{what}")).bearer(&world.owner_token).send();
    let history = get("group-history/").await.expect(200).json();
    let counts: Vec<i64> =
        history.as_array().unwrap().iter().map(|it| it["count"].as_i64().unwrap()).collect();
    assert_eq!(counts, [2, 1]);
    let first = history[0].as_object().unwrap();
    assert_eq!(first.keys().collect::<Vec<_>>(), ["group", "count", "lastTriggered", "eventId"]);
    assert_eq!((&first["eventId"], &first["group"]["title"]), (&json!(id), &json!("it broke")));
    let page = get("group-history/?per_page=1").await.expect(200);
    assert_eq!(page.json().as_array().unwrap().len(), 1);
    assert!(page.next_cursor().is_some());
    let stats = get("stats/?statsPeriod=2h").await.expect(200).json();
    let stats = stats.as_array().unwrap();
    assert!(stats.len() == 3, "{stats:?}");
    assert_eq!(stats.iter().map(|it| it["count"].as_i64().unwrap()).sum::<i64>(), 3);
    assert_eq!(stats[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["date", "count"]);
    assert_eq!(get("stats/").await.expect(200).json().as_array().unwrap().len(), 90 * 24 + 1);
    app.clock.advance(3600);
    assert_eq!(get("group-history/?statsPeriod=30m").await.expect(200).json(), json!([]));
    for what in ["stats/?statsPeriod=x", "group-history/?start=2024-01-01"] {
        get(what).await.expect(400);
    }
    app.get(format!("{}999999/stats/", super::RULES)).bearer(&world.owner_token).send().await.expect(404);
});

api_test!(merged_issues_keep_what_rules_did, |app| async move {
    let world = app.world().await;
    let made = create(&app, &world, &rule_with("R", json!({"conditions": [{"id": EVERY}]}))).await;
    super::send(&app, &world, &json!({})).await;
    super::send(&app, &world, &json!({"message": "something else"})).await;
    let merge = json!({"merge": true});
    let issues = "/api/0/organizations/acme/issues/";
    let list = app.get(issues).bearer(&world.owner_token).send().await.expect(200).json();
    let ids: Vec<&str> = list.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    let both = format!("{issues}?id={}&id={}", ids[0], ids[1]);
    app.put(both).bearer(&world.owner_token).json(&merge).send().await.expect(200);
    let history =
        app.get(format!("{}group-history/", path_of(&made))).bearer(&world.owner_token).send().await;
    let history = history.expect(200).json();
    assert_eq!((history.as_array().unwrap().len(), &history[0]["count"]), (1, &json!(2)));
});
