//! Every page filled with plausible data: what the tests render and the gallery example shows.

mod account;
mod app;
mod code;
mod component;
mod delivery;
mod directory;
mod doc_integration;
mod integration;
mod integration_config;
mod issue;
mod issue_list;
mod plugin;
mod project;
mod rule;

use askama::Template;
use jiff::{SignedDuration, Timestamp};
use mortise_web::view::{Avatar, Choice, Flash, OrgRef, Section, Select, Shell, SignedIn, Theme, Tone, When};

/// All pages: name and markup.
pub(crate) fn all(theme: Theme) -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    for part in [
        issue_list::pages,
        issue::pages,
        project::pages,
        plugin::pages,
        account::pages,
        app::pages,
        code::pages,
        component::pages,
        rule::pages,
        directory::pages,
        doc_integration::pages,
        integration::pages,
        integration_config::pages,
        delivery::pages,
    ] {
        pages.extend(part(theme));
    }
    pages
}

fn page(name: &'static str, template: &impl Template) -> (&'static str, String) {
    (name, template.render().expect("a page renders"))
}

fn shell(title: &str, section: Section, theme: Theme) -> Shell {
    let org = |slug: &str, name: &str| OrgRef { slug: slug.into(), name: name.into() };
    Shell {
        title: title.into(),
        csrf: "c5rf".repeat(8),
        theme,
        user: Some(SignedIn {
            name: "Ada Lovelace".into(),
            email: "ada@northwind.example".into(),
            avatar: Avatar::new("Ada Lovelace"),
            may_elevate: true,
            is_elevated: theme == Theme::Dark,
        }),
        org: Some(org("northwind", "Northwind Traders")),
        orgs: vec![org("northwind", "Northwind Traders"), org("skunkworks", "Skunk <Works>")],
        section,
        flashes: vec![],
        here: "/organizations/northwind/issues/?query=is%3Aunresolved".into(),
        manages_org: true,
    }
}

fn stranger(title: &str, theme: Theme) -> Shell {
    Shell { user: None, org: None, orgs: vec![], ..shell(title, Section::None, theme) }
}

fn flash(tone: Tone, text: &str) -> Flash {
    Flash { tone, text: text.into() }
}

fn now() -> Timestamp {
    "2026-11-21T14:30:00Z".parse().expect("a timestamp")
}

fn ago(minutes: i64) -> When {
    When::new(now() - SignedDuration::from_mins(minutes), now())
}

fn choices(texts: &[&str], chosen: usize) -> Vec<Choice> {
    texts.iter().enumerate().map(|(i, t)| Choice::new(&t.to_lowercase(), t, i == chosen)).collect()
}

fn select(name: &'static str, label: &'static str, texts: &[&str], chosen: usize) -> Select {
    Select::new(name, label, choices(texts, chosen))
}

/// A wavy series of counts that is the same on each run.
fn wave(len: u64, seed: u64, top: u64) -> Vec<u64> {
    (0..len)
        .map(|i| {
            (i * i * 7 + i * seed * 13 + seed * 5) % (top + 1) * u64::from(!(i + seed).is_multiple_of(5))
        })
        .collect()
}
