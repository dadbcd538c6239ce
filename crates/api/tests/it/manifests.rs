//! Apps as files: who may have one, what it may say, and applying it.

use mortise_crypto::ExposeSecret as _;
use mortise_domain::{ScopeSet, kind};
use mortise_service::{
    Caller, Client, Error,
    access::{self, IdOrSlug},
    apps::{self, AppAccess, Kind, Manifest},
    authenticate,
};
use mortise_store::sentry_app;
use mortise_testkit::{TestApp, World, api_test};
use serde_json::json;

const BOARD: &str = r#"
organization = "acme"
name = "Board"
kind = "public"
author = "Acme"
scopes = ["event:read"]
events = ["issue"]
webhook_url = "https://b.acme.test/hook"
"#;

fn read(text: &str) -> Manifest {
    Manifest::read(text, None, |name| Err(name.to_owned())).unwrap()
}

async fn apply(app: &TestApp, manifest: Manifest) -> serde_json::Value {
    let access = access::operator(&app.ctx, &manifest.organization).await.unwrap();
    let plan = apps::plan_manifest(&app.ctx, &access, manifest).await.unwrap();
    let is_new = plan.app.is_none();
    let applied = apps::apply_manifest(&app.ctx, &access, plan).await.unwrap();
    let seen = serde_json::to_value(applied.app).unwrap();
    // The secret is handed over once.
    let secret = applied.client_secret.map(|secret| json!(secret.expose_secret()));
    assert_eq!(secret.as_ref(), is_new.then(|| &seen["clientSecret"]));
    seen
}

async fn manifest_for(app: &TestApp, token: &str) -> Result<Manifest, Error> {
    let caller = authenticate::bearer(&app.ctx, token, Client::default()).await?;
    let segment = IdOrSlug::<kind::App>::parse("board");
    let access: AppAccess = apps::app_for_reading(&app.ctx, caller, &segment).await?;
    apps::manifest_of(&app.ctx, &access).await
}

api_test!(a_manifest_is_for_people_of_the_organization_that_owns_the_app, |app| async move {
    let world = app.world().await;
    apply(&app, read(BOARD)).await;
    let own = manifest_for(&app, &world.member_token).await.unwrap();
    assert_eq!(
        (own.organization.as_str(), own.slug.as_deref(), own.kind),
        ("acme", Some("board"), Kind::Public)
    );
    assert_eq!(own.events, Some(vec!["issue".to_owned()]));
    assert_eq!(read(&own.to_toml().unwrap()), own, "what is written can be read");
    assert!(matches!(manifest_for(&app, &world.stranger_token).await, Err(Error::NotFound)));
    // What is published can be read by everybody, its manifest can't: headers may hold secrets of the receiver.
    let publish = mortise_store::Query::new("UPDATE sentry_app SET status = 1");
    crate::rows::execute(&app, publish).await;
    assert!(matches!(manifest_for(&app, &world.stranger_token).await, Err(Error::Forbidden)));
    let narrow = World::token(&app.ctx, world.owner, &["event:read"]).await;
    assert!(matches!(manifest_for(&app, &narrow).await, Err(Error::Forbidden)));
});

api_test!(applying_is_the_api_s_way_of_making_and_changing, |app| async move {
    let world = app.world().await;
    let made = apply(&app, read(BOARD)).await;
    assert_eq!(
        (&made["slug"], &made["verifyInstall"], &made["isAlertable"]),
        (&json!("board"), &json!(true), &json!(false))
    );
    let changed =
        apply(&app, Manifest { webhook_url: Some("https://c.acme.test/".into()), ..read(BOARD) }).await;
    assert_eq!(changed["webhookUrl"], "https://c.acme.test/");
    // The log tells of it.
    let log: Vec<_> = crate::rows::audit(&app, world.org).await.into_iter().map(|(event, _)| event).collect();
    assert_eq!(log, [113]);
    let access = access::operator(&app.ctx, "acme").await.unwrap();
    let again = apps::plan_manifest(&app.ctx, &access, read(BOARD)).await.unwrap();
    let keys: Vec<_> = again.changes.iter().map(|change| change.key.as_str()).collect();
    assert_eq!(keys, ["webhook_url"]);
});

api_test!(the_operator_changes_the_features_of_a_published_app_but_not_its_permissions, |app| async move {
    let world = app.world().await;
    apply(&app, read(BOARD)).await;
    let access = access::operator(&app.ctx, "acme").await.unwrap();
    let row = sentry_app::by_slug(&mut app.ctx.store.read().await.unwrap(), "board").await.unwrap().unwrap();
    let of = |caller: &Caller| AppAccess::new(row.clone(), caller.clone(), Some(access.clone()));
    let publish = json!({ "status": "published" });
    let seen = apps::update_app(&app.ctx, &of(&access.caller), Some(&publish)).await.unwrap();
    assert_eq!(seen.status, "published");

    let link = Manifest { features: Some(vec!["integrations-issue-link".into()]), ..read(BOARD) };
    let seen = apply(&app, link.clone()).await;
    assert_eq!(seen["featureData"][0]["featureGate"], "integrations-issue-link");
    let write = Manifest { scopes: Some(vec!["event:write".into()]), ..link };
    let refused = apps::plan_manifest(&app.ctx, &access, write).await.unwrap_err();
    assert!(refused.to_string().contains("Cannot update permissions on a published integration."));

    // Whoever is not the operator is told before anything is changed.
    let owner = authenticate::bearer(&app.ctx, &world.owner_token, Client::default()).await.unwrap();
    let segment = IdOrSlug::parse("acme");
    let access = access::organization(&app.ctx, owner, &segment, ScopeSet::all()).await.unwrap();
    let all = Manifest { features: Some(vec!["integrations-api".into()]), ..read(BOARD) };
    let refused = apps::plan_manifest(&app.ctx, &access, all).await.unwrap_err();
    assert!(refused.to_string().contains("Cannot update features on a published integration."));
});

api_test!(whoever_may_not_change_apps_may_not_plan_it, |app| async move {
    let world = app.world().await;
    let caller: Caller =
        authenticate::bearer(&app.ctx, &world.member_token, Client::default()).await.unwrap();
    let segment = IdOrSlug::parse("acme");
    let access = access::organization(&app.ctx, caller, &segment, ScopeSet::all()).await.unwrap();
    let refused = apps::plan_manifest(&app.ctx, &access, read(BOARD)).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
});

#[test]
fn a_schema_is_a_table_or_json_or_a_file() {
    let schema = json!({"elements": [{"type": "issue-media", "config": {"columns": [1, 2]}}]});
    let table = "[[schema.elements]]\ntype = \"issue-media\"\nconfig = { columns = [1, 2] }\n";
    let text = format!("schema = '{schema}'\n");
    let file = "schema = \"app.schema.json\"\n";
    for form in [table, &text, file] {
        let files = |name: &str| match name {
            "app.schema.json" => Ok(schema.to_string()),
            other => Err(other.to_owned()),
        };
        let manifest = Manifest::read(&format!("{BOARD}{form}"), None, files).unwrap();
        assert_eq!(manifest.schema, Some(schema.clone()), "{form}");
        assert_eq!(read(&manifest.to_toml().unwrap()), manifest);
    }
    assert_eq!(read(&format!("{BOARD}schema = \"\"")).schema, Some(json!({})));
}
