use std::collections::HashSet;

use mortise_domain::platform::*;

#[test]
fn projects_name_languages_and_frameworks() {
    for known in ["python", "python-django", "javascript-react", "other", "go", "apple-ios", "node-express"] {
        assert!(is_project_platform(known), "{known}");
    }
    for unknown in ["", "Python", "cobol", "python-"] {
        assert!(!is_project_platform(unknown), "{unknown}");
    }
}

#[test]
fn events_fall_back_to_other() {
    assert_eq!(normalize_event_platform("python"), "python");
    assert_eq!(normalize_event_platform("python-django"), "other");
    assert_eq!(normalize_event_platform(""), "other");
}

#[test]
fn no_platform_is_listed_twice() {
    let mut seen = HashSet::new();
    let twice: Vec<_> = project_platforms().filter(|platform| !seen.insert(*platform)).collect();
    assert_eq!(twice, Vec::<&str>::new());
}
