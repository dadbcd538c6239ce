use mortise_web::{
    charts::{self, Slot},
    view::{
        Avatar, Choice, Count, Level, Priority, Section, State, Theme, Tone,
        event::{
            Crumb, EventNav, EventView, ExceptionView, Frame, Group, OpenIn, Pair, RequestView, SourceLine,
            TagShare, TagValue, fold_stack,
        },
        issue::{Activity, Deed, IssueApp, IssueHead, IssueMay, IssuePage, IssueStatus, WorkItem},
    },
};

use super::{ago, page, shell, wave};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let full = issue(theme);
    let mut resolved =
        IssuePage { event: None, may: IssueMay { write: true, delete: false }, ..full.clone() };
    resolved.issue.status = IssueStatus::Resolved;
    resolved.issue.state = State::new("Resolved", Tone::Good);
    resolved.issue.state_detail = "in the next release".into();
    resolved.comment_text = "Fixed in 2.4.1".into();
    resolved.comment_error = "You have already posted that comment.".into();
    let reader = IssuePage { may: IssueMay { write: false, delete: false }, ..full.clone() };
    vec![page("issue", &full), page("issue-resolved", &resolved), page("issue-read-only", &reader)]
}

fn issue(theme: Theme) -> IssuePage {
    let slots = |n: u64, unit: &str| -> Vec<Slot> {
        wave(n, 3, 60)
            .into_iter()
            .enumerate()
            .map(|(i, count)| Slot { label: format!("{i} {unit} ago"), count })
            .collect()
    };
    IssuePage {
        shell: shell("PaymentDeclined: card_error", Section::Issues, theme),
        issue: head(),
        event: Some(event()),
        stats_day: charts::bars(&slots(24, "h"), "last 24 hours"),
        stats_month: charts::bars(&slots(30, "days"), "last 30 days"),
        tags: tags(),
        activity: activity(),
        participants: ["Ada Lovelace", "Grace Hopper"].map(Avatar::new).to_vec(),
        seen_by: ["Ada Lovelace", "Grace Hopper", "Linus T"].map(Avatar::new).to_vec(),
        apps: vec![IssueApp {
            slug: "board".into(),
            name: "Boards <beta>".into(),
            avatar: Avatar::new("Boards"),
            installation: "0193f1c2-7d1e".into(),
        }],
        may: IssueMay { write: true, delete: true },
        comment_text: String::new(),
        comment_error: String::new(),
    }
}

fn head() -> IssueHead {
    IssueHead {
        id: "1".into(),
        short_id: "CHECKOUT-1K".into(),
        kind: "PaymentDeclined".into(),
        message: "card_error: the issuing bank answered 51 <insufficient funds>".into(),
        culprit: "shop.payments.charge in capture".into(),
        project: "checkout".into(),
        project_name: "Checkout".into(),
        level: Level::Error,
        priority: Priority::High,
        status: IssueStatus::Unresolved,
        state: State::new("Escalating", Tone::Bad),
        state_detail: "12 times its usual rate".into(),
        events: Count(12_482),
        users: Count(1_783),
        first_seen: ago(60 * 24 * 12),
        last_seen: ago(2),
        first_release: "shop@2.3.0".into(),
        last_release: "shop@2.4.1".into(),
        assignee: Some(Avatar::new("Ada Lovelace")),
        assignees: vec![
            Choice::new("user:1", "Ada Lovelace (you)", true),
            Choice::new("user:2", "Grace Hopper", false),
            Choice::new("team:1", "#platform", false),
        ],
        bookmarked: true,
        subscribed: false,
        links: vec![WorkItem {
            app: "board".into(),
            id: "7".into(),
            service: "Azure DevOps".into(),
            name: "AB#1042".into(),
            href: "https://dev.azure.example/1042".into(),
        }],
    }
}

fn event() -> EventView {
    EventView {
        id: "9f3b2c61d0e84f5aa1b2c3d4e5f60718".into(),
        received: ago(2),
        nav: EventNav { prev: Some("aa".repeat(16)), next: None, is_first: false, is_latest: true },
        environment: "production".into(),
        release: "shop@2.4.1".into(),
        user: "mary@customer.example".into(),
        exceptions: vec![
            exception(
                "PaymentDeclined",
                "card_error: the issuing bank answered 51 <insufficient funds>",
                Some(false),
            ),
            exception("HTTPStatusError", "402 Payment Required", None),
        ],
        message: String::new(),
        request: Some(request()),
        breadcrumbs: crumbs(),
        tags: pairs(&[
            ("browser", "Firefox 140"),
            ("os", "Linux"),
            ("server_name", "shop-web-3"),
            ("region", "eu-north"),
        ]),
        contexts: vec![
            Group { title: "Runtime".into(), pairs: pairs(&[("name", "CPython"), ("version", "3.13.1")]) },
            Group {
                title: "Operating system".into(),
                pairs: pairs(&[("name", "Linux"), ("kernel_version", "6.8.0")]),
            },
            Group { title: "Trace".into(), pairs: pairs(&[("trace_id", "4f1c"), ("op", "http.server")]) },
        ],
        extra: pairs(&[("cart", "{\n  \"lines\": 3,\n  \"total\": \"129.00\"\n}"), ("retry", "2")]),
        packages: pairs(&[("fastapi", "0.115.2"), ("httpx", "0.27.2"), ("sqlalchemy", "2.0.36")]),
        sdk: "sentry.python 2.19.0".into(),
    }
}

