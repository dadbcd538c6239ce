use mortise_web::view::{
    Avatar, Pager, Section, State, Theme, Tone,
    integration::{
        Ask, Feature, Installation, InstalledHead, IntegrationPage, IntegrationsPage, Line, Resource,
    },
    legacy_plugin::{LegacyPluginPage, PluginProject},
};

use super::{page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let none = IntegrationsPage { search: "no <such> thing".into(), lines: vec![], ..list.clone() };
    let one = one(theme);
    let bare = IntegrationPage { features: vec![], notices: vec![], installations: vec![], ..one.clone() };
    let to_read = IntegrationPage { may_configure: false, may_remove: false, ..one.clone() };
    let plugin = plugin(theme);
    let bare_plugin = LegacyPluginPage {
        description: String::new(),
        features: vec![],
        resources: vec![],
        projects: vec![],
        acts: false,
        has_configuration: false,
        may_configure: false,
        ask: Some(ask()),
        ..plugin.clone()
    };
    vec![
        page("integrations", &list),
        page("integrations-none", &none),
        page("integration", &one),
        page("integration-to-read", &to_read),
        page("integration-bare", &bare),
        page("legacy-plugin", &plugin),
        page("legacy-plugin-bare", &bare_plugin),
    ]
}

/// Pages to read on: one that is there, and one that leads nowhere.
pub(super) fn resources() -> Vec<Resource> {
    vec![
        Resource::new("Report a problem", "https://github.com/mortise/mortise/issues/new"),
        Resource::new("Nowhere <b>", "javascript:alert(1)"),
    ]
}

pub(super) fn feature(text: &str, category: Option<&'static str>, is_on: bool) -> Feature {
    Feature { text: text.into(), category, is_on }
}

fn plugin(theme: Theme) -> LegacyPluginPage {
    let project = |name: &str, state| PluginProject { slug: name.to_lowercase(), name: name.into(), state };
    LegacyPluginPage {
        shell: shell("WebHooks", Section::Integrations, theme),
        slug: "webhooks".into(),
        name: "WebHooks".into(),
        avatar: Avatar::new("WebHooks"),
        description: "Sends **issues** to an <address>.".into(),
        features: vec![feature("Notifies an address.", Some("Alerts"), true)],
        resources: resources(),
        projects: vec![
            project("Checkout", State::new("On", Tone::Good)),
            project("Web <shop>", State::new("Off", Tone::Neutral)),
        ],
        acts: true,
        has_configuration: true,
        may_configure: true,
        ask: None,
    }
}

pub(super) fn installed(tab: &'static str) -> InstalledHead {
    InstalledHead {
        provider: "vsts".into(),
        provider_name: "Azure DevOps".into(),
        id: "7".into(),
        name: "northwind".into(),
        state: State::new("Installed", Tone::Good),
        tab,
        has_code: true,
    }
}

pub(super) fn ask() -> Ask {
    Ask {
        csrf: "c5rf".repeat(8),
        name: "Slack".into(),
        target: "/settings/northwind/plugins/slack/request/".into(),
        message_chars_max: 2000,
        owners_href: String::new(),
    }
}

fn line(name: &str, maker: &str, categories: &[&'static str], states: Vec<State>) -> Line {
    Line {
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
        lines: vec![
            line(
                "GitHub",
                "",
                &["Issue tracking", "Source code"],
                vec![state("Broken", Tone::Bad), state("2 installed", Tone::Good)],
            ),
            line("Pager", "by Northwind <Labs>", &["Alerts"], vec![state("Pending", Tone::Warn)]),
            line("Report", "Made here", &["Internal"], vec![]),
        ],
        pager: Pager {
            prev: Some("?page=1".into()),
            next: Some("?page=3".into()),
            summary: "Page 2 of 3".into(),
        },
        summary: "3 of 24 integrations".into(),
        is_cut: true,
    }
}

fn one(theme: Theme) -> IntegrationPage {
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
        notices: vec![
            (Tone::Warn, "Needs an *owner* of the other side.".into()),
            (Tone::Neutral, "Begins there.".into()),
        ],
        noun: "workspace".into(),
        installations: vec![
            installation("1", "northwind", State::new("Installed", Tone::Good), "", true),
            installation("2", "old", State::new("Broken", Tone::Bad), "Install it anew.", true),
            installation("3", "older", State::new("Being removed", Tone::Warn), "", false),
        ],
        may_configure: true,
        may_remove: true,
        removal: "What it keeps in step is kept in step no more.".into(),
        resources: resources(),
    }
}
