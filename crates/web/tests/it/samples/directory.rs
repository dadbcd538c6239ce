use mortise_web::view::{
    Avatar, Section, State, Theme, Tone,
    directory::{AppPage, AppProfile, ExternalInstallPage, Grant},
};

use super::{integration::ask, page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let app = app(theme);
    let bare = AppProfile {
        overview: String::new(),
        features: vec![],
        grants: vec![],
        hears: vec![],
        leads_to: String::new(),
        ..profile()
    };
    let external = external(theme);
    vec![
        page("app", &app),
        page(
            "app-installed",
            &AppPage {
                state: Some(State::new("Waits for the app", Tone::Warn)),
                is_pending: true,
                may_install: false,
                may_uninstall: true,
                ..app.clone()
            },
        ),
        page("app-bare", &AppPage { app: bare, may_install: false, ask: Some(ask()), ..app }),
        page("external-install", &external),
        page(
            "external-install-refused",
            &ExternalInstallPage {
                org: None,
                error: "Your role there does not allow it.".into(),
                ..external
            },
        ),
    ]
}

fn profile() -> AppProfile {
    let grant = |title, level, about| Grant { title, level, about };
    AppProfile {
        slug: "pager".into(),
        name: "Pager".into(),
        author: "Northwind".into(),
        avatar: Avatar::new("Pager"),
        overview: "Wakes **whoever** is on call.\n\n- by phone\n- by <mail>".into(),
        features: vec!["Pager can **read and change data through the API**.".into()],
        grants: vec![
            grant("Organization", "Read", "Settings and the audit log."),
            grant("Issue and event", "Read and write", "Issues, their events and comments."),
        ],
        hears: vec!["issue created".into(), "comment deleted".into()],
        leads_to: "pager.example".into(),
    }
}

fn app(theme: Theme) -> AppPage {
    AppPage {
        shell: shell("Pager", Section::Integrations, theme),
        app: profile(),
        state: None,
        is_pending: false,
        is_own: true,
        may_install: true,
        ask: None,
        may_uninstall: false,
    }
}

fn external(theme: Theme) -> ExternalInstallPage {
    ExternalInstallPage {
        shell: shell("Install Pager", Section::Integrations, theme),
        app: profile(),
        org: Some(select("org", "Organization", &["Northwind", "Skunkworks"], 1)),
        state: "abc".into(),
        error: String::new(),
    }
}
