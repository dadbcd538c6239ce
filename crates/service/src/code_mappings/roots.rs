//! The roots of a code mapping, found by comparing a path of a stack trace with a path in a repository. Pure.

/// Beginnings of paths that are no folders, in the order in which they are taken off.
const STRAIGHT: [&str; 3] = ["app:///", "../", "./"];

/// Where the beginning of a path that is no folder ends.
pub fn straight_prefix(path: &str) -> (&str, &str) {
    let mut end = 0;
    for prefix in STRAIGHT {
        while path[end..].starts_with(prefix) {
            end += prefix.len();
        }
    }
    path.split_at(end)
}

/// Stack root and source root: replacing the first by the second makes `source` of `stack`. `None` where the two have no
/// end in common.
pub fn find_roots(stack: &str, source: &str) -> Option<(String, String)> {
    let rest = stack.strip_prefix(['/', '\\']).unwrap_or(stack);
    let lead = &stack[..stack.len() - rest.len()];
    if rest.is_empty() {
        return None;
    }
    if rest == source {
        return Some((lead.to_owned(), String::new()));
    }
    let separator = if rest.contains('/') { '/' } else { '\\' };
    if let Some(before) = source.strip_suffix(rest) {
        let package = rest.split_once(separator).map(|(package, _)| package);
        let Some(package) = package else { return Some((lead.to_owned(), before.to_owned())) };
        return Some((format!("{lead}{package}{separator}"), format!("{before}{package}/")));
    }
    if let Some(before) = rest.strip_suffix(source) {
        return Some((format!("{lead}{before}"), String::new()));
    }
    let (straight, rest) = straight_prefix(rest);
    let parts: Vec<&str> = rest.split(separator).collect();
    (0..parts.len()).find_map(|dropped| {
        let overlap = parts[dropped..].join("/");
        let before = source.strip_suffix(&overlap).filter(|_| !overlap.is_empty())?;
        let mut stack_root = format!("{lead}{straight}");
        stack_root.push_str(&parts[..dropped].join(&separator.to_string()));
        if !stack_root.is_empty() && !stack_root.ends_with(separator) {
            stack_root.push(separator);
        }
        let mut source_root = before.to_owned();
        if !source_root.is_empty() && !source_root.ends_with('/') {
            source_root.push('/');
        }
        Some((stack_root, source_root))
    })
}
