//! `mortise check`.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::Place;

#[test]
fn a_fresh_folder_is_fine_and_stays_empty() {
    let place = Place::new();
    let findings = place.run(&["check", "--json"]).json();
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["level"] == "ok"), "{findings}");
    assert!(!place.path("mortise-data").exists());
}

#[test]
fn misspelt_variables_are_pointed_out() {
    let place = Place::new();
    let output = place.command(&["check"]).env("MORTISE_LISTN", "127.0.0.1:1").output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("MORTISE_LISTN is no option"));
}

#[test]
fn a_public_server_needs_a_public_url() {
    let place = Place::new();
    let ran = place.run(&["check", "--listen", "0.0.0.0:8000"]);
    assert!(ran.stdout.contains("error   public_url: not set"), "{}", ran.stdout);
    assert_eq!(ran.failed(1).trim(), "error: 1 error was found");
    place.run(&["check", "--listen", "0.0.0.0:8000", "--public-url", "https://m.test"]).ok();
}

#[test]
fn keys_that_others_can_read_are_an_error() {
    let place = Place::new();
    assert_eq!(place.serve().stop(), Some(0));
    place.run(&["check"]).ok();
    let keys = place.path("mortise-data/keys");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ran = place.run(&["check"]);
    assert!(ran.stdout.contains("chmod 600"), "{}", ran.stdout);
    ran.failed(1);
}

#[test]
fn a_database_that_does_not_answer_is_an_error() {
    let place = Place::with_database("postgres://nobody@127.0.0.1:1/none");
    let ran = place.run(&["check"]);
    assert!(ran.stdout.contains("error   database:"), "{}", ran.stdout);
    ran.failed(1);
}

#[test]
fn a_mail_server_needs_an_address_that_mails_are_from() {
    let place = Place::new();
    let ran = place.run(&["check"]);
    assert!(ran.stdout.contains("ok      mail: not sent"), "{}", ran.stdout);
    let output =
        place.command(&["check"]).env("MORTISE_MAIL_SMTP_URL", "smtp://127.0.0.1:1").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("error   mail: mail.from is not set"), "{said}");
    let mut good = place.command(&["check", "--mail-from", "Mortise <m@m.test>"]);
    let output = good.env("MORTISE_MAIL_SMTP_URL", "smtps://user:secret@m.test").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("ok      mail: sent through mail.smtp_url") && !said.contains("secret"), "{said}");
}
