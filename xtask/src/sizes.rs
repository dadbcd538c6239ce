//! How long files and functions are, and how much of the public code says what it is. Medians are habits to look at;
//! the limits below fail the build.

mod source;

use std::path::Path;

use anyhow::{Result, bail};

use crate::workspace;
use source::Source;

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 100;
const DOCUMENTED_PERCENT_MIN: usize = 90;
/// The wire's types are field for field what the public API documents; repeating that would help nobody.
const UNDOCUMENTED: &str = "wire";

/// Prints the tables and fails past a limit.
pub(crate) fn check() -> Result<()> {
    let mut groups = Vec::new();
    for folder in folders()? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (part, label) in [("src", name.clone()), ("tests", format!("{name} tests"))] {
            let folder = folder.join(part);
            if folder.is_dir() {
                groups.push((label, sources(&folder)?));
            }
        }
    }
    print_table(&groups);
    let mut broken = too_long(&groups);
    broken.extend(undocumented(&groups));
    if !broken.is_empty() {
        bail!("past the limits:\n  {}", broken.join("\n  "));
    }
    Ok(())
}

type Group = (String, Vec<Source>);

fn folders() -> Result<Vec<std::path::PathBuf>> {
    let entries = std::fs::read_dir(workspace::root().join("crates"))?;
    let mut folders = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    folders.sort();
    folders.push(workspace::root().join("xtask"));
    Ok(folders)
}

fn sources(folder: &Path) -> Result<Vec<Source>> {
    workspace::rust_files(folder)?.iter().map(|path| Source::read(path)).collect()
}

fn print_table(groups: &[Group]) {
    println!("{:<18}{:>24}{:>32}{:>16}", "", "lines per file", "lines per function", "public items");
    println!(
        "{:<18}{:>6}{:>6}{:>6}{:>6}{:>8}{:>8}{:>8}{:>8}{:>16}",
        "", "files", "med", "p90", "max", "fns", "med", "p90", "max", "documented"
    );
    let shipped = groups.iter().filter(|(label, _)| !label.ends_with(" tests"));
    let tests = groups.iter().filter(|(label, _)| label.ends_with(" tests"));
    for (label, sources) in groups {
        print_row(label, &sources.iter().collect::<Vec<_>>());
    }
    print_row("all", &shipped.flat_map(|(_, sources)| sources).collect::<Vec<_>>());
    print_row("all tests", &tests.flat_map(|(_, sources)| sources).collect::<Vec<_>>());
}

fn print_row(label: &str, sources: &[&Source]) {
    let files = Spread::of(sources.iter().map(|source| source.lines).collect());
    let functions = sources.iter().flat_map(|source| &source.functions);
    let functions = Spread::of(functions.map(|function| function.lines).collect());
    let public: usize = sources.iter().map(|source| source.public).sum();
    let documented: usize = sources.iter().map(|source| source.documented).sum();
    let share =
        (documented * 100).checked_div(public).map_or("-".to_owned(), |percent| format!("{percent} %"));
    println!(
        "{label:<18}{:>6}{:>6}{:>6}{:>6}{:>8}{:>8}{:>8}{:>8}{share:>16}",
        files.count,
        files.median,
        files.p90,
        files.max,
        functions.count,
        functions.median,
        functions.p90,
        functions.max
    );
}

fn too_long(groups: &[Group]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in groups.iter().flat_map(|(_, sources)| sources) {
        let path = source.path.strip_prefix(workspace::root()).unwrap_or(&source.path).display();
        if source.lines > FILE_LINES_MAX {
            broken.push(format!("{path}: {} lines, at most {FILE_LINES_MAX}", source.lines));
        }
        for function in source.functions.iter().filter(|function| function.lines > FUNCTION_LINES_MAX) {
            let (name, lines) = (&function.name, function.lines);
            broken.push(format!("{path}: `{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}"));
        }
    }
    broken
}

fn undocumented(groups: &[Group]) -> Option<String> {
    let counted =
        || groups.iter().filter(|(label, _)| label != UNDOCUMENTED).flat_map(|(_, sources)| sources);
    let public: usize = counted().map(|source| source.public).sum();
    let documented: usize = counted().map(|source| source.documented).sum();
    let share = (documented * 100).checked_div(public)?;
    (share < DOCUMENTED_PERCENT_MIN)
        .then(|| format!("{share} % of public items are documented, at least {DOCUMENTED_PERCENT_MIN} %"))
}

/// Order statistics of a set of lengths.
struct Spread {
    count: usize,
    median: usize,
    p90: usize,
    max: usize,
}

impl Spread {
    fn of(mut lengths: Vec<usize>) -> Self {
        lengths.sort_unstable();
        let at = |percent: usize| {
            let rank = (lengths.len() * percent).div_ceil(100).saturating_sub(1);
            lengths.get(rank).copied().unwrap_or(0)
        };
        Self { count: lengths.len(), median: at(50), p90: at(90), max: at(100) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_statistics_are_by_nearest_rank() {
        let spread = Spread::of((1..=10).rev().collect());
        assert_eq!((spread.count, spread.median, spread.p90, spread.max), (10, 5, 9, 10));
        let none = Spread::of(Vec::new());
        assert_eq!((none.count, none.median, none.p90, none.max), (0, 0, 0, 0));
    }
}
