//! How much of an event is kept. `_chars_max` counts characters, `_max` entries.

/// Age above which the sender's time is not believed.
pub const EVENT_AGE_SECONDS_MAX: i64 = 30 * 24 * 60 * 60;
/// How far ahead of ours the sender's clock may be.
pub const EVENT_FUTURE_SECONDS_MAX: i64 = 60;

/// Logger name.
pub const LOGGER_CHARS_MAX: usize = 64;
/// Release version.
pub const RELEASE_CHARS_MAX: usize = 250;
/// Distribution.
pub const DIST_CHARS_MAX: usize = 64;
/// Environment name.
pub const ENVIRONMENT_CHARS_MAX: usize = 64;
/// Transaction and culprit.
pub const CULPRIT_CHARS_MAX: usize = 200;
/// Tags an event may bring along; derived tags come on top.
pub const TAGS_MAX: usize = 200;
/// Key of a tag.
pub const TAG_KEY_CHARS_MAX: usize = 200;
/// Value of a tag.
pub const TAG_VALUE_CHARS_MAX: usize = 200;

/// Message, its template and an exception's value.
pub const MESSAGE_CHARS_MAX: usize = 8192;
/// Exception type, module, mechanism type and other names.
pub const NAME_CHARS_MAX: usize = 256;
/// Function and symbol names, which may carry template arguments.
pub const SYMBOL_CHARS_MAX: usize = 1024;
/// Paths, URLs, lines of source.
pub const PATH_CHARS_MAX: usize = 2048;
/// One line of source.
pub const SOURCE_LINE_CHARS_MAX: usize = 1024;
/// Lines of source before and after the current one, each.
pub const SOURCE_LINES_MAX: usize = 20;
/// Frames of one stack trace; the middle is left out.
pub const FRAMES_MAX: usize = 250;
/// Exceptions of one event; the middle is left out.
pub const EXCEPTIONS_MAX: usize = 50;
/// Threads of one event.
pub const THREADS_MAX: usize = 250;
/// Breadcrumbs of one event; the oldest are left out.
pub const BREADCRUMBS_MAX: usize = 100;
/// Header, cookie and query pairs of a request, each.
pub const PAIRS_MAX: usize = 200;
/// Modules (packages) of one event.
pub const MODULES_MAX: usize = 2000;
/// Contexts of one event.
pub const CONTEXTS_MAX: usize = 100;
/// Parts of a fingerprint.
pub const FINGERPRINT_PARTS_MAX: usize = 50;
/// Notes about what was changed.
pub const NOTES_MAX: usize = 50;

/// `metadata.type`.
pub const METADATA_TYPE_CHARS_MAX: usize = 128;
/// `metadata.value`.
pub const METADATA_VALUE_CHARS_MAX: usize = 1024;
/// The message's or value's share of a title.
pub const TITLE_CHARS_MAX: usize = 100;

/// How much of a free-form tree is kept.
#[derive(Debug, Clone, Copy)]
pub struct TreeLimits {
    /// Levels of objects and lists; deeper ones become `[Object]` or `[Array]`.
    pub depth_max: usize,
    /// Entries of one object or list.
    pub items_max: usize,
    /// One string.
    pub chars_max: usize,
    /// Keys and strings together, in bytes; what comes after is left out.
    pub bytes_max: usize,
}

/// Local variables of one frame.
pub const VARS: TreeLimits = TreeLimits { depth_max: 5, items_max: 50, chars_max: 1024, bytes_max: 8 * 1024 };
/// Data of a breadcrumb, a mechanism, a user.
pub const SMALL_TREE: TreeLimits =
    TreeLimits { depth_max: 5, items_max: 50, chars_max: 2048, bytes_max: 16 * 1024 };
/// One context, the extra data, the body and environment of a request.
pub const LARGE_TREE: TreeLimits =
    TreeLimits { depth_max: 7, items_max: 500, chars_max: 16 * 1024, bytes_max: 64 * 1024 };
