//! Backups of the embedded database.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::Place;

#[test]
fn a_backup_taken_while_serving_comes_back_elsewhere() {
    let place = Place::new();
    let server = place.serve();
    let made = place.run(&["backup", "copy.db", "--json"]).json();
    assert_eq!(made["keys"], true);
    drop(server);
    let copy = place.path("copy.db");
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let other = Place::new();
    let restored = other.run(&["restore", copy.to_str().unwrap(), "--json"]).json();
    assert_eq!(restored["version"], env!("CARGO_PKG_VERSION"));
    let keys = |place: &Place| std::fs::read_to_string(place.path("mortise-data/keys")).unwrap();
    assert_eq!(keys(&place), keys(&other));
    other.run(&["check"]).ok();
    assert_eq!(other.serve().get("/readyz").status, 200);
}

#[test]
fn a_backup_never_overwrites() {
    let place = Place::new();
    place.serve().kill();
    std::fs::write(place.path("copy.db"), "precious").unwrap();
    let said = place.run(&["backup", "copy.db"]).failed(1);
    assert!(said.contains("copy.db exists already"), "{said}");
    assert_eq!(std::fs::read_to_string(place.path("copy.db")).unwrap(), "precious");
}

#[test]
fn a_restore_waits_for_the_server_and_keeps_what_was_there() {
    let place = Place::new();
    let server = place.serve();
    place.run(&["backup", "copy.db"]).ok();
    let said = place.run(&["restore", "copy.db", "--replace"]).failed(1);
    assert!(said.contains("is in use; stop the server first"), "{said}");
    assert_eq!(server.stop(), Some(0));
    let said = place.run(&["restore", "copy.db"]).failed(1);
    assert!(said.contains("exists; --replace"), "{said}");
    place.run(&["restore", "copy.db", "--replace"]).ok();
    assert!(place.path("mortise-data/mortise.db.before-restore").exists());
    assert_eq!(place.serve().get("/readyz").status, 200);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let place = Place::new();
    assert_eq!(place.serve().stop(), Some(0));
    std::fs::write(place.path("garbage.db"), "this is no database at all, whatever its name says").unwrap();
    place.run(&["restore", "garbage.db", "--replace"]).failed(1);
    let said = place.run(&["restore", "mortise-data/mortise.db", "--replace"]).failed(1);
    assert!(said.contains("is no backup of Mortise"), "{said}");
    assert!(!place.path("mortise-data/mortise.db.before-restore").exists());
    place.run(&["check"]).ok();
}

#[test]
fn postgresql_is_left_to_its_own_tools() {
    let place = Place::with_database("postgres://nobody@127.0.0.1:1/none");
    let said = place.run(&["backup", "copy.db"]).failed(1);
    assert!(said.contains("pg_dump"), "{said}");
}
