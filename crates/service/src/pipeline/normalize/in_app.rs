//! Tells the application's own code from libraries, for frames whose sender did not.

use std::sync::LazyLock;

use regex::Regex;

use crate::pipeline::view::{self, Object};

/// Folders and schemes under which no application keeps its own code.
static LIBRARY_PATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)
        (?:^|[/\\]) (?: site-packages | dist-packages | node_modules | bower_components | gems | vendor/bundle
                      | \.cargo/registry | pkg/mod | webpack ) [/\\]
        | ^/usr/lib | ^/usr/local/go/ | ^/lib(?:64)?/ | ^/rustc/ | ^/System/Library/
        | [/\\] lib (?:64)? [/\\] python [0-9]
        | ^[A-Za-z]:\\[Ww]indows\\
        | ^<frozen | ^node: | ^internal/ | /~/",
    )
    .expect("the pattern of library paths is valid")
});

/// Packages of the Java platform and its languages.
const JAVA_PLATFORM: [&str; 10] =
    ["java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "android.", "androidx."];

/// Whether the frame is of a library or of the platform. `platform` is the event's.
pub(super) fn is_library(frame: &Object, platform: &str) -> bool {
    let path_is = |key: &str| view::text(frame, key).is_some_and(|path| LIBRARY_PATH.is_match(path));
    if path_is("abs_path") || path_is("filename") || path_is("package") {
        return true;
    }
    let platform = view::text(frame, "platform").unwrap_or(platform);
    matches!(platform, "java" | "groovy" | "kotlin")
        && view::text(frame, "module")
            .is_some_and(|module| JAVA_PLATFORM.iter().any(|package| module.starts_with(package)))
}
