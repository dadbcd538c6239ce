use mortise_web::view::{
    Choice, Section, State, Theme, Tone,
    integration::{Feature, Resource},
    integration_config::{ConfigField, Input},
    plugin::{
        May, PluginGroup, PluginRow, ProjectPluginPage, ProjectPluginsPage, ReleaseTrackingPage, Tested,
    },
};

use super::{page, project::head, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let on = one(theme);
    let refused = ProjectPluginPage {
        error: "Retry must be 30 or higher. It is 10.".into(),
        tested: Some(Tested {
            tone: Tone::Bad,
            text: "500 Server Error: Internal Server Error\n<broken>".into(),
        }),
        ..on.clone()
    };
    let off = ProjectPluginPage {
        state: State::new("Off", Tone::Neutral),
        is_on: false,
        is_set: false,
        tested: None,
        deliveries: String::new(),
        may: May { try_out: false, ..on.may },
        ..on.clone()
    };
    let kept = ProjectPluginPage {
        acts: false,
        problem: "You still need to associate an Asana identity with this account.".into(),
        fields: vec![],
        ..off.clone()
    };
    let to_read = ProjectPluginPage { may: May::default(), is_for_releases: true, ..on.clone() };
    vec![
        page("project-plugins", &list(theme)),
        page("project-plugin", &on),
        page("project-plugin-refused", &refused),
        page("project-plugin-off", &off),
        page("project-plugin-kept", &kept),
        page("project-plugin-to-read", &to_read),
        page("release-tracking", &releases(theme)),
    ]
}

fn list(theme: Theme) -> ProjectPluginsPage {
    let row = |slug: &str, name: &str, state: State| PluginRow {
        slug: slug.into(),
        name: name.into(),
        about: "Posts the event to your own addresses when an alert rule fires.".into(),
        state,
    };
    let off = || State::new("Off", Tone::Neutral);
    let group = |id, title, about, rows| PluginGroup { id, title, about, rows };
    ProjectPluginsPage {
        shell: shell("Plugins", Section::Projects, theme),
        project: head(),
        tab: "plugins",
        groups: vec![
            group("on", "Switched on", "", vec![row("webhooks", "WebHooks", State::new("On", Tone::Good))]),
            group(
                "available",
                "Available",
                "They do something once they are set up and switched on.",
                vec![row("slack", "Slack", off()), row("pagerduty", "PagerDuty", off())],
            ),
            group(
                "kept",
                "Kept for scripts and configurations",
                "They keep their settings, but do nothing on this server.",
                vec![row("jira", "JIRA", off())],
            ),
        ],
    }
}

fn one(theme: Theme) -> ProjectPluginPage {
    ProjectPluginPage {
        shell: shell("WebHooks", Section::Projects, theme),
        project: head(),
        slug: "webhooks".into(),
        name: "WebHooks".into(),
        description: "Posts the event to your own addresses when an alert rule fires.".into(),
        features: vec![Feature {
            text: "Send a request to any address when an alert rule fires.".into(),
            category: None,
            is_on: true,
        }],
        resources: vec![Resource::new("Report Issue", "https://example.com/issues")],
        acts: true,
        is_for_releases: false,
        state: State::new("On", Tone::Good),
        is_on: true,
        problem: String::new(),
        fields: fields(),
        error: String::new(),
        is_set: true,
        may: May { change: true, switch_on: true, switch_off: true, try_out: true },
        tested: Some(Tested { tone: Tone::Good, text: "No errors returned".into() }),
        deliveries: "/organizations/northwind/deliveries/?subscriber=plugin%3A7%2Fwebhooks".into(),
    }
}

fn fields() -> Vec<ConfigField> {
    let field = |name: &str, label: &str, input: Input| ConfigField {
        id: format!("field.{name}"),
        label: label.into(),
        help: "What it is for.".into(),
        error: String::new(),
        required: false,
        is_disabled: false,
        reason: String::new(),
        placeholder: String::new(),
        input,
    };
    let urls = "https://receiver.example/one\nhttps://receiver.example/two";
    let choices = vec![Choice::new("0", "Normal", true), Choice::new("2", "Emergency", false)];
    vec![
        ConfigField {
            error: "Not a valid URL.".into(),
            ..field("urls", "Callback URLs", Input::Area { rows: 4, value: urls.into() })
        },
        ConfigField {
            placeholder: "Saved: tops…".into(),
            required: true,
            ..field("token", "Token", Input::Line { kind: "password", value: String::new() })
        },
        field("priority", "Priority", Input::Choice { choices, is_multiple: false }),
        field("include_tags", "Include Tags", Input::Switch(true)),
    ]
}

fn releases(theme: Theme) -> ReleaseTrackingPage {
    let url = format!("https://mortise.example/api/hooks/release/builtin/7/{}/", "4f0c9d1e".repeat(8));
    ReleaseTrackingPage {
        shell: shell("Release tracking", Section::Projects, theme),
        project: head(),
        tab: "releases",
        token: "0c1d".repeat(8),
        curl: format!("curl {url} --json '{{\"version\": \"1.4.0\"}}'"),
        heroku: format!("heroku webhooks:add -i api:release -l notify -u {url} -a YOUR_APP_NAME"),
        url,
    }
}
