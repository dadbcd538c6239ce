//! The retry schedule.

use std::time::Duration;

use mortise_service::delivery::schedule::{DELAYS_S, RETRY_AFTER_MAX_S, delay};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_delay_is_within_a_fifth_of_its_step(failures in 1u32..=10, jitter: u64) {
        let step = DELAYS_S[failures as usize - 1] * 1000;
        let delay = u64::try_from(delay(failures, None, jitter).unwrap().as_millis()).unwrap();
        prop_assert!((step * 8 / 10..=step * 12 / 10).contains(&delay));
    }

    #[test]
    fn a_receivers_wish_is_granted_up_to_an_hour(failures in 1u32..=10, wish in 0u64..1_000_000, jitter: u64) {
        let delay = delay(failures, Some(Duration::from_secs(wish)), jitter).unwrap();
        prop_assert!(delay >= Duration::from_secs(wish.min(RETRY_AFTER_MAX_S)));
        let step = DELAYS_S[failures as usize - 1];
        prop_assert!(delay <= Duration::from_secs(RETRY_AFTER_MAX_S.max(step * 12 / 10)));
    }

    #[test]
    fn after_the_last_step_it_is_given_up(failures in 11u32.., wish: Option<u32>, jitter: u64) {
        let wish = wish.map(|seconds| Duration::from_secs(seconds.into()));
        prop_assert_eq!(delay(failures, wish, jitter), None);
    }
}

#[test]
fn delays_only_grow_and_add_up_to_about_two_days() {
    assert!(DELAYS_S.is_sorted());
    let hours = DELAYS_S.iter().sum::<u64>() / 3600;
    assert!((40..=60).contains(&hours), "{hours} h");
}
