//! The rules about paths: from frames to files, the order of mappings, roots, files that frames come from.

use mortise_service::code_mappings::{
    derive::{FrameFile, Tree},
    frame::{Frame, Rooted, sort, source_path},
    roots::find_roots,
};

#[test]
fn a_frame_leads_to_a_path_in_the_repository() {
    let frame = |filename| Frame { filename, ..Frame::default() };
    let java = Frame { module: Some("sentry.module.File"), ..frame("File.java") };
    let swift =
        Frame { abs_path: Some("/Users/a/App/Views/V.swift"), package: Some("App"), ..frame("V.swift") };
    let dart =
        Frame { abs_path: Some("package:shop/main.dart"), package: Some("shop"), ..frame("main.dart") };
    let core = Frame { abs_path: Some("dart:core/a.dart"), package: Some("core"), ..frame("a.dart") };
    let foo = Frame { abs_path: Some("/Users/Foo/src/sentry/folder/file.py"), ..frame("file.py") };
    let windows =
        Frame { abs_path: Some("C:\\Users\\Foo\\src\\sentry\\folder\\file.rs"), ..frame("file.rs") };
    let flutter = "sentry.dart.flutter";
    for (frame, platform, sdk, stack_root, source_root, expected) in [
        (frame("sentry/file.py"), "python", "", "", "src/", Some("src/sentry/file.py")),
        (foo, "python", "", "/Users/Foo/src/sentry/", "src/sentry/", Some("src/sentry/folder/file.py")),
        (java, "java", "", "sentry/", "src/sentry/", Some("src/sentry/module/File.java")),
        (windows, "rust", "", "C:\\Users\\Foo\\", "/", Some("src/sentry/folder/file.rs")),
        (swift, "cocoa", "", "App/", "ios/", Some("ios/Views/V.swift")),
        (swift, "other", "", "App/", "ios/", None),
        (dart, "other", flutter, "", "lib/", Some("lib/main.dart")),
        (core, "other", flutter, "core/", "lib/", None),
        (frame("app/app/a.py"), "python", "", "app/", "src/", Some("src/app/a.py")),
        (frame("lib/a.py"), "python", "", "app/", "src/", None),
        (frame("/a.py"), "python", "", "", "", Some("a.py")),
    ] {
        let found = source_path(&frame, platform, sdk, stack_root, source_root);
        assert_eq!(found.as_deref(), expected, "{frame:?} {stack_root}");
    }
}

struct Mapping(&'static str, bool);

impl Rooted for Mapping {
    fn stack_root(&self) -> &str {
        self.0
    }
    fn is_automatic(&self) -> bool {
        self.1
    }
}

#[test]
fn mappings_are_tried_from_the_most_to_the_least_particular() {
    let mappings = vec![
        Mapping("", false),
        Mapping("usr/src/getsentry/src/", true),
        Mapping("usr/src/getsentry/", false),
        Mapping("usr/src/", false),
        Mapping("usr/src/getsentry/src/sentry/", true),
        Mapping("/Users/User/code/src/getsentry/src/sentry/", false),
    ];
    let sorted: Vec<&str> = sort(mappings).into_iter().map(|mapping| mapping.0).collect();
    let expected = [
        "/Users/User/code/src/getsentry/src/sentry/",
        "usr/src/getsentry/",
        "usr/src/",
        "",
        "usr/src/getsentry/src/sentry/",
        "usr/src/getsentry/src/",
    ];
    assert_eq!(sorted, expected);
}

#[test]
fn roots_are_found_by_comparing_two_paths() {
    for (stack, source, expected) in [
        ("./app/", "static/app/", Some(("./", "static/"))),
        ("./app/", "app/", Some(("./", ""))),
        ("sentry/", "src/sentry/", Some(("sentry/", "src/sentry/"))),
        ("source/", "source/", Some(("", ""))),
        ("./app/", "app/foo/app/", Some(("./", "app/foo/"))),
        ("app:///utils/", "utils/", Some(("app:///", ""))),
        ("../../../../../../packages/", "packages/", Some(("../../../../../../", ""))),
        ("app:///../services/", "services/", Some(("app:///../", ""))),
        ("sentry/random.py", "nothing/something.js", None),
        ("/app/a.py", "app/a.py", Some(("/", ""))),
        ("C:\\code\\app\\a.py", "src/app/a.py", Some(("C:\\code\\", "src/"))),
        ("a.py", "src/a.py", Some(("", "src/"))),
        ("", "src/a.py", None),
        ("/", "src/a.py", None),
    ] {
        let found = find_roots(stack, source);
        let found = found.as_ref().map(|(stack, source)| (stack.as_str(), source.as_str()));
        assert_eq!(found, expected, "{stack} {source}");
    }
}

#[test]
fn only_files_in_folders_are_derived_from() {
    for name in [
        "async https://a.test/app.js",
        "/gtm.js",
        "<anonymous>",
        "<frozen importlib._bootstrap>",
        "[native code]",
        "O$t",
        "/foo/bar/baz",
        "README",
        "ssl.py",
        "backburner.js",
        "",
    ] {
        assert_eq!(FrameFile::parse(name), None, "{name}");
    }
    for (name, path) in [
        ("app/a.py", "app/a.py"),
        ("/app/a.py", "app/a.py"),
        ("./app/a.py", "app/a.py"),
        ("app:///../app/a.js", "app/a.js"),
        ("C:\\app\\a.py", "app/a.py"),
    ] {
        assert_eq!(FrameFile::parse(name).expect(name).path, path, "{name}");
    }
}

fn tree(repository: &str, files: &[&str]) -> Tree {
    let files = files.iter().map(|file| (*file).to_owned()).collect();
    Tree { repository: repository.to_owned(), branch: "main".to_owned(), files }
}

fn matches(frame: &str, trees: &[Tree]) -> Vec<(String, String, String)> {
    let found = FrameFile::parse(frame).expect("a file in a folder").matches(trees).into_iter();
    found.map(|it| (it.filename, it.stack_root, it.source_root)).collect()
}

#[test]
fn a_file_matches_where_the_shorter_path_ends_the_longer() {
    let found =
        |file: &str, stack: &str, source: &str| (file.to_owned(), stack.to_owned(), source.to_owned());
    let trees =
        [tree("a", &["src/sentry/web.py", "src/sentry/db.py", "tests/sentry/web.py", "sentry/web.md"])];
    assert_eq!(matches("sentry/web.py", &trees), [found("src/sentry/web.py", "sentry/", "src/sentry/")]);
    assert_eq!(matches("sentry/none.py", &trees), []);
    let several =
        [tree("a", &["src/app/a.py", "xapp/a.py"]), tree("b", &["a.py", "app/a.py", "lib/a.spec.jsx"])];
    let expected =
        [found("src/app/a.py", "app/", "src/app/"), found("a.py", "app/", ""), found("app/a.py", "", "")];
    assert_eq!(matches("app/a.py", &several), expected);
}
