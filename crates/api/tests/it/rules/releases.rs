//! What rules ask of the releases of a project.

use mortise_store::Query;
use mortise_testkit::api_test;
use serde_json::{Value, json};

use super::{EVERY, create, execute, rule_with, send};

const LATEST: &str = "sentry.rules.filters.latest_release.LatestReleaseFilter";

api_test!(the_latest_release_is_that_of_the_rules_environment, |app| async move {
    let world = app.world().await;
    let latest = json!({"filters": [{"id": LATEST}],
        "filterMatch": "all", "conditions": [{"id": EVERY}], "frequency": 5});
    let of = |release: &str, environment: &str| json!({"release": release, "environment": environment});
    for (release, environment) in [("1.0", "prod"), ("2.0", "dev")] {
        send(&app, &world, &of(release, environment)).await;
        app.clock.advance(3600);
    }
    create(&app, &world, &rule_with("everywhere", latest.clone())).await;
    let mut in_prod = latest;
    in_prod["environment"] = json!("prod");
    create(&app, &world, &rule_with("prod", in_prod)).await;
    let names = async |event: Value| {
        app.clock.advance(3600);
        execute(&app, "DELETE FROM rule_fire").await;
        send(&app, &world, &event).await;
        let query =
            Query::new("SELECT r.label FROM rule_fire f JOIN rule r ON r.id = f.rule_id ORDER BY r.label");
        app.ctx.store.read().await.unwrap().all::<String>(query).await.unwrap()
    };
    // 2.0 is newer, but prod has not seen it.
    assert_eq!(names(of("1.0", "prod")).await, ["prod"]);
    assert_eq!(names(of("2.0", "dev")).await, ["everywhere"]);
    assert_eq!(names(of("2.0", "prod")).await, ["everywhere", "prod"]);
    assert!(names(of("1.0", "prod")).await.is_empty());
});
