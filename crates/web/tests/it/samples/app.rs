use mortise_web::{
    charts::{Slot, bars_of},
    view::{
        Avatar, Choice, Count, Field, Link, Section, Select, State, Switch, Theme, Tone,
        app::{
            AppCall, AppCredentialsPage, AppDashboardPage, AppFormPage, AppHead, AppRow, AppTokenRow,
            DeveloperSettingsPage, Dial, EventChoice, EventGroup, FailedCall, Pictures, Publication, Secret,
        },
        component::Preview,
        event::Pair,
        token::ScopeChoice,
    },
};

use super::{ago, page, select, shell, wave};

const SCHEMA: &str = "{\n  \"elements\": [\n    {\"type\": \"stacktrace-link\", \"uri\": \"/frame\"}\n  ]\n}";

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let settings = settings(theme);
    let credentials = credentials(theme);
    let dashboard = dashboard(theme);
    vec![
        page("app-dashboard", &dashboard),
        page("app-dashboard-none", &AppDashboardPage { calls: vec![], ..dashboard }),
        page("developer-settings", &list),
        page(
            "developer-settings-none",
            &DeveloperSettingsPage { internal: vec![], public: vec![], ..list.clone() },
        ),
        page("new-app", &new(theme)),
        page("app-settings", &settings),
        page(
            "app-settings-published",
            &AppFormPage {
                publication: Publication::Decide,
                scopes_fixed: true,
                may_delete: false,
                ..settings.clone()
            },
        ),
        page(
            "app-settings-publish",
            &AppFormPage { publication: ask("/sentry-app-avatar/9f/?s=48"), ..settings.clone() },
        ),
        page("app-settings-pictures", &AppFormPage { publication: ask(""), ..settings.clone() }),
        page(
            "app-settings-read",
            &AppFormPage {
                publication: Publication::Waiting,
                may_write: false,
                may_delete: false,
                ..settings
            },
        ),
        page("app-credentials", &credentials),
        page(
            "app-credentials-made",
            &AppCredentialsPage {
                secret: Secret::New("9f".repeat(32)),
                new_token: Some("4d0e".repeat(16)),
                ..credentials.clone()
            },
        ),
        page(
            "app-credentials-public",
            &AppCredentialsPage { secret: Secret::Hidden, tokens: None, ..credentials.clone() },
        ),
        page(
            "app-credentials-none",
            &AppCredentialsPage { secret: Secret::Gone, tokens: Some(vec![]), ..credentials },
        ),
    ]
}

fn row(slug: &str, name: &str, state: State, is_disabled: bool) -> AppRow {
    AppRow {
        slug: slug.into(),
        name: name.into(),
        avatar: Avatar::new(name),
        state,
        is_disabled,
        events: if is_disabled { vec![] } else { vec!["issue".into(), "comment".into()] },
        webhook_url: if is_disabled { String::new() } else { "https://pager.northwind.example/hooks".into() },
    }
}

fn list(theme: Theme) -> DeveloperSettingsPage {
    DeveloperSettingsPage {
        shell: shell("Developer settings", Section::Developer, theme),
        is_cut: true,
        internal: vec![
            row("nightly-4fa2c1", "Nightly <report>", State::new("Internal", Tone::Neutral), false),
            row("bridge-0c11d9", "Bridge", State::new("Internal", Tone::Neutral), true),
        ],
        public: vec![
            row("pager", "Pager", State::new("Published", Tone::Good), false),
            row("boards", "Boards", State::new("Waiting to be published", Tone::Warn), false),
        ],
        may_create: true,
    }
}

pub(super) fn head() -> AppHead {
    AppHead {
        slug: "pager".into(),
        name: "Pager".into(),
        avatar: Avatar { photo: "/sentry-app-avatar/9f/?s=52".into(), ..Avatar::new("Pager") },
        state: State::new("Unpublished", Tone::Neutral),
        is_disabled: false,
        may_see_use: true,
    }
}

fn new(theme: Theme) -> AppFormPage {
    let settings = settings(theme);
    AppFormPage {
        shell: shell("New internal app", Section::Developer, theme),
        app: None,
        is_internal: true,
        error: "Too many apps.".into(),
        preview: Preview { error: "[] is too short".into(), parts: vec![] },
        scopes_error: "Requested permission of org:admin exceeds requester's permission.".into(),
        events_error: "issue webhooks require the event:read permission.".into(),
        may_delete: false,
        ..settings
    }
}

