//! What apps and documentation integrations are good for: numbers that are stored, names that gate them, sentences that people read.

use mortise_wire::sentry_app::AppFeature;

/// The feature that every new app has.
pub(crate) const API: i64 = 0;

/// Number, gate, sentence; `%s` is the name of what has them. There is no 10.
const FEATURES: &[(i64, &str, &str)] = &[
    (
        0,
        "integrations-api",
        "%s can **read and change data through the API** with the scopes it was granted.",
    ),
    (1, "integrations-issue-link", "Create issues in the other service, or link to those that are there."),
    (2, "integrations-stacktrace-link", "Open a line of the stack trace in the other service."),
    (3, "integrations-event-hooks", "%s receives events as they happen."),
    (4, "integrations-project-management", "Create or link work items in %s."),
    (5, "integrations-incident-management", "Open incidents in %s from alerts."),
    (6, "integrations-feature-flag", "See the flags of %s beside the errors they may have caused."),
    (7, "integrations-alert-rule", "Let alert rules notify %s."),
    (8, "integrations-release-management", "Turn deployments of %s into releases."),
    (9, "integrations-visualization", "Show your data in %s."),
    (11, "integrations-chat", "Get notifications in channels of %s."),
    (12, "integrations-session-replay", "See the session recorded by %s beside the error."),
];

/// A feature as clients see it; `None` for a number that stands for nothing.
pub(crate) fn describe(feature: i64, name: &str) -> Option<AppFeature> {
    let (feature_id, gate, sentence) = FEATURES.iter().find(|(number, ..)| *number == feature)?;
    Some(AppFeature {
        feature_id: *feature_id,
        feature_gate: (*gate).to_owned(),
        description: sentence.replace("%s", name),
    })
}

/// The name of the gate of a feature; `None` for a number that stands for nothing.
pub(crate) fn gate(feature: i64) -> Option<&'static str> {
    all().find(|(number, _)| *number == feature).map(|(_, gate)| gate)
}

/// Every feature by number and gate.
pub(crate) fn all() -> impl Iterator<Item = (i64, &'static str)> {
    FEATURES.iter().map(|(number, gate, _)| (*number, *gate))
}

/// Every feature by number as clients see it, of something with this name.
pub fn described_features(name: &str) -> impl Iterator<Item = AppFeature> {
    FEATURES.iter().filter_map(move |(number, ..)| describe(*number, name))
}
