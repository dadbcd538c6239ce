//! People, organizations, tokens and apps from the command line.

use crate::support::{Place, http};

#[test]
fn an_operator_can_set_up_everything_without_pages() {
    let place = Place::new();
    let user = place.run(&["user", "create", "ann@acme.test", "--name", "Ann", "--json"]).json();
    assert_eq!((&user["id"], &user["email"]), (&"1".into(), &"ann@acme.test".into()));
    let made = place.run(&["org", "create", "acme", "--owner", "ann@acme.test"]).ok();
    assert!(made.contains("/organizations/acme/issues/"), "{made}");
    let token = place.run(&["token", "create", "ann@acme.test", "--scopes", "org:read"]).ok();
    let app =
        ["app", "create", "Kanban", "--org", "acme", "--scopes", "event:read", "--events", "issue", "--json"];
    let app = place.run(&app).json();
    // What apps can't be given over the API is not given here either.
    let refused = place.run(&["app", "create", "Alarm", "--org", "acme", "--scopes", "org:read,alerts:read"]);
    assert!(refused.failed(1).contains("apps can't have the scope alerts:read"));
    let server = place.serve();
    let ask = |path: &str, token: &str| {
        let header = format!("Authorization: Bearer {token}\r\n");
        http::request(server.address, "GET", path, &header, b"").unwrap().status
    };
    assert_eq!(ask("/api/0/organizations/acme/", token.trim()), 200);
    let app_token = app["token"].as_str().unwrap();
    assert_eq!(ask("/api/0/organizations/acme/issues/", app_token), 200);
    assert_eq!(ask("/api/0/projects/acme/web/", app_token), 403, "it may read events only");
    assert_eq!(ask("/api/0/organizations/acme/", "something else"), 401);
    let all =
        place.run(&["app", "create", "Everything", "--org", "acme", "--scopes", "all", "--json"]).json();
    let file = place.run(&["app", "export", all["slug"].as_str().unwrap()]).ok();
    assert!(
        file.contains("\"org:admin\"") && !file.contains("alerts:") && !file.contains("openid"),
        "{file}"
    );
    assert_eq!(place.run(&["app", "list", "--json"]).json().as_array().unwrap().len(), 2);
    for what in ["user", "org"] {
        assert_eq!(place.run(&[what, "list", "--json"]).json().as_array().unwrap().len(), 1, "{what}");
    }
    let tokens = place.run(&["token", "list", "ann@acme.test"]).ok();
    assert!(tokens.contains("org:read") && !tokens.contains(token.trim()), "{tokens}");
}

#[test]
fn a_command_in_the_wrong_folder_says_where_it_looked_and_leaves_it_as_it_is() {
    let place = Place::new();
    let commands: [&[&str]; 14] = [
        &["user", "list"],
        &["user", "set-password", "ann"],
        &["org", "create", "acme", "--owner", "ann"],
        &["org", "features", "acme"],
        &["org", "list"],
        &["token", "create", "ann"],
        &["token", "list", "ann"],
        &["app", "create", "Kanban", "--org", "acme"],
        &["app", "export", "kanban"],
        &["app", "list"],
        &["keys", "rotate"],
        &["keys", "reseal"],
        &["keys", "prune"],
        &["backup", "copy.db"],
    ];
    let folder = place.path("").canonicalize().unwrap();
    for command in commands {
        let said = place.run(command).failed(1);
        let file = folder.join("mortise-data/mortise.db");
        assert!(said.contains(&format!("there is no database at {}", file.display())), "{command:?}: {said}");
        assert!(said.contains("--data-dir") && said.contains("--config"), "{command:?}: {said}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "{command:?} left something behind");
    }
    // A file that holds nothing is no server's either; it stays as it is.
    std::fs::create_dir(place.path("mortise-data")).unwrap();
    std::fs::write(place.path("mortise-data/mortise.db"), "").unwrap();
    let said = place.run(&["app", "list"]).failed(1);
    assert!(said.contains("mortise.db is empty") && said.contains("--data-dir"), "{said}");
    assert_eq!(std::fs::metadata(place.path("mortise-data/mortise.db")).unwrap().len(), 0);
    assert_eq!(std::fs::read_dir(place.path("mortise-data")).unwrap().count(), 1);
}

#[test]
fn a_new_password_counts_at_once() {
    let place = Place::new();
    place.run(&["user", "create", "ann@acme.test"]).ok();
    let server = place.serve();
    let sign_in = |password: &str| {
        let body = serde_json::json!({"username": "ann@acme.test", "password": password}).to_string();
        let header = "Content-Type: application/json\r\n";
        http::request(server.address, "POST", "/api/0/auth/login/", header, body.as_bytes()).unwrap().status
    };
    place
        .run_with_input(&["user", "set-password", "ann@acme.test", "--password-stdin"], "correct horse\n")
        .ok();
    assert_eq!(sign_in("correct horse"), 200);
    let generated = place.run(&["user", "set-password", "ann@acme.test", "--json"]).json();
    assert_ne!(sign_in("correct horse"), 200);
    assert_eq!(sign_in(generated["password"].as_str().unwrap()), 200);
}

#[test]
fn refusals_are_in_words() {
    let place = Place::new();
    let said = |arguments: &[&str]| place.run(arguments).failed(1);
    assert!(said(&["user", "create", "nobody"]).contains("email: Enter a valid email address."));
    assert!(said(&["org", "create", "acme", "--owner", "ann"]).contains("there is nobody called \"ann\""));
    place.run(&["user", "create", "ann@acme.test"]).ok();
    assert!(
        said(&["user", "create", "ann@acme.test"]).contains("There is an account with this address already.")
    );
    assert!(said(&["org", "create", "Not A Slug", "--owner", "ann@acme.test"]).contains("slug"));
    assert!(
        said(&["token", "create", "ann@acme.test", "--scopes", "org:rule"])
            .contains("unknown scope \"org:rule\"")
    );
    let short = place.run_with_input(&["user", "set-password", "ann@acme.test", "--password-stdin"], "short");
    assert!(short.failed(1).contains("at least 8 characters"));
}
