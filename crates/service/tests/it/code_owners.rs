//! The language of files of owners.

use std::collections::HashMap;

use mortise_service::code_owners::syntax::{
    NameKind, Owner, names, rules, schema, strangers, text, with_names,
};
use serde_json::json;

fn known(names: &[&str]) -> HashMap<String, Owner> {
    let owner = |name: &&str| {
        let owner = Owner {
            is_team: name.contains('/'),
            identifier: name.trim_start_matches('@').into(),
            id: Some(1),
        };
        ((*name).to_owned(), owner)
    };
    names.iter().map(owner).collect()
}

fn patterns(raw: &str, stack_root: &str, source_root: &str) -> Vec<String> {
    rules(raw, &known(&["@a"]), stack_root, source_root).into_iter().map(|rule| rule.pattern).collect()
}

#[test]
fn names_are_addresses_people_or_teams() {
    for (name, kind) in [
        ("a@b.c", NameKind::Email),
        ("@octocat", NameKind::User),
        ("@octo.cat", NameKind::User),
        ("a@b", NameKind::User),
        ("a@.c", NameKind::User),
        ("@acme/core", NameKind::Team),
    ] {
        assert_eq!(NameKind::of(name), kind, "{name}");
    }
    let raw = "# @no\n\n   \n*  @a @b # @comment\nb\\ c @a @d\r\nlib #@odd\n";
    let found: Vec<&str> = names(raw).into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, ["@a", "@b", "@d", "#@odd"]);
}

#[test]
fn lines_that_no_rule_can_be_made_of_are_left_out() {
    let raw = "a!b @a\na#b @a\na[bc] @a\na\\ b @a\nnobody @x\nalone\na[^b] @a\nfine @a @x\n";
    assert_eq!(patterns(raw, "", ""), ["a[^b]", "fine"]);
}

#[test]
fn only_anchored_paths_change_their_root() {
    for (path, stack_root, source_root, expected) in [
        ("/src/a", "app/", "src/", "/app/a"),
        ("src/a", "app/", "src/", "app/a"),
        ("src/", "app/", "src/", "src/"),
        ("src", "app/", "src", "src"),
        ("src/src/a", "app/", "src/", "app/src/a"),
        ("/a/b", "x/", "", "x/a/b"),
        ("/a", "app://x/", "/", "app://x/a"),
        ("/a", "app:///", "", "app://a"),
        ("//a///b", "", "none", "/a/b"),
    ] {
        let expected = expected.to_owned();
        assert_eq!(patterns(&format!("{path} @a"), stack_root, source_root), [expected], "{path}");
    }
}

#[test]
fn rules_are_stored_and_written_out() {
    let mut known = known(&["@a", "@t/core", "b@x.io"]);
    known.get_mut("b@x.io").unwrap().id = None;
    let made = rules("* @a @t/core\nlib b@x.io", &known, "", "");
    assert_eq!(strangers(&made), ["b@x.io"]);
    let stored = schema(&made);
    let expected = json!({ "$version": 1, "rules": [{
        "matcher": { "type": "codeowners", "pattern": "*" },
        "owners": [{ "type": "user", "identifier": "a", "id": 1 }, { "type": "team", "identifier": "t/core", "id": 1 }],
    }] });
    assert_eq!(stored.to_string(), expected.to_string());
    assert_eq!(text(&stored), "codeowners:* a #t/core\n");
    let named = with_names(stored);
    assert_eq!(named["rules"][0]["owners"][0].to_string(), r#"{"type":"user","id":1,"name":"a"}"#);
}
