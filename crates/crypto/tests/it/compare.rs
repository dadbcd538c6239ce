use mortise_crypto::compare::equal;
use proptest::prelude::*;

proptest! {
    #[test]
    fn equality_is_that_of_bytes(a in prop::collection::vec(0..3_u8, 0..4), b in prop::collection::vec(0..3_u8, 0..4)) {
        prop_assert_eq!(equal(&a, &b), a == b);
    }
}
