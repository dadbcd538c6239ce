use mortise_web::charts::{Slot, bars_of};
use mortise_web::view::{
    Choice, Count, Field, Link, OrgRef, Pager, Section, Select, State, Theme, Tone,
    component::{Control, FormField},
    rule::{
        FiredIssue, IncidentRow, MetricRulePage, MetricRuleRow, MetricRulesPage, Mute, NodeList, NodeRow,
        Piece, RuleFormPage, RulePage, RulePart, RuleRow, RulesPage,
    },
};

use super::{ago, page, select, shell, wave};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let (rule, form) = (rule(theme), form(theme));
    let (metric, incidents) = metric(theme);
    let new = RuleFormPage {
        id: String::new(),
        action: "/organizations/northwind/alerts/new-rule/web/".into(),
        error: "A rule like this exists.".into(),
        ..form.clone()
    };
    vec![
        page("rules", &list),
        page("rules-none", &RulesPage { rows: vec![], may_write: false, ..list }),
        page("rule", &rule),
        page(
            "rule-quiet",
            &RulePage { mutes: vec![], is_disabled: false, issues: vec![], may_write: false, ..rule },
        ),
        page("metric-rules", &metric),
        page("metric-rules-none", &MetricRulesPage { rows: vec![], ..metric.clone() }),
        page("metric-rule", &incidents),
        page("metric-rule-quiet", &MetricRulePage { incidents: vec![], ..incidents.clone() }),
        page("rule-new", &new),
        page("rule-form", &form),
        page("rule-form-read", &RuleFormPage { may_write: false, ..form }),
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

fn form(theme: Theme) -> RuleFormPage {
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
    RuleFormPage {
        shell: shell("Something new broke", Section::Alerts, theme),
        project: "checkout".into(),
        id: "7".into(),
        action: "/organizations/northwind/alerts/rules/checkout/7/edit/".into(),
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
        may_write: true,
    }
}

fn rule(theme: Theme) -> RulePage {
    let part = |title, how: &str, lines: &[&str]| RulePart {
        title,
        how: how.into(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    let period = |text: &str, current| Link { text: text.into(), href: "/x/?period=7d".into(), current };
    let slots = wave(24, 5, 4).into_iter().map(|count| Slot { label: "21 Nov, 14:00 UTC".into(), count });
    let slots: Vec<_> = slots.collect();
    RulePage {
        shell: shell("Something new broke", Section::Alerts, theme),
        project: "checkout".into(),
        id: "7".into(),
        state: State::new("Muted", Tone::Neutral),
        is_disabled: true,
        lacks_mail: true,
        not_done: vec!["Send a notification to the {team} Team to <channel>".into()],
        mutes: vec![
            Mute { is_for_all: true, by: "Ada Lovelace".into(), until: Some(ago(-90)) },
            Mute { is_for_all: false, by: "You".into(), until: None },
        ],
        mute_target: select("target", "For whom", &["Me", "Everybody"], 0),
        mute_for: select("for", "How long", &["for an hour", "for a day"], 0),
        parts: vec![
            part(
                "When",
                "any",
                &["A new issue is created", "The issue is seen more than 50 times in one hour"],
            ),
            part("Then", "", &["Send a notification to #core <and friends>"]),
        ],
        environment: "production".into(),
        made: ago(9000),
        made_by: "Ada Lovelace".into(),
        periods: vec![period("24 hours", true), period("7 days", false)],
        span: "last 24 hours",
        fires: Count(12),
        chart: bars_of(["time", "times"], &slots, "last 24 hours"),
        issues: vec![
            FiredIssue {
                id: "1".into(),
                short_id: "CHECKOUT-1".into(),
                title: "PaymentError: 51 <insufficient funds>".into(),
                count: Count(11),
                last: ago(3),
                event: "9f".repeat(16),
            },
            FiredIssue {
                id: "2".into(),
                short_id: "CHECKOUT-2".into(),
                title: "TimeoutError".into(),
                count: Count(1),
                last: ago(70),
                event: String::new(),
            },
        ],
        pager: Pager { next: Some("/x/?cursor=0:25:0".into()), ..Pager::default() },
        may_write: true,
    }
}

fn metric(theme: Theme) -> (MetricRulesPage, MetricRulePage) {
    let incident = |state, tone, ended| IncidentRow {
        number: "12".into(),
        state: State::new(state, tone),
        began: ago(55),
        ended,
    };
    let rule = MetricRuleRow {
        id: "7".into(),
        name: "Too many <errors>".into(),
        projects: "checkout, web".into(),
        aggregate: "count_unique(user)".into(),
        query: "level:error".into(),
        environment: "production".into(),
        window_minutes: "10".into(),
        thresholds: vec!["critical above 300".into(), "resolved below 20".into()],
        tells: vec!["critical: Send an email to members of #core".into()],
        state: State::new("Critical", Tone::Bad),
        last: Some(incident("Critical", Tone::Bad, None)),
    };
    let quiet = MetricRuleRow {
        query: String::new(),
        environment: String::new(),
        state: State::new("Quiet", Tone::Good),
        last: None,
        ..rule.clone()
    };
    let list = MetricRulesPage {
        shell: shell("Metric alert rules", Section::Alerts, theme),
        rows: vec![rule.clone(), quiet],
        pager: Pager::default(),
    };
    let one = MetricRulePage {
        shell: shell("Too many <errors>", Section::Alerts, theme),
        rule,
        is_evaluated: false,
        lacks_mail: true,
        not_done: vec!["Send a Slack notification to #ops".into()],
        incidents: vec![incident("Critical", Tone::Bad, None), incident("Over", Tone::Neutral, Some(ago(5)))],
        pager: Pager { next: Some("/x/?cursor=0:25:0".into()), ..Pager::default() },
    };
    (list, one)
}
