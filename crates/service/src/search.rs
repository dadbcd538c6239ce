//! The small search language of lists of people, teams and organizations: words and `key:value` pairs, either of which
//! may be quoted. Pairs with the same key are alternatives; words are one text.

use mortise_domain::Id;

/// Longest search that is read, bytes; what is longer is cut.
const QUERY_BYTES_MAX: usize = 1_000;
/// Most values of a search; further ones are ignored.
const VALUES_MAX: usize = 100;

/// A search, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// The values of each key, in the order of the keys.
    pub keys: Vec<(String, Vec<String>)>,
    /// The words, with one space between.
    pub text: Option<String>,
}

/// Takes a search apart.
///
/// ```
/// use mortise_service::search::parse;
/// let terms = parse("role:owner \"Ann Lee\" role:manager email:\"a b@c\"");
/// assert_eq!(terms.text.as_deref(), Some("Ann Lee"));
/// assert_eq!(terms.keys[0], ("role".to_owned(), vec!["owner".to_owned(), "manager".to_owned()]));
/// assert_eq!(terms.keys[1].1, ["a b@c"]);
/// ```
pub fn parse(query: &str) -> Terms {
    let query = &query[..query.floor_char_boundary(QUERY_BYTES_MAX)];
    let mut terms = Terms::default();
    let mut words: Vec<String> = Vec::new();
    for (token, colon) in tokens(query).into_iter().take(VALUES_MAX) {
        match colon {
            // A pair without value asks for nothing.
            Some(colon) if colon + 1 == token.len() => {}
            Some(colon) if colon > 0 => {
                let (key, value) = (&token[..colon], token[colon + 1..].to_owned());
                match terms.keys.iter_mut().find(|(known, _)| known == key) {
                    Some((_, values)) => values.push(value),
                    None => terms.keys.push((key.to_owned(), vec![value])),
                }
            }
            _ => words.push(token),
        }
    }
    if !words.is_empty() {
        terms.text = Some(words.join(" "));
    }
    terms
}

/// The tokens, quotes removed, each with the place of its first colon outside quotes.
fn tokens(query: &str) -> Vec<(String, Option<usize>)> {
    let mut tokens = Vec::new();
    let (mut token, mut colon, mut quoted, mut begun) = (String::new(), None, false, false);
    for character in query.chars() {
        match character {
            '"' => {
                quoted = !quoted;
                begun = true;
            }
            c if c.is_whitespace() && !quoted => {
                if begun && !token.is_empty() {
                    tokens.push((std::mem::take(&mut token), colon));
                }
                (token, colon, begun) = (String::new(), None, false);
            }
            c => {
                if c == ':' && !quoted && colon.is_none() {
                    colon = Some(token.len());
                }
                token.push(c);
                begun = true;
            }
        }
    }
    if !token.is_empty() {
        tokens.push((token, colon));
    }
    tokens
}

/// The ids among the values; what is no number names no row.
pub fn ids<T>(values: &[String]) -> Vec<Id<T>> {
    values.iter().filter_map(|value| value.parse().ok().map(Id::new)).collect()
}

/// Whether one of the values is `true`; anything else asks for the contrary.
pub fn is_true(values: &[String]) -> bool {
    values.iter().any(|value| value == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_inside_quotes_is_no_key() {
        assert_eq!(parse("\"a:b\"").text.as_deref(), Some("a:b"));
        assert!(parse("a: :b").keys.is_empty());
    }

    #[test]
    fn long_searches_are_cut_between_characters() {
        let terms = parse(&"ä ".repeat(QUERY_BYTES_MAX));
        assert!(terms.text.is_some_and(|text| text.chars().all(|c| c == 'ä' || c == ' ')));
    }
}
