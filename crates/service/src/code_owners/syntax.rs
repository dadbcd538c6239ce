//! The language of files of owners, and the rules that are made of its lines. Pure.

use std::{collections::HashMap, sync::LazyLock};

use regex::Regex;
use serde_json::{Map, Value, json};

/// The version of the form in which rules are stored.
const VERSION: i64 = 1;

/// Paths that no rule can be made of: with white space, `!`, `#` or a class of letters.
static UNUSABLE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[[^\]^\s]*\]|[\s!#]").ok());

/// What kind of name stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A mail address.
    Email,
    /// A person on the other side.
    User,
    /// A team on the other side.
    Team,
}

impl NameKind {
    /// What kind of name a text is.
    pub fn of(name: &str) -> Self {
        if name.contains('/') {
            return Self::Team;
        }
        let mut parts = name.split('@');
        let (local, domain) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let mut inner = domain.chars().skip(1);
        let has_dot = inner.by_ref().any(|letter| letter == '.') && inner.next().is_some();
        if !local.is_empty() && has_dot { Self::Email } else { Self::User }
    }
}

/// Whom a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Whether it is a team.
    pub is_team: bool,
    /// The address of a person, the slug of a team.
    pub identifier: String,
    /// Their id; `None` where they have nothing to do with the project.
    pub id: Option<i64>,
}

impl Owner {
    /// As rules name it.
    pub fn text(&self) -> String {
        if self.is_team { format!("#{}", self.identifier) } else { self.identifier.clone() }
    }
}

/// A rule: who owns the files that a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// In the language of `.gitignore`.
    pub pattern: String,
    /// Who owns them.
    pub owners: Vec<Owner>,
}

/// The lines of a text, at every character that ends one.
fn lines(raw: &str) -> impl Iterator<Item = &str> {
    const ENDS: [char; 10] =
        ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];
    raw.split(ENDS).filter(|line| !line.starts_with('#') && !line.trim().is_empty())
}

/// The path and the owners of a line. White space after a backslash belongs to the path; a lone `#` begins a comment.
fn path_and_owners(line: &str) -> (&str, Vec<&str>) {
    let mut before = None;
    let separates = move |letter: char| {
        let escaped = before.replace(letter) == Some('\\');
        letter.is_whitespace() && !escaped
    };
    let mut words = line.trim().split(separates).filter(|word| !word.is_empty());
    let path = words.next().unwrap_or_default();
    (path, words.take_while(|word| *word != "#").collect())
}

/// Every name of a file, each once, in the order in which they first stand there.
pub fn names(raw: &str) -> Vec<(&str, NameKind)> {
    let mut seen = std::collections::HashSet::new();
    let all = lines(raw).flat_map(|line| path_and_owners(line).1);
    all.filter(|name| seen.insert(*name)).map(|name| (name, NameKind::of(name))).collect()
}

/// The pattern for a path of the repository, as paths of stack traces have it.
fn pattern(path: &str, stack_root: &str, source_root: &str) -> String {
    let is_anchored = path.find('/').is_some_and(|at| at + 1 < path.len());
    if !is_anchored {
        return path.to_owned();
    }
    let moved = path.replacen(source_root, stack_root, 1);
    let mut out = String::with_capacity(moved.len());
    let mut letters = moved.chars().peekable();
    while let Some(letter) = letters.next() {
        let after_scheme = out.ends_with(':');
        out.push(letter);
        if letter == '/' {
            // After a colon one more slash belongs to it.
            if after_scheme && letters.next_if_eq(&'/').is_some() {
                out.push('/');
            }
            while letters.next_if_eq(&'/').is_some() {}
        }
    }
    out
}

/// The rules of a file. Lines whose path no rule can be made of and lines of which nobody is known are left out.
pub fn rules(raw: &str, known: &HashMap<String, Owner>, stack_root: &str, source_root: &str) -> Vec<Rule> {
    let rule = |line: &str| {
        let (path, names) = path_and_owners(line);
        if UNUSABLE.as_ref().is_none_or(|unusable| unusable.is_match(path)) {
            return None;
        }
        let owners: Vec<Owner> = names.into_iter().filter_map(|name| known.get(name).cloned()).collect();
        (!owners.is_empty()).then(|| Rule { pattern: pattern(path, stack_root, source_root), owners })
    };
    lines(raw).filter_map(rule).collect()
}

/// The names in rules that stand for nobody of the project, sorted.
pub fn strangers(rules: &[Rule]) -> Vec<String> {
    let owners = rules.iter().flat_map(|rule| &rule.owners).filter(|owner| owner.id.is_none());
    let mut texts: Vec<String> = owners.map(Owner::text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}

/// Rules as they are stored. Who has nothing to do with the project is left out, and a rule of nobody with it.
pub fn schema(rules: &[Rule]) -> Value {
    let owner = |owner: &Owner| {
        let kind = if owner.is_team { "team" } else { "user" };
        Some(json!({ "type": kind, "identifier": owner.identifier, "id": owner.id? }))
    };
    let rule = |rule: &Rule| {
        let owners: Vec<Value> = rule.owners.iter().filter_map(owner).collect();
        let matcher = json!({ "type": "codeowners", "pattern": rule.pattern });
        (!owners.is_empty()).then(|| json!({ "matcher": matcher, "owners": owners }))
    };
    json!({ "$version": VERSION, "rules": rules.iter().filter_map(rule).collect::<Vec<_>>() })
}

/// Stored rules as a text, one line each.
pub fn text(schema: &Value) -> String {
    let mut out = String::new();
    for rule in schema["rules"].as_array().into_iter().flatten() {
        let matcher = &rule["matcher"];
        out.push_str(matcher["type"].as_str().unwrap_or_default());
        out.push(':');
        out.push_str(matcher["pattern"].as_str().unwrap_or_default());
        for owner in rule["owners"].as_array().into_iter().flatten() {
            out.push_str(if owner["type"] == "team" { " #" } else { " " });
            out.push_str(owner["identifier"].as_str().unwrap_or_default());
        }
        out.push('\n');
    }
    out
}

/// Stored rules in which owners have a `name` for their `identifier`, as pages read them.
pub fn with_names(mut schema: Value) -> Value {
    for rule in schema.get_mut("rules").and_then(Value::as_array_mut).into_iter().flatten() {
        for owner in rule.get_mut("owners").and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(fields) = owner.as_object_mut() else { continue };
            let renamed: Map<String, Value> = std::mem::take(fields)
                .into_iter()
                .map(|(key, value)| (if key == "identifier" { "name".to_owned() } else { key }, value))
                .collect();
            *fields = renamed;
            // The name comes last.
            if let Some(name) = fields.shift_remove("name") {
                fields.insert("name".to_owned(), name);
            }
        }
    }
    schema
}
