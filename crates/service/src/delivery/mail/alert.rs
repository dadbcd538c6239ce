//! What the mail of an alert rule says. What SDKs sent is told on one line. In organizations that want privacy it tells only
//! where to look.

use super::letter::{Letter, Span, Written, one_line};

/// What an alert is about.
pub(super) struct Alert<'a> {
    /// The name of the rule.
    pub(super) rule: &'a str,
    /// The slug of the project.
    pub(super) project: &'a str,
    pub(super) short_id: &'a str,
    /// What SDKs sent; nothing where the organization wants privacy.
    pub(super) issue: Option<Issue<'a>>,
    pub(super) level: &'a str,
    pub(super) times_seen: i64,
    /// Date and time as people read them.
    pub(super) first_seen: String,
    /// Where to look.
    pub(super) links: Vec<(&'static str, String)>,
}

/// What SDKs sent.
pub(super) struct Issue<'a> {
    pub(super) title: &'a str,
    pub(super) culprit: &'a str,
}

/// An alert rule fired.
pub(super) fn fired(alert: Alert<'_>) -> Written {
    let (rule, short_id) = (one_line(alert.rule), alert.short_id);
    let (title, culprit, subject) = match &alert.issue {
        Some(issue) => {
            let title = one_line(issue.title);
            let subject = format!("{short_id} {title}");
            (title, one_line(issue.culprit), subject)
        }
        None => (String::new(), String::new(), format!("{short_id} An alert rule fired")),
    };
    let times = if alert.times_seen == 1 { "once".to_owned() } else { format!("{} times", alert.times_seen) };
    let seen = format!("Level {}, seen {times} since {}.", alert.level, alert.first_seen);
    Letter::new(&subject)
        .paragraph(&[
            Span::Plain("The rule "),
            Span::Title(&rule),
            Span::Plain(" of the project "),
            Span::Name(alert.project),
            Span::Plain(" fired for "),
            Span::Plain(short_id),
            Span::Plain("."),
        ])
        .headed(&title, &[&culprit, &seen])
        .links(alert.links)
        .written()
}
