//! Tokens of the accounts that integrations act with: renewed when they end or are refused, by one caller at a time.

use mortise_domain::IntegrationId;
use mortise_service::integrations::flush_calls;
use mortise_store::Query;
use mortise_testkit::{Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use crate::{
    ingest::{count, execute},
    remote_provider::{Remote, integrate, url},
};

const LIST: &str = "/api/0/organizations/acme/integrations/";

async fn apps() -> Vec<TestApp> {
    TestApp::everywhere(|_| {}, |standard| standard.with(Remote { with_tokens: true })).await
}

/// An organization whose integration acts with an account; the other side, and where its tokens come from.
struct Case {
    app: TestApp,
    world: World,
    side: Receiver,
    tokens: Receiver,
    id: IntegrationId,
}

impl Case {
    /// The token `old` ends so many seconds from now.
    async fn new(app: TestApp, ends_in_s: i64) -> Self {
        let (world, side, tokens) = (app.world().await, Receiver::start().await, Receiver::start().await);
        side.reply([Reply::json(&json!(["a/b"]))]);
        tokens.reply([Reply::json(&json!({ "access_token": "new", "expires_in": 3600 }))]);
        let held = json!({
            "access_token": "old", "refresh_token": "r", "expires": app.ctx.now().as_second() + ends_in_s,
            "token_url": url(&tokens, "/token"),
        });
        let id = integrate(&app, world.org, &url(&side, ""), Some((world.owner, held))).await;
        Self { app, world, side, tokens, id }
    }

    fn repos(&self) -> String {
        format!("{LIST}{}/repos/", self.id)
    }

    async fn ask(&self, status: u16) -> Value {
        self.app.get(self.repos()).bearer(&self.world.owner_token).send().await.expect(status).json()
    }

    /// The tokens that the other side saw.
    fn seen(&self) -> Vec<String> {
        self.side.received().iter().map(|it| it.header("authorization").to_owned()).collect()
    }
}

#[tokio::test]
async fn a_token_that_is_good_is_borne_as_it_is() {
    for app in apps().await {
        let case = Case::new(app, 300).await;
        case.ask(200).await;
        assert_eq!(case.seen(), ["Bearer old"]);
        assert!(case.tokens.received().is_empty());
    }
}

#[tokio::test]
async fn a_token_that_is_about_to_end_is_renewed_once_whoever_asks() {
    for app in apps().await {
        let case = Case::new(app, 60).await;
        let slow = json!({ "access_token": "new", "expires_in": 3600 });
        case.tokens.reply([Reply::json(&slow).after(std::time::Duration::from_millis(300))]);
        futures_util::future::join_all((0..6).map(|_| case.ask(200))).await;
        assert_eq!(case.seen(), vec!["Bearer new"; 6]);
        let asked = case.tokens.received();
        assert_eq!(asked.len(), 1, "one caller at a time");
        assert_eq!(String::from_utf8_lossy(&asked[0].body), "refresh_token=r");
        // What is stored is good until it ends.
        case.ask(200).await;
        case.app.clock.advance(3600 - 100);
        case.ask(200).await;
        assert_eq!(case.tokens.received().len(), 2);
        let free = "SELECT COUNT(*) FROM identity WHERE leased_until IS NULL AND status = 1";
        assert_eq!(count(&case.app, free).await, 1);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_and_the_call_made_again() {
    for app in apps().await {
        let case = Case::new(app, 3000).await;
        case.side.reply([Reply::status(401), Reply::json(&json!(["a/b"]))]);
        assert_eq!(case.ask(200).await["repos"][0]["name"], "a/b");
        assert_eq!(case.seen(), ["Bearer old", "Bearer new"]);
        // One that is refused although it is new is an error, not a circle.
        case.side.reply([Reply::status(401)]);
        let unauthorized = "Unauthorized: either your access token was invalid or you do not have access";
        assert_eq!(case.ask(400).await, json!({ "detail": unauthorized }));
        assert_eq!(case.side.received().len(), 3, "the renewed token is the same");
    }
}

#[tokio::test]
async fn a_grant_that_is_gone_is_told_and_breaks_the_integration() {
    for app in apps().await {
        let case = Case::new(app, -10).await;
        let body = r#"{"error":"invalid_grant","error_description":"revoked"}"#;
        case.tokens.reply([Reply::status(400).body(body)]);
        assert_eq!(case.ask(400).await, json!({ "detail": "HTTP 400 (invalid_grant): revoked" }));
        assert!(case.side.received().is_empty());
        let identities = case.app.get("/api/0/users/me/identities/").bearer(&case.world.owner_token);
        assert_eq!(identities.send().await.expect(200).json()[0]["status"], 2);
        flush_calls(&case.app.ctx).await.unwrap();
        assert_eq!(count(&case.app, "SELECT fatals FROM integration_health").await, 1);
        // Nobody is locked out, and once it is granted again it works.
        assert_eq!(count(&case.app, "SELECT COUNT(*) FROM identity WHERE leased_until IS NOT NULL").await, 0);
        case.tokens.reply([Reply::json(&json!({ "access_token": "new", "expires_in": "3600" }))]);
        case.ask(200).await;
        assert_eq!(count(&case.app, "SELECT status FROM identity").await, 1);
    }
}

#[tokio::test]
async fn a_server_of_tokens_that_has_troubles_is_an_error_like_others() {
    for app in apps().await {
        let case = Case::new(app, -10).await;
        case.tokens.reply([Reply::status(500).body("{\"error\":\"oops\"}")]);
        let told = "Error Communicating with GitLab (HTTP None): unknown error";
        assert_eq!(case.ask(400).await, json!({ "detail": told }));
        flush_calls(&case.app.ctx).await.unwrap();
        assert_eq!(count(&case.app, "SELECT errors FROM integration_health").await, 1);
        assert_eq!(
            count(&case.app, "SELECT COUNT(*) FROM identity WHERE status = 1 AND leased_until IS NULL").await,
            1
        );
        let address = url(&case.tokens, "").replace("http://", "");
        let Case { app, world, id, tokens, .. } = case;
        drop(tokens);
        let answer =
            app.get(format!("{LIST}{id}/repos/")).bearer(&world.owner_token).send().await.expect(503).json();
        assert_eq!(answer["detail"], format!("Unable to reach host: {address}"));
    }
}

#[tokio::test]
async fn an_account_that_was_disconnected_is_told() {
    for app in apps().await {
        let case = Case::new(app, 300).await;
        execute(&case.app, "DELETE FROM identity").await;
        let told = "The account that the integration acts with is not there any more.";
        assert_eq!(case.ask(400).await, json!({ "detail": told }));
        assert!(case.side.received().is_empty());
    }
}

#[tokio::test]
async fn whoever_died_while_renewing_is_not_waited_for_longer_than_a_lease() {
    for app in apps().await {
        let case = Case::new(app, -10).await;
        let until = case.app.ctx.now() + jiff::SignedDuration::from_secs(45);
        let query = Query::new("UPDATE identity SET leased_until = $1").bind(until);
        case.app.ctx.store.write(move |tx| Box::pin(async move { tx.execute(query).await })).await.unwrap();
        let waits = async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            assert!(case.tokens.received().is_empty(), "somebody else has it");
            case.app.clock.advance(46);
        };
        let (answer, ()) = tokio::join!(case.ask(200), waits);
        assert_eq!(answer["repos"][0]["name"], "a/b");
        assert_eq!(case.tokens.received().len(), 1);
    }
}
