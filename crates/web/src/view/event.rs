//! One event: what an SDK sent. Part of the issue page.

use super::{Level, Svg, When};

/// Breadcrumbs that are shown unfolded: the last steps before the error.
const BREADCRUMBS_UNFOLDED: usize = 12;

/// An event with the sections it has; a section without content is left out of the page.
#[derive(Debug, Clone)]
pub struct EventView {
    pub id: String,
    pub received: When,
    pub nav: EventNav,
    pub environment: String,
    pub release: String,
    /// Who met the error, worded ("ada@example.com", "id 42", an address).
    pub user: String,
    /// The exception that ended the work first, then what caused it.
    pub exceptions: Vec<ExceptionView>,
    pub message: String,
    pub request: Option<RequestView>,
    pub breadcrumbs: Vec<Crumb>,
    pub tags: Vec<Pair>,
    pub contexts: Vec<Group>,
    pub extra: Vec<Pair>,
    pub packages: Vec<Pair>,
    pub sdk: String,
}

impl EventView {
    /// The first digits of the id, enough to tell events of one issue apart.
    pub fn short(&self) -> &str {
        self.id.get(..8).unwrap_or(&self.id)
    }

    /// The last steps before the error, newest first.
    pub fn recent_breadcrumbs(&self) -> &[Crumb] {
        self.breadcrumbs.split_at(self.breadcrumbs.len().min(BREADCRUMBS_UNFOLDED)).0
    }

    /// The steps before those, which the page folds away.
    pub fn older_breadcrumbs(&self) -> &[Crumb] {
        self.breadcrumbs.split_at(self.breadcrumbs.len().min(BREADCRUMBS_UNFOLDED)).1
    }
}

/// Ids of the neighbours of an event within its issue; `None` at the ends.
#[derive(Debug, Clone, Default)]
pub struct EventNav {
    pub prev: Option<String>,
    pub next: Option<String>,
    /// Whether this is the first or latest event.
    pub is_first: bool,
    pub is_latest: bool,
}

/// One exception of the chain.
#[derive(Debug, Clone)]
pub struct ExceptionView {
    pub kind: String,
    pub value: String,
    pub module: String,
    /// Whether the program dealt with it; `None` when the SDK does not say.
    pub handled: Option<bool>,
    /// How it was caught, as in `generic`, `onerror`.
    pub mechanism: String,
    pub stack: Vec<StackPart>,
}

/// Frames, most recent first, with runs of system frames folded.
#[derive(Debug, Clone)]
pub enum StackPart {
    Frame(Frame),
    /// Consecutive frames of libraries and the runtime.
    System(Vec<Frame>),
}

/// One call.
#[derive(Debug, Clone)]
pub struct Frame {
    pub file: String,
    pub function: String,
    pub module: String,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub in_app: bool,
    /// Whether it is shown open.
    pub open: bool,
    pub context: Vec<SourceLine>,
    pub vars: Vec<Pair>,
    /// Apps in which the line can be opened.
    pub links: Vec<OpenIn>,
}

/// Where a line of a stack trace can be opened.
#[derive(Debug, Clone)]
pub struct OpenIn {
    /// The short name of the app.
    pub app: String,
    pub name: String,
    pub href: String,
}

impl Frame {
    /// Whether opening it shows anything.
    pub fn has_detail(&self) -> bool {
        !self.context.is_empty() || !self.vars.is_empty() || !self.links.is_empty()
    }
}

/// A line of source code; `hit` is where the call was.
#[derive(Debug, Clone)]
pub struct SourceLine {
    pub number: u32,
    pub text: String,
    pub hit: bool,
}

/// The HTTP request that was served.
#[derive(Debug, Clone)]
pub struct RequestView {
    pub method: String,
    pub url: String,
    pub query: Vec<Pair>,
    pub headers: Vec<Pair>,
    pub cookies: Vec<Pair>,
    pub body: String,
}

/// A step on the way to the error.
#[derive(Debug, Clone)]
pub struct Crumb {
    pub category: String,
    pub message: String,
    pub data: Vec<Pair>,
    pub level: Level,
    /// Time of day in UTC, to the millisecond.
    pub time: String,
}

/// A name and its value as text; structured values are JSON, indented.
#[derive(Debug, Clone)]
pub struct Pair {
    pub key: String,
    pub value: String,
}

/// A titled group of pairs.
#[derive(Debug, Clone)]
pub struct Group {
    pub title: String,
    pub pairs: Vec<Pair>,
}

/// How often the values of one tag occur in the issue.
#[derive(Debug, Clone)]
pub struct TagShare {
    pub key: String,
    pub top: Vec<TagValue>,
    /// Percent of values that are not in `top`.
    pub others: u8,
}

/// One value of a tag.
#[derive(Debug, Clone)]
pub struct TagValue {
    pub value: String,
    pub percent: u8,
    pub bar: Svg,
    /// The issue list narrowed to this value.
    pub href: String,
}

/// Folds runs of system frames, and opens the first of the program's own frames that has something to show.
pub fn fold_stack(frames: Vec<Frame>) -> Vec<StackPart> {
    let mut parts: Vec<StackPart> = Vec::new();
    let mut opened = false;
    let any_in_app = frames.iter().any(|f| f.in_app);
    for mut frame in frames {
        if frame.in_app || !any_in_app {
            frame.open = !opened && frame.has_detail();
            opened |= frame.open;
            parts.push(StackPart::Frame(frame));
        } else if let Some(StackPart::System(run)) = parts.last_mut() {
            run.push(frame);
        } else {
            parts.push(StackPart::System(vec![frame]));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(in_app: bool) -> Frame {
        let context = vec![SourceLine { number: 1, text: "x".into(), hit: true }];
        Frame {
            file: "a.py".into(),
            function: "f".into(),
            module: String::new(),
            line: Some(1),
            column: None,
            in_app,
            open: false,
            context,
            vars: vec![],
            links: vec![],
        }
    }

    #[test]
    fn runs_of_system_frames_are_folded_and_the_first_own_frame_is_open() {
        let parts = fold_stack(vec![frame(false), frame(false), frame(true), frame(true), frame(false)]);
        assert_eq!(parts.len(), 4);
        assert!(matches!(&parts[0], StackPart::System(run) if run.len() == 2));
        assert!(matches!(&parts[1], StackPart::Frame(f) if f.open));
        assert!(matches!(&parts[2], StackPart::Frame(f) if !f.open));
    }

    #[test]
    fn a_stack_without_own_frames_is_shown_as_it_is() {
        let parts = fold_stack(vec![frame(false), frame(false)]);
        assert!(matches!(&parts[0], StackPart::Frame(f) if f.open));
        assert_eq!(parts.len(), 2);
    }
}
