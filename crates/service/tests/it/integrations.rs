//! What must stay true of how integrations are written.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The sources of every crate, without tests.
fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<PathBuf> =
        fs::read_dir(crates).unwrap().map(|it| it.unwrap().path().join("src")).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// The files that say something, as crate and path, and how often.
fn saying(text: &str) -> Vec<(String, usize)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let one = |path: PathBuf| {
        let times = fs::read_to_string(&path).unwrap().matches(text).count();
        let name = path.strip_prefix(crates).unwrap().display().to_string();
        (times > 0).then_some((name, times))
    };
    let mut found: Vec<_> = sources().into_iter().filter_map(one).collect();
    found.sort();
    found
}

/// Installing again, events, and cancelled removals all hang on it.
#[test]
fn an_organization_gets_an_integration_in_one_place_only() {
    let only = |file: &str| vec![(file.to_owned(), 1)];
    let store = "store/src/integration/mod.rs";
    assert_eq!(saying("INTO organization_integration"), only(store));
    for function in ["add_to_organization(", "return_to_organization("] {
        assert_eq!(saying(&format!("pub async fn {function}")), only(store));
        assert_eq!(saying(&format!("integration::{function}")), only("service/src/integrations/create.rs"));
    }
}
