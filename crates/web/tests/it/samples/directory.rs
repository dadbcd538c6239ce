use mortise_web::view::{
    Avatar, Pager, Section, State, Theme, Tone,
    directory::{AppCard, AppPage, AppProfile, AppsPage, ExternalInstallPage, Grant},
};

use super::{page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let none = AppsPage {
        installed: vec![],
        own: vec![],
        published: vec![],
        pager: Pager::default(),
        ..list.clone()
    };
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
        page("apps", &list),
        page("apps-none", &none),
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
        page("app-bare", &AppPage { app: bare, may_install: false, ..app }),
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

fn card(name: &str, state: Option<State>) -> AppCard {
    AppCard {
        slug: name.to_lowercase(),
        name: name.into(),
        author: "Northwind <Labs>".into(),
        overview: "Wakes whoever is on call, and lets them sleep again when the issue is resolved.".into(),
        avatar: Avatar::new(name),
        state,
    }
}

fn list(theme: Theme) -> AppsPage {
    AppsPage {
        shell: shell("Apps", Section::Apps, theme),
        installed: vec![
            card("Pager", Some(State::new("Installed", Tone::Good))),
            card("Boards", Some(State::new("Waits for the app", Tone::Warn))),
        ],
        own: vec![card("Report", None)],
        published: vec![card("Chat", None), card("Wiki", None)],
        pager: Pager { prev: None, next: Some("/x/".into()), summary: String::new() },
    }
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
        shell: shell("Pager", Section::Apps, theme),
        app: profile(),
        state: None,
        is_pending: false,
        is_own: true,
        may_install: true,
        may_uninstall: false,
    }
}

fn external(theme: Theme) -> ExternalInstallPage {
    ExternalInstallPage {
        shell: shell("Install Pager", Section::Apps, theme),
        app: profile(),
        org: Some(select("org", "Organization", &["Northwind", "Skunkworks"], 1)),
        state: "abc".into(),
        error: String::new(),
    }
}
