//! Tokens of GitHub's installations, which an app gets for them.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use mortise_domain::{IntegrationId, OrgId};
use mortise_providers::{GitHub, GitHubApp, GitHubEnterprise};
use mortise_service::{AppKey, integrations::flush_calls};
use mortise_testkit::{Answer, Received, Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use super::{ask, call};
use crate::{
    ingest::{count, execute},
    remote_provider::url,
};

const METHOD: &str = "refresh_github_access_token";
const PEM: &str = include_str!("../../../../crypto/tests/it/app_key.pem");
/// What of it is public.
const MODULUS: &str = "\
    uf1_5sxJvCYzYuEUDVyr1fb4Xz6_IK61RqXzr49dPs5AeN2ixBeuyxrrABBqlCpTNv04DTdHpS3UXdN0jNs9wp59VKxEAyhaZ97A\
    VrkjKtpzTXLg8DJclah9gFWElTR8E7-38BdHt06OBVMm_EUunMb2_CSsytcJkNRaT-4AoqBQZOW6DSgEyMeTYsl7jjrUrPGvtFA3\
    ZmbTKQHcmJI0hxhknE0ktuxPPOs-zk028MedN1A132wCj7nFMOMYcc-s_ApT4Kk7xa-cVhgJoF5ztrIo6qnMhQ4W6HpS2hyIa4zj\
    5cM7ssUBDEWxpFWpiHaIeNKrFqCVXy0Ugh3t0ivizQ";

/// GitHub, where the operator has the app 4711.
struct Case {
    app: TestApp,
    world: World,
    side: Arc<Receiver>,
    /// What others asked before.
    asked_before: usize,
}

impl Case {
    /// Tests it on each database.
    async fn each(test: impl AsyncFn(Case)) {
        let side = Arc::new(Receiver::start().await);
        let key = AppKey::from_pem(&PEM.into()).unwrap();
        let app = GitHubApp { id: "4711".to_owned(), key };
        let github = || GitHub::new(Some(app.clone())).api_at(url(&side, ""));
        let apps = TestApp::everywhere(
            |_| {},
            |standard| standard.with(github()).with(GitHubEnterprise::default().without_tls()),
        );
        for app in apps.await {
            let (world, side) = (app.world().await, Arc::clone(&side));
            let asked_before = side.received().len();
            test(Self { app, world, side, asked_before }).await;
        }
    }

    async fn install(&self, kept: Value) -> IntegrationId {
        let new = json!({"provider": "github", "external_id": "23", "metadata": kept});
        World::integrate(&self.app.ctx, self.world.org, &new).await
    }

    /// The other side gives this token from now on, with an hour to live.
    fn gives(&self, token: &str) -> String {
        let end = self.app.ctx.now() + jiff::SignedDuration::from_hours(1);
        let end = end.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let body =
            json!({"token": token, "expires_at": format!("{end}Z"), "permissions": {"contents": "read"}});
        self.side.reply([Reply::status(201).body(body.to_string())]);
        end
    }

    fn asked(&self) -> Vec<Received> {
        self.side.received().split_off(self.asked_before)
    }

    async fn ask(&self, id: IntegrationId, org: OrgId) -> Answer {
        let args = json!({"integration_id": id.get(), "organization_id": org.get()});
        ask(&self.app, "integration", METHOD, args).await
    }

    async fn refresh(&self, id: IntegrationId) -> Value {
        self.ask(id, self.world.org).await.expect(200).json()["value"].clone()
    }
}

/// What an assertion says, which the app's key must have signed.
fn claims(request: &Received) -> Value {
    let key = DecodingKey::from_rsa_components(MODULUS, "AQAB").unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_exp = false;
    let bearer = request.header("authorization").strip_prefix("Bearer ").expect("a bearer");
    decode::<Value>(bearer, &key, &rules).unwrap().claims
}

#[tokio::test]
async fn a_token_is_asked_for_with_the_key_of_the_app_and_kept() {
    Case::each(async |case| {
        let id = case.install(json!({"icon": "x", "permissions": {"issues": "write"}})).await;
        let (now, end) = (case.app.ctx.now().as_second(), case.gives("ghs_1"));
        let got = case.refresh(id).await;
        assert_eq!((&got["id"], &got["provider"], &got["status"]), (&json!(id.get()), &json!("github"), &json!(0)));
        let kept = json!({"icon": "x", "access_token": "ghs_1", "expires_at": end, "permissions": {"contents": "read"}});
        assert_eq!(got["metadata"], kept);
        let asked = case.asked();
        assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/app/installations/23/access_tokens"));
        assert_eq!(asked[0].header("accept"), "application/vnd.github+json");
        assert_eq!(claims(&asked[0]), json!({"iss": "4711", "iat": now - 60, "exp": now + 540}));
        // What is stored is what was told, and is good until ten minutes before its end.
        let stored = call(&case.app, "integration", "get_integration", json!({"integration_id": id.get()})).await;
        assert_eq!(stored, got);
        case.app.clock.advance(3600 - 601);
        case.gives("ghs_2");
        assert_eq!(case.refresh(id).await, got);
        assert_eq!(case.asked().len(), 1);
        case.app.clock.advance(2);
        assert_eq!(case.refresh(id).await["metadata"]["access_token"], "ghs_2");
        assert_eq!(case.asked().len(), 2);
        // Clients see nothing of it.
        let path = format!("/api/0/organizations/acme/integrations/{id}/");
        let shown = case.app.get(path).bearer(&case.world.owner_token).send().await.expect(200).text();
        assert!(!shown.contains("ghs_") && !shown.contains("permissions"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_brought_along_is_good_or_renewed() {
    Case::each(async |case| {
        let far = json!({"access_token": "old", "expires_at": "2100-01-01T00:00:00Z", "permissions": null});
        let id = case.install(far.clone()).await;
        assert_eq!(case.refresh(id).await["metadata"], far);
        assert!(case.asked().is_empty());
        case.gives("new");
        for kept in [json!({"access_token": "old"}), json!({"expires_at": "2100-01-01T00:00:00"})] {
            let args = json!({"integration_id": id.get(), "metadata": kept});
            call(&case.app, "integration", "update_integration", args).await;
            assert_eq!(case.refresh(id).await["metadata"]["access_token"], "new");
        }
        assert_eq!(case.asked().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_installation_at_a_server_of_ones_own_has_an_app_of_its_own() {
    Case::each(async |case| {
        let host = url(&case.side, "").replace("http://", "");
        let app = json!({"id": 12, "private_key": PEM, "verify_ssl": false});
        let kept =
            json!({"domain_name": format!("{host}/acme"), "installation_id": "77", "installation": app});
        let new = json!({"provider": "github_enterprise", "external_id": "ghe:77", "metadata": kept});
        let id = World::integrate(&case.app.ctx, case.world.org, &new).await;
        case.gives("ghs_e");
        let got = case.refresh(id).await;
        assert_eq!(got["metadata"]["access_token"], "ghs_e");
        assert_eq!(got["metadata"]["installation"], app);
        let asked = case.asked();
        assert_eq!(asked[0].path, "/api/v3/app/installations/77/access_tokens");
        assert_eq!(claims(&asked[0])["iss"], "12");
        // One whose app is not whole cannot ask.
        for wrong in [json!({}), json!({"id": 12, "private_key": "hunter2"}), json!({"private_key": PEM})] {
            let kept = json!({"domain_name": host, "installation_id": "77", "installation": wrong});
            let args = json!({"integration_id": id.get(), "metadata": kept});
            call(&case.app, "integration", "update_integration", args).await;
            let answer = case.ask(id, case.world.org).await.expect(400).json();
            assert_eq!(answer, json!(["Invalid input."]));
        }
        assert_eq!(case.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_other_side_does_not_give_is_an_error_and_changes_nothing() {
    Case::each(async |case| {
        let id = case.install(json!({"icon": "x"})).await;
        for said in [
            Reply::status(401).body(r#"{"message": "A JSON web token could not be decoded"}"#),
            Reply::status(404),
            Reply::status(500),
            Reply::json(&json!({})),
            Reply::json(&json!({"token": "", "expires_at": "2100-01-01T00:00:00Z"})),
            Reply::json(&json!({"token": "x", "expires_at": "soon"})),
            Reply::status(200).body("<html>"),
        ] {
            case.side.reply([said]);
            assert_eq!(case.ask(id, case.world.org).await.expect(400).json(), json!(["Invalid input."]));
        }
        assert_eq!(case.asked().len(), 7, "nothing is tried again");
        case.side.reply([Reply::status(503)]);
        case.ask(id, case.world.org).await.expect(503);
        let args = json!({"integration_id": id.get()});
        let kept = call(&case.app, "integration", "get_integration", args).await["metadata"].clone();
        assert_eq!(kept, json!({"icon": "x"}));
        flush_calls(&case.app.ctx).await.unwrap();
        assert_eq!(count(&case.app, "SELECT errors FROM integration_health").await, 4);
        // Nobody can work with an installation that is suspended.
        case.side.reply([Reply::status(403).body(r#"{"message": "This installation has been suspended"}"#)]);
        case.ask(id, case.world.org).await.expect(400);
        flush_calls(&case.app.ctx).await.unwrap();
        assert_eq!(count(&case.app, "SELECT fatals FROM integration_health").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_an_active_integration_of_the_organization_is_found() {
    Case::each(async |case| {
        let id = case.install(json!({})).await;
        let slack = World::integrate(&case.app.ctx, case.world.org, &json!({"provider": "slack"})).await;
        case.gives("ghs");
        let none = |answer: Answer| assert_eq!(answer.expect(200).json()["value"], Value::Null);
        none(case.ask(id, case.world.stranger_org).await);
        none(case.ask(IntegrationId::new(0), case.world.org).await);
        none(case.ask(slack, case.world.org).await);
        for (away, back) in [
            ("UPDATE integration SET status = 1", "UPDATE integration SET status = 0"),
            (
                "UPDATE organization_integration SET status = 2",
                "UPDATE organization_integration SET status = 0",
            ),
        ] {
            execute(&case.app, away).await;
            none(case.ask(id, case.world.org).await);
            execute(&case.app, back).await;
        }
        assert!(case.asked().is_empty());
        assert_eq!(case.refresh(id).await["metadata"]["access_token"], "ghs");
    })
    .await;
}

#[tokio::test]
async fn without_an_app_the_operator_is_told_what_to_set() {
    let app = TestApp::sqlite().await;
    let world = app.world().await;
    let id = World::integrate(&app.ctx, world.org, &json!({"provider": "github"})).await;
    let args = json!({"integration_id": id.get(), "organization_id": world.org.get()});
    let refused = ask(&app, "integration", METHOD, args).await.expect(422).json();
    let text = "This server has no app of GitHub: set github.app_id and github.private_key.";
    assert_eq!(refused, json!({"detail": text, "code": "not_configured"}));
}
