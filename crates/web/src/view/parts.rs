//! Pieces that recur on pages. Each prints itself: `{{ issue.last_seen }}` in a template gives a finished `<time>`.

use std::fmt;

use askama::{Template, filters::HtmlSafe};
use jiff::{Timestamp, tz::TimeZone};

/// A drawing from `assets/icons.svg`, hidden from screen readers: the text beside it carries the meaning. Its id in the
/// sheet is the two parts together.
#[derive(Debug, Clone, Copy)]
pub struct Icon(&'static str, &'static str);

/// The icon with this id.
pub fn icon(id: &'static str) -> Icon {
    Icon("", id)
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self(family, id), sheet) = (self, super::asset("icons.svg"));
        write!(f, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{sheet}#{family}{id}\"></use></svg>")
    }
}

impl HtmlSafe for Icon {}

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 60 * MINUTE_S;
const DAY_S: i64 = 24 * HOUR_S;
const MONTH_S: i64 = 30 * DAY_S;
const YEAR_S: i64 = 365 * DAY_S;

/// A point in time, shown relative to the request ("5 min ago") with the exact time in UTC as its title. The browser
/// keeps the relative text fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    iso: String,
    relative: String,
    exact: String,
}

impl When {
    /// `time` as seen at `now`.
    pub fn new(time: Timestamp, now: Timestamp) -> Self {
        let exact = time.to_zoned(TimeZone::UTC).strftime("%-d %b %Y, %H:%M:%S UTC").to_string();
        Self { iso: time.to_string(), relative: relative(now.as_second() - time.as_second()), exact }
    }

    /// The exact time in UTC.
    pub fn exact(&self) -> &str {
        &self.exact
    }
}

/// "just now", "in a moment", "5 min ago", "in 2 days". Keep in step with `assets/elements/m-time.js`.
fn relative(seconds_ago: i64) -> String {
    let distance = seconds_ago.saturating_abs();
    let (count, unit) = match distance {
        ..MINUTE_S => return if seconds_ago < 0 { "in a moment" } else { "just now" }.to_owned(),
        MINUTE_S..HOUR_S => (distance / MINUTE_S, "min"),
        HOUR_S..DAY_S => (distance / HOUR_S, "h"),
        DAY_S..MONTH_S => (distance / DAY_S, if distance < 2 * DAY_S { "day" } else { "days" }),
        MONTH_S..YEAR_S => (distance / MONTH_S, "mo"),
        _ => (distance / YEAR_S, "y"),
    };
    if seconds_ago < 0 { format!("in {count} {unit}") } else { format!("{count} {unit} ago") }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { iso, relative, exact } = self;
        write!(f, "<m-time><time datetime=\"{iso}\" title=\"{exact}\">{relative}</time></m-time>")
    }
}

// All three texts are made here from a timestamp, so they hold nothing that needs escaping.
impl HtmlSafe for When {}

/// A number, short when large (`12.4k`), with the exact number as title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        let (tenths, unit) = match n {
            0..1_000 => return write!(f, "<span class=\"count\">{n}</span>"),
            1_000..1_000_000 => (n / 100, "k"),
            1_000_000..1_000_000_000 => (n / 100_000, "M"),
            _ => (n / 100_000_000, "G"),
        };
        write!(f, "<span class=\"count\" title=\"{n}\">{}", tenths / 10)?;
        if tenths < 1000 && tenths % 10 != 0 {
            write!(f, ".{}", tenths % 10)?;
        }
        write!(f, "{unit}</span>")
    }
}

impl HtmlSafe for Count {}

/// Severity of an issue or event; shape and text differ, not only colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Fatal,
    Error,
    Warning,
    Info,
    Debug,
    Sample,
}

impl Level {
    /// The word in the wire format, also the CSS class and the icon's id after `level-`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Fatal => "fatal",
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
            Level::Debug => "debug",
            Level::Sample => "sample",
        }
    }

    /// The level of a word in the wire format.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Fatal, Self::Error, Self::Warning, Self::Info, Self::Debug, Self::Sample]
            .into_iter()
            .find(|level| level.as_str() == word)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.as_str();
        let icon = Icon("level-", word);
        write!(
            f,
            "<span class=\"level level-{word}\" title=\"Level: {word}\">{icon}<span class=\"vh\">{word}</span></span>"
        )
    }
}

impl HtmlSafe for Level {}

/// How urgent an issue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    High,
    Medium,
    Low,
}

impl Priority {
    /// All, in the order of the picker.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word in the wire format.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// The priority of a word in the wire format.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }

    /// The word on the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::High => "High",
            Self::Medium => "Med",
            Self::Low => "Low",
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, label) = (self.as_str(), self.label());
        let icon = Icon("priority-", word);
        write!(f, "<span class=\"priority priority-{word}\" title=\"Priority: {word}\">{icon}{label}</span>")
    }
}

impl HtmlSafe for Priority {}

/// The feeling of a message or badge; each also has an icon or text of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Neutral,
    Good,
    Warn,
    Bad,
    Accent,
}

impl Tone {
    /// The CSS class.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Accent => "accent",
        }
    }

    /// The icon that goes with it.
    pub fn icon(self) -> Icon {
        match self {
            Self::Good => icon("check"),
            Self::Warn | Self::Bad => icon("alert"),
            Self::Neutral | Self::Accent => icon("info"),
        }
    }
}

