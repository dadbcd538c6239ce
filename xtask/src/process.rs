//! Running other programs so that nothing is left behind. A signal only raises a flag: the wait below sees it, ends the
//! child, and the error travels up through every `Drop` on the way (private databases, servers, temporary folders).

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const POLL_INTERVAL: Duration = Duration::from_millis(25);
/// How long a child may take to end itself before it is killed.
const GRACE: Duration = Duration::from_secs(15);

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Turns SIGINT, SIGTERM and SIGHUP into a flag.
pub(crate) fn catch_signals() -> Result<()> {
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// Fails once the user asked to stop; loops that do not run a child call it between steps.
pub(crate) fn fail_if_interrupted() -> Result<()> {
    if INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
        bail!("interrupted");
    }
    Ok(())
}

/// Shows the command, runs it without standard input, and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    eprintln!("$ {shown}");
    let status = run_quietly(command.stdin(Stdio::null()))?;
    if !status.success() {
        bail!("`{shown}` failed: {status}");
    }
    Ok(())
}

/// Runs the command to its end, or ends it when a signal arrives.
pub(crate) fn run_quietly(command: &mut Command) -> Result<ExitStatus> {
    let mut child = command.spawn().with_context(|| format!("cannot start `{}`", show(command)))?;
    loop {
        if let Some(status) = child.try_wait()? {
            fail_if_interrupted()?;
            return Ok(status);
        }
        if let Err(interrupted) = fail_if_interrupted() {
            stop(&mut child);
            return Err(interrupted);
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

/// Standard output of a command that must succeed; its standard error goes to the terminal.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` failed: {}", output.status);
    }
    Ok(output.stdout)
}

/// Whether the command runs and succeeds, with nothing shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Asks a child to end (SIGTERM), waits, and kills it when it does not.
pub(crate) fn stop(child: &mut Child) {
    // The shell's own `kill` is on every system; the standard library can only send SIGKILL.
    succeeds(Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]));
    let asked = Instant::now();
    while matches!(child.try_wait(), Ok(None)) && asked.elapsed() < GRACE {
        std::thread::sleep(POLL_INTERVAL);
    }
    // Both fail only when the child is gone already, which is what we want.
    let _ = child.kill();
    let _ = child.wait();
}

/// Finds a program in `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// In CI a missing piece is a failure; elsewhere it is reported and skipped.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

fn show(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy()];
    words.extend(command.get_args().map(std::ffi::OsStr::to_string_lossy));
    words.join(" ")
}
