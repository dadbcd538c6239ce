use mortise_web::{
    charts,
    view::{
        Count, Field, Pager, Search, Section, State, Switch, Theme, Tone,
        project::{FirstEvent, GettingStartedPage, NewProjectPage, ProjectCard, ProjectListPage, snippets},
        project_settings::{
            EnvironmentView, KeyView, ProjectEnvironmentsPage, ProjectHead, ProjectKeysPage,
            ProjectSettingsPage,
        },
    },
};

use super::{ago, choices, page, select, shell, wave};

const DSN: &str = "https://4f0c9d1e2b3a48c7@mortise.northwind.example/7";

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = ProjectListPage {
        shell: shell("Projects", Section::Projects, theme),
        search: None,
        projects: cards(),
        pager: Pager::default(),
        may_create: true,
    };
    let none = ProjectListPage { projects: vec![], ..list.clone() };
    let search = Search::above(
        &Pager::default(),
        "/organizations/northwind/projects/".into(),
        "projects",
        "Search",
        "x",
    );
    let unmatched = ProjectListPage { search, ..none.clone() };
    let waiting = GettingStartedPage {
        shell: shell("First event", Section::Projects, theme),
        project: "checkout".into(),
        project_name: "Checkout".into(),
        dsn: Some(DSN.into()),
        snippets: snippets(DSN, "python-fastapi"),
        first: FirstEvent::Waiting,
    };
    let first = FirstEvent::Arrived {
        issue_id: "1".into(),
        title: "ZeroDivisionError: division by zero".into(),
        when: ago(0),
    };
    let arrived = GettingStartedPage { first, dsn: None, ..waiting.clone() };
    vec![
        page("projects", &list),
        page("projects-none", &none),
        page("projects-unmatched", &unmatched),
        page("new-project", &new_project(theme)),
        page("getting-started", &waiting),
        page("getting-started-arrived", &arrived),
        page("project-settings", &settings(theme)),
        page("project-keys", &keys(theme)),
        page("project-environments", &environments(theme)),
    ]
}

fn cards() -> Vec<ProjectCard> {
    let card = |id: u64, name: &str, platform: &str, first| ProjectCard {
        id: id.to_string(),
        slug: name.to_lowercase(),
        name: name.into(),
        platform: platform.into(),
        teams: vec!["platform".into()],
        unresolved: Count(id * 11),
        events: Count(id * 1900),
        trend: charts::sparkline(&wave(24, id, 30), "last 24 hours"),
        first_event: first,
    };
    vec![
        card(1, "Checkout", "python-fastapi", Some(ago(90_000))),
        card(2, "Storefront", "javascript-react", Some(ago(90_000))),
        card(3, "Warehouse", "node", None),
    ]
}

fn new_project(theme: Theme) -> NewProjectPage {
    let mut slug = Field::text("slug", "Slug").value("Check out");
    slug.error =
        "Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens.".into();
    NewProjectPage {
        shell: shell("New project", Section::Projects, theme),
        name: Field { required: true, max_chars: 50, ..Field::text("name", "Name").value("Check out") },
        slug,
        team: select("team", "Team", &["#platform", "#web"], 0),
        platforms: choices(
            &[
                "Python", "Django", "FastAPI", "Node.js", "Browser", "React", "Java", "Go", ".NET", "Ruby",
                "PHP", "Rust", "Other",
            ],
            0,
        ),
        error: String::new(),
    }
}

pub(super) fn head() -> ProjectHead {
    ProjectHead { slug: "checkout".into(), name: "Checkout".into(), id: "7".into(), may_write: true }
}

fn settings(theme: Theme) -> ProjectSettingsPage {
    ProjectSettingsPage {
        shell: shell("Project settings", Section::Projects, theme),
        project: head(),
        tab: "general",
        error: "Something <else> is wrong.".into(),
        name: Field::text("name", "Name").value("Checkout"),
        slug: Field {
            hint: "Part of addresses and of the short ids of issues.",
            ..Field::text("slug", "Slug").value("checkout")
        },
        platform: select("platform", "Platform", &["python", "node", "javascript"], 0),
        resolve_age: Field {
            kind: "number",
            hint: "Resolves issues not seen for so many hours. 0 never does.",
            ..Field::text("resolveAge", "Auto-resolve after (hours)").value("0")
        },
        subject_prefix: Field {
            hint: "Put before the subject of mails.",
            ..Field::text("subjectPrefix", "Mail subject prefix")
        },
        switches: vec![Switch {
            name: "scrubIPAddresses",
            label: "Do not store IP addresses",
            hint: "Addresses of users are dropped before an event is stored.",
            on: true,
        }],
        may_write: true,
        may_delete: true,
    }
}

fn keys(theme: Theme) -> ProjectKeysPage {
    let key = |public: &str, name: &str, active: bool, limit: &str| KeyView {
        public: public.into(),
        name: name.into(),
        dsn: DSN.into(),
        active,
        state: if active { State::new("Active", Tone::Good) } else { State::new("Disabled", Tone::Neutral) },
        created: ago(100_000),
        name_field: Field { id: format!("name-{public}"), ..Field::text("name", "Name").value(name) },
        rate_count: Field {
            id: format!("count-{public}"),
            kind: "number",
            ..Field::text("count", "Events").value("100")
        },
        rate_window: Field {
            id: format!("window-{public}"),
            kind: "number",
            ..Field::text("window", "in seconds").value("60")
        },
        limit: limit.into(),
    };
    ProjectKeysPage {
        shell: shell("Client keys", Section::Projects, theme),
        project: head(),
        tab: "keys",
        keys: vec![
            key("4f0c9d1e", "Default", true, "no limit"),
            key("77aa77aa", "Old mobile app", false, "100 events in 60 s"),
        ],
        new_name: Field { id: "new-name".into(), ..Field::text("name", "Name of a new key") },
        snippets: snippets(DSN, "python"),
        may_write: true,
    }
}

fn environments(theme: Theme) -> ProjectEnvironmentsPage {
    let environment = |name: &str, hidden| EnvironmentView { name: name.into(), hidden };
    ProjectEnvironmentsPage {
        shell: shell("Environments", Section::Projects, theme),
        project: head(),
        tab: "environments",
        environments: vec![
            environment("production", false),
            environment("staging", false),
            environment("ci", true),
        ],
        may_write: true,
    }
}