fn pairs(items: &[(&str, &str)]) -> Vec<Pair> {
    items.iter().map(|(key, value)| Pair { key: (*key).into(), value: (*value).into() }).collect()
}

fn exception(kind: &str, value: &str, handled: Option<bool>) -> ExceptionView {
    let own = |file: &str, function: &str, line: u32| frame(file, function, line, true);
    let lib = |file: &str, function: &str, line: u32| frame(file, function, line, false);
    ExceptionView {
        kind: kind.into(),
        value: value.into(),
        module: "shop.payments".into(),
        handled,
        mechanism: if handled.is_some() { "fastapi".into() } else { String::new() },
        stack: fold_stack(vec![
            own("shop/payments.py", "capture", 88),
            lib("httpx/_models.py", "raise_for_status", 829),
            lib("httpx/_client.py", "post", 1144),
            own("shop/checkout.py", "place_order", 41),
            lib("starlette/routing.py", "app", 73),
        ]),
    }
}

fn frame(file: &str, function: &str, line: u32, in_app: bool) -> Frame {
    let code = [
        "    response = client.post(url, json=body)",
        "    if response.status_code == 402:",
        "        reason = response.json()[\"reason\"]",
        "        raise PaymentDeclined(f\"card_error: {reason}\")",
        "",
        "    return Receipt(**response.json())",
    ];
    let context = code.iter().zip(line - 3..).map(|(text, number)| SourceLine {
        number,
        text: (*text).into(),
        hit: number == line,
    });
    Frame {
        file: file.into(),
        function: function.into(),
        module: file.trim_end_matches(".py").replace('/', "."),
        line: Some(line),
        column: None,
        in_app,
        open: false,
        context: if in_app { context.collect() } else { vec![] },
        vars: if in_app {
            pairs(&[("amount", "129.00"), ("card", "'[Filtered]'"), ("order", "<Order 8841 lines=3>")])
        } else {
            vec![]
        },
        links: if in_app { vec![open_in()] } else { vec![] },
    }
}

fn request() -> RequestView {
    RequestView {
        method: "POST".into(),
        url: "https://shop.northwind.example/api/checkout".into(),
        query: pairs(&[("coupon", "AUTUMN")]),
        headers: pairs(&[
            ("Content-Type", "application/json"),
            ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ]),
        cookies: vec![],
        body: "{\n  \"cart\": 8841,\n  \"card\": \"[Filtered]\"\n}".into(),
    }
}

fn crumbs() -> Vec<Crumb> {
    let crumb = |category: &str, message: &str, level, time: &str, data: &[(&str, &str)]| Crumb {
        category: category.into(),
        message: message.into(),
        data: pairs(data),
        level,
        time: time.into(),
    };
    vec![
        crumb("exception", "PaymentDeclined: card_error", Level::Error, "14:27:58.120", &[]),
        crumb(
            "httplib",
            "POST https://bank.example/charges",
            Level::Info,
            "14:27:57.802",
            &[("status_code", "402"), ("reason", "Payment Required")],
        ),
        crumb("query", "SELECT * FROM cart WHERE id = %s", Level::Debug, "14:27:57.410", &[]),
        crumb("auth", "session is about to expire", Level::Warning, "14:27:55.001", &[]),
    ]
}

fn tags() -> Vec<TagShare> {
    let share = |key: &str, values: &[(&str, u8)], others| TagShare {
        key: key.into(),
        top: values
            .iter()
            .map(|(value, percent)| TagValue {
                value: (*value).into(),
                percent: *percent,
                bar: charts::share(*percent),
                href: "/organizations/northwind/issues/?query=x".into(),
            })
            .collect(),
        others,
    };
    vec![
        share("release", &[("shop@2.4.1", 81), ("shop@2.4.0", 12), ("shop@2.3.0", 5)], 2),
        share("browser", &[("Firefox 140", 48), ("Chrome 143", 40), ("Safari 19", 9)], 3),
        share("environment", &[("production", 97), ("staging", 3)], 0),
        share("server_name", &[("shop-web-3", 51), ("shop-web-1", 49)], 0),
    ]
}

fn activity() -> Vec<Activity> {
    let entry = |id: &str, who: &str, minutes, what| Activity {
        id: id.into(),
        actor: Avatar::new(who),
        when: ago(minutes),
        what,
    };
    let change = |icon, text: &str| Deed::Change { icon, text: text.into() };
    vec![
        entry(
            "9",
            "Ada Lovelace",
            12,
            Deed::Note {
                text: "The bank changed its answer for declined cards.\nWe must read `reason`, not `code`."
                    .into(),
                mine: true,
            },
        ),
        entry(
            "8",
            "Grace Hopper",
            55,
            Deed::Note { text: "Seen on staging too, see <the log>.".into(), mine: false },
        ),
        entry("7", "Ada Lovelace", 58, change("user", "took this issue")),
        entry("6", "Azure DevOps", 60, change("link", "linked the work item AB#1042")),
        entry(
            "5",
            "Mortise",
            61,
            change("alert", "marked this issue as escalating: 12 times its usual rate"),
        ),
        entry("4", "Grace Hopper", 60 * 24 * 3, change("archive", "archived this issue until it escalates")),
        entry("3", "Mortise", 60 * 24 * 12, change("issues", "first saw this issue")),
    ]
}

fn open_in() -> OpenIn {
    OpenIn {
        app: "boards".into(),
        name: "Boards".into(),
        href: "https://boards.example/f?filename=a&lineNo=7".into(),
    }
}
