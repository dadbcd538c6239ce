//! Which of two releases is newer: by their numbers where both have such and belong to the same package.

use std::cmp::Ordering;

use mortise_wire::release::{SemanticVersion, VersionInfo};

/// Compares two versions; `None` when their texts do not tell.
pub(super) fn by_version(one: &str, other: &str) -> Option<Ordering> {
    if one == other {
        return Some(Ordering::Equal);
    }
    let (one, other) = (VersionInfo::parse(one), VersionInfo::parse(other));
    if one.package != other.package {
        return None;
    }
    let (one, other) = (one.version?, other.version?);
    let numbers = |it: &SemanticVersion| (it.major, it.minor, it.patch);
    let order = numbers(&one).cmp(&numbers(&other));
    let order = order.then_with(|| pre(one.pre.as_deref(), other.pre.as_deref()));
    Some(order.then_with(|| dotted(one.build_code.as_deref(), other.build_code.as_deref())))
}

/// A version without pre-release follows all of its pre-releases.
fn pre(one: Option<&str>, other: Option<&str>) -> Ordering {
    match (one, other) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        _ => dotted(one, other),
    }
}

/// Compares parts between dots: numbers by value and before words, words by text, more parts after fewer.
fn dotted(one: Option<&str>, other: Option<&str>) -> Ordering {
    let parts = |text: Option<&str>| -> Vec<Part> {
        text.map_or_else(Vec::new, |text| text.split('.').map(Part::of).collect())
    };
    parts(one).cmp(&parts(other))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Word(String),
}

impl Part {
    fn of(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Word(text.to_owned()), Self::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_their_numbers_within_a_package() {
        let older_first = [
            ("app@1.2.3", "app@1.10.0"),
            ("app@1.0.0-rc.2", "app@1.0.0-rc.10"),
            ("app@1.0.0-rc.10", "app@1.0.0"),
            ("1.0.0-alpha", "1.0.0-beta"),
            ("app@1.0.0+7", "app@1.0.0+12"),
        ];
        for (older, newer) in older_first {
            assert_eq!(by_version(older, newer), Some(Ordering::Less), "{older} {newer}");
            assert_eq!(by_version(newer, older), Some(Ordering::Greater), "{newer} {older}");
        }
    }

    #[test]
    fn other_packages_and_hashes_are_not_compared() {
        assert_eq!(by_version("app@1.0.0", "web@2.0.0"), None);
        assert_eq!(by_version("app@release-candidate", "app@2.0.0"), None);
        assert_eq!(by_version("nightly", "nightly"), Some(Ordering::Equal));
    }
}
