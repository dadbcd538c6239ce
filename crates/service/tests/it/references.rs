//! What messages of commits say about issues.

use mortise_service::repositories::{is_skipped, references};

fn ids(message: &str) -> Vec<String> {
    references(message).iter().map(ToString::to_string).collect()
}

#[test]
fn every_word_for_fixing_is_understood_in_any_case() {
    for word in ["fix", "Fixes", "FIXED", "close", "closes", "closed", "resolve", "Resolves", "resolved"] {
        assert_eq!(ids(&format!("{word} WEB-4")), ["WEB-4"], "{word}");
        assert_eq!(ids(&format!("Work. {word}: web-4.")), ["WEB-4"], "{word}");
    }
}

#[test]
fn several_issues_are_named_once_each() {
    assert_eq!(
        ids("fixes WEB-1, API-2a\n  and my-app_x-3\n\nCloses web-1"),
        ["WEB-1", "API-2A", "MY-APP_X-3"]
    );
    let many: String = (1..80).map(|number| format!(" P{number}-1")).collect();
    assert_eq!(ids(&format!("fixes{many}")).len(), 50, "no more than anybody fixes at once");
}

#[test]
fn what_only_mentions_an_issue_fixes_nothing() {
    for message in ["See WEB-4", "prefixes WEB-4", "fixes#WEB-4", "fixes the web", "fixes", ""] {
        assert_eq!(ids(message), Vec::<String>::new(), "{message}");
    }
}

#[test]
fn a_commit_can_ask_to_be_passed_over() {
    assert!(is_skipped("Fixes WEB-4 #skipsentry"));
    assert!(!is_skipped("Fixes WEB-4 skipsentry"));
}
