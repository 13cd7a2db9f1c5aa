//! Starts a program under the debugger, as its user would have started it without.
//!
//! Called by the `pausa` command. `python FILE ARGS…` or `python -m MODULE ARGS…` with the same working directory and
//! environment; what is added to the environment makes the interpreter's start-up import our `sitecustomize.py`,
//! which loads the agent and takes the additions back.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, IsTerminal};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};

use crate::install::Install;
use crate::pty::{Tied, into_io};
use crate::rendezvous::Rendezvous;
use crate::{LaunchError, Process, Pty};

/// The socket to dial, as `unix:PATH`.
const HUB: &str = "PAUSA_HUB";
/// The agent library to load.
const AGENT: &str = "PAUSA_AGENT";
/// How the agent is to hear of events, if the user has chosen.
const BACKEND: &str = "PAUSA_AGENT_BACKEND";
/// What PYTHONPATH was, if it was set.
const ORIGINAL_PATH: &str = "PAUSA_PYTHONPATH";
/// Where, beside the socket, a failed start leaves its reason.
const REASON: &str = "reason";

/// A program to debug.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The interpreter.
    pub python: PathBuf,
    /// What it runs.
    pub target: Target,
    /// The program's own arguments.
    pub args: Vec<OsString>,
    /// True if those standard streams of ours that are a terminal become one of the program's own, whose other end is
    /// [`Process::pty`]. Else it inherits all three.
    pub terminal: bool,
    /// How the agent hears of events, `monitoring` or `settrace`; none for what its Python is best served with.
    pub backend: Option<String>,
}

/// What an interpreter runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `python FILE`: a script, a folder or a zipapp.
    File(PathBuf),
    /// `python -m MODULE`.
    Module(String),
}

/// A program whose agent has connected and waits for a front end.
pub struct Debuggee {
    /// The agent's end of the protocol.
    pub stream: UnixStream,
    /// The program.
    pub process: Process,
}

/// Starts the program and waits for its agent, or for the program's end if that comes first.
pub fn launch(launch: &Launch) -> Result<Debuggee, LaunchError> {
    if let Target::File(file) = &launch.target
        && !file.exists()
    {
        return Err(LaunchError::NoSuchFile(file.clone()));
    }
    launch_with(launch, &Install::find()?)
}

fn launch_with(launch: &Launch, install: &Install) -> Result<Debuggee, LaunchError> {
    let rendezvous = Rendezvous::new()?;
    let (lifeline, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
    let (child, pty) = spawn(launch, command(launch, install, &rendezvous))?;
    let process = Process::watch(child, true, pty, ours).map_err(LaunchError::Wait)?;
    match rendezvous.accept(&lifeline).map_err(LaunchError::Wait)? {
        Some(stream) => Ok(Debuggee { stream, process }),
        None => Err(match fs::read_to_string(rendezvous.folder().join(REASON)) {
            Ok(reason) => LaunchError::Agent(reason.trim_end().to_owned()),
            Err(_) => LaunchError::EndedEarly(process.wait()),
        }),
    }
}

fn command(launch: &Launch, install: &Install, rendezvous: &Rendezvous) -> Command {
    let mut command = Command::new(&launch.python);
    match &launch.target {
        Target::File(file) => command.arg(file),
        Target::Module(module) => command.arg("-m").arg(module),
    };
    command.args(&launch.args);

    let mut hub = OsString::from("unix:");
    hub.push(rendezvous.path());
    command.env(HUB, hub).env(AGENT, &install.agent);
    command.envs(launch.backend.iter().map(|backend| (BACKEND, backend)));
    let original = env::var_os("PYTHONPATH");
    command.env("PYTHONPATH", prefixed(install.launch_folder(), original.as_deref()));
    match original {
        Some(original) => command.env(ORIGINAL_PATH, original),
        None => command.env_remove(ORIGINAL_PATH),
    };
    command
}

/// `folder` before what PYTHONPATH already holds. An empty value counts as none: an empty entry would mean the working
/// directory.
fn prefixed(folder: PathBuf, path: Option<&OsStr>) -> OsString {
    let mut prefixed = folder.into_os_string();
    if let Some(path) = path.filter(|path| !path.is_empty()) {
        prefixed.push(":");
        prefixed.push(path);
    }
    prefixed
}

/// Starts `command` with a terminal of its own or without one. Either way it leads a process group of its own, so that
/// a Ctrl-C meant for us does not reach it too.
fn spawn(launch: &Launch, mut command: Command) -> Result<(Child, Option<Pty>), LaunchError> {
    let failed = |source| LaunchError::Spawn { program: launch.python.clone(), source };
    let tied = Tied {
        stdin: io::stdin().is_terminal(),
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
    };
    if !launch.terminal || tied.none() {
        let child = command.process_group(0).spawn().map_err(failed)?;
        return Ok((child, None));
    }
    let (child, pty) = Pty::spawn(command, tied).map_err(|error| match error {
        pty_process::Error::Io(source) => failed(source),
        other => LaunchError::Terminal(into_io(other)),
    })?;
    Ok((child, Some(pty)))
}

#[cfg(test)]
mod tests;
