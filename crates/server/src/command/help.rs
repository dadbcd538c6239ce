//! The help of every command as one document: `docs/cli.md`.

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Arg, Command};

use crate::output;

/// Prints it.
pub(crate) fn print(mut root: Command) -> Result<()> {
    root.build();
    let mut out = String::from(HEAD);
    section(&mut out, &root, "mortise");
    output::print(&out)
}

fn section(out: &mut String, command: &Command, path: &str) {
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string);
    let arguments: Vec<_> = command.get_arguments().filter(|arg| is_own(arg, path)).collect();
    // Writing to a String cannot fail.
    let _ = write!(out, "\n## `{path}{}`\n\n{}\n", usage(&arguments), about.unwrap_or_default());
    if !arguments.is_empty() {
        let _ = write!(out, "\n| argument | meaning |\n|---|---|\n");
    }
    for arg in arguments {
        let help = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string);
        let help = help.unwrap_or_default().replace('\n', " ");
        let _ = writeln!(out, "| `{}` | {help} |", name(arg).replace('|', "\\|"));
    }
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        section(out, inner, &format!("{path} {}", inner.get_name()));
    }
}

/// Options of the configuration are told once, at the top.
fn is_own(arg: &Arg, path: &str) -> bool {
    let is_standard = matches!(arg.get_id().as_str(), "help" | "version");
    !is_standard && !arg.is_hide_set() && (path == "mortise" || !arg.is_global_set())
}

fn usage(arguments: &[&Arg]) -> String {
    let positionals = arguments.iter().filter(|arg| arg.is_positional());
    positionals.map(|arg| format!(" {}", name(arg))).collect()
}

fn name(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let value = values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let takes_value = arg.get_action().takes_values();
    match arg.get_long() {
        None => value,
        Some(long) if takes_value => format!("--{long} {value}"),
        Some(long) => format!("--{long}"),
    }
}

const HEAD: &str = "# Command line

`mortise` without a command serves. Every command takes the options of the [configuration](configuration.md) as flags;
they are listed once, here at the top. Results go to standard output, everything else to standard error. Exit codes: 0
all went well, 1 it failed, 2 the command line or the declared world is wrong, 3 the database is not empty.
This document is written by `cargo xtask generate`.
";
