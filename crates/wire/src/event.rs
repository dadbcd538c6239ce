//! Events.

/// The grouping algorithm that clients are told.
pub const GROUPING_CONFIG_ID: &str = "newstyle:2023-01-11";
