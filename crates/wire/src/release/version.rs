//! Taking a release version apart: `package@1.2.3-beta+build`, where every part but one is optional.

use serde::Serialize;
use utoipa::ToSchema;

/// Hash lengths that builds are named by.
const HASH_LENGTHS: [usize; 5] = [12, 16, 20, 32, 40];
/// Digits of a hash that are shown.
const HASH_DIGITS_SHOWN: usize = 12;

/// A version taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionInfo {
    /// What stands before `@`.
    pub package: Option<String>,
    /// What stands behind `@`, with its numbers if it has such.
    pub version: VersionText,
    /// What to show.
    pub description: String,
    /// The hash of the build, if it is one.
    pub build_hash: Option<String>,
}

/// What stands behind `@`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum VersionText {
    /// With numbers.
    Numbers(SemanticVersion),
    /// Without, such as the hash of a commit.
    Text {
        /// The text.
        raw: String,
    },
}

/// The numbers of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SemanticVersion {
    /// What stands behind `@`.
    pub raw: String,
    /// First number.
    pub major: u64,
    /// Second number.
    pub minor: u64,
    /// Third number.
    pub patch: u64,
    /// What stands behind `-`.
    pub pre: Option<String>,
    /// What stands behind `+`.
    pub build_code: Option<String>,
    /// How many numbers were given.
    pub components: usize,
}

impl VersionInfo {
    /// Takes any version apart.
    pub fn parse(version: &str) -> Self {
        let (package, raw) = match version.rsplit_once('@') {
            Some((package, raw)) if !package.is_empty() && !raw.is_empty() => (Some(package.to_owned()), raw),
            _ => (None, version),
        };
        let numbers = if is_hash(raw) { None } else { SemanticVersion::parse(raw) };
        let code = numbers.as_ref().and_then(|numbers| numbers.build_code.as_deref());
        let build_hash = if is_hash(raw) { Some(raw) } else { code.filter(|code| is_hash(code)) };
        let description = match (&numbers, build_hash) {
            (Some(numbers), _) => numbers.describe(),
            (None, Some(hash)) => hash[..HASH_DIGITS_SHOWN].to_owned(),
            (None, None) => raw.to_owned(),
        };
        let build_hash = build_hash.map(str::to_owned);
        let version = numbers.map_or_else(|| VersionText::Text { raw: raw.to_owned() }, VersionText::Numbers);
        Self { build_hash, package, version, description }
    }
}

impl SemanticVersion {
    /// Reads `1`, `v1.2`, `1.2.3-beta+build`; `None` when it does not begin with a number.
    pub fn parse(raw: &str) -> Option<Self> {
        let (rest, build_code) = match raw.split_once('+') {
            Some((rest, code)) => (rest, Some(code)),
            None => (raw, None),
        };
        let (numbers, pre) = match rest.split_once('-') {
            Some((numbers, pre)) => (numbers, Some(pre)),
            None => (rest, None),
        };
        let parts: Vec<u64> = numbers
            .strip_prefix('v')
            .unwrap_or(numbers)
            .split('.')
            .map(|part| part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit())))
            .collect::<Option<_>>()?;
        if parts.len() > 4 || build_code == Some("") || pre == Some("") {
            return None;
        }
        let part = |position: usize| parts.get(position).copied().unwrap_or(0);
        Some(Self {
            raw: raw.to_owned(),
            major: part(0),
            minor: part(1),
            patch: part(2),
            pre: pre.map(str::to_owned),
            build_code: build_code.map(str::to_owned),
            components: parts.len(),
        })
    }

    fn describe(&self) -> String {
        let short = self.raw.split('+').next().unwrap_or(&self.raw);
        match &self.build_code {
            Some(code) if is_hash(code) => format!("{short} ({})", &code[..HASH_DIGITS_SHOWN]),
            Some(code) => format!("{short} ({code})"),
            None => short.to_owned(),
        }
    }
}

fn is_hash(text: &str) -> bool {
    HASH_LENGTHS.contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
