//! Scopes as people think of them: resources, and a level of access to each. Forms offer them, pages about apps tell them.

use crate::view::{Choice, Select, directory::Grant, token::ScopeChoice};

/// What a set of scopes that is no level is called in a form; choosing it keeps the set.
const KEEP: &str = "keep";
const READ: &str = "Read";
const WRITE: &str = "Read and write";
const ADMIN: &str = "Admin";

/// Scopes that tell who somebody is.
const IDENTITY: [&str; 3] = ["openid", "profile", "email"];

/// A resource: the name of its field, its title, what it is about, and its levels from least to most.
pub struct Resource {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// Whether apps can have it, not only people's tokens.
    is_for_apps: bool,
    levels: &'static [Level],
}

/// A level of access: the highest of its scopes, which is its value in forms, its text, and all its scopes, sorted.
struct Level(&'static str, &'static str, &'static [&'static str]);

const RESOURCES: [Resource; 7] = [
    Resource {
        name: "org",
        title: "Organization",
        about: "Settings, the audit log and integrations.",
        is_for_apps: true,
        levels: &[
            Level("org:read", READ, &["org:read"]),
            Level("org:write", WRITE, &["org:read", "org:write"]),
            Level("org:integrations", ADMIN, &["org:integrations", "org:read", "org:write"]),
            Level("org:admin", "Owner", &["org:admin", "org:integrations", "org:read", "org:write"]),
        ],
    },
    Resource {
        name: "project",
        title: "Project",
        about: "Projects, their keys and environments.",
        is_for_apps: true,
        levels: &[
            Level("project:read", READ, &["project:read"]),
            Level("project:write", WRITE, &["project:read", "project:write"]),
            Level("project:admin", ADMIN, &["project:admin", "project:read", "project:write"]),
        ],
    },
    Resource {
        name: "event",
        title: "Issue and event",
        about: "Issues, their events and comments.",
        is_for_apps: true,
        levels: &[
            Level("event:read", READ, &["event:read"]),
            Level("event:write", WRITE, &["event:read", "event:write"]),
            Level("event:admin", ADMIN, &["event:admin", "event:read", "event:write"]),
        ],
    },
    Resource {
        name: "release",
        title: "Release",
        about: "Releases, commits and deploys, as sentry-cli makes them.",
        is_for_apps: true,
        levels: &[Level("project:releases", ADMIN, &["project:releases"])],
    },
    Resource {
        name: "member",
        title: "Member",
        about: "People and their roles.",
        is_for_apps: true,
        levels: &[
            Level("member:read", READ, &["member:read"]),
            Level("member:write", WRITE, &["member:read", "member:write"]),
            Level("member:admin", ADMIN, &["member:admin", "member:read", "member:write"]),
        ],
    },
    Resource {
        name: "team",
        title: "Team",
        about: "Teams and who is in them.",
        is_for_apps: true,
        levels: &[
            Level("team:read", READ, &["team:read"]),
            Level("team:write", WRITE, &["team:read", "team:write"]),
            Level("team:admin", ADMIN, &["team:admin", "team:read", "team:write"]),
        ],
    },
    Resource {
        name: "alerts",
        title: "Alerts",
        about: "Alert rules.",
        is_for_apps: false,
        levels: &[
            Level("alerts:read", READ, &["alerts:read"]),
            Level("alerts:write", WRITE, &["alerts:read", "alerts:write"]),
        ],
    },
];

/// The resources of people's tokens.
pub fn of_tokens() -> impl Iterator<Item = &'static Resource> {
    RESOURCES.iter()
}

/// The resources of apps.
pub fn of_apps() -> impl Iterator<Item = &'static Resource> {
    RESOURCES.iter().filter(|resource| resource.is_for_apps)
}

