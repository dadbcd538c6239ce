//! The `Link` header. Clients split it at commas, so the URLs in it must hold none: every parameter is encoded anew.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Page, PageLink};

/// Everything but letters, digits and `_ . - ~`. Blanks become `+`.
const PARAMETER: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b' ');

/// The address of a list: absolute URL without query, and the decoded query of the request.
#[derive(Debug, Clone, Copy)]
pub struct LinkUrl<'a> {
    /// Scheme, host and path, already encoded.
    pub base: &'a str,
    /// The request's parameters in their order; `cursor` is left out by [`link_header`].
    pub params: &'a [(String, String)],
}

/// The value of the `Link` header of a page: `previous`, then `next`.
pub fn link_header<T>(url: LinkUrl<'_>, page: &Page<T>) -> String {
    let mut address = format!("{}?", url.base);
    let params = url.params.iter().filter(|(name, _)| name != "cursor");
    for (position, (name, value)) in params.enumerate() {
        let separator = if position == 0 { "" } else { "&" };
        // Writing to a String cannot fail.
        let _ = write!(address, "{separator}{}={}", encode(name), encode(value));
    }
    format!("{}, {}", link(&address, "previous", page.previous), link(&address, "next", page.next))
}

/// As forms are encoded.
fn encode(text: &str) -> String {
    utf8_percent_encode(text, PARAMETER).to_string().replace(' ', "+")
}

fn link(address: &str, rel: &str, PageLink { cursor, has_results }: PageLink) -> String {
    format!("<{address}&cursor={cursor}>; rel=\"{rel}\"; results=\"{has_results}\"; cursor=\"{cursor}\"")
}
