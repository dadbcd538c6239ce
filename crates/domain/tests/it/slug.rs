use mortise_domain::{
    Ids, SlugError, SlugKind,
    slug::{app_slug, internal_app_slug, is_all_digits},
};
use proptest::prelude::*;

/// Every byte is 1: letters are `b`, hex is `01`.
struct Ones;
impl Ids for Ones {
    fn fill(&self, out: &mut [u8]) {
        out.fill(1);
    }
}

const GRAMMAR: &str = "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot \
                       be entirely numeric.";
const ORG_GRAMMAR: &str = "Enter a valid slug consisting of letters, numbers, or hyphens. It cannot be entirely \
                           numeric or start/end with a hyphen.";

#[test]
fn slugs_are_judged_by_their_kind() {
    use SlugKind::{App, Org, Project, Team};
    for (kind, slug, verdict) in [
        (Org, "acme", None),
        (Org, "Acme-2", None),
        (Org, "acm", None),
        (Org, "123a", None),
        (Org, "", Some(ORG_GRAMMAR)),
        (Org, "123", Some(ORG_GRAMMAR)),
        (Org, "-acme", Some(ORG_GRAMMAR)),
        (Org, "acme-", Some(ORG_GRAMMAR)),
        (Org, "ac_me", Some(ORG_GRAMMAR)),
        (Org, "acmé", Some(ORG_GRAMMAR)),
        (Org, "ab", Some("This slug \"ab\" is too short. Minimum of 3 characters.")),
        (Org, "api", Some("This slug \"api\" is reserved and not allowed.")),
        (Org, "404", Some(ORG_GRAMMAR)),
        (Org, "Welcome", Some("This slug \"Welcome\" is reserved and not allowed.")),
        (
            Org,
            "integration-platform",
            Some("This slug \"integration-platform\" is reserved and not allowed."),
        ),
        (Org, "a b", Some("The slug \"a b\" should not contain any whitespace.")),
        (Project, "web", None),
        (Project, "_web-2", None),
        (Project, "w", None),
        (Project, "Web", Some(GRAMMAR)),
        (Project, "12", Some(GRAMMAR)),
        (Project, "we b", Some(GRAMMAR)),
        (Project, "", Some(GRAMMAR)),
        (Project, "settings", Some("The slug \"settings\" is reserved and not allowed.")),
        (Team, "settings", None),
        (Team, "UPPER", Some(GRAMMAR)),
        (App, "my_app", None),
        (App, "12345", Some(GRAMMAR)),
    ] {
        let answer = kind.validate(slug).err().map(|error| error.to_string());
        assert_eq!(answer.as_deref(), verdict, "{kind:?} {slug:?}");
    }
}

#[test]
fn the_longest_slug_passes_and_one_more_character_does_not() {
    for kind in [SlugKind::Org, SlugKind::Project, SlugKind::Team, SlugKind::App] {
        let longest = "a".repeat(kind.chars_max());
        assert_eq!(kind.validate(&longest), Ok(()));
        assert_eq!(kind.validate(&format!("{longest}a")), Err(SlugError::TooLong(kind.chars_max())));
    }
}

fn first(kind: SlugKind, name: &str) -> String {
    kind.candidates(name, &Ones).next().unwrap_or_default()
}

#[test]
fn names_become_slugs() {
    for (kind, name, slug) in [
        (SlugKind::Project, "My  Web App!", "my-web-app"),
        (SlugKind::Project, "Æther/Crème (2)", "aether-creme-2"),
        (SlugKind::Project, "snake_case", "snake_case"),
        (SlugKind::Org, "snake_case", "snake-case"),
        (SlugKind::Project, "--__x__--", "x"),
        (SlugKind::Project, "1234", "1234-bbb"),
        (SlugKind::Project, "!!!", "bbbbbbbbbbbb"),
        (SlugKind::Project, "Settings", "settings-bb"),
        (SlugKind::Org, "Api", "api-bb"),
        (SlugKind::Org, "X", "x-bb"),
        (SlugKind::Team, "Settings", "settings"),
    ] {
        assert_eq!(first(kind, name), slug, "{kind:?} {name:?}");
    }
}

#[test]
fn taken_slugs_are_followed_by_longer_and_longer_suffixes() {
    let all: Vec<_> = SlugKind::Project.candidates(&"w".repeat(60), &Ones).collect();
    let lengths: Vec<_> = all.iter().map(|slug| slug.rsplit('-').next().unwrap().len()).collect();
    assert_eq!(lengths, [50, 2, 3, 5, 12]);
    assert!(all.iter().all(|slug| slug.len() == 50), "{all:?}");
}

#[test]
fn app_slugs_drop_what_they_cannot_keep() {
    for (name, slug) in [
        ("My App", Some("my-app")),
        ("Crème  brûlée -- 2", Some("creme-brulee-2")),
        ("a.b/c", Some("abc")),
        ("_x_", Some("x")),
        ("1234", Some("1234-bbb")),
        ("日本", None),
        ("!!!", None),
    ] {
        assert_eq!(app_slug(name, &Ones).as_deref(), slug, "{name:?}");
    }
    assert_eq!(internal_app_slug("MyApp", &Ones).as_deref(), Some("myapp-010101"));
    assert_eq!(internal_app_slug("?", &Ones), None);
}

#[test]
fn digits_alone_are_an_id() {
    assert!(is_all_digits("0042") && !is_all_digits("") && !is_all_digits("4a") && !is_all_digits("٤"));
}

proptest! {
    #[test]
    fn whatever_the_name_every_candidate_is_valid(name in "\\PC{0,80}") {
        for kind in [SlugKind::Org, SlugKind::Project, SlugKind::Team] {
            let candidates: Vec<_> = kind.candidates(&name, &Ones).collect();
            prop_assert!(candidates.len() >= 4);
            for slug in candidates {
                prop_assert_eq!(kind.validate(&slug), Ok(()), "{}", slug);
            }
        }
        for slug in app_slug(&name, &Ones).into_iter().chain(internal_app_slug(&name, &Ones)) {
            prop_assert_eq!(SlugKind::App.validate(&slug), Ok(()), "{}", slug);
        }
    }
}
