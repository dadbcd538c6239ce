//! Cards in Microsoft Teams, shown by the operator's bot.

use std::{sync::Arc, time::Duration};

use mortise_domain::IntegrationId;
use mortise_providers::{MsTeams, TeamsApp};
use mortise_service::integrations::flush_calls;
use mortise_testkit::{Received, Receiver, Reply, TestApp, World};
use serde_json::{Value, json};

use super::{ask, call};
use crate::{
    ingest::{count, execute},
    remote_provider::url,
};

const METHOD: &str = "send_msteams_incident_alert_notification";
const CHANNEL: &str = "19:a1@thread.tacv2";

/// An installation of the bot, where its tokens are had, and where its conversations are.
struct Case {
    app: TestApp,
    world: World,
    tokens: Arc<Receiver>,
    /// What others asked for tokens before.
    asked_before: usize,
    side: Receiver,
    id: IntegrationId,
}

impl Case {
    /// Tests it on each database, with this beside the address among what is kept.
    async fn each(kept: Value, test: impl AsyncFn(Case)) {
        let tokens = Arc::new(Receiver::start().await);
        let app = TeamsApp { client_id: "bot-1".to_owned(), client_secret: "s&cret".into() };
        let teams = || MsTeams::new(Some(app.clone())).tokens_at(url(&tokens, "/token"));
        for app in TestApp::everywhere(|_| {}, |standard| standard.with(teams())).await {
            let (world, side) = (app.world().await, Receiver::start().await);
            let mut metadata = json!({"service_url": url(&side, "/amer/"), "tenant_id": "t"});
            metadata.as_object_mut().unwrap().extend(kept.as_object().unwrap().clone());
            let new = json!({"provider": "msteams", "external_id": "19:team", "metadata": metadata});
            let id = World::integrate(&app.ctx, world.org, &new).await;
            let (tokens, asked_before) = (Arc::clone(&tokens), tokens.received().len());
            tokens.reply([token("new", 3600)]);
            side.reply([Reply::status(201).body(r#"{"id": "1"}"#)]);
            test(Self { app, world, tokens, asked_before, side, id }).await;
        }
    }

    fn args(&self) -> Value {
        json!({"integration_id": self.id.get(), "channel": CHANNEL, "attachment": card()})
    }

    async fn send(&self) -> Value {
        call(&self.app, "integration", METHOD, self.args()).await
    }

    /// Who asked for a token since the test began.
    fn asked(&self) -> Vec<Received> {
        self.tokens.received().split_off(self.asked_before)
    }

    /// The tokens that the other side saw.
    fn seen(&self) -> Vec<String> {
        self.side.received().iter().map(|it| it.header("authorization").to_owned()).collect()
    }

    async fn kept(&self) -> Value {
        let args = json!({"integration_id": self.id.get()});
        call(&self.app, "integration", "get_integration", args).await["metadata"].clone()
    }
}

fn card() -> Value {
    json!({"type": "AdaptiveCard", "version": "1.2", "body": [{"type": "TextBlock", "text": "Critical: a < b"}]})
}

fn token(text: &str, lifetime_s: i64) -> Reply {
    Reply::json(&json!({"token_type": "Bearer", "expires_in": lifetime_s, "access_token": text}))
}

#[tokio::test]
async fn a_card_is_shown_with_a_token_that_is_asked_for_once() {
    Case::each(json!({}), async |case| {
        let start = case.app.ctx.now().as_second();
        assert_eq!(case.send().await, true);
        let asked = case.asked();
        let form = "client_id=bot-1&client_secret=s%26cret&grant_type=client_credentials\
            &scope=https%3A%2F%2Fapi.botframework.com%2F.default";
        assert_eq!((asked[0].method.as_str(), asked[0].path.as_str()), ("POST", "/token"));
        assert_eq!(String::from_utf8_lossy(&asked[0].body), form);
        assert_eq!(asked[0].header("content-type"), "application/x-www-form-urlencoded");
        assert_eq!(asked[0].header("authorization"), "");
        let got = case.side.received().remove(0);
        assert_eq!(got.path, format!("/amer/v3/conversations/{CHANNEL}/activities"));
        assert_eq!((got.method.as_str(), got.header("authorization")), ("POST", "Bearer new"));
        let attachment = json!({"contentType": "application/vnd.microsoft.card.adaptive", "content": card()});
        assert_eq!(got.json(), json!({"type": "message", "attachments": [attachment]}));
        // It is kept beside what was there, until five minutes before its end.
        let kept = case.kept().await;
        let expected = json!({"service_url": url(&case.side, "/amer/"), "tenant_id": "t", "access_token": "new",
            "expires_at": start + 3600 - 300});
        assert_eq!(kept, expected);
        case.app.clock.advance(3600 - 301);
        assert_eq!(case.send().await, true);
        assert_eq!(case.asked().len(), 1);
        case.app.clock.advance(1);
        case.tokens.reply([token("newer", 3600)]);
        assert_eq!(case.send().await, true);
        assert_eq!((case.asked().len(), case.seen()[2].as_str()), (2, "Bearer newer"));
        assert_eq!(case.kept().await["tenant_id"], "t");
    })
    .await;
}

#[tokio::test]
async fn what_is_kept_is_sealed_and_seen_by_no_client() {
    Case::each(json!({}), async |case| {
        assert_eq!(case.send().await, true);
        for path in ["", &format!("{}/", case.id)] {
            let path = format!("/api/0/organizations/acme/integrations/{path}");
            let shown = case.app.get(path).bearer(&case.world.owner_token).send().await.expect(200).text();
            assert!(
                shown.contains("msteams") && !shown.contains("access_token") && !shown.contains("new\""),
                "{shown}"
            );
        }
        let open = "SELECT COUNT(*) FROM integration WHERE shown LIKE '%token%'";
        assert_eq!(count(&case.app, open).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_brought_along_is_borne_while_it_is_good() {
    let far = 4_000_000_000_i64;
    Case::each(json!({"access_token": "old", "expires_at": far}), async |case| {
        assert_eq!(case.send().await, true);
        assert_eq!((case.seen(), case.asked().len()), (vec!["Bearer old".to_owned()], 0));
        // One that the other side does not take is renewed once.
        let taken = Reply::status(201).body(r#"{"id": "1"}"#);
        case.side.reply([Reply::status(401), taken]);
        assert_eq!(case.send().await, true);
        assert_eq!(case.seen()[1..], ["Bearer old", "Bearer new"]);
        assert_eq!(case.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_the_other_side_does_not_take_is_not_shown() {
    Case::each(json!({}), async |case| {
        for refusal in [
            Reply::status(403).body(r#"{"error": {"code": "BotNotInConversationRoster"}}"#),
            Reply::status(404),
            Reply::status(429),
            Reply::status(500).body("oops"),
            Reply::status(200).body("<html>"),
            Reply::status(401),
        ] {
            case.side.reply([refusal]);
            assert_eq!(case.send().await, false);
        }
        // Only the last was the token's fault, and the same came again.
        assert_eq!((case.asked().len(), case.side.received().len()), (2, 6));
        flush_calls(&case.app.ctx).await.unwrap();
        assert_eq!(count(&case.app, "SELECT errors FROM integration_health").await, 5);
    })
    .await;
}

#[tokio::test]
async fn without_a_token_nothing_is_said() {
    Case::each(json!({}), async |case| {
        for refusal in [
            Reply::status(401).body(r#"{"error": "invalid_client"}"#),
            Reply::status(500),
            Reply::json(&json!({})),
            Reply::json(&json!({"access_token": "", "expires_in": 3600})),
            Reply::json(&json!({"access_token": "x"})),
            Reply::status(200).body("<html>"),
        ] {
            case.tokens.reply([refusal]);
            assert_eq!(case.send().await, false);
        }
        assert!(case.side.received().is_empty() && case.asked().len() == 6);
        assert_eq!(case.kept().await.get("access_token"), None);
        // One that will have ended soon is borne once.
        case.tokens.reply([token("short", 60)]);
        assert_eq!(case.send().await, true);
        assert_eq!(case.send().await, true);
        assert_eq!((case.seen(), case.asked().len()), (vec!["Bearer short".to_owned(); 2], 8));
    })
    .await;
}

#[tokio::test]
async fn whoever_is_slow_is_not_waited_for_longer_than_ten_seconds() {
    Case::each(json!({}), async |case| {
        case.side.reply([Reply::status(201).after(Duration::from_secs(60))]);
        let started = std::time::Instant::now();
        assert_eq!(case.send().await, false);
        let waited = started.elapsed().as_secs();
        assert!((9..20).contains(&waited), "{waited}");
    })
    .await;
}

#[tokio::test]
async fn only_an_integration_that_is_there_and_active_shows_cards() {
    Case::each(json!({}), async |case| {
        let other = json!({"provider": "slack", "external_id": "T1"});
        let other = World::integrate(&case.app.ctx, case.world.org, &other).await;
        let send = async |id: i64, channel: &str, card: Value| {
            let args = json!({"integration_id": id, "channel": channel, "attachment": card});
            ask(&case.app, "integration", METHOD, args).await
        };
        let id = case.id.get();
        assert_eq!(send(other.get(), CHANNEL, card()).await.expect(200).json()["value"], false);
        let missing = send(0, CHANNEL, card()).await.expect(400).json();
        assert_eq!(missing, json!(["Invalid input."]));
        for channel in ["", ".."] {
            assert_eq!(send(id, channel, card()).await.expect(200).json()["value"], false);
        }
        send(id, &"x".repeat(513), card()).await.expect(400);
        send(id, CHANNEL, json!({"x": "x".repeat(256 * 1024)})).await.expect(400);
        send(id, CHANNEL, json!([])).await.expect(400);
        for (away, back) in [
            ("UPDATE integration SET status = 1", "UPDATE integration SET status = 0"),
            (
                "UPDATE organization_integration SET status = 2",
                "UPDATE organization_integration SET status = 0",
            ),
        ] {
            execute(&case.app, away).await;
            assert_eq!(case.send().await, false);
            execute(&case.app, back).await;
        }
        assert!(case.side.received().is_empty() && case.asked().is_empty());
        assert_eq!(case.send().await, true);
    })
    .await;
}

#[tokio::test]
async fn an_installation_whose_address_is_unknown_is_told_as_not_shown() {
    Case::each(json!({"service_url": null}), async |case| {
        assert_eq!(case.send().await, false);
        assert!(case.asked().is_empty());
    })
    .await;
}

#[tokio::test]
async fn without_a_bot_the_operator_is_told_what_to_set() {
    let app = TestApp::sqlite().await;
    let (world, side) = (app.world().await, Receiver::start().await);
    let kept = json!({"service_url": url(&side, "/")});
    let new = json!({"provider": "msteams", "metadata": kept});
    let id = World::integrate(&app.ctx, world.org, &new).await;
    let args = json!({"integration_id": id.get(), "channel": CHANNEL, "attachment": card()});
    let refused = ask(&app, "integration", METHOD, args).await.expect(422).json();
    let text = "This server has no app of Microsoft Teams: set msteams.client_id and msteams.client_secret.";
    assert_eq!(refused, json!({"detail": text, "code": "not_configured"}));
    assert!(side.received().is_empty());
}
