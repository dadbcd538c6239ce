//! The search language: what words mean, what is refused, and that nothing else can go wrong.

use mortise_domain::Time;
use mortise_service::issues::search::{Names, Wanted, event_tests, read};
use mortise_store::{
    Pattern,
    issue::search::{AssignedTo, Compare, NumberField, Test, TextField},
};
use mortise_testkit::TestApp;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

fn now() -> Time {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

fn exact(text: &str) -> Pattern {
    Pattern::Exact(text.to_owned())
}

fn stars(pieces: &[&str]) -> Pattern {
    Pattern::Stars(pieces.iter().map(|piece| (*piece).to_owned()).collect())
}

fn tag(key: &str, patterns: &[Pattern]) -> Names {
    Names::Ready(vec![Test::Tag(key.to_owned(), patterns.to_vec())])
}

fn test(test: Test) -> Names {
    Names::Ready(vec![test])
}

fn words(pieces: &[&str]) -> Names {
    test(Test::Words(stars(pieces)))
}

fn seen(field: NumberField, compare: Compare, time: &str) -> Test {
    Test::Number(field, compare, time.parse::<Time>().unwrap().as_microsecond())
}

#[test]
fn a_word_means_what_the_table_says() {
    use NumberField::{FirstSeen, LastSeen, TimesSeen};
    let first = |compare, time| Names::Ready(vec![seen(FirstSeen, compare, time)]);
    let cases = [
        ("hello", words(&["", "hello", ""])),
        ("\"hello world\"", words(&["", "hello world", ""])),
        ("he*o", words(&["", "he", "o", ""])),
        ("foo(bar)", words(&["", "foo(bar)", ""])),
        ("!hello", words(&["", "!hello", ""])),
        ("browser:Chrome", tag("browser", &[exact("Chrome")])),
        ("browser:\"Chrome 120\"", tag("browser", &[exact("Chrome 120")])),
        ("browser:\"a \\\"b\\\"\"", tag("browser", &[exact("a \"b\"")])),
        ("browser:Chr*", tag("browser", &[stars(&["Chr", ""])])),
        ("browser:Chr\\*", tag("browser", &[exact("Chr*")])),
        ("browser:[a, \"b c\", d*]", tag("browser", &[exact("a"), exact("b c"), stars(&["d", ""])])),
        ("browser:[a", tag("browser", &[exact("[a")])),
        ("tags[my-key]:x", tag("my-key", &[exact("x")])),
        ("\"my key\":x", tag("my key", &[exact("x")])),
        ("user.email:ann@m.test", tag("user.email", &[exact("ann@m.test")])),
        ("http.url:https://m.test/a?b=c", tag("url", &[exact("https://m.test/a?b=c")])),
        ("browser:\"\"", test(Test::LacksTag("browser".to_owned()))),
        ("has:browser", test(Test::HasTag("browser".to_owned()))),
        ("is:unresolved", test(Test::Status(vec![0]))),
        ("is:archived", test(Test::Status(vec![2]))),
        ("is:muted", test(Test::Status(vec![2]))),
        ("is:escalating", test(Test::Substatus(vec![2]))),
        ("is:until_escalating", test(Test::Substatus(vec![1]))),
        ("is:archived_forever", test(Test::Substatus(vec![5]))),
        ("is:unassigned", test(Test::Assigned(vec![AssignedTo::Nobody]))),
        ("is:unlinked", test(Test::Linked(false))),
        ("is:for_review", test(Test::ForReview)),
        ("assigned:[me, #core]", Names::Assigned(vec!["me".to_owned(), "#core".to_owned()])),
        ("assigned_or_suggested:none", Names::Assigned(vec!["none".to_owned()])),
        ("bookmarks:me", Names::Bookmarks(vec!["me".to_owned()])),
        ("issue:WEB-1A", Names::ShortIds(vec!["WEB-1A".to_owned()])),
        ("release:latest", Names::Releases(vec!["latest".to_owned()])),
        ("first-release:1.0", Names::FirstReleases(vec!["1.0".to_owned()])),
        ("issue.priority:[high, low]", test(Test::Priority(vec![75, 25]))),
        ("issue.category:error", test(Test::Constant(true))),
        ("issue.type:performance_slow_db_query", test(Test::Constant(false))),
        ("error.handled:0", test(Test::Unhandled(true))),
        ("error.unhandled:false", test(Test::Unhandled(false))),
        ("platform.name:python", test(Test::Text(TextField::Platform, vec![exact("python")]))),
        ("timesSeen:>10", test(Test::Number(TimesSeen, Compare::Greater, 10))),
        ("timesSeen:>=1.5k", test(Test::Number(TimesSeen, Compare::AtLeast, 1500))),
        ("timesSeen:7", test(Test::Number(TimesSeen, Compare::Equal, 7))),
        ("firstSeen:-24h", first(Compare::AtLeast, "2026-01-01T12:00:00Z")),
        ("age:+1d", first(Compare::AtMost, "2026-01-01T12:00:00Z")),
        ("firstSeen:>2025-12-31", first(Compare::Greater, "2025-12-31T00:00:00Z")),
        ("firstSeen:<=2025-12-31T10:00:00+02:00", first(Compare::AtMost, "2025-12-31T08:00:00Z")),
        (
            "lastSeen:2025-12-31",
            Names::Ready(vec![
                seen(LastSeen, Compare::AtLeast, "2025-12-31T00:00:00Z"),
                seen(LastSeen, Compare::Less, "2026-01-01T00:00:00Z"),
            ]),
        ),
    ];
    for (query, names) in cases {
        assert_eq!(read(query, now()), Ok(vec![Wanted { negated: false, names: names.clone() }]), "{query}");
        let is_filter = !matches!(&names, Names::Ready(tests) if matches!(tests[0], Test::Words(_)));
        if is_filter {
            let negated = format!("!{query}");
            assert_eq!(read(&negated, now()), Ok(vec![Wanted { negated: true, names }]), "{negated}");
        }
    }
}

#[test]
fn words_are_split_at_spaces_outside_quotes() {
    let query = "  is:unresolved  browser:[a,  b]\tlevel:\"x y\"\nhello ";
    assert_eq!(read(query, now()).unwrap().len(), 4);
    assert_eq!(read("", now()), Ok(Vec::new()));
}

#[test]
fn what_cannot_be_read_says_why() {
    let cases = [
        ("level:", "Empty string after 'level:'"),
        ("ValueError: bad id", "Empty string after 'ValueError:'"),
        (
            "\"open",
            "Parse error at '\"open' (column 1). This is commonly caused by unmatched parentheses. \
            Enclose any text in double quotes.",
        ),
        ("a \"b\"c", "Invalid quote at '\"b\"c': quotes must enclose text or be escaped."),
        ("a:b\"c", "Invalid quote at 'b\"c': quotes must enclose text or be escaped."),
        ("a OR b", "Boolean statements containing \"OR\" or \"AND\" are not supported in this search"),
        (
            "timesSeen:ten",
            "Invalid number: ten. Expected number then optional k, m, or b suffix (e.g. 500k).",
        ),
        (
            "firstSeen:soon",
            "Invalid date: soon. Expected +/-duration (e.g. +1h) or ISO 8601-like \
            (e.g. 2026-01-02T12:00:00).",
        ),
        ("issue.priority:urgent", "Invalid priority value of 'urgent'"),
        ("issue.category:magic", "Invalid category value of 'magic'"),
        ("issue.type:magic", "Invalid type value of 'magic'"),
        ("status:magic", "Invalid status value of 'magic'"),
        ("error.handled:maybe", "Invalid boolean: maybe. Expected true, 1, false, or 0."),
        ("is:[new, ongoing]", "Invalid value for \"is\" search: [new, ongoing]"),
    ];
    for (query, reason) in cases {
        let error = read(query, now()).unwrap_err().to_string();
        assert_eq!(error, format!("Error parsing search query: {reason}"), "{query}");
    }
    let endless = "a ".repeat(201);
    assert!(read(&endless, now()).unwrap_err().to_string().ends_with("The query has too many terms"));
    assert!(read(&"a".repeat(8_193), now()).is_err());
}

/// Queries that look like queries, and any other text.
fn query() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "is",
        "has",
        "assigned",
        "bookmarks",
        "firstSeen",
        "lastSeen",
        "timesSeen",
        "userCount",
        "issue",
        "project",
        "release",
        "first-release",
        "issue.priority",
        "issue.category",
        "error.handled",
        "error.type",
        "title",
        "user.email",
        "environment",
        "tags[a]",
        "\"a b\"",
        "x-y",
    ]);
    let value = prop_oneof![
        prop::sample::select(vec![
            "me",
            "none",
            "#core",
            "-24h",
            "+99999999999w",
            "2026-01-01",
            "9999-12-31",
            ">5",
            "<=1e9",
            "[a, b*]",
            "[",
            "[\"",
            "\"\"",
            "*",
            "\\*",
            "%_!",
            "latest",
            "WEB-1",
            "-",
            "999999999999999999999k",
            "new",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,8}",
        any::<String>(),
    ];
    let word = (any::<bool>(), key, prop_oneof![Just(":"), Just(":>"), Just(":<="), Just("")], value)
        .prop_map(|(negated, key, sign, value)| {
            format!("{}{key}{sign}{value}", if negated { "!" } else { "" })
        });
    let word = prop_oneof![4 => word, 1 => any::<String>()];
    prop::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_a_reason(query in query()) {
        for error in [read(&query, now()).err(), event_tests(&query).err()].into_iter().flatten() {
            prop_assert!(error.to_string().starts_with("Error parsing search query: "));
        }
    }
}

/// Queries that are sent to each database.
const SENT: usize = 150;

async fn answers_every_query(app: TestApp) {
    let world = app.world().await;
    let mut runner = TestRunner::deterministic();
    for _ in 0..SENT {
        let query = query().new_tree(&mut runner).unwrap().current();
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/0/organizations/acme/issues/?query={encoded}");
        let answer = app.get(path).bearer(&world.owner_token).send().await;
        match answer.status {
            200 => {}
            400 => {
                let text = answer.json()["detail"].as_str().unwrap_or_default().to_owned();
                assert!(text.starts_with("Error parsing search query: "), "{query:?}: {text}");
            }
            status => panic!("{query:?} gave {status}: {}", answer.text()),
        }
        let path = format!("/api/0/projects/acme/web/events/?query={encoded}");
        let status = app.get(path).bearer(&world.owner_token).send().await.status;
        assert!(matches!(status, 200 | 400), "{query:?} gave {status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_query_makes_a_database_fail() {
    answers_every_query(TestApp::sqlite().await).await;
    if let Some(app) = TestApp::postgres().await {
        answers_every_query(app).await;
    }
}
