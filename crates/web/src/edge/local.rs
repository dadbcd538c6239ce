//! Paths that a visitor may be led to: of this server only, so that nobody is sent elsewhere by a link to us.

/// `path` when it is a path on this server with an optional query, else `None`.
pub fn local_path(path: &str) -> Option<&str> {
    let mut bytes = path.bytes();
    let starts_well = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    // Browsers drop tabs and line breaks, which would turn "/\t/host" into "//host".
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (starts_well && is_plain).then_some(path)
}

/// The path and query of a `Referer` header that names this server.
pub fn path_of_referer<'a>(referer: &'a str, host: &str) -> Option<&'a str> {
    let rest = referer.strip_prefix("http://").or_else(|| referer.strip_prefix("https://"))?;
    let rest = rest.strip_prefix(host)?;
    local_path(rest.split('#').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_followed() {
        for good in ["/", "/organizations/acme/issues/?query=is%3Aunresolved", "/a//b"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in
            ["", "issues", "//evil.test/", "/\\evil.test", "/\t/evil.test", "https://evil.test/", "/a b"]
        {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_referer_of_another_server_is_ignored() {
        assert_eq!(path_of_referer("http://m.test:8000/a/?b=1#c", "m.test:8000"), Some("/a/?b=1"));
        assert_eq!(path_of_referer("http://m.test:8000.evil.test/a/", "m.test:8000"), None);
        assert_eq!(path_of_referer("http://evil.test/a/", "m.test:8000"), None);
    }
}