/// A badge: a word with a tone.
#[derive(Debug, Clone, Template)]
#[template(source = "<span class=\"badge {{ tone.class() }}\">{{ text }}</span>", ext = "html")]
pub struct State {
    pub text: String,
    pub tone: Tone,
}

impl State {
    pub fn new(text: &str, tone: Tone) -> Self {
        Self { text: text.to_owned(), tone }
    }
}

impl HtmlSafe for State {}

/// A link that may be the current one of its group (tab, sort order).
#[derive(Debug, Clone)]
pub struct Link {
    pub text: String,
    pub href: String,
    pub current: bool,
}

/// Where the neighbours of a page of a list are.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "part/pager.html")]
pub struct Pager {
    pub prev: Option<String>,
    pub next: Option<String>,
    /// Words for what is shown, as in "25 of 312"; empty when unknown.
    pub summary: String,
}

impl HtmlSafe for Pager {}

/// A text to fill in, on one line or several, with its label, hint and error.
#[derive(Debug, Clone, Template)]
#[template(path = "part/field.html")]
pub struct Field {
    /// Name sent with the form; also the id, so it is unique on its page unless `id` differs.
    pub name: &'static str,
    pub id: String,
    pub label: &'static str,
    pub value: String,
    pub hint: &'static str,
    /// What is wrong with the value; empty when nothing is.
    pub error: String,
    /// `type` of a line: `text`, `email`, `password`, `number`, `datetime-local`.
    pub kind: &'static str,
    /// Lines that are shown at first; 0 for one line and no more.
    pub rows: u32,
    /// Machine text: monospaced and without spelling help.
    pub is_code: bool,
    pub required: bool,
    /// Value of `autocomplete`; empty leaves it to the browser.
    pub autocomplete: &'static str,
    /// Longest value in characters; 0 for no limit.
    pub max_chars: u32,
}

impl Field {
    /// An empty, optional text field.
    pub fn text(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            id: name.to_owned(),
            label,
            value: String::new(),
            hint: "",
            error: String::new(),
            kind: "text",
            rows: 0,
            is_code: false,
            required: false,
            autocomplete: "off",
            max_chars: 0,
        }
    }

    /// An empty, optional text of several lines.
    pub fn area(name: &'static str, label: &'static str) -> Self {
        Self { rows: 3, autocomplete: "", ..Self::text(name, label) }
    }

    /// The same with a value.
    pub fn value(mut self, value: &str) -> Self {
        value.clone_into(&mut self.value);
        self
    }
}

impl HtmlSafe for Field {}

/// One option of a [`Select`] or of a group of radio buttons.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
    /// It only says something and can't be chosen.
    pub is_note: bool,
}

impl Choice {
    pub fn new(value: &str, text: &str, chosen: bool) -> Self {
        Self { value: value.to_owned(), text: text.to_owned(), chosen, is_note: false }
    }

    /// Says something among choices.
    pub fn note(text: &str) -> Self {
        Self { is_note: true, ..Self::new("", text, false) }
    }
}

/// A drop-down with its label.
#[derive(Debug, Clone, Template)]
#[template(path = "part/select.html")]
pub struct Select {
    pub name: &'static str,
    pub id: String,
    pub label: &'static str,
    /// Keeps the label for screen readers only, where the place says what it is.
    pub label_hidden: bool,
    pub choices: Vec<Choice>,
    pub hint: &'static str,
    pub error: String,
}

impl Select {
    pub fn new(name: &'static str, label: &'static str, choices: Vec<Choice>) -> Self {
        Self {
            name,
            id: name.to_owned(),
            label,
            label_hidden: false,
            choices,
            hint: "",
            error: String::new(),
        }
    }

    /// The same with its label for screen readers only.
    pub fn quiet(mut self) -> Self {
        self.label_hidden = true;
        self
    }
}

impl HtmlSafe for Select {}

/// An on/off setting. The form also sends `<name>=off` first, so that "off" is told apart from "not on the form".
#[derive(Debug, Clone, Template)]
#[template(path = "part/switch.html")]
pub struct Switch {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub on: bool,
}

impl HtmlSafe for Switch {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_largest_fitting_unit() {
        let cases = [
            (0, "just now"),
            (59, "just now"),
            (-1, "in a moment"),
            (60, "1 min ago"),
            (7_199, "1 h ago"),
            (DAY_S, "1 day ago"),
            (3 * DAY_S, "3 days ago"),
            (45 * DAY_S, "1 mo ago"),
            (800 * DAY_S, "2 y ago"),
            (-7_200, "in 2 h"),
        ];
        for (seconds, text) in cases {
            assert_eq!(relative(seconds), text);
        }
    }

    #[test]
    fn large_numbers_are_cut_down_never_rounded_up() {
        let text = |n| Count(n).to_string();
        assert_eq!(text(999), "<span class=\"count\">999</span>");
        assert_eq!(text(1_000), "<span class=\"count\" title=\"1000\">1k</span>");
        assert_eq!(text(12_480), "<span class=\"count\" title=\"12480\">12.4k</span>");
        assert_eq!(text(999_999), "<span class=\"count\" title=\"999999\">999k</span>");
    }
}