impl Resource {
    /// The name of its field.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Those of the scopes that are about this resource, sorted.
    fn held<'a>(&self, scopes: &'a [String]) -> Vec<&'a str> {
        let is_ours = |scope: &&str| self.levels.iter().any(|level| level.2.contains(scope));
        let mut held: Vec<&str> = scopes.iter().map(String::as_str).filter(is_ours).collect();
        held.sort_unstable();
        held
    }

    /// The scopes of what was chosen in a form, where `stored` is what there is already.
    pub fn chosen(&self, value: &str, stored: &[String]) -> Vec<String> {
        let chosen = match self.levels.iter().find(|level| level.0 == value) {
            Some(level) => level.2.to_vec(),
            None if value == KEEP => self.held(stored),
            None => Vec::new(),
        };
        chosen.into_iter().map(str::to_owned).collect()
    }

    /// The value of the level that these scopes are.
    pub fn value_of(&self, scopes: &[String]) -> &'static str {
        let held = self.held(scopes);
        match self.levels.iter().find(|level| level.2 == held) {
            Some(level) => level.0,
            None if held.is_empty() => "",
            None => KEEP,
        }
    }

    /// The row of a form, with this value chosen. Scopes of the resource that are no level can be kept.
    pub fn choice(&self, value: &str, stored: &[String]) -> ScopeChoice {
        let mut levels = vec![Choice::new("", "No access", value.is_empty())];
        levels.extend(self.levels.iter().map(|level| Choice::new(level.0, level.1, level.0 == value)));
        if self.value_of(stored) == KEEP {
            let text = format!("As it is: {}", self.held(stored).join(", "));
            levels.push(Choice::new(KEEP, &text, value == KEEP));
        }
        ScopeChoice {
            title: self.title,
            about: self.about,
            level: Select::new(self.name, self.title, levels).quiet(),
        }
    }
}

/// What an app with these scopes may do, in words.
pub fn grants(scopes: &[String]) -> Vec<Grant> {
    told(of_apps(), scopes)
}

/// What may be done with a person's token of these scopes, in words, and the scopes that no words tell.
pub fn grants_of_token(scopes: &[String]) -> (Vec<Grant>, Vec<String>) {
    let mut grants = told(of_tokens(), scopes);
    if scopes.iter().any(|scope| IDENTITY.contains(&scope.as_str())) {
        grants.push(Grant { title: "Account", level: READ, about: "Your name and e-mail address." });
    }
    let is_told = |scope: &String| {
        let own = std::slice::from_ref(scope);
        IDENTITY.contains(&scope.as_str()) || of_tokens().any(|resource| !resource.held(own).is_empty())
    };
    (grants, scopes.iter().filter(|scope| !is_told(scope)).cloned().collect())
}

fn told(resources: impl Iterator<Item = &'static Resource>, scopes: &[String]) -> Vec<Grant> {
    let grant = |resource: &Resource| {
        let held = resource.held(scopes);
        let level = resource.levels.iter().find(|level| level.2 == held);
        let highest = || resource.levels.iter().rev().find(|level| held.contains(&level.0));
        let level = level.or_else(highest)?;
        Some(Grant { title: resource.title, level: level.1, about: resource.about })
    };
    resources.filter_map(grant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn resource(name: &str) -> &'static Resource {
        RESOURCES.iter().find(|resource| resource.name == name).expect("a resource")
    }

    #[test]
    fn a_level_is_all_its_scopes_and_is_found_again() {
        let chosen = resource("event").chosen("event:write", &[]);
        assert_eq!(chosen, ["event:read", "event:write"]);
        assert_eq!(resource("event").value_of(&chosen), "event:write");
        assert_eq!(resource("event").value_of(&scopes(&["org:read"])), "");
    }

    #[test]
    fn scopes_that_are_no_level_are_kept_when_that_is_chosen() {
        let stored = scopes(&["event:write", "org:read"]);
        assert_eq!(resource("event").value_of(&stored), KEEP);
        assert_eq!(resource("event").chosen(KEEP, &stored), ["event:write"]);
        assert_eq!(resource("event").choice(KEEP, &stored).level.choices[4].text, "As it is: event:write");
    }

    #[test]
    fn no_scope_of_a_token_is_kept_quiet() {
        let (told, rest) = grants_of_token(&scopes(&["alerts:read", "email", "openid", "org:ci"]));
        let told: Vec<_> = told.iter().map(|grant| (grant.title, grant.level)).collect();
        assert_eq!(told, [("Alerts", READ), ("Account", READ)]);
        assert_eq!(rest, ["org:ci"]);
    }

    #[test]
    fn what_an_app_may_do_is_told_by_resource() {
        let told = grants(&scopes(&["event:write", "project:releases", "org:admin"]));
        let told: Vec<_> = told.iter().map(|grant| (grant.title, grant.level)).collect();
        let expected = [("Organization", "Owner"), ("Issue and event", WRITE), ("Release", ADMIN)];
        assert_eq!(told, expected);
    }
}
