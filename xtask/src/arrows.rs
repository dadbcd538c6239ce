//! The arrows between crates, as drawn in ARCHITECTURE.md, checked against what the manifests declare. Development
//! dependencies are free (tests of any crate may use the testkit); what ships is not.

use anyhow::{Result, bail};

use crate::workspace::{self, Package};

/// Every crate of the workspace, and which of ours it may depend on. A crate that is missing here is an error: a new
/// crate is a design decision.
const ALLOWED: &[(&str, &[&str])] = &[
    ("mortise-server", &["api", "web", "service", "store", "egress", "crypto", "domain"]),
    ("mortise-api", &["service", "wire", "domain"]),
    ("mortise-web", &["service", "domain"]),
    ("mortise-service", &["store", "providers", "egress", "crypto", "wire", "domain"]),
    ("mortise-providers", &["egress", "crypto", "wire", "domain"]),
    ("mortise-store", &["domain"]),
    ("mortise-wire", &["domain"]),
    ("mortise-egress", &["domain"]),
    ("mortise-crypto", &["domain"]),
    ("mortise-domain", &[]),
    (
        "mortise-testkit",
        &["api", "web", "service", "store", "providers", "egress", "crypto", "wire", "domain"],
    ),
    ("ado-double", &[]),
    ("bench-bare", &["store"]),
    ("xtask", &[]),
];

/// Libraries that stand for a responsibility, and the only crates that may ship with them. The testkit is not shipped.
const CONFINED: &[(&str, &[&str])] = &[
    ("sqlx", &["mortise-store", "mortise-testkit"]),
    ("askama", &["mortise-web"]),
    ("utoipa-axum", &["mortise-api"]),
];

/// Fails with one line per arrow that is not in the drawing.
pub(crate) fn check() -> Result<()> {
    let packages = workspace::packages()?;
    let ours: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let wrong: Vec<String> = packages.iter().flat_map(|package| wrong_arrows(package, &ours)).collect();
    if !wrong.is_empty() {
        bail!("arrows that the architecture does not have:\n  {}", wrong.join("\n  "));
    }
    println!("arrows: {} crates depend on each other as drawn", packages.len());
    Ok(())
}

fn wrong_arrows(package: &Package, ours: &[&str]) -> Vec<String> {
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == package.name) else {
        return vec![format!("{} has no place in the drawing yet", package.name)];
    };
    let shipped = package.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    shipped
        .filter(|dependency| {
            let name = dependency.name.as_str();
            let stray =
                ours.contains(&name) && !allowed.iter().any(|short| name == format!("mortise-{short}"));
            let confined = CONFINED.iter().find(|(library, _)| *library == name);
            stray || confined.is_some_and(|(_, homes)| !homes.contains(&package.name.as_str()))
        })
        .map(|dependency| format!("{} -> {}", package.name, dependency.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        let dependencies = dependencies
            .iter()
            .map(|(name, kind)| workspace::Dependency {
                name: (*name).to_owned(),
                kind: kind.map(str::to_owned),
            })
            .collect();
        Package { name: name.to_owned(), dependencies }
    }

    const OURS: &[&str] = &["mortise-web", "mortise-api", "mortise-service", "mortise-testkit"];

    #[test]
    fn an_arrow_that_is_not_drawn_is_named() {
        let web =
            package("mortise-web", &[("mortise-service", None), ("mortise-api", None), ("serde", None)]);
        assert_eq!(wrong_arrows(&web, OURS), ["mortise-web -> mortise-api"]);
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        let web = package("mortise-web", &[("mortise-testkit", Some("dev"))]);
        assert!(wrong_arrows(&web, OURS).is_empty());
        let web = package("mortise-web", &[("mortise-testkit", None)]);
        assert_eq!(wrong_arrows(&web, OURS), ["mortise-web -> mortise-testkit"]);
    }

    #[test]
    fn sql_stays_in_the_store() {
        let api = package("mortise-api", &[("sqlx", None)]);
        assert_eq!(wrong_arrows(&api, OURS), ["mortise-api -> sqlx"]);
    }

    #[test]
    fn a_crate_outside_the_drawing_is_refused() {
        assert_eq!(wrong_arrows(&package("extra", &[]), OURS).len(), 1);
    }
}
