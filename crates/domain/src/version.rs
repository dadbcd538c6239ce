//! Release versions as numbers: `package@1.2.3-beta+42`. Versions of the same package, or without one, can be compared.
//! The grammar is that of [sentry-release-parser](https://github.com/getsentry/sentry-release-parser): up to four
//! numbers, a pre-release after `-` (or a small letter, `1.0a1`), a build code after `+`. The order is that of Semantic
//! Versioning, except that the build code counts.
//!
//! Whether a *project* numbers its releases is asked more strictly: only versions with a package say so, because
//! `2024` or `3.1` may as well be a name.

use std::cmp::Ordering;

/// Lengths of the hashes that builds are named by; such a version has no numbers.
const HASH_LENGTHS: [usize; 6] = [12, 16, 20, 32, 40, 64];
/// How many numbers a version has at most.
const NUMBERS_MAX: usize = 4;
/// How many of the newest releases tell whether a project numbers its releases.
pub const RECENT_RELEASES: usize = 10;
/// How many of those must have numbers once there are [`RECENT_RELEASES`].
const NUMBERED_MIN: usize = 3;
/// Among how many of the newest one must have numbers.
const NEWEST: usize = 3;

/// The version of a release, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseVersion<'a> {
    /// What stands before `@`.
    pub package: Option<&'a str>,
    /// Major, minor, patch, revision; zero where left out.
    pub numbers: [u64; NUMBERS_MAX],
    /// The pre-release, without its dash.
    pub pre: Option<&'a str>,
    /// The build code.
    pub build: Option<&'a str>,
}

impl<'a> ReleaseVersion<'a> {
    /// Takes a version apart; `None` when it has no numbers.
    pub fn parse(version: &'a str) -> Option<Self> {
        let (package, raw) = split_package(version.trim());
        if is_hash(raw) {
            return None;
        }
        let (rest, build) = match raw.split_once('+') {
            Some((rest, build)) => (rest, Some(build).filter(|code| code.split('.').all(is_word))),
            None => (raw, None),
        };
        if raw.contains('+') && build.is_none() {
            return None;
        }
        let (numbers, count, tail) = numbers(rest)?;
        Some(Self { package, numbers, pre: pre_release(tail, count)?, build })
    }

    /// Which of two versions of the same package is newer; `None` for different packages.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.package != other.package {
            return None;
        }
        let pre = match (self.pre, other.pre) {
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (own, others) => words(own).cmp(&words(others)),
        };
        let builds = || words(self.build).cmp(&words(other.build));
        Some(self.numbers.cmp(&other.numbers).then(pre).then_with(builds))
    }
}

/// What stands between dots: numbers come before words.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Word<'a> {
    Number(u64),
    Text(&'a str),
}

fn words(text: Option<&str>) -> Vec<Word<'_>> {
    let read = |word| str::parse(word).map_or(Word::Text(word), Word::Number);
    text.map_or_else(Vec::new, |text| text.split('.').map(read).collect())
}

/// A package may begin with `@`.
fn split_package(version: &str) -> (Option<&str>, &str) {
    let start = version.chars().next().map_or(0, char::len_utf8);
    match version[start..].split_once('@') {
        Some((rest, raw)) => (Some(&version[..start + rest.len()]), raw),
        None => (None, version),
    }
}

/// Whether the version has a package and numbers.
pub fn is_numbered(version: &str) -> bool {
    ReleaseVersion::parse(version).is_some_and(|version| version.package.is_some())
}

/// Compares two versions by their numbers; `None` unless both have such and are of the same package.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    ReleaseVersion::parse(a)?.compare(&ReleaseVersion::parse(b)?)
}

/// Whether a project numbers its releases, told from its newest ones (at most [`RECENT_RELEASES`], newest first).
pub fn are_numbered<S: AsRef<str>>(newest_first: &[S]) -> bool {
    let recent = &newest_first[..newest_first.len().min(RECENT_RELEASES)];
    let count = |releases: &[S]| releases.iter().filter(|version| is_numbered(version.as_ref())).count();
    match recent.len() {
        0 => false,
        1 | 2 => is_numbered(recent[0].as_ref()),
        RECENT_RELEASES => count(recent) >= NUMBERED_MIN && count(&recent[..NEWEST]) > 0,
        _ => count(&recent[..NEWEST]) > 0,
    }
}

fn is_hash(text: &str) -> bool {
    HASH_LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Letters, digits and dashes, at least one.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// A word; a number must not begin with a zero.
fn is_identifier(text: &str) -> bool {
    let has_padding = text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    is_word(text) && !has_padding
}

/// The numbers that a text begins with, how many there are, and the rest.
fn numbers(text: &str) -> Option<([u64; NUMBERS_MAX], usize, &str)> {
    let mut numbers = [0; NUMBERS_MAX];
    let mut rest = text;
    for count in 0..NUMBERS_MAX {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return None;
        }
        let number: u64 = rest[..digits].parse().ok()?;
        // What no database column holds is no number either.
        numbers[count] = i64::try_from(number).ok().map(|_| number)?;
        rest = &rest[digits..];
        let more = rest.strip_prefix('.').filter(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        match more {
            Some(next) if count + 1 < NUMBERS_MAX => rest = next,
            _ => return Some((numbers, count + 1, rest)),
        }
    }
    None
}

/// Reads what follows the numbers: nothing, or a pre-release. The outer `None` refuses the version.
fn pre_release(tail: &str, numbers: usize) -> Option<Option<&str>> {
    let Some(first) = tail.chars().next() else { return Some(None) };
    // `1a1` is a name, `1.0a1` and `1-a1` are versions.
    if first != '-' && (numbers == 1 || !first.is_ascii_lowercase()) {
        return None;
    }
    let mut words = tail[1..].split('.');
    let is_valid = words.next().is_none_or(|word| word.is_empty() || is_identifier(word));
    if !(is_valid && words.all(is_identifier)) {
        return None;
    }
    Some(Some(tail.strip_prefix('-').unwrap_or(tail)).filter(|pre| !pre.is_empty()))
}
