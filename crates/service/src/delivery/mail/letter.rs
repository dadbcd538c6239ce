//! What a mail says, described once and written twice: as text, and as HTML in which whatever people or programs said means
//! nothing. Pure.

use crate::html::escaped;

/// Longest subject, characters.
const SUBJECT_CHARS_MAX: usize = 200;

/// What stands before and behind every mail in HTML. Programs that ignore the style sheet still show its order and links.
const HEAD: &str = concat!(
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n",
    include_str!("letter.css"),
    "</style></head>\n<body><div class=\"sheet\">\n<p class=\"from\">Mortise</p>\n"
);
const FOOT: &str = "</div></body></html>\n";
const BUTTON: &str = "display: inline-block; padding: 8px 16px; border-radius: 6px; background: #2048c4; \
    color: #ffffff; text-decoration: none";

/// A piece of a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) enum Span<'a> {
    /// Words.
    Plain(&'a str),
    /// The name of something; strong where that can be shown.
    Name(&'a str),
    /// A title that somebody gave; in quotation marks where it cannot be strong.
    Title(&'a str),
    /// What somebody or a program said, as it came.
    Said(&'a str),
}

#[derive(Debug)]
enum Part {
    Paragraph { text: String, html: String },
    Headed { title: String, lines: Vec<String> },
    Verbatim(String),
    Button { label: &'static str, url: String },
    Links(Vec<(&'static str, String)>),
}

/// A mail that is being written.
#[derive(Debug)]
pub(super) struct Letter {
    subject: String,
    parts: Vec<Part>,
}

impl Letter {
    /// A mail about this, on one line.
    pub(super) fn new(subject: &str) -> Self {
        let subject = one_line(subject).chars().take(SUBJECT_CHARS_MAX).collect();
        Self { subject, parts: Vec::new() }
    }

    /// Sentences.
    pub(super) fn paragraph(mut self, spans: &[Span<'_>]) -> Self {
        let (mut text, mut html) = (String::new(), String::new());
        for span in spans {
            match *span {
                Span::Plain(words) => {
                    text.push_str(words);
                    html.push_str(&escaped(words));
                }
                Span::Name(name) => {
                    text.push_str(name);
                    html.push_str(&format!("<strong>{}</strong>", escaped(name)));
                }
                Span::Title(title) => {
                    text.push_str(&format!("\"{title}\""));
                    html.push_str(&format!("<strong>{}</strong>", escaped(title)));
                }
                Span::Said(words) => {
                    text.push_str(&format!("`{words}`"));
                    html.push_str(&format!(
                        "<code style=\"white-space: pre-wrap\">{}</code>",
                        escaped(words)
                    ));
                }
            }
        }
        self.parts.push(Part::Paragraph { text, html });
        self
    }

    /// A heading with lines below it. Empty ones are left out.
    pub(super) fn headed(mut self, title: &str, lines: &[&str]) -> Self {
        let lines = lines.iter().filter(|line| !line.is_empty()).map(|line| (*line).to_owned()).collect();
        self.parts.push(Part::Headed { title: title.to_owned(), lines });
        self
    }

    /// A text with its own line ends.
    pub(super) fn verbatim(mut self, text: &str) -> Self {
        self.parts.push(Part::Verbatim(text.to_owned()));
        self
    }

    /// What to do about it.
    pub(super) fn button(mut self, label: &'static str, url: String) -> Self {
        self.parts.push(Part::Button { label, url });
        self
    }

    /// Where to look.
    pub(super) fn links(mut self, links: Vec<(&'static str, String)>) -> Self {
        self.parts.push(Part::Links(links));
        self
    }

    /// Writes it.
    pub(super) fn written(self) -> Written {
        let texts: Vec<String> = self.parts.iter().map(Part::text).collect();
        let html: String = self.parts.iter().map(Part::html).collect();
        Written {
            subject: self.subject,
            text: format!("{}\n", texts.join("\n\n")),
            html: format!("{HEAD}{html}{FOOT}"),
        }
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Paragraph { text, .. } | Self::Verbatim(text) => text.clone(),
            Self::Headed { title, lines } => {
                let all = std::iter::once(title).chain(lines).filter(|line| !line.is_empty());
                all.cloned().collect::<Vec<_>>().join("\n")
            }
            Self::Button { label, url } => format!("{label}: {url}"),
            Self::Links(links) => {
                links.iter().map(|(what, url)| format!("{what}: {url}")).collect::<Vec<_>>().join("\n")
            }
        }
    }

    fn html(&self) -> String {
        match self {
            Self::Paragraph { html, .. } => format!("<p>{html}</p>\n"),
            Self::Verbatim(text) => format!("<p style=\"white-space: pre-wrap\">{}</p>\n", escaped(text)),
            Self::Headed { title, lines } => {
                let head =
                    if title.is_empty() { String::new() } else { format!("<h2>{}</h2>\n", escaped(title)) };
                let line = |line: &String| format!("<p>{}</p>\n", escaped(line));
                head + &lines.iter().map(line).collect::<String>()
            }
            Self::Button { label, url } => {
                format!("<p><a href=\"{}\" style=\"{BUTTON}\">{}</a></p>\n", escaped(url), escaped(label))
            }
            Self::Links(links) => {
                let item = |(what, url): &(&'static str, String)| {
                    format!("<li><a href=\"{}\">{}</a></li>\n", escaped(url), escaped(what))
                };
                format!("<ul>\n{}</ul>\n", links.iter().map(item).collect::<String>())
            }
        }
    }
}

/// A mail as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// One line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same in HTML.
    pub html: String,
}

/// What is written over several lines, on one.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_says_the_same_in_text_and_html_and_nothing_in_it_is_markup() {
        let letter = Letter::new("Two\r\nlines <b>")
            .paragraph(&[
                Span::Name("A & B"),
                Span::Plain(" say "),
                Span::Said("<i>hi</i>\n\"you\""),
                Span::Plain("."),
            ])
            .headed("<T>", &["one", "", "two"])
            .verbatim("x\n<y>")
            .button("Go", "https://m.test/?a=1&b=\"2\"".to_owned())
            .links(vec![("There", "https://m.test/".to_owned())])
            .written();
        assert_eq!(letter.subject, "Two lines <b>");
        assert_eq!(
            letter.text,
            "A & B say `<i>hi</i>\n\"you\"`.\n\n<T>\none\ntwo\n\nx\n<y>\n\nGo: https://m.test/?a=1&b=\"2\"\n\n\
             There: https://m.test/\n"
        );
        let body = format!(
            "<p><strong>A &amp; B</strong> say <code style=\"white-space: pre-wrap\">&lt;i&gt;hi&lt;/i&gt;\n\
             &quot;you&quot;</code>.</p>\n<h2>&lt;T&gt;</h2>\n<p>one</p>\n<p>two</p>\n\
             <p style=\"white-space: pre-wrap\">x\n&lt;y&gt;</p>\n\
             <p><a href=\"https://m.test/?a=1&amp;b=&quot;2&quot;\" style=\"{BUTTON}\">Go</a></p>\n\
             <ul>\n<li><a href=\"https://m.test/\">There</a></li>\n</ul>\n{FOOT}"
        );
        assert!(letter.html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{}", letter.html);
        assert!(letter.html.ends_with(&body), "{}", letter.html);
    }

    #[test]
    fn a_long_subject_is_cut() {
        assert_eq!(Letter::new(&"é".repeat(300)).written().subject.chars().count(), 200);
    }
}
