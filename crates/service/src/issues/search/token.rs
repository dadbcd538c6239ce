//! Splits a query into words. A word is free text or a filter: `!key:>"some value"`, `key:[a, "b c"]`.

use super::SearchError;

/// Longest query that is read, bytes.
const QUERY_BYTES_MAX: usize = 8_192;
/// Words of a query, the items of its lists included.
const WORDS_MAX: usize = 200;

/// A comparison in front of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Text without key.
    Free(String),
    /// `key:value`.
    Filter(Filter),
}

/// A filter as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Has a `!` in front.
    pub negated: bool,
    /// What is asked about, as written.
    pub key: String,
    /// The comparison, of single values only.
    pub sign: Option<Sign>,
    /// The value, or the items of a list; never empty. A value that was written as `""` is the empty text.
    pub values: Vec<String>,
    /// The value or list as it was written, for messages.
    pub written: String,
}

/// Splits a query.
pub fn tokens(query: &str) -> Result<Vec<Token>, SearchError> {
    if query.len() > QUERY_BYTES_MAX {
        return Err(SearchError::new("The query is too long"));
    }
    let mut rest = query.trim_start();
    let mut tokens = Vec::new();
    let mut words = 0;
    while !rest.is_empty() {
        let (token, behind) = token(query, rest)?;
        words += match &token {
            Token::Free(_) => 1,
            Token::Filter(filter) => filter.values.len(),
        };
        if words > WORDS_MAX {
            return Err(SearchError::new("The query has too many terms"));
        }
        tokens.push(token);
        rest = behind.trim_start();
    }
    Ok(tokens)
}

/// The token that `rest`, the end of `query`, begins with, and what is behind it.
fn token<'q>(query: &str, rest: &'q str) -> Result<(Token, &'q str), SearchError> {
    if rest.starts_with('"') && !is_quoted_key(rest) {
        let (text, behind) = quoted(query, rest)?;
        ends_here(rest, behind)?;
        return Ok((Token::Free(text), behind));
    }
    let (negated, unsigned) = match rest.strip_prefix('!') {
        Some(unsigned) => (true, unsigned),
        None => (false, rest),
    };
    match key(query, unsigned)? {
        Some((key, value)) => filter(query, negated, key, value),
        None => {
            let (text, behind) = plain(rest)?;
            match text.as_str() {
                "AND" | "OR" => Err(SearchError::new(
                    "Boolean statements containing \"OR\" or \"AND\" are not supported in this search",
                )),
                _ => Ok((Token::Free(text), behind)),
            }
        }
    }
}

/// Whether a quoted text is followed by a colon.
fn is_quoted_key(rest: &str) -> bool {
    rest[1..].split_once('"').is_some_and(|(key, behind)| !key.is_empty() && behind.starts_with(':'))
}

/// The key that `rest` begins with, without colon, and what is behind the colon.
fn key<'q>(query: &str, rest: &'q str) -> Result<Option<(String, &'q str)>, SearchError> {
    if rest.starts_with('"') {
        if !is_quoted_key(rest) {
            return Ok(None);
        }
        let (key, behind) = quoted(query, rest)?;
        return Ok(behind.strip_prefix(':').map(|value| (key, value)));
    }
    if let Some((key, value)) = rest.strip_prefix("tags[").and_then(|inner| inner.split_once("]:"))
        && !key.is_empty()
        && !key.contains(char::is_whitespace)
    {
        return Ok(Some((key.to_owned(), value)));
    }
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    let end = rest.find(|c| !is_key(c)).unwrap_or(rest.len());
    let (key, behind) = rest.split_at(end);
    Ok(behind.strip_prefix(':').filter(|_| !key.is_empty()).map(|value| (key.to_owned(), value)))
}

fn filter<'q>(
    query: &str,
    negated: bool,
    key: String,
    value: &'q str,
) -> Result<(Token, &'q str), SearchError> {
    let done = |key, sign, values, behind: &'q str| {
        let written = value[..value.len() - behind.len()].to_owned();
        (Token::Filter(Filter { negated, key, sign, values, written }), behind)
    };
    if let Some((values, behind)) = list(query, value)? {
        return Ok(done(key, None, values, behind));
    }
    let (sign, bare) = sign(value);
    let (text, behind) = if bare.starts_with('"') {
        let (text, behind) = quoted(query, bare)?;
        ends_here(bare, behind)?;
        (text, behind)
    } else {
        plain(bare)?
    };
    if text.is_empty() && !bare.starts_with('"') {
        return Err(SearchError(format!("Empty string after '{key}:'")));
    }
    Ok(done(key, sign, vec![text], behind))
}

fn sign(value: &str) -> (Option<Sign>, &str) {
    let signs = [(">=", Sign::AtLeast), ("<=", Sign::AtMost), (">", Sign::Greater), ("<", Sign::Less)];
    for (written, sign) in signs {
        if let Some(bare) = value.strip_prefix(written) {
            return (Some(sign), bare);
        }
    }
    (None, value.strip_prefix('=').unwrap_or(value))
}

/// Text up to a space.
fn plain(rest: &str) -> Result<(String, &str), SearchError> {
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (text, behind) = rest.split_at(end);
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => return Err(invalid_quote(text)),
            '\\' if characters.peek() == Some(&'"') => {}
            other => {
                out.push(other);
                continue;
            }
        }
        out.extend(characters.next());
    }
    Ok((out, behind))
}

/// Text between the quotes that `rest` begins with, where `\"` is a quote.
fn quoted<'q>(query: &str, rest: &'q str) -> Result<(String, &'q str), SearchError> {
    let mut out = String::new();
    let mut escaped = false;
    for (position, character) in rest.char_indices().skip(1) {
        match character {
            '"' if escaped => {
                out.pop();
                out.push('"');
            }
            '"' => return Ok((out, &rest[position + 1..])),
            other => out.push(other),
        }
        escaped = character == '\\' && !escaped;
    }
    let column = query[..query.len() - rest.len()].chars().count() + 1;
    Err(SearchError(format!(
        "Parse error at '{}' (column {column}). This is commonly caused by unmatched parentheses. \
         Enclose any text in double quotes.",
        rest.chars().take(5).collect::<String>()
    )))
}

/// A list in brackets; `None` when it is not one to its end, and then means itself.
fn list<'q>(query: &str, value: &'q str) -> Result<Option<(Vec<String>, &'q str)>, SearchError> {
    let Some(mut rest) = value.strip_prefix('[') else { return Ok(None) };
    let mut items = Vec::new();
    loop {
        rest = rest.trim_start();
        let (item, behind) = if rest.starts_with('"') {
            quoted(query, rest)?
        } else {
            let Some(end) = rest.find([',', ']']) else { return Ok(None) };
            (rest[..end].trim_end().to_owned(), &rest[end..])
        };
        if item.is_empty() && !rest.starts_with('"') {
            return Ok(None);
        }
        items.push(item);
        let behind = behind.trim_start();
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None => {
                let ended = behind.strip_prefix(']').filter(|end| at_end(end));
                return Ok(ended.map(|behind| (items, behind)));
            }
        }
    }
}

fn at_end(behind: &str) -> bool {
    behind.is_empty() || behind.starts_with(char::is_whitespace)
}

/// Refuses text right behind a closing quote.
fn ends_here(rest: &str, behind: &str) -> Result<(), SearchError> {
    if at_end(behind) {
        return Ok(());
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Err(invalid_quote(&rest[..end]))
}

fn invalid_quote(text: &str) -> SearchError {
    SearchError(format!("Invalid quote at '{text}': quotes must enclose text or be escaped."))
}
