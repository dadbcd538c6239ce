//! Refreshing over a network that loses requests and answers: no installation is ever locked out.

use futures_util::future::join_all;
use mortise_testkit::{TestApp, api_test};
use serde_json::Value;

use crate::installations::Installed;

/// How many refreshes are made; [`ROUNDS_VAR`] asks for more.
const ROUNDS: u32 = 200;
const ROUNDS_VAR: &str = "MORTISE_TEST_REFRESHES";
/// Within so many seconds the same refresh is answered the same.
const WINDOW_S: i64 = 60;
/// How long a client may use a token before it needs another, seconds.
const LIFETIME_S: i64 = 8 * 3600;

/// Numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    /// A number below `end`.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Refreshes like a client that hears of one answer in three, and repeats what it asked until it does. Returns what the
/// client heard.
async fn refresh(app: &TestApp, it: &Installed, chance: &mut Chance, held: &Value) -> Value {
    // Time runs from when the server first made the refresh, however often the client repeats it.
    let mut left_s = None;
    let mut made: Option<Value> = None;
    loop {
        let is_request_lost = chance.below(4) == 0;
        if !is_request_lost {
            let answer = it.refresh(app, &held["refreshToken"]).await.expect(201).json();
            if let Some(made) = &made {
                assert_eq!(answer["token"], made["token"], "a repetition gives the same");
                assert_eq!(answer["refreshToken"], made["refreshToken"]);
            }
            if chance.below(3) == 0 || left_s.is_some_and(|left| left <= 1) {
                return answer;
            }
            made = Some(answer);
            left_s = left_s.or(Some(WINDOW_S - 1));
        }
        let pause = chance.below(left_s.unwrap_or(LIFETIME_S));
        app.clock.advance(pause);
        left_s = left_s.map(|left| left - pause);
    }
}

api_test!(refreshes_over_a_network_that_loses_messages_lock_no_installation_out, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let rounds = std::env::var(ROUNDS_VAR).map_or(ROUNDS, |text| text.parse().unwrap());
    let mut chance = Chance(7);
    let mut held = it.redeem(&app).await;
    for round in 0..rounds {
        let next = refresh(&app, &it, &mut chance, &held).await;
        assert_ne!(next["token"], held["token"], "round {round}");
        let works = app.get(it.path()).bearer(next["token"].as_str().unwrap()).send().await;
        assert_eq!(works.status, 200, "round {round}: {}", works.text());
        let ended = app.get(it.path()).bearer(held["token"].as_str().unwrap()).send().await;
        assert_eq!(ended.status, 401, "round {round}");
        held = next;
        app.clock.advance(chance.below(LIFETIME_S * 2));
    }
});

api_test!(refreshes_at_the_same_time_give_the_same_token, |app| async move {
    let world = app.world().await;
    let it = Installed::of(&app, &world, "Board").await;
    let mut held = it.redeem(&app).await;
    for _ in 0..5 {
        let asked = (0..8).map(|_| it.refresh(&app, &held["refreshToken"]));
        let answers: Vec<Value> =
            join_all(asked).await.into_iter().map(|answer| answer.expect(201).json()).collect();
        for key in ["id", "token", "refreshToken"] {
            assert!(answers.iter().all(|answer| answer[key] == answers[0][key]), "{key}");
        }
        assert_ne!(answers[0]["token"], held["token"]);
        held = answers[0].clone();
    }
    app.get(it.path()).bearer(held["token"].as_str().unwrap()).send().await.expect(200);
});
