//! The audit log.

use askama::Template;

use super::{Avatar, Pager, Select, Shell, When};

/// Who did what, newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    pub shell: Shell,
    pub event: Select,
    pub actor: Select,
    pub rows: Vec<AuditRow>,
    pub pager: Pager,
    pub filtered: bool,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct AuditRow {
    pub actor: Avatar,
    /// API name, as in `member.invite`.
    pub event: String,
    pub note: String,
    pub address: String,
    pub when: When,
}
