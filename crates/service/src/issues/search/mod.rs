//! The search language of issues: words with spaces between, all of which must hold.
//!
//! | word | means |
//! |---|---|
//! | `key:value`, `!key:value` | a filter, and its opposite |
//! | `key:[a, b]` | any of these |
//! | `key:"a value"`, `key:a*` | quoted; `*` stands for any run of characters and case does not matter then |
//! | `has:key`, `key:""` | has the tag, has it not |
//! | `is:unresolved`, `assigned:me`, `firstSeen:-24h`, `timesSeen:>10`, ... | see [`read()`] |
//! | anything else | is in the title, culprit or message |
//!
//! Three steps: `token` splits, [`read()`] gives words their meaning without looking anything up, [`resolve()`] looks up
//! the users, teams, releases and issues that were named. [`event_tests`] reads the same words for a list of events.

mod events;
mod read;
mod resolve;
mod token;
pub(super) mod when;

pub use events::{event_tests, of_terms};
pub use read::{Names, Wanted, read};
pub use resolve::{Surroundings, resolve};

use mortise_store::Pattern;

use crate::Error;

/// A query that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Error parsing search query: {0}")]
pub struct SearchError(pub String);

impl SearchError {
    fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<SearchError> for Error {
    fn from(error: SearchError) -> Self {
        Error::invalid(error.to_string())
    }
}

/// A value as what a text is compared with: `*` is any run of characters, `\*` a star.
pub(crate) fn pattern(value: &str) -> Pattern {
    let mut pieces = vec![String::new()];
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let literal = match character {
            '*' => {
                pieces.push(String::new());
                continue;
            }
            '\\' if characters.peek() == Some(&'*') => characters.next(),
            other => Some(other),
        };
        if let (Some(literal), Some(piece)) = (literal, pieces.last_mut()) {
            piece.push(literal);
        }
    }
    match pieces.len() {
        1 => Pattern::Exact(pieces.swap_remove(0)),
        _ => Pattern::Stars(pieces),
    }
}
