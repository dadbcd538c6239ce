//! Who owns the code in which an event happened: the frames of its stack traces held against the rules of its project.
//! The last rule that matches counts, as in the files; rules of newer files stand before those of older ones.

use std::collections::BTreeSet;

use mortise_domain::{ProjectId, TeamId, UserId};
use mortise_store::{Conn, code_owners as store};
use serde_json::Value;

use super::pattern::{Path, Pattern};
use crate::{
    code_mappings::frame::Frame,
    pipeline::view::{self, Object, text},
};

/// Rules of a project that are looked at: the last ones, which are those that count.
const RULES_MAX: usize = 20_000;
/// Paths of an event that are looked at: those nearest to where it happened.
const PATHS_MAX: usize = 100;

/// Somebody whom a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOwner {
    /// A person.
    User(UserId),
    /// A team.
    Team(TeamId),
}

/// The rules of a project.
#[derive(Debug)]
pub struct Rules {
    /// Whose they are.
    pub project: ProjectId,
    /// Patterns and those who own what they match, the last first.
    rules: Vec<(Pattern, Vec<CodeOwner>)>,
}

impl Rules {
    /// The rules of these projects; none of a project without any.
    pub async fn load(conn: &mut Conn, projects: &[ProjectId]) -> mortise_store::Result<Vec<Self>> {
        let rows = store::schemas(conn, projects).await?;
        let of_project = |project: &ProjectId| {
            let schemas = rows.iter().filter(|row| row.project_id == *project).map(|row| &row.schema);
            let rules = Self::read(*project, schemas);
            (!rules.rules.is_empty()).then_some(rules)
        };
        Ok(projects.iter().filter_map(of_project).collect())
    }

    /// Reads stored rules, given newest file first.
    pub fn read<'s>(project: ProjectId, schemas: impl DoubleEndedIterator<Item = &'s Value>) -> Self {
        let all = schemas.rev().flat_map(|schema| schema["rules"].as_array().into_iter().flatten().rev());
        let rule = |rule: &Value| {
            let pattern = Pattern::new(rule["matcher"]["pattern"].as_str()?);
            Some((pattern, rule["owners"].as_array()?.iter().filter_map(owner).collect()))
        };
        Self { project, rules: all.take(RULES_MAX).filter_map(rule).collect() }
    }

    /// The owners in every rule that matches an event, the rule that counts first.
    pub fn matching(&self, event: &Object) -> impl Iterator<Item = &[CodeOwner]> {
        let paths = paths(event);
        let is_meant = move |pattern: &Pattern| paths.iter().any(|path| pattern.matches(path));
        self.rules.iter().filter(move |(pattern, _)| is_meant(pattern)).map(|(_, owners)| owners.as_slice())
    }
}

fn owner(owner: &Value) -> Option<CodeOwner> {
    let id = owner["id"].as_i64()?;
    Some(match owner["type"].as_str()? {
        "team" => CodeOwner::Team(TeamId::new(id)),
        _ => CodeOwner::User(UserId::new(id)),
    })
}

/// The paths of the frames that tell where an event happened, without those of libraries.
fn paths(event: &Object) -> BTreeSet<Path> {
    let of_exceptions: Vec<&Value> =
        view::values(event, "exception").rev().flat_map(|it| view::frames(it).iter().rev()).collect();
    let frames = match of_exceptions.is_empty() {
        false => of_exceptions,
        true => {
            let own = Some(view::frames(event)).filter(|frames| !frames.is_empty());
            let frames = own.or_else(|| view::telling_thread(event).map(view::frames));
            frames.unwrap_or_default().iter().rev().collect()
        }
    };
    let platform = text(event, "platform").unwrap_or_default();
    let sdk = event.get("sdk").and_then(|sdk| sdk["name"].as_str()).unwrap_or_default();
    let mut paths = BTreeSet::new();
    for it in frames.into_iter().filter_map(Value::as_object) {
        if it.get("in_app") == Some(&Value::Bool(false)) {
            continue;
        }
        let (filename, abs_path) = (text(it, "filename"), text(it, "abs_path"));
        let frame = Frame {
            filename: filename.unwrap_or_default(),
            abs_path,
            module: text(it, "module"),
            package: text(it, "package"),
        };
        let munged = frame.munged(platform, sdk);
        for path in [filename, abs_path, munged.as_deref()].into_iter().flatten() {
            if paths.len() < PATHS_MAX {
                paths.insert(Path::new(path));
            }
        }
    }
    paths
}
