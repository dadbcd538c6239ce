//! The audit log.

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use mortise_service::{
    Ctx,
    access::{Permission, class},
    audit_log::{self, LogRequest},
    wire::audit::{AuditActor, AuditEntry},
};

use super::{access_to, paging, people_choices};
use crate::{
    edge::{Outcome, Signed, Visit, page},
    routes::path,
    view::{
        Avatar, Choice, Section, Select, When,
        audit::{AuditPage, AuditRow},
    },
};

/// Entries on a page.
const ROWS: &str = "50";

pub(super) fn routes() -> Router<Ctx> {
    Router::new().route(path::audit, get(list))
}

async fn list(visit: Signed, State(ctx): State<Ctx>, Path(org): Path<String>) -> Outcome {
    let access = access_to::org(&visit, &org, class::OrganizationAudit::CLASS, "GET").await?;
    let chosen = |name: &str| Some(visit.query.get(name)).filter(|text| !text.is_empty()).map(str::to_owned);
    // An actor that is no number has done nothing; the API would refuse the whole list.
    let actor = chosen("actor").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
    let request = LogRequest { event: chosen("event"), actor, page: paging::request(&visit, ROWS)? };
    let (log, links) = audit_log::list(&ctx, &access, &request).await?;
    let people = people_choices::members(&ctx, &access).await?;
    let mut actors = vec![Choice::new("", "Everybody", request.actor.is_none())];
    actors.extend(
        people
            .rows
            .iter()
            .filter_map(|member| member.user.as_ref())
            .map(|user| Choice::new(&user.id, &user.name, request.actor.as_deref() == Some(&user.id))),
    );
    actors.extend(people.rest);
    let mut events = vec![Choice::new("", "All events", request.event.is_none())];
    events.extend(
        log.options.iter().map(|event| Choice::new(event, event, request.event.as_deref() == Some(event))),
    );
    page(&AuditPage {
        shell: visit.org_shell(&access, "Audit log", Section::Audit).await?,
        event: Select::new("event", "Event", events).quiet(),
        actor: Select::new("actor", "Person", actors).quiet(),
        rows: log.rows.iter().map(|entry| row(&visit, entry)).collect(),
        pager: paging::pager(&visit, &links, ""),
        filtered: request.event.is_some() || request.actor.is_some(),
    })
}

fn row(visit: &Visit, entry: &AuditEntry) -> AuditRow {
    let actor = match &entry.actor {
        AuditActor::User(user) => &user.name,
        AuditActor::Label { name } => name,
    };
    AuditRow {
        actor: Avatar::new(actor),
        event: entry.event.clone(),
        note: entry.note.clone(),
        address: entry.ip_address.clone().unwrap_or_default(),
        when: When::new(entry.date_created.time(), visit.now),
    }
}
