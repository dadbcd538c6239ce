use mortise_web::{
    charts,
    view::{
        Avatar, Count, Level, Link, Pager, Priority, Section, State, Theme, Tone,
        issue_list::{EmptyList, IssueListPage, IssueRow},
    },
};

use super::{ago, flash, page, select, shell, wave};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let none = |empty| IssueListPage { rows: vec![], empty, ..list.clone() };
    let wrong = IssueListPage {
        query: "is:bogus".into(),
        query_error: "Error parsing search query: Invalid value for \"is\" search".into(),
        ..none(EmptyList::NoMatch)
    };
    vec![
        page("issue-list", &list),
        page("issue-list-no-project", &none(EmptyList::NoProject)),
        page("issue-list-no-event", &none(EmptyList::NoEvent("/x/".into()))),
        page("issue-list-wrong-query", &wrong),
    ]
}

fn list(theme: Theme) -> IssueListPage {
    let link = |text: &str, current| Link {
        text: text.into(),
        href: "/organizations/northwind/issues/?x=1".into(),
        current,
    };
    let mut shell = shell("Issues", Section::Issues, theme);
    shell.flashes.push(flash(Tone::Good, "2 issues resolved."));
    IssueListPage {
        shell,
        query: "is:unresolved".into(),
        query_error: String::new(),
        tabs: vec![
            link("Unresolved", true),
            link("Resolved", false),
            link("Archived", false),
            link("All", false),
        ],
        sort: select("sort", "Sort by", &["Last seen", "First seen", "Events", "Users"], 0).quiet(),
        project: select("project", "Project", &["All projects", "Checkout", "Storefront"], 0).quiet(),
        environment: select("environment", "Environment", &["All environments", "production", "staging"], 0)
            .quiet(),
        spans: vec![link("24 h", true), link("14 d", false)],
        span_label: "24 h",
        rows: rows(),
        pager: Pager {
            prev: None,
            next: Some("/organizations/northwind/issues/?cursor=1".into()),
            summary: "25 of 312".into(),
        },
        keep: vec![("statsPeriod", "24h".into())],
        empty: EmptyList::NoMatch,
    }
}

/// Type, message, culprit, level, priority, events.
type Line = (&'static str, &'static str, &'static str, Level, Priority, u64);

const LINES: [Line; 7] = [
    (
        "PaymentDeclined",
        "card_error: the issuing bank answered 51 <insufficient funds>",
        "shop.payments.charge in capture",
        Level::Error,
        Priority::High,
        12_482,
    ),
    (
        "TypeError",
        "Cannot read properties of undefined (reading 'price')",
        "src/cart/total.ts in lineTotal",
        Level::Error,
        Priority::High,
        2_310,
    ),
    (
        "OperationalError",
        "server closed the connection unexpectedly",
        "shop.db.session in begin",
        Level::Fatal,
        Priority::High,
        87,
    ),
    (
        "DeprecationWarning",
        "Stock.reserve() without a location goes away in 3.0",
        "shop.stock.reserve",
        Level::Warning,
        Priority::Medium,
        640,
    ),
    ("Checkout took 4.1 s", "", "POST /checkout", Level::Info, Priority::Low, 12),
    (
        "ConnectionResetError",
        "[Errno 104] Connection reset by peer",
        "urllib3.connectionpool in _make_request",
        Level::Error,
        Priority::Medium,
        1,
    ),
    (
        "A message that is so long that it would run over the edge of any sensible column in the list of issues",
        "and then goes on",
        "worker.jobs.nightly_reconciliation_of_ledgers",
        Level::Debug,
        Priority::Low,
        3,
    ),
];

fn row((id, line): (u64, &Line)) -> IssueRow {
    let &(kind, message, culprit, level, priority, events) = line;
    IssueRow {
        id: id.to_string(),
        short_id: format!("CHECKOUT-{id}K"),
        kind: kind.into(),
        message: message.into(),
        culprit: culprit.into(),
        project: "checkout".into(),
        level,
        priority,
        state: None,
        events: Count(events),
        users: Count(events / 7),
        comments: 0,
        first_seen: ago(60 * 24 * 12),
        last_seen: ago(i64::try_from(id * 3).unwrap_or(1)),
        assignee: None,
        trend: charts::sparkline(&wave(24, id, events.min(40)), "last 24 hours"),
        bookmarked: false,
        seen: true,
        links: vec![],
    }
}

fn rows() -> Vec<IssueRow> {
    let mut rows: Vec<_> = (1..).zip(&LINES).map(row).collect();
    rows[0].state = Some(State::new("Escalating", Tone::Bad));
    rows[0].assignee = Some(Avatar::new("Ada Lovelace"));
    rows[0].comments = 4;
    rows[0].links = vec!["AB#1042".into()];
    rows[1].state = Some(State::new("New", Tone::Accent));
    rows[1].seen = false;
    rows[2].state = Some(State::new("Regressed", Tone::Warn));
    rows[2].assignee = Some(Avatar::new("#platform"));
    rows[2].bookmarked = true;
    rows
}
