//! A small reader of our own markup: enough to list the tags and to check that they nest.

use std::collections::BTreeMap;

const VOID: [&str; 6] = ["input", "meta", "link", "br", "hr", "img"];

/// A start tag with its attributes, and the tags around it.
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
    /// Indices into the list of tags, outermost first.
    pub(crate) around: Vec<usize>,
}

impl Tag {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }
}

/// All start tags in order. Panics on markup that does not nest, with the place.
pub(crate) fn tags(markup: &str) -> Vec<Tag> {
    let mut found: Vec<Tag> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = end_of_tag(rest);
        let (inside, after) = (&rest[..end], &rest[end + 1..]);
        if let Some(name) = inside.strip_prefix('/') {
            let top = open.pop().map(|i| found[i].name.clone());
            assert_eq!(top.as_deref(), Some(name), "wrong nesting before {:.120}", after);
        } else if !inside.starts_with('!') {
            let tag = start_tag(inside, open.clone());
            let closed = inside.ends_with('/') || VOID.contains(&tag.name.as_str());
            found.push(tag);
            if !closed {
                open.push(found.len() - 1);
            }
        }
        rest = after;
    }
    assert!(open.is_empty(), "not closed: {}", found[open[0]].name);
    found
}

fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    let end = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    end.expect("a tag ends").0
}

fn start_tag(inside: &str, around: Vec<usize>) -> Tag {
    let inside = inside.trim_end_matches('/');
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let key = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = "";
        if let Some(after) = rest.strip_prefix("=\"") {
            let close = after.find('"').expect("a closing quote");
            (value, rest) = (&after[..close], &after[close + 1..]);
        }
        assert!(
            attributes.insert(key.clone(), value.to_owned()).is_none(),
            "attribute {key} twice in <{inside}>"
        );
    }
    Tag { name: name.to_owned(), attributes, around }
}
