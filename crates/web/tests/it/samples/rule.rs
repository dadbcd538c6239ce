use mortise_web::view::{
    Choice, Field, OrgRef, Pager, Section, Select, State, Theme, Tone,
    component::{Control, FormField},
    rule::{NodeList, NodeRow, Piece, RulePage, RuleRow, RulesPage},
};

use super::{ago, page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let rule = rule(theme);
    let new = RulePage {
        id: String::new(),
        action: "/organizations/northwind/alerts/rules/web/new/".into(),
        is_disabled: false,
        error: "A rule like this exists.".into(),
        ..rule.clone()
    };
    vec![
        page("rules", &list),
        page("rules-none", &RulesPage { rows: vec![], may_write: false, ..list }),
        page("rule", &rule),
        page("rule-new", &new),
        page("rule-read", &RulePage { may_write: false, ..rule }),
    ]
}

fn list(theme: Theme) -> RulesPage {
    let row = |name: &str, state, fired| RuleRow {
        id: "7".into(),
        name: name.into(),
        project: "checkout".into(),
        actions: vec!["Send a notification to #platform".into(), "Open a ticket in Boards <beta>".into()],
        state,
        fired,
    };
    RulesPage {
        shell: shell("Alert rules", Section::Alerts, theme),
        rows: vec![
            row("Something new broke", State::new("Active", Tone::Good), Some(ago(90))),
            row("Many <users>", State::new("Disabled", Tone::Warn), None),
        ],
        pager: Pager::default(),
        projects: vec![OrgRef { slug: "checkout".into(), name: "Checkout".into() }],
        may_write: true,
    }
}

fn field(id: &str, control: Control) -> FormField {
    FormField {
        id: id.into(),
        name: id.replace('-', "."),
        label: "value".into(),
        control,
        required: false,
        error: String::new(),
        hint: "100".into(),
        find: None,
        feeds: String::new(),
    }
}

fn rule(theme: Theme) -> RulePage {
    let node = |name: &str, pieces| NodeRow {
        name: name.into(),
        kept: "{\"id\":\"x\"}".into(),
        pieces,
        fields: vec![],
        error: String::new(),
    };
    let text = |text: &str| Piece::Text(text.into());
    let choices = vec![Choice::new("1h", "one hour", true), Choice::new("1d", "one day", false)];
    let often = vec![
        text("The issue is seen more than"),
        Piece::Input { field: field("conditions-0-value", Control::Text("100".into())), is_number: true },
        text("times in"),
        Piece::Input { field: field("conditions-0-interval", Control::Select(choices)), is_number: false },
    ];
    let app = NodeRow {
        fields: vec![
            field("actions-0-0", Control::Select(vec![Choice::new("\"a\"", "Alpha", true)])),
            field("actions-0-1", Control::Text("note".into())),
        ],
        error: "Boards could not be asked: it is asleep.".into(),
        ..node("actions.0", vec![text("Open a ticket in Boards <beta>")])
    };
    let list = |kind, title, matching, nodes, add| NodeList {
        kind,
        title,
        matching,
        error: if kind == "filters" { "Must select a filter match.".into() } else { String::new() },
        nodes,
        add: select(add, "Another", &["The issue is new", "The level is ..."], 0).quiet(),
    };
    let matching =
        |name| Some(select(name, "How many must hold", &["any of these", "all of these"], 0).quiet());
    RulePage {
        shell: shell("Something new broke", Section::Alerts, theme),
        project: "checkout".into(),
        id: "7".into(),
        action: "/organizations/northwind/alerts/rules/checkout/7/".into(),
        error: String::new(),
        name: Field { required: true, ..Field::text("name", "Name").value("Something new broke") },
        environment: Select::new("environment", "Environment", vec![Choice::new("", "All", true)]),
        frequency: select("frequency", "At most once in", &["5 minutes", "an hour"], 1),
        lists: vec![
            list(
                "conditions",
                "When",
                matching("actionMatch"),
                vec![node("conditions.0", often)],
                "new.conditions",
            ),
            list("filters", "If", matching("filterMatch"), vec![], "new.filters"),
            list("actions", "Then", None, vec![app], "new.actions"),
        ],
        is_disabled: true,
        may_write: true,
    }
}
