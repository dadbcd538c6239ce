//! Patterns of code owners, and the events that their rules match.

use mortise_domain::{ProjectId, TeamId, UserId};
use mortise_service::code_owners::{
    CodeOwner, Rules,
    pattern::{Path, Pattern},
};
use serde_json::{Value, json};

/// Which of these paths a pattern matches.
fn matched<'p>(pattern: &str, paths: &[&'p str]) -> Vec<&'p str> {
    let pattern = Pattern::new(pattern);
    paths.iter().copied().filter(|path| pattern.matches(&Path::new(path))).collect()
}

#[test]
fn a_pattern_without_a_place_matches_a_name_anywhere_and_what_is_in_it() {
    let paths = ["lib", "lib/a.py", "x/lib/a.py", "x/libs/a.py", "x/lib.py", "/usr/lib/a"];
    assert_eq!(matched("lib", &paths), ["lib", "lib/a.py", "x/lib/a.py", "/usr/lib/a"]);
    assert_eq!(matched("*.py", &paths), ["lib/a.py", "x/lib/a.py", "x/libs/a.py", "x/lib.py"]);
    assert_eq!(matched("lib?", &paths), ["x/libs/a.py"]);
    assert_eq!(matched("lib/", &paths), ["lib/a.py", "x/lib/a.py", "/usr/lib/a"], "in a folder");
    assert_eq!(matched("*", &paths), paths);
    assert_eq!(matched("**", &paths), paths);
}

#[test]
fn a_slash_that_is_not_the_last_letter_ties_a_pattern_to_its_place() {
    let paths = ["src/app/a.py", "/src/app/a.py", "x/src/app/a.py", "src/app", "src/apps/a.py"];
    assert_eq!(matched("/src/app", &paths), ["src/app/a.py", "/src/app/a.py", "src/app"]);
    assert_eq!(matched("src/app", &paths), matched("/src/app", &paths));
    assert_eq!(matched("src/app/", &paths), ["src/app/a.py", "/src/app/a.py"]);
    assert_eq!(matched("/src", &paths), ["src/app/a.py", "/src/app/a.py", "src/app", "src/apps/a.py"]);
}

#[test]
fn stars_stay_within_a_folder_and_double_stars_do_not() {
    let paths = ["a/x.rs", "a/b/x.rs", "a/b/c/x.rs", "b/x.rs"];
    assert_eq!(matched("a/*", &paths), ["a/x.rs"]);
    assert_eq!(matched("/a/*/x.rs", &paths), ["a/b/x.rs"]);
    assert_eq!(matched("a/**", &paths), ["a/x.rs", "a/b/x.rs", "a/b/c/x.rs"]);
    assert_eq!(matched("a/**/x.rs", &paths), ["a/x.rs", "a/b/x.rs", "a/b/c/x.rs"]);
    assert_eq!(matched("**/b/*.rs", &paths), ["a/b/x.rs", "b/x.rs"]);
    assert_eq!(matched("a/**/c/**", &paths), ["a/b/c/x.rs"]);
    assert_eq!(matched("a/**", &["a"]), Vec::<&str>::new());
    assert_eq!(matched("a/**/x.rs", &["a/xx.rs", "a/x.rs/y"]), ["a/x.rs/y"]);
}

#[test]
fn stars_and_question_marks_take_letters_not_bytes() {
    assert_eq!(matched("caf?", &["café", "cafés", "caf"]), ["café"]);
    assert_eq!(matched("a*b*c", &["abc", "axxbyybzzc", "axbyyb", "a/b/c"]), ["abc", "axxbyybzzc"]);
    assert_eq!(matched("A.py", &["a.py", "A.py"]), ["A.py"], "case counts");
}

#[test]
fn paths_of_windows_and_of_browsers_are_paths() {
    assert_eq!(matched(r"C:\app\*.rs", &[r"C:\app\a.rs", r"C:\app\b\a.rs"]), [r"C:\app\a.rs"]);
    assert_eq!(matched("app:///src/*", &["app:///src/a.js", "app:///src/b/a.js"]), ["app:///src/a.js"]);
}

