//! Families of features: the word that people look for, for each gate that a feature has.

/// What an app is called that is for its organization alone.
pub const INTERNAL: &str = "Internal";
/// What an app is called that is not published.
pub const UNPUBLISHED: &str = "Unpublished";

/// The family of a gate, such as `integrations-issue-sync`; `None` for one that nobody looks for.
pub fn family(gate: &str) -> Option<&'static str> {
    Some(match gate.strip_prefix("integrations-").unwrap_or(gate) {
        "alert-rule" | "enterprise-alert-rule" => "Alerts",
        "api" => "API",
        "chat" | "chat-unfurl" => "Chat",
        "data-forwarding" | "event-hooks" => "Data forwarding",
        "deployment" | "release-management" => "Releases",
        "feature-flag" => "Feature flags",
        "incident-management" | "enterprise-incident-management" => "Incidents",
        "issue-basic" | "issue-link" | "issue-sync" | "project-management" | "ticket-rules" => {
            "Issue tracking"
        }
        "mobile" => "Mobile",
        "serverless" => "Serverless",
        "session-replay" => "Session replay",
        "codeowners" | "commits" | "stacktrace-link" => "Source code",
        "visualization" => "Visualization",
        _ => return None,
    })
}

/// The families of gates, each once, by name.
pub fn families<'a>(gates: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    let mut found: Vec<_> = gates.filter_map(family).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A family as a value in an address: "issue-tracking".
pub fn value(family: &str) -> String {
    family.to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_of_one_purpose_are_one_family() {
        let gates = ["integrations-issue-sync", "integrations-commits", "integrations-issue-basic", "other"];
        assert_eq!(families(gates.into_iter()), ["Issue tracking", "Source code"]);
        assert_eq!(value("Issue tracking"), "issue-tracking");
    }
}
