//! Comments as Markdown. What people write is shown as they meant it (emphasis, lists, code, links) and can do nothing
//! else: HTML in it is text, a picture is its description (the content security policy would block it anyway), a heading
//! is a bold line (the page has its own), and only web and mail addresses become links. A line break stays one, because
//! people press Enter and mean it.

use std::fmt;

use askama::filters::HtmlSafe;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Schemes of addresses that may be followed from a comment.
const LINK_SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Finished markup of a text; printed by templates without escaping, so it is only ever made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Markup(String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// The markup of a text in Markdown.
pub fn markdown(text: &str) -> Markup {
    let mut is_link_dropped = false;
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH)
        .flat_map(|event| shown(event, &mut is_link_dropped).into_iter().flatten());
    let mut html = String::with_capacity(text.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    Markup(html)
}

/// The words of a text in Markdown, on one line.
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for event in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                words.push_str(&text);
            }
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => {
                words.push(' ');
            }
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What an event of the text becomes on the page: at most two.
fn shown<'t>(event: Event<'t>, is_link_dropped: &mut bool) -> [Option<Event<'t>>; 2] {
    match event {
        Event::Html(html) | Event::InlineHtml(html) => [Some(Event::Text(html)), None],
        Event::SoftBreak => [Some(Event::HardBreak), None],
        Event::Start(Tag::HtmlBlock) => [Some(Event::Start(Tag::Paragraph)), None],
        Event::End(TagEnd::HtmlBlock) => [Some(Event::End(TagEnd::Paragraph)), None],
        Event::Start(Tag::Heading { .. }) => {
            [Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong))]
        }
        Event::End(TagEnd::Heading(_)) => {
            [Some(Event::End(TagEnd::Strong)), Some(Event::End(TagEnd::Paragraph))]
        }
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => [None, None],
        // Links do not nest, so one flag is enough.
        Event::Start(Tag::Link { ref dest_url, .. }) if !may_be_followed(dest_url) => {
            *is_link_dropped = true;
            [None, None]
        }
        Event::End(TagEnd::Link) if std::mem::take(is_link_dropped) => [None, None],
        other => [Some(other), None],
    }
}

fn may_be_followed(address: &str) -> bool {
    url::Url::parse(address).is_ok_and(|url| LINK_SCHEMES.contains(&url.scheme()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        markdown(text).to_string()
    }

    #[test]
    fn emphasis_code_lists_and_links_are_shown() {
        assert_eq!(html("**Now** `f()`"), "<p><strong>Now</strong> <code>f()</code></p>\n");
        assert_eq!(html("- one\n- two"), "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n");
        let link = "<p><a href=\"https://m.test/?a=1&amp;b=2\">it</a></p>\n";
        assert_eq!(html("[it](https://m.test/?a=1&b=2)"), link);
    }

    #[test]
    fn html_in_a_comment_is_text() {
        assert_eq!(html("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n");
        assert!(html("<script>alert(1)</script>").starts_with("<p>&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!html("```<img src=x>\n<img src=x>\n```").contains("<img"));
    }

    #[test]
    fn an_address_that_would_run_or_lead_elsewhere_on_this_site_is_no_link() {
        for address in
            ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "/settings/", "//m.test"]
        {
            assert_eq!(html(&format!("[press]({address})")), "<p>press</p>\n", "{address}");
        }
        assert_eq!(html("<javascript:alert(1)>"), "<p>javascript:alert(1)</p>\n");
        let both = html("[a](javascript:x) [b](https://m.test)");
        assert_eq!(both, "<p>a <a href=\"https://m.test\">b</a></p>\n");
    }

    #[test]
    fn a_heading_is_a_bold_line_and_a_picture_its_description() {
        assert_eq!(html("# Why"), "<p><strong>Why</strong></p>\n");
        assert_eq!(html("![the graph](https://m.test/x.png)"), "<p>the graph</p>\n");
    }

    #[test]
    fn the_words_of_a_text_stand_on_one_line() {
        assert_eq!(
            plain("# Why\nWakes **people** by\n- `phone`\n- [mail](https://m.test)"),
            "Why Wakes people by phone mail"
        );
    }

    #[test]
    fn a_line_break_stays_one() {
        assert_eq!(html("one\ntwo"), "<p>one<br />\ntwo</p>\n");
    }
}
