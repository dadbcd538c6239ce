use mortise_web::view::{
    Link, Pager, Section, State, Theme, Tone, When,
    delivery::{AttemptView, DeliveriesPage, DeliveryPage, DeliveryRow},
    event::Pair,
};

use super::{ago, now, page, select, shell};

pub(super) fn pages(theme: Theme) -> Vec<(&'static str, String)> {
    let list = list(theme);
    let empty = DeliveriesPage { rows: vec![], ..list.clone() };
    vec![page("deliveries", &list), page("deliveries-empty", &empty), page("delivery", &one(theme))]
}

fn row(id: &str, event: &str, to: &str, state: State, outcome: &str) -> DeliveryRow {
    DeliveryRow {
        id: id.into(),
        event: event.into(),
        subscriber: to.into(),
        state,
        attempts: 2,
        outcome: outcome.into(),
        duration: "184 ms".into(),
        created: ago(7),
        due: None,
        may_replay: true,
    }
}

fn retrying() -> DeliveryRow {
    let due = When::new(now() + jiff::SignedDuration::from_mins(5), now());
    let row = row(
        "d2",
        "issue.resolved",
        "Pager bridge",
        State::new("Retrying", Tone::Warn),
        "503 Service Unavailable",
    );
    DeliveryRow { due: Some(due), may_replay: false, ..row }
}

fn list(theme: Theme) -> DeliveriesPage {
    let tab = |text: &str, current| Link {
        text: text.into(),
        href: "/organizations/northwind/deliveries/?state=x".into(),
        current,
    };
    DeliveriesPage {
        shell: shell("Deliveries", Section::Deliveries, theme),
        tabs: vec![tab("All", true), tab("Waiting", false), tab("Delivered", false), tab("Failed", false)],
        subscriber: select(
            "subscriber",
            "Subscriber",
            &["All subscribers", "Pager bridge", "Azure DevOps"],
            0,
        )
        .quiet(),
        event: select("event", "Event", &["All events", "issue.created", "comment.created"], 0).quiet(),
        keep: vec![("state", "all".into())],
        rows: vec![
            row("d1", "issue.created", "Pager bridge", State::new("Delivered", Tone::Good), "200 OK"),
            retrying(),
            row(
                "d3",
                "comment.created",
                "Azure DevOps",
                State::new("Failed", Tone::Bad),
                "connection refused",
            ),
            DeliveryRow {
                attempts: 0,
                outcome: String::new(),
                duration: String::new(),
                may_replay: false,
                ..row("d4", "issue.assigned", "Azure DevOps", State::new("Waiting", Tone::Neutral), "")
            },
        ],
        pager: Pager { prev: None, next: None, summary: "4 deliveries".into() },
        filtered: false,
    }
}

fn one(theme: Theme) -> DeliveryPage {
    let pairs = |items: &[(&str, &str)]| -> Vec<Pair> {
        items.iter().map(|(k, v)| Pair { key: (*k).into(), value: (*v).into() }).collect()
    };
    let attempt = |number, outcome: &str, tone, body: &str| AttemptView {
        number,
        state: State::new(if tone == Tone::Good { "Delivered" } else { "Failed" }, tone),
        when: ago(10 - i64::from(number)),
        duration: "184 ms".into(),
        method: "POST".into(),
        url: "https://pager.northwind.example/hooks/mortise".into(),
        request_headers: pairs(&[
            ("Content-Type", "application/json"),
            ("Sentry-Hook-Resource", "issue"),
            ("Request-ID", "0193f1c27d1e7aa0"),
            ("webhook-id", "msg_0193f1c2"),
        ]),
        request_body:
            "{\"action\":\"resolved\",\"data\":{\"issue\":{\"id\":\"1\",\"title\":\"PaymentDeclined\"}}}"
                .into(),
        outcome: outcome.into(),
        response_headers: pairs(&[("Retry-After", "300")]),
        response_body: body.into(),
        open: number == 2,
    };
    DeliveryPage {
        shell: shell("Delivery", Section::Deliveries, theme),
        delivery: retrying(),
        facts: pairs(&[
            ("To", "Pager bridge"),
            ("Request-ID", "0193f1c27d1e7aa0"),
            ("Created", "21 Nov 2026, 14:23:00 UTC"),
            ("Next attempt", "21 Nov 2026, 14:35:00 UTC"),
        ]),
        attempts: vec![
            attempt(2, "503 Service Unavailable", Tone::Bad, "try later"),
            attempt(1, "timed out after 10 s", Tone::Bad, ""),
        ],
    }
}
