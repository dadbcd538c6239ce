//! Deliveries: every hand-over to a subscriber, with each attempt.

use askama::Template;

use super::{Link, Pager, Select, Shell, State, When, event::Pair};

/// Recent deliveries of the organization.
#[derive(Debug, Clone, Template)]
#[template(path = "deliveries.html")]
pub struct DeliveriesPage {
    pub shell: Shell,
    /// All, waiting, delivered, failed.
    pub tabs: Vec<Link>,
    pub subscriber: Select,
    pub event: Select,
    pub keep: Vec<(&'static str, String)>,
    pub rows: Vec<DeliveryRow>,
    pub pager: Pager,
    pub filtered: bool,
}

/// One delivery in the list.
#[derive(Debug, Clone)]
pub struct DeliveryRow {
    pub id: String,
    /// As in `issue.created`.
    pub event: String,
    pub subscriber: String,
    /// Ended, and the reader may send it again.
    pub may_replay: bool,
    pub state: State,
    pub attempts: u32,
    /// HTTP status or the error's short name of the last attempt; empty before the first.
    pub outcome: String,
    /// Duration of the last attempt; empty before the first.
    pub duration: String,
    pub created: When,
    pub due: Option<When>,
}

/// One delivery with all attempts.
#[derive(Debug, Clone, Template)]
#[template(path = "delivery.html")]
pub struct DeliveryPage {
    pub shell: Shell,
    pub delivery: DeliveryRow,
    pub facts: Vec<Pair>,
    /// Newest first.
    pub attempts: Vec<AttemptView>,
}

/// One try.
#[derive(Debug, Clone)]
pub struct AttemptView {
    pub number: u32,
    pub state: State,
    pub when: When,
    pub duration: String,
    pub method: String,
    pub url: String,
    pub request_headers: Vec<Pair>,
    pub request_body: String,
    /// Status line, or what kept an answer from coming.
    pub outcome: String,
    pub response_headers: Vec<Pair>,
    pub response_body: String,
    pub open: bool,
}
