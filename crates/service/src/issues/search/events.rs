//! The same language for a list of events: tags, titles, event ids.

use mortise_store::{
    Pattern,
    error_event::{EventTest, EventTestKind},
    issue::search::{Term, Test},
};

use super::{
    SearchError, pattern,
    read::{is_empty, tag_key},
    token::{Filter, Token, tokens},
};

/// Reads a query over events.
pub fn event_tests(query: &str) -> Result<Vec<EventTest>, SearchError> {
    Ok(tokens(query)?.into_iter().map(event_test).collect())
}

/// The conditions of an issue search that are about events: those on tags.
pub fn of_terms(terms: &[Term]) -> Vec<EventTest> {
    let tag = |negated: bool, test: &Test| match test {
        Test::Tag(key, patterns) => Some(EventTest { negated, test: of_tag(key, patterns.clone()) }),
        Test::HasTag(key) => Some(EventTest { negated, test: EventTestKind::HasTag(key.clone()) }),
        Test::LacksTag(key) => {
            Some(EventTest { negated: !negated, test: EventTestKind::HasTag(key.clone()) })
        }
        _ => None,
    };
    terms.iter().flat_map(|term| term.tests.iter().filter_map(|test| tag(term.negated, test))).collect()
}

fn event_test(token: Token) -> EventTest {
    let filter = match token {
        Token::Free(text) => {
            let test = EventTestKind::Title(vec![anywhere(&text)]);
            return EventTest { negated: false, test };
        }
        Token::Filter(filter) => filter,
    };
    let negated = filter.negated;
    let patterns = || filter.values.iter().map(|value| pattern(value)).collect();
    match filter.key.as_str() {
        "id" | "event_id" => EventTest {
            negated,
            test: EventTestKind::EventId(filter.values.iter().map(|id| hex(id)).collect()),
        },
        "title" | "message" => EventTest { negated, test: EventTestKind::Title(titles(&filter)) },
        "has" => {
            let key = filter.values.first().map_or("", String::as_str);
            EventTest { negated, test: EventTestKind::HasTag(tag_key(key).to_owned()) }
        }
        key if is_empty(&filter) => {
            EventTest { negated: !negated, test: EventTestKind::HasTag(tag_key(key).to_owned()) }
        }
        key => EventTest { negated, test: of_tag(tag_key(key), patterns()) },
    }
}

/// What is known of a user is in the one tag `user`, as in `email:ann@m.test`.
fn of_tag(key: &str, patterns: Vec<Pattern>) -> EventTestKind {
    let Some(kind @ ("id" | "email" | "username" | "ip")) = key.strip_prefix("user.") else {
        return EventTestKind::Tag(key.to_owned(), patterns);
    };
    let prefixed = patterns.into_iter().map(|pattern| match pattern {
        Pattern::Exact(value) => Pattern::Exact(format!("{kind}:{value}")),
        Pattern::Stars(mut pieces) => {
            if let Some(first) = pieces.first_mut() {
                first.insert_str(0, &format!("{kind}:"));
            }
            Pattern::Stars(pieces)
        }
    });
    EventTestKind::Tag("user".to_owned(), prefixed.collect())
}

fn titles(filter: &Filter) -> Vec<Pattern> {
    filter.values.iter().map(|value| anywhere(value)).collect()
}

/// A text that holds the given one somewhere, with its own stars.
pub(super) fn anywhere(text: &str) -> Pattern {
    match pattern(text) {
        Pattern::Exact(text) => Pattern::contains(text),
        Pattern::Stars(mut pieces) => {
            pieces.insert(0, String::new());
            pieces.push(String::new());
            Pattern::Stars(pieces)
        }
    }
}

/// An event id without dashes.
fn hex(text: &str) -> String {
    text.replace('-', "").to_ascii_lowercase()
}
