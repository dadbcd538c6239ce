//! Text comparisons of searches: exact, or with `*` for any run of characters and then without regard to case.

use crate::Query;

/// The character that takes the meaning from `%` and `_` in a `LIKE` pattern.
const ESCAPE: char = '!';

/// What a text is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// The whole text, letter for letter.
    Exact(String),
    /// Pieces between stars: `a*b` is `["a", "b"]`, `*a` is `["", "a"]`. Case does not matter.
    Stars(Vec<String>),
}

impl Pattern {
    /// A text that contains `part`.
    pub fn contains(part: impl Into<String>) -> Self {
        Self::Stars(vec![String::new(), part.into(), String::new()])
    }

    /// The pieces as a `LIKE` pattern.
    fn like(pieces: &[String]) -> String {
        let escaped: Vec<String> = pieces.iter().map(|piece| escape(piece)).collect();
        escaped.join("%")
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            out.push(ESCAPE);
        }
        out.push(character);
    }
    out
}

impl Query {
    /// Appends `(column matches any of the patterns)`; never true for none.
    pub fn matches(&mut self, column: &'static str, patterns: &[Pattern]) -> &mut Self {
        self.push("(1 = 0");
        for pattern in patterns {
            self.push(" OR ");
            match pattern {
                Pattern::Exact(text) => self.push(column).push(" = ").arg(text),
                Pattern::Stars(pieces) => {
                    self.push("lower(").push(column).push(") LIKE lower(");
                    self.arg(Pattern::like(pieces)).push(") ESCAPE '!'")
                }
            };
        }
        self.push(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_like_mean_themselves() {
        assert_eq!(Pattern::like(&["50%".into(), "a_b!".into()]), "50!%%a!_b!!");
    }
}
