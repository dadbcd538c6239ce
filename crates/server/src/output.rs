//! What the program says: results on standard output, everything else on standard error. A reader that goes away early
//! (`mortise config | head`) is not an error.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use serde_json::Value;

/// A failure with an exit code of its own; every other failure exits with 1.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Exit {
    /// The exit code.
    pub(crate) code: u8,
    /// What went wrong.
    pub(crate) text: String,
}

/// Prints a result.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints a result as JSON.
pub(crate) fn print_json(value: &Value) -> Result<()> {
    print(&format!("{value:#}\n"))
}

/// Prints a result in words, or as JSON when that was asked for.
pub(crate) fn answer(json: bool, value: &Value, text: impl FnOnce() -> String) -> Result<()> {
    if json { print_json(value) } else { print(&format!("{}\n", text())) }
}

/// Says something to the person at the terminal.
pub(crate) fn say(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Says why the program ends, and picks its exit code.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    say(&format!("error: {error:#}"));
    ExitCode::from(error.downcast_ref::<Exit>().map_or(1, |exit| exit.code))
}
