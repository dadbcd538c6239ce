//! Comparing secrets without telling, by the time it takes, how far they agree.

use subtle::ConstantTimeEq;

/// Whether both are the same bytes. Takes the same time wherever they differ; only the lengths can be learned.
///
/// ```
/// assert!(mortise_crypto::compare::equal(b"6f1e", b"6f1e"));
/// assert!(!mortise_crypto::compare::equal(b"6f1e", b"6f1f"));
/// ```
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
