//! What of ours runs in an interpreter but is not the debugger: counting events, and measuring what they cost.
//!
//! Called by the `pausa` command (`pausa events`, `pausa costs`). Invariant: a program whose events are counted is
//! started as for debugging, and the counts are read only when it has ended.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::install::Install;
use crate::launch;
use crate::{Ended, Launch, LaunchError};

/// What the agent reads, what it leaves, and what our `sitecustomize.py` leaves if it fails.
const SETTINGS: &str = "settings";
const REPORT: &str = "report";
const REASON: &str = "reason";

/// A program whose events are to be counted.
#[derive(Clone, Debug)]
pub struct Counting {
    /// The program, with whatever streams.
    pub launch: Launch,
    /// What to count, as JSON that the agent reads.
    pub settings: String,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Counted {
    /// How the program ended.
    pub ended: Ended,
    /// The counts as JSON; none if the program did not come to its end by itself.
    pub report: Option<String>,
}

/// Runs a program to its end and counts its events.
pub fn count_events(counting: &Counting) -> Result<Counted, LaunchError> {
    let install = Install::find()?;
    let folder = tempfile::Builder::new().prefix("pausa-").tempdir().map_err(LaunchError::Wait)?;
    let settings = folder.path().join(SETTINGS);
    fs::write(&settings, &counting.settings).map_err(LaunchError::Wait)?;
    let mut address = OsString::from("file:");
    address.push(settings);
    let ended = launch::run_to_end(&counting.launch, &install, address)?;
    if let Ok(reason) = fs::read_to_string(folder.path().join(REASON)) {
        return Err(LaunchError::Agent(reason.trim_end().to_owned()));
    }
    Ok(Counted { ended, report: fs::read_to_string(folder.path().join(REPORT)).ok() })
}

/// Which costs to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Costs {
    /// Those of events.
    Events,
    /// Those of `sys.monitoring`'s functions too.
    All,
}

/// Measures on an interpreter what `sys.monitoring` costs: JSON.
pub fn measure_costs(python: PathBuf, costs: Costs) -> Result<String, LaunchError> {
    let install = Install::find()?;
    let mut command = Command::new(&python);
    // Nothing of the user's has a say in it.
    command.args(["-I", "-S", "-B"]).arg(install.package.join("_costs.py")).arg(&install.agent);
    command.arg(if costs == Costs::All { "all" } else { "events" });
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().map_err(|source| LaunchError::Spawn { program: python, source })?;
    if !output.status.success() {
        return Err(LaunchError::EndedEarly(output.status.into()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
