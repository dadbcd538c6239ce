//! What stands for somebody or something: a picture, or initials on a coloured tile.

use askama::{Template, filters::HtmlSafe};

/// Hues of the style sheet: the classes `hue-0` and on. White letters can be read on each, in light and dark.
const HUES: u8 = 8;

/// A person, team or app: its picture, or initials on a coloured tile. `name` is its text for all.
#[derive(Debug, Clone, Template)]
#[template(path = "part/avatar.html")]
pub struct Avatar {
    pub name: String,
    pub initials: String,
    /// One of the hues of the style sheet.
    pub hue: u8,
    /// Where the picture is; empty for none.
    pub photo: String,
}

impl Avatar {
    /// A person or team. Initials and hue follow from the name, so that the same person looks the same everywhere.
    pub fn new(name: &str) -> Self {
        let words = words(name);
        let initials = words.filter_map(|word| word.chars().next()).take(2).collect();
        Self::with(name, initials, name)
    }

    /// An app, a provider or whatever else stands in a list with others that begin alike: the second letter is the one
    /// that tells them apart, and the hue follows from the slug, which stays when the name changes.
    pub fn of_thing(name: &str, slug: &str) -> Self {
        let first = words(name).next().and_then(|word| word.chars().next());
        Self::with(name, first.into_iter().chain(telling(name)).collect(), slug)
    }

    fn with(name: &str, initials: Vec<char>, key: &str) -> Self {
        let initials: String = initials.into_iter().flat_map(char::to_uppercase).collect();
        Self {
            name: name.to_owned(),
            initials: if initials.is_empty() { "?".to_owned() } else { initials },
            hue: hue(key),
            photo: String::new(),
        }
    }
}

impl HtmlSafe for Avatar {}

fn words(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The letter behind the first that tells a name from others: its last digit where it ends in one, the first letter of its
/// last word, the next capital ("GitHub"), the next consonant ("Gitea"), or whatever comes next.
fn telling(name: &str) -> Option<char> {
    let word = words(name).next()?;
    let last = words(name).next_back()?;
    let rest = || word.chars().skip(1);
    let number = last.chars().last().filter(|c| c.is_numeric() && (last != word || rest().next().is_some()));
    let of_last = || last.chars().next().filter(|_| words(name).nth(1).is_some());
    let capital = || rest().find(|c| c.is_uppercase());
    let consonant = || rest().find(|c| c.is_ascii_alphabetic() && !"aeiou".contains(c.to_ascii_lowercase()));
    number.or_else(of_last).or_else(capital).or_else(consonant).or_else(|| rest().next())
}

/// A hue for a text; always the same one. FNV-1a, whose upper bits are the well mixed ones.
fn hue(key: &str) -> u8 {
    let hash =
        key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [top, ..] = hash.to_be_bytes();
    top % HUES
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn initials_of_people_come_from_the_first_two_words() {
        assert_eq!(Avatar::new("Ada King Lovelace").initials, "AK");
        assert_eq!(Avatar::new("ops@example.com").initials, "OE");
        assert_eq!(Avatar::new("ada").initials, "A");
        assert_eq!(Avatar::new("  ").initials, "?");
    }

    #[test]
    fn things_that_begin_alike_have_initials_of_their_own() {
        for (name, initials) in [
            ("Azure DevOps", "AD"),
            ("Azure DevOps Server", "AS"),
            ("GitHub", "GH"),
            ("GitLab", "GL"),
            ("Gitea", "GT"),
            ("GitHub Enterprise", "GE"),
            ("PagerDuty", "PD"),
            ("Pushover", "PS"),
            ("Slack", "SL"),
            ("Load app 17", "L7"),
            ("Load app 18", "L8"),
            ("Area51", "A1"),
            ("Io", "IO"),
            ("X", "X"),
            ("7", "7"),
            ("Ångström", "ÅN"),
            ("中文", "中文"),
            ("!?", "?"),
            ("", "?"),
        ] {
            assert_eq!(Avatar::of_thing(name, "slug").initials, initials, "{name}");
        }
    }

    #[test]
    fn the_hue_of_a_thing_follows_from_its_slug_and_stays() {
        let hues: Vec<u8> = (0..64).map(|at| Avatar::of_thing("Docs", &format!("docs-{at}")).hue).collect();
        assert_eq!(hues.iter().collect::<HashSet<_>>().len(), usize::from(HUES), "{hues:?}");
        assert_eq!(Avatar::of_thing("Docs", "docs-1").hue, Avatar::of_thing("Renamed", "docs-1").hue);
    }

    /// Relative luminance as WCAG 2 defines it, of `rrggbb`.
    fn luminance(color: &str) -> f64 {
        let part = |at: usize| {
            let part = f64::from(u8::from_str_radix(&color[at..at + 2], 16).expect("a colour")) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    }

    #[test]
    fn white_initials_can_be_read_on_every_hue_in_light_and_dark() {
        let css = include_str!("../../assets/mortise.css");
        // The same colours in both: none of them asks for the theme.
        let avatar = css.lines().find(|line| line.starts_with(".avatar {")).expect("the rule");
        assert!(avatar.contains("background: var(--hue); color: #fff;"), "{avatar}");
        for hue in 0..HUES {
            let (_, color) = css.split_once(&format!(".hue-{hue} {{ --hue: #")).expect("a hue");
            let contrast = 1.05 / (luminance(&color[..6]) + 0.05);
            assert!(contrast >= 4.5, "hue {hue}: {contrast}");
        }
        assert!(!css.contains(&format!(".hue-{HUES} ")), "a hue that is never used");
    }
}