fn settings(theme: Theme) -> AppFormPage {
    let levels = |name: &'static str, title| {
        let choices = [("", "No access"), ("read", "Read"), ("write", "Read and write"), ("admin", "Admin")];
        let choices = choices.iter().map(|(value, text)| Choice::new(value, text, *value == "read"));
        ScopeChoice {
            title,
            about: "What it can look at and change.",
            level: Select::new(name, title, choices.collect()).quiet(),
        }
    };
    let event = |value, text| EventChoice { value, text, chosen: value == "issue.created" };
    AppFormPage {
        shell: shell("Pager", Section::Developer, theme),
        app: Some(head()),
        tab: "settings",
        is_internal: false,
        action: "/settings/northwind/developer-settings/pager/".into(),
        error: String::new(),
        name: Field { required: true, ..Field::text("name", "Name").value("Pager") },
        author: Field::text("author", "Author").value("Northwind"),
        overview: Field::area("overview", "Overview").value("Wakes people.\nAt night, too."),
        webhook_url: Field {
            error: "Enter a valid URL.".into(),
            ..Field::text("webhookUrl", "Webhook URL").value("https://pager")
        },
        redirect_url: Field { hint: "Where people go.", ..Field::text("redirectUrl", "Redirect URL") },
        switches: vec![Switch {
            name: "isAlertable",
            label: "Alert rule action",
            hint: "Alert rules can notify it.",
            on: true,
        }],
        resources: vec![
            levels("org", "Organization"),
            levels("event", "Issue and event"),
            levels("member", "Member"),
        ],
        scopes_error: String::new(),
        scopes_fixed: false,
        events: vec![
            EventGroup {
                title: "Issue",
                events: vec![event("issue.created", "created"), event("issue.resolved", "resolved")],
            },
            EventGroup { title: "Comment", events: vec![event("comment.created", "created")] },
        ],
        events_error: String::new(),
        headers: Field { is_code: true, ..Field::area("webhookHeaders", "Additional headers") },
        schema: Field { is_code: true, rows: 8, ..Field::area("schema", "Schema").value(SCHEMA) },
        preview: super::component::preview(),
        origins: Field { hint: "One on a line.", ..Field::area("allowedOrigins", "Allowed origins") },
        publication: Publication::Nothing,
        may_write: true,
        may_delete: true,
    }
}

fn credentials(theme: Theme) -> AppCredentialsPage {
    let token = |id: &str| AppTokenRow {
        id: id.into(),
        last_characters: "9c1f".into(),
        scopes: vec!["event:read".into(), "event:write".into()],
        created: ago(300),
    };
    AppCredentialsPage {
        shell: shell("Pager", Section::Developer, theme),
        app: head(),
        tab: "credentials",
        client_id: "ab".repeat(32),
        secret: Secret::Shown("cd".repeat(32)),
        tokens: Some(vec![token("7"), token("8")]),
        new_token: None,
        may_manage: true,
    }
}

fn dashboard(theme: Theme) -> AppDashboardPage {
    let dial = |title: &str, seed| {
        let slots =
            wave(24, seed, 9).into_iter().map(|count| Slot { label: "21 Nov, 14:00 UTC".into(), count });
        let slots: Vec<_> = slots.collect();
        let chart = bars_of(["use", "uses"], &slots, "last 24 hours");
        Dial { title: title.into(), total: Count(1234), chart }
    };
    let call = |event: &str, code: &str, tone| AppCall {
        event: event.into(),
        state: State::new(code, tone),
        url: "https://pager.northwind.example/hooks/mortise".into(),
        organization: "northwind".into(),
        when: ago(12),
        failure: None,
        error_href: String::new(),
    };
    let failed = AppCall {
        failure: Some(FailedCall {
            request_headers: vec![Pair { key: "Request-ID".into(), value: "0193f1c27d1e7aa0".into() }],
            request_body: "{\n  \"action\": \"created\"\n}".into(),
            response_body: "<h1>Broken</h1>".into(),
        }),
        error_href: "/organizations/northwind/issues/1/events/2/".into(),
        ..call("issue.created", "500", Tone::Bad)
    };
    let period = |text: &str, current| Link { text: text.into(), href: "/x/?period=7d".into(), current };
    AppDashboardPage {
        shell: shell("Pager", Section::Developer, theme),
        app: head(),
        tab: "dashboard",
        periods: vec![period("24 hours", true), period("7 days", false), period("30 days", false)],
        span: "last 24 hours",
        installed: Count(31),
        installs: Count(40),
        uninstalls: Count(9),
        charts: vec![dial("Installs", 3), dial("Uninstalls", 4), dial("Views", 7), dial("Uses on issues", 2)],
        event: select("event", "Request", &["All requests", "issue.created"], 0),
        organization: select("org", "Organization", &["All organizations", "Northwind"], 1),
        from: Field { kind: "datetime-local", ..Field::text("from", "From (UTC)").value("2026-11-20T08:00") },
        to: Field {
            kind: "datetime-local",
            error: "This is no date with a time.".into(),
            ..Field::text("to", "To (UTC)").value("soon")
        },
        failed_only: true,
        keep: vec![("period", "24h".into())],
        calls: vec![
            failed,
            call("comment.created", "200", Tone::Good),
            call("select_options.requested", "No answer", Tone::Bad),
        ],
        filtered: true,
    }
}

fn ask(picture: &str) -> Publication {
    Publication::Ask(Pictures { logo: picture.into(), icon: picture.into(), needs_icon: true })
}