#[test]
fn no_pattern_is_slow() {
    let (stars, deep) = ("*a".repeat(200), "**/a/".repeat(200));
    let (name, path) = ("a".repeat(5_000) + "b", "a/".repeat(5_000) + "b");
    assert!(!Pattern::new(&format!("{stars}c")).matches(&Path::new(&name)));
    assert!(!Pattern::new(&format!("{deep}c")).matches(&Path::new(&path)));
}

fn rule(pattern: &str, owners: &Value) -> Value {
    json!({ "matcher": { "type": "codeowners", "pattern": pattern }, "owners": owners })
}

fn schema(rules: &[Value]) -> Value {
    json!({ "$version": 1, "rules": rules })
}

fn user(id: i64) -> Value {
    json!([{ "type": "user", "identifier": "a@b.test", "id": id }])
}

/// The owners of an event, each rule that matches; users as numbers, teams as negative ones.
fn owners(schemas: &[Value], event: &Value) -> Vec<Vec<i64>> {
    let rules = Rules::read(ProjectId::new(1), schemas.iter());
    let number = |owner: &CodeOwner| match *owner {
        CodeOwner::User(id) => UserId::get(id),
        CodeOwner::Team(id) => -TeamId::get(id),
    };
    rules.matching(event.as_object().unwrap()).map(|all| all.iter().map(number).collect()).collect()
}

fn frames(paths: &[&str]) -> Value {
    let frames: Vec<Value> = paths.iter().map(|path| json!({ "filename": path, "in_app": true })).collect();
    json!({ "frames": frames })
}

#[test]
fn the_last_rule_that_matches_comes_first() {
    let both = json!([{ "type": "team", "identifier": "core", "id": 7 }, { "type": "user", "identifier": "x", "id": 2 }]);
    let newer = schema(&[rule("*", &user(1)), rule("/app/", &both), rule("/lib/", &user(3))]);
    let older = schema(&[rule("views.py", &user(4))]);
    let event = json!({ "exception": { "values": [{ "stacktrace": frames(&["app/views.py"]) }] } });
    assert_eq!(owners(std::slice::from_ref(&newer), &event), [vec![-7, 2], vec![1]]);
    assert_eq!(owners(&[newer.clone(), older], &event), [vec![4], vec![-7, 2], vec![1]]);
    assert_eq!(owners(&[newer], &json!({ "message": "no frames" })), Vec::<Vec<i64>>::new());
}

#[test]
fn frames_are_those_of_exceptions_else_of_the_event_else_of_the_thread_that_tells() {
    let rules = [schema(&[rule("a.py", &user(1)), rule("b.py", &user(2)), rule("c.py", &user(3))])];
    let exception = json!([{ "stacktrace": frames(&["a.py"]) }, { "stacktrace": frames(&["b.py"]) }]);
    let threads = json!({ "values": [{ "crashed": true, "stacktrace": frames(&["c.py"]) },
        { "stacktrace": frames(&["a.py"]) }] });
    let mut event =
        json!({ "exception": { "values": exception }, "stacktrace": frames(&["c.py"]), "threads": threads });
    assert_eq!(owners(&rules, &event), [[2], [1]]);
    event["exception"] = Value::Null;
    event["stacktrace"] = frames(&["b.py"]);
    assert_eq!(owners(&rules, &event), [[2]]);
    event["stacktrace"] = Value::Null;
    assert_eq!(owners(&rules, &event), [[3]]);
}

#[test]
fn frames_of_libraries_have_no_owners_and_every_form_of_a_path_counts() {
    let rules = [schema(&[
        rule("/srv/a.py", &user(1)),
        rule("b.py", &user(2)),
        rule("/com/acme/Cart.java", &user(3)),
    ])];
    let of = |platform: &str, frame: Value| {
        let event = json!({ "platform": platform, "stacktrace": { "frames": [frame] } });
        owners(&rules, &event)
    };
    assert_eq!(of("python", json!({ "filename": "a.py", "abs_path": "/srv/a.py" })), [[1]]);
    assert_eq!(of("python", json!({ "filename": "b.py", "in_app": false })), Vec::<Vec<i64>>::new());
    let java = json!({ "filename": "Cart.java", "module": "com.acme.Cart" });
    assert_eq!(of("java", java.clone()), [[3]]);
    assert_eq!(of("python", java), Vec::<Vec<i64>>::new());
}
