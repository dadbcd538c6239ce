use std::cmp::Ordering;

use mortise_domain::version::{ReleaseVersion, are_numbered, compare, is_numbered};

#[test]
fn versions_are_taken_apart() {
    let version = ReleaseVersion::parse("web@1.2.3-beta.1+42").unwrap();
    assert_eq!((version.package, version.numbers), (Some("web"), [1, 2, 3, 0]));
    assert_eq!((version.pre, version.build), (Some("beta.1"), Some("42")));
    let scoped = ReleaseVersion::parse("@acme/web@1.0a1").unwrap();
    assert_eq!((scoped.package, scoped.numbers, scoped.pre), (Some("@acme/web"), [1, 0, 0, 0], Some("a1")));
}

#[test]
fn only_a_package_with_numbers_counts() {
    for yes in ["a@1", "a@1.2", "a@1.2.3.4", "a@1-rc", "a@1.0-", "a@1.0+x-1.y", " a@2 "] {
        assert!(is_numbered(yes), "{yes}");
    }
    for no in [
        "",
        "@",
        "1.2.3",
        "@1.2",
        "a@",
        "a@v1",
        "a@1a1",
        "a@1.2.3.4.5",
        "a@1.0-01",
        "a@1.0+",
        "a@1.0+a..b",
        "a@1.0-a..b",
        "a@1.0A",
        "a@123456789012",
        "a@99999999999999999999.0",
        "é@",
        "é@1.0é",
    ] {
        assert!(!is_numbered(no), "{no}");
    }
}

#[test]
fn versions_of_one_package_are_ordered() {
    let rising =
        ["a@1.2-alpha", "a@1.2-beta", "a@1.2", "a@1.2+2", "a@1.2+10", "a@1.2.0.1", "a@1.3", "a@1.10", "a@2"];
    for (position, low) in rising.iter().enumerate() {
        assert_eq!(compare(low, low), Some(Ordering::Equal), "{low}");
        for high in &rising[position + 1..] {
            assert_eq!(compare(low, high), Some(Ordering::Less), "{low} {high}");
            assert_eq!(compare(high, low), Some(Ordering::Greater), "{high} {low}");
        }
    }
    assert_eq!(compare("1.0.0-alpha", "1.0.0-beta"), Some(Ordering::Less));
    assert_eq!(compare("a@1.0", "b@2.0"), None);
    assert_eq!(compare("a@release-candidate", "a@2.0"), None);
    assert_eq!(compare("a@1.0", "2.0"), None);
}

#[test]
fn a_project_numbers_its_releases_when_the_newest_do() {
    let none: [&str; 0] = [];
    assert!(!are_numbered(&none));
    assert!(are_numbered(&["a@1", "x"]));
    assert!(!are_numbered(&["x", "a@1"]));
    assert!(are_numbered(&["x", "y", "a@1", "z"]));
    assert!(!are_numbered(&["x", "y", "z", "a@1"]));
    let mut ten = vec!["x"; 10];
    ten[0] = "a@3";
    ten[5] = "a@2";
    assert!(!are_numbered(&ten));
    ten[6] = "a@1";
    assert!(are_numbered(&ten));
}
