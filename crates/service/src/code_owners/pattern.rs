//! Patterns of files of owners, in the language of `.gitignore`, and the paths that are held against them. Pure.
//!
//! | pattern | what it matches |
//! |---|---|
//! | `lib`, `*.py` | everything of that name, in any folder, and what is in it |
//! | `/lib`, `a/lib` | the one at that place; a `/` that is not the last letter ties a pattern to its place |
//! | `lib/` | what is in such a folder |
//! | `lib/*` | what is in the folder itself, not in folders in it |
//! | `a/**/b` | `b` at any depth below `a` |
//!
//! Both are compared one segment after the other. Only the last `**` is ever tried again, and in a segment only the last
//! `*`: what an earlier one could take, the later one can take too. So no pattern is slow.

/// What stands for any number of segments.
const DEEP: &str = "**";

/// The segments of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<String>);

impl Path {
    /// Reads a path of any system.
    pub fn new(text: &str) -> Self {
        Self(segments(text))
    }
}

/// Segments of a text, whose first `/` means nothing.
fn segments(text: &str) -> Vec<String> {
    text.replace('\\', "/").trim_start_matches('/').split('/').map(str::to_owned).collect()
}

/// What may follow the segments of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Anything,
    Something,
    Nothing,
}

/// A pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    segments: Vec<String>,
    rest: Rest,
}

impl Pattern {
    /// Reads a pattern; every text is one.
    pub fn new(text: &str) -> Self {
        let text = text.replace('\\', "/");
        let is_tied = text.find('/').is_some_and(|at| at + 1 < text.len());
        let (body, rest) = match text.strip_suffix("/**").or_else(|| text.strip_suffix('/')) {
            Some(body) => (body, Rest::Something),
            None if text.ends_with("/*") => (text.as_str(), Rest::Nothing),
            None => (text.as_str(), Rest::Anything),
        };
        let anywhere = (!is_tied).then(|| DEEP.to_owned());
        Self { segments: anywhere.into_iter().chain(segments(body)).collect(), rest }
    }

    /// Whether a path is among those that the pattern means.
    pub fn matches(&self, path: &Path) -> bool {
        let (wanted, found) = (&self.segments, &path.0);
        let (mut at, mut place) = (0, 0);
        let mut again = None;
        loop {
            let left = found.len().saturating_sub(place);
            match (wanted.get(at), found.get(place)) {
                (None, _) if self.rest.takes(left) => return true,
                (Some(segment), _) if segment == DEEP => {
                    at += 1;
                    again = Some((at, place));
                    continue;
                }
                (Some(segment), Some(name)) if is_like(segment.as_bytes(), name.as_bytes()) => {
                    (at, place) = (at + 1, place + 1);
                    continue;
                }
                _ => {}
            }
            match again {
                Some((after, from)) if from < found.len() => {
                    again = Some((after, from + 1));
                    (at, place) = (after, from + 1);
                }
                _ => return false,
            }
        }
    }
}

impl Rest {
    const fn takes(self, left: usize) -> bool {
        match self {
            Self::Anything => true,
            Self::Something => left > 0,
            Self::Nothing => left == 0,
        }
    }
}

/// Whether the name of a file or folder is like a segment with `*` for any letters and `?` for one.
fn is_like(segment: &[u8], name: &[u8]) -> bool {
    let (mut at, mut place) = (0, 0);
    let mut again = None;
    loop {
        match (segment.get(at), name.get(place)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                at += 1;
                again = Some((at, place));
                continue;
            }
            (Some(b'?'), Some(_)) => {
                at += 1;
                place += letter_bytes(&name[place..]);
                continue;
            }
            (Some(wanted), Some(found)) if wanted == found => {
                (at, place) = (at + 1, place + 1);
                continue;
            }
            _ => {}
        }
        match again {
            Some((after, from)) if from < name.len() => {
                again = Some((after, from + 1));
                (at, place) = (after, from + 1);
            }
            _ => return false,
        }
    }
}

/// Bytes of the letter with which a text begins.
fn letter_bytes(text: &[u8]) -> usize {
    let inner = text.iter().skip(1).take_while(|byte| (0x80..0xc0).contains(*byte));
    1 + inner.count()
}
