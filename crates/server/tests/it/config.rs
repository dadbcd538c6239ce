//! Options and where they come from.

use serde_json::Value;

use crate::support::Place;

fn option(all: &Value, key: &str) -> (String, String) {
    let found = all.as_array().unwrap().iter().find(|option| option["key"] == key).unwrap();
    let text = |field: &str| found[field].as_str().unwrap_or("").to_owned();
    (text("value"), text("source"))
}

fn pair(value: &str, source: &str) -> (String, String) {
    (value.to_owned(), source.to_owned())
}

#[test]
fn flags_stand_over_variables_over_the_file_over_defaults() {
    let place = Place::new();
    let file = "listen = \"127.0.0.1:1\"\n[webhook]\ntimeout_ms = 1\n[log]\nformat = \"json\"\n";
    std::fs::write(place.path("mortise.toml"), file).unwrap();
    let mut command = place.command(&["config", "--json", "--listen", "127.0.0.1:3"]);
    let output =
        command.env("MORTISE_LISTEN", "127.0.0.1:2").env("MORTISE_WEBHOOK_TIMEOUT_MS", "2").output().unwrap();
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(option(&all, "listen"), pair("127.0.0.1:3", "--listen"));
    assert_eq!(option(&all, "webhook.timeout_ms"), pair("2", "MORTISE_WEBHOOK_TIMEOUT_MS"));
    assert_eq!(option(&all, "event.retention_days"), pair("90", "default"));
    assert_eq!(option(&all, "public_url"), pair("", ""));
    let (format, source) = option(&all, "log.format");
    assert_eq!(format, "json");
    assert!(source.ends_with("mortise.toml"), "{source}");
}

#[test]
fn a_wrong_value_is_told_with_its_option_and_source() {
    let place = Place::new();
    let complaint = |arguments: &[&str]| place.run(arguments).failed(1);
    let cases: &[(&[&str], &str)] = &[
        (
            &["--listen", "nowhere"],
            "listen: \"nowhere\" is not an address such as 127.0.0.1:8000 (from --listen)",
        ),
        (&["--role", "boss"], "role: \"boss\" is not one of all, web, worker (from --role)"),
        (
            &["--egress-allow", "all"],
            "egress.allow: \"all\" is not a network such as 10.0.0.0/8 (from --egress-allow)",
        ),
        (&["--webhook-timeout-ms", "soon"], "webhook.timeout_ms: string \"soon\" is not of the kind: number"),
        (&["--public-url", "ftp://m.test"], "the scheme must be http or https, not ftp"),
        (&["--config", "missing.toml"], "the configuration file missing.toml"),
        (&["--log-level", "a=b=c"], "log.level"),
    ];
    for (arguments, expected) in cases {
        let said = complaint(&[&["check"], *arguments].concat());
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_key_that_is_no_option_is_refused_in_the_file() {
    let place = Place::new();
    std::fs::write(place.path("other.toml"), "[webhook]\ntimeout = 3\n").unwrap();
    let said = place.run(&["check", "--config", "other.toml"]).failed(1);
    assert!(said.contains("webhook.timeout: there is no option \"timeout\""), "{said}");
}

#[test]
fn secrets_are_not_shown() {
    let place = Place::new();
    let mut command = place.command(&["config", "--database-url", "postgres://me:hunter2@db.test/mortise"]);
    let output = command.env("MORTISE_SEALING_KEYS", "1:aHVudGVyMg==").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("postgres://me:***@db.test/mortise"), "{text}");
    assert!(text.contains("(set, not shown)"), "{text}");
    assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{text}");
}

#[test]
fn secrets_are_no_flags() {
    let place = Place::new();
    place.run(&["config", "--sealing-keys", "1:aHVudGVyMg=="]).failed(2);
}

#[test]
fn the_id_and_the_secret_of_a_bot_are_set_together() {
    let place = Place::new();
    let run = |id: &str, secret: &str| {
        let mut command = place.command(&["config", "--msteams-client-id", id]);
        command.env("MORTISE_MSTEAMS_CLIENT_SECRET", secret).output().unwrap()
    };
    for (id, secret) in [("bot-1", ""), ("", "hunter2")] {
        let output = run(id, secret);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("client_id and client_secret are needed together"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    for (id, secret) in [("bot-1", "hunter2"), ("", "")] {
        let output = run(id, secret);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn the_id_and_the_key_of_an_app_are_set_together_and_the_key_is_one() {
    let pem = include_str!("../../../crypto/tests/it/app_key.pem");
    let place = Place::new();
    std::fs::write(place.path("number.toml"), "[github]\napp_id = 4711\n").unwrap();
    let run = |arguments: &[&str], key: &str| {
        let mut command = place.command(&[&["config"], arguments].concat());
        let output = command.env("MORTISE_GITHUB_PRIVATE_KEY", key).output().unwrap();
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(!said.contains("hunter2") && !said.contains(&pem[40..60]), "{said}");
        (output.status.success(), said)
    };
    let id = ["--github-app-id", "4711"];
    for (arguments, key, expected) in [
        (&id[..], "", "app_id and private_key are needed together"),
        (&[], pem, "app_id and private_key are needed together"),
        (&id, "hunter2", "private_key: it is no RSA private key in PEM form"),
    ] {
        let (is_good, said) = run(arguments, key);
        assert!(!is_good && said.contains(expected), "{said}");
    }
    for (arguments, key) in [
        (&id[..], pem.to_owned()),
        (&id, pem.replace('\n', "\\n")),
        (&["--config", "number.toml"], pem.to_owned()),
        (&[], String::new()),
    ] {
        let (is_good, said) = run(arguments, &key);
        assert!(is_good, "{said}");
    }
}

#[test]
fn networks_may_be_a_list_in_the_file() {
    let place = Place::new();
    std::fs::write(place.path("mortise.toml"), "[egress]\nallow = [\"10.0.0.0/8\", \"192.0.2.7\"]\n")
        .unwrap();
    let all = place.run(&["config", "--json"]).json();
    assert_eq!(option(&all, "egress.allow").0, "10.0.0.0/8,192.0.2.7");
}

#[test]
fn the_reference_tells_every_option() {
    let place = Place::new();
    let document = place.run(&["config", "--markdown"]).ok();
    for option in place.run(&["config", "--json"]).json().as_array().unwrap() {
        let (key, variable) = (option["key"].as_str().unwrap(), option["variable"].as_str().unwrap());
        assert!(document.contains(&format!("## `{key}`")), "{key}");
        assert!(document.contains(variable), "{variable}");
    }
}

#[test]
fn the_help_document_tells_every_command() {
    let document = Place::new().run(&["help-markdown"]).ok();
    for command in ["mortise serve", "mortise backup FILE", "mortise restore FILE", "mortise keys rotate"] {
        assert!(document.contains(&format!("## `{command}`")), "{command}: {document}");
    }
}
