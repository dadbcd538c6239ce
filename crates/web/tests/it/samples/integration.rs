use mortise_web::view::{
    Avatar, Section, State, Theme, Tone,
    integration::{Ask, Entry, Feature, Installation, IntegrationPage, IntegrationsPage},
};

use super::{page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let none = IntegrationsPage { search: "no <such> thing".into(), entries: vec![], ..list.clone() };
    let one = one(theme);
    let bare = IntegrationPage {
        features: vec![],
        notices: vec![],
        installations: vec![],
        ask: Some(ask()),
        ..one.clone()
    };
    let to_read = IntegrationPage { may_configure: false, may_remove: false, ..one.clone() };
    vec![
        page("integrations", &list),
        page("integrations-none", &none),
        page("integration", &one),
        page("integration-to-read", &to_read),
        page("integration-bare", &bare),
    ]
}

pub(super) fn ask() -> Ask {
    Ask {
        csrf: "c5rf".repeat(8),
        name: "Slack".into(),
        target: "/settings/northwind/integrations/slack/request/".into(),
        message_chars_max: 2000,
    }
}

fn entry(name: &str, maker: &str, categories: &[&'static str], states: Vec<State>) -> Entry {
    Entry {
        href: format!("/settings/northwind/integrations/{}/", name.to_lowercase()),
        name: name.into(),
        maker: maker.into(),
        avatar: Avatar::new(name),
        overview: "Wakes whoever is on call, and lets them sleep again when the issue is <resolved>.".into(),
        categories: categories.to_vec(),
        states,
    }
}

fn list(theme: Theme) -> IntegrationsPage {
    let state = State::new;
    IntegrationsPage {
        shell: shell("Integrations", Section::Integrations, theme),
        search: "wake".into(),
        category: select("category", "Category", &["Any category", "Alerts", "Source code"], 0).quiet(),
        state: select("state", "State", &["Any state", "Installed", "Broken"], 0).quiet(),
        entries: vec![
            entry(
                "GitHub",
                "",
                &["Issue tracking", "Source code"],
                vec![state("Broken", Tone::Bad), state("2 installed", Tone::Good)],
            ),
            entry("Pager", "by Northwind <Labs>", &["Alerts"], vec![state("Pending", Tone::Warn)]),
            entry("Report", "Made here", &["Internal"], vec![]),
        ],
        summary: "3 of 24 integrations".into(),
        is_cut: true,
    }
}

fn one(theme: Theme) -> IntegrationPage {
    let feature = |text: &str, category, is_on| Feature { text: text.into(), category, is_on };
    let installation = |id: &str, name: &str, state, advice, is_there| Installation {
        id: id.into(),
        name: name.into(),
        place: format!("https://{name}.example/"),
        state,
        advice,
        is_there,
    };
    IntegrationPage {
        shell: shell("GitHub", Section::Integrations, theme),
        slug: "github".into(),
        name: "GitHub".into(),
        avatar: Avatar::new("GitHub"),
        description: "Connect **repositories** to <issues>.".into(),
        features: vec![
            feature("Know which commits are in a release.", Some("Source code"), true),
            feature("Create issues.", Some("Issue tracking"), false),
            feature("Something `new`.", None, true),
        ],
        notices: vec!["Needs an *owner* of the other side.".into()],
        installations: vec![
            installation("1", "northwind", State::new("Installed", Tone::Good), "", true),
            installation("2", "old", State::new("Broken", Tone::Bad), "Install it anew.", true),
            installation("3", "older", State::new("Being removed", Tone::Warn), "", false),
        ],
        may_configure: true,
        may_remove: true,
        removal: "What it keeps in step is kept in step no more.".into(),
        ask: None,
        report: "https://github.com/mortise/mortise/issues/new".into(),
    }
}
