//! From a frame of a stack trace to a path in a repository. Pure.
//!
//! Most platforms name files by their path. Where the path is spread over other parts of a frame, it is put together
//! first ([`Frame::munged`]). Then a mapping's stack root is replaced by its source root ([`source_path`]). Which mapping
//! is tried first decides [`sort`].

/// A frame, as far as its file is concerned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The file, as the platform names it.
    pub filename: &'a str,
    /// The file with all of its path.
    pub abs_path: Option<&'a str>,
    /// The module, such as a Java class.
    pub module: Option<&'a str>,
    /// The package or image.
    pub package: Option<&'a str>,
}

impl Frame<'_> {
    /// The path that is put together from several parts, on platforms that need it.
    pub fn munged(&self, platform: &str, sdk: &str) -> Option<String> {
        match (platform, sdk) {
            ("java", _) => self.of_java(),
            ("cocoa", _) => self.of_cocoa(),
            ("other", "sentry.dart.flutter") => self.of_flutter(),
            _ => None,
        }
    }

    fn of_java(&self) -> Option<String> {
        let module = self.module.filter(|module| !module.is_empty())?;
        if self.filename.is_empty() || self.filename.contains('/') {
            return None;
        }
        let folder = module.rsplit_once('.').map(|(folder, _)| folder.replace('.', "/"));
        Some(folder.map_or_else(|| self.filename.to_owned(), |folder| format!("{folder}/{}", self.filename)))
    }

    fn of_cocoa(&self) -> Option<String> {
        let package = self.package?.trim_matches('/');
        let parts: Vec<&str> = self.abs_path?.trim_matches('/').split('/').collect();
        let start = parts.iter().position(|part| *part == package && !package.is_empty())?;
        Some(parts[start..].join("/"))
    }

    fn of_flutter(&self) -> Option<String> {
        let package = self.package.filter(|package| !package.is_empty())?;
        let path = self.abs_path?.strip_prefix("package:")?.strip_prefix(package)?.trim_matches('/');
        (!path.is_empty()).then(|| path.to_owned())
    }
}

/// The path in the repository that a mapping leads a frame to; `None` where the frame does not begin with `stack_root`. An
/// empty `stack_root` matches every frame.
pub fn source_path(
    frame: &Frame<'_>,
    platform: &str,
    sdk: &str,
    stack_root: &str,
    source_root: &str,
) -> Option<String> {
    let munged = frame.munged(platform, sdk);
    let named = Some(munged.as_deref().unwrap_or(frame.filename)).filter(|path| !path.is_empty());
    let absolute = frame.abs_path.filter(|path| !path.is_empty());
    let rest = [named, absolute].into_iter().flatten().find_map(|path| path.strip_prefix(stack_root))?;
    Some(format!("{source_root}{rest}").replace('\\', "/").trim_start_matches('/').to_owned())
}

/// What the order of mappings depends on.
pub trait Rooted {
    /// What paths of stack traces begin with.
    fn stack_root(&self) -> &str;
    /// Whether the server found it by itself.
    fn is_automatic(&self) -> bool;
}

impl Rooted for mortise_store::code_mapping::CodeMapping {
    fn stack_root(&self) -> &str {
        &self.stack_root
    }
    fn is_automatic(&self) -> bool {
        self.automatically_generated
    }
}

/// Puts mappings, given by id, in the order in which they are tried: what people made before what the server found,
/// absolute roots before others, longer roots before those that they begin with.
pub fn sort<M: Rooted>(mappings: Vec<M>) -> Vec<M> {
    let mut sorted: Vec<M> = Vec::with_capacity(mappings.len());
    for new in mappings {
        let goes_before = |old: &M| {
            (old.is_automatic() && !new.is_automatic())
                || (!old.stack_root().starts_with('/') && new.stack_root().starts_with('/'))
                || (old.is_automatic() == new.is_automatic()
                    && new.stack_root().starts_with(old.stack_root()))
        };
        let end = if new.is_automatic() { sorted.len() } else { 0 };
        let place = sorted.iter().position(goes_before).unwrap_or(end);
        sorted.insert(place, new);
    }
    sorted
}
