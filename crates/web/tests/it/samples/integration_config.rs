use mortise_web::view::{
    Choice, Section, Theme,
    integration_config::{Cell, ConfigField, Grid, GridRow, Input, IntegrationConfigPage},
};

use super::{integration::installed, page, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let all = all(theme);
    let none = IntegrationConfigPage { fields: vec![], error: String::new(), ..all.clone() };
    let fields = all.fields.iter().cloned().map(|it| ConfigField {
        is_disabled: true,
        reason: "Your organization does not have access to this feature".into(),
        error: String::new(),
        ..it
    });
    let off = IntegrationConfigPage { fields: fields.collect(), error: String::new(), ..all.clone() };
    let to_read = IntegrationConfigPage { may_write: false, error: String::new(), ..all.clone() };
    vec![
        page("integration-config", &all),
        page("integration-config-off", &off),
        page("integration-config-none", &none),
        page("integration-config-to-read", &to_read),
    ]
}

fn all(theme: Theme) -> IntegrationConfigPage {
    IntegrationConfigPage {
        shell: shell("northwind", Section::Integrations, theme),
        installed: installed("settings"),
        facts: vec![("Address", "https://dev.azure.com/northwind/".into()), ("Id there", "7252394".into())],
        title: "Settings".into(),
        fields: fields(),
        may_write: true,
        error: "The other side refused.".into(),
    }
}

fn fields() -> Vec<ConfigField> {
    let value = |text: &str| text.to_owned();
    let choices = || vec![Choice::new("1", "One", true), Choice::new("\"b\"", "Two", false)];
    let suggested = Input::Suggested {
        value: value("main"),
        choices: choices(),
        url: "/extensions/example/search/northwind/7/".into(),
        field: "branch".into(),
    };
    let wrong = ConfigField { error: "This is no address.".into(), ..field("address", line("url", "x")) };
    let bad =
        ConfigField { error: "Resolve and unresolve status are required.".into(), ..field("map", map()) };
    vec![
        bad,
        field("services", services()),
        field("comments", Input::Switch(true)),
        ConfigField { error: "This can't be on.".into(), ..field("assignment", Input::Switch(false)) },
        wrong,
        field("days", line("number", "3")),
        field("ignored", Input::Area { rows: 3, value: value("a\n<b>") }),
        field("way", Input::Choice { choices: choices(), is_multiple: false }),
        field("kinds", Input::Choice { choices: choices(), is_multiple: true }),
        field("branch", suggested),
    ]
}

fn line(kind: &'static str, value: &str) -> Input {
    Input::Line { kind, value: value.into() }
}

fn field(name: &str, input: Input) -> ConfigField {
    ConfigField {
        id: format!("field.{name}"),
        label: format!("Sync {name} to Azure DevOps"),
        help: "What changes here changes there <too>.".into(),
        error: String::new(),
        required: name == "days",
        is_disabled: false,
        reason: String::new(),
        placeholder: "As you like".into(),
        input,
    }
}

fn map() -> Input {
    let select = || Cell::Select {
        choices: vec![Choice::new("\"Done\"", "Done", true), Choice::new("\"New\"", "New", false)],
        placeholder: "Select a status".into(),
    };
    let row = |name: &str, first: Cell, is_new| GridRow {
        name: name.into(),
        kept: "\"6ce9\"".into(),
        is_new,
        cells: vec![first, select(), select()],
    };
    let url = "/extensions/example/search/northwind/7/".to_owned();
    Input::Grid(Grid {
        heads: ["Project", "When resolved", "When unresolved"].map(str::to_owned).into(),
        rows: vec![
            row("Payments", Cell::Fixed("Payments".into()), false),
            row("new row", Cell::Suggested { choices: vec![Choice::new("p", "Portal", false)], url }, true),
        ],
        caution: String::new(),
    })
}

fn services() -> Input {
    let row = |name: &str, is_new| GridRow {
        name: name.into(),
        kept: "{\"id\":1}".into(),
        is_new,
        cells: vec![Cell::Text(name.into()), Cell::Text("0123456789abcdef".into())],
    };
    Input::Grid(Grid {
        heads: ["Service", "Integration key"].map(str::to_owned).into(),
        rows: vec![row("On call", false), row("new row", true)],
        caution: "Alert rules that use it stop working.".into(),
    })
}
