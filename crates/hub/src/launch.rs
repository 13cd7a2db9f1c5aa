//! Starts a program under the debugger, as its user would have started it without.
//!
//! Called by the `pausa` command and by `adapter`. `python FILE ARGS…` or `python -m MODULE ARGS…` with the same working directory and
//! environment; what is added to the environment makes the interpreter's start-up import our `sitecustomize.py`,
//! which loads the agent and takes the additions back.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use crate::install::Install;
use crate::pty::{Tied, into_io};
use crate::rendezvous::Rendezvous;
use crate::{Ended, LaunchError, Process, Pty};

/// The socket to dial, as `unix:PATH`, or what to count, as `file:PATH`.
const HUB: &str = "PAUSA_HUB";
/// The agent library to load.
const AGENT: &str = "PAUSA_AGENT";
/// How the agent is to hear of events, if the user has chosen.
const BACKEND: &str = "PAUSA_AGENT_BACKEND";
/// What PYTHONPATH was, if it was set.
const ORIGINAL_PATH: &str = "PAUSA_PYTHONPATH";
/// Set if PYTHONUNBUFFERED is ours.
const UNBUFFERED: &str = "PAUSA_UNBUFFERED";

/// A program to debug.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The interpreter.
    pub python: PathBuf,
    /// What the interpreter itself gets, such as `-X dev`.
    pub python_args: Vec<OsString>,
    /// What it runs.
    pub target: Target,
    /// The program's own arguments.
    pub args: Vec<OsString>,
    /// How the agent hears of events, `monitoring` or `settrace`; none for what its Python is best served with.
    pub backend: Option<String>,
    /// Where it runs; our own working directory if none is named.
    pub folder: Option<PathBuf>,
    /// What is different in its environment from ours: a value, or None for a variable that it does not get.
    pub environment: Vec<(OsString, Option<OsString>)>,
    /// Where its standard streams lead.
    pub streams: Streams,
}

impl Launch {
    /// A program in our environment, which inherits our streams.
    pub fn new(python: PathBuf, target: Target, args: Vec<OsString>) -> Self {
        let (python_args, backend, folder, environment) = Default::default();
        Self { python, python_args, target, args, backend, folder, environment, streams: Streams::Inherited }
    }

    /// A variable as the program is to see it.
    fn variable(&self, name: &str) -> Option<OsString> {
        match self.environment.iter().rev().find(|(known, _)| known == name) {
            Some((_, value)) => value.clone(),
            None => env::var_os(name),
        }
    }
}

/// Where a program's standard streams lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Streams {
    /// To where ours do.
    Inherited,
    /// As [`Streams::Inherited`], and Ctrl-C in our terminal reaches the program too.
    Foreground,
    /// Those of ours that are a terminal, to one of the program's own, whose other end is [`Process::pty`].
    Terminal,
    /// Output to us, see [`Debuggee::output`]; there is no input.
    Pipes,
}

/// What an interpreter runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `python FILE`: a script, a folder or a zipapp.
    File(PathBuf),
    /// `python -m MODULE`.
    Module(String),
    /// `python -c CODE`.
    Code(String),
}

/// What a program writes, if that comes to us.
pub struct Output {
    /// Its standard output.
    pub stdout: ChildStdout,
    /// Its standard error.
    pub stderr: ChildStderr,
}

/// A program whose agent has connected and waits for a front end.
pub struct Debuggee {
    /// The agent's end of the protocol.
    pub stream: UnixStream,
    /// The program.
    pub process: Process,
    /// What it writes, if it was launched with [`Streams::Pipes`].
    pub output: Option<Output>,
    /// Closes when it has ended.
    pub ended: UnixStream,
}

/// Starts the program and waits for its agent, or for the program's end if that comes first.
pub fn launch(launch: &Launch) -> Result<Debuggee, LaunchError> {
    begin(launch)?.wait()
}

/// Starts the program. Its agent is waited for later, so that the program can be ended before.
pub fn begin(launch: &Launch) -> Result<Starting, LaunchError> {
    if let Target::File(file) = &launch.target
        && !launch.folder.clone().unwrap_or_default().join(file).exists()
    {
        return Err(LaunchError::NoSuchFile(file.clone()));
    }
    begin_with(launch, &Install::find()?)
}

/// Starts the program without an agent. The last value closes when it has ended.
pub fn run(launch: &Launch) -> Result<(Process, Option<Output>, UnixStream), LaunchError> {
    let (lifeline, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
    let (child, pty) = spawn(launch, command(launch))?;
    let (process, output) = watch(child, launch, pty, ours)?;
    Ok((process, output, lifeline))
}

/// A program that was started and whose agent has not connected yet.
pub struct Starting {
    /// The program.
    pub process: Process,
    output: Option<Output>,
    rendezvous: Rendezvous,
    lifeline: UnixStream,
}

impl Starting {
    /// Waits for the agent, or for the program's end if that comes first.
    pub fn wait(self) -> Result<Debuggee, LaunchError> {
        let Self { process, output, rendezvous, lifeline } = self;
        match rendezvous.accept(&lifeline).map_err(LaunchError::Wait)? {
            Some(stream) => {
                process.has_dialled();
                Ok(Debuggee { stream, process, output, ended: lifeline })
            }
            None => {
                Err(rendezvous.reason().map_or_else(|| LaunchError::EndedEarly(process.wait()), LaunchError::Agent))
            }
        }
    }
}

fn begin_with(launch: &Launch, install: &Install) -> Result<Starting, LaunchError> {
    let rendezvous = Rendezvous::new()?;
    let (lifeline, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
    let (child, pty) = spawn(launch, with_agent(launch, install, rendezvous_address(&rendezvous)))?;
    let (process, output) = watch(child, launch, pty, ours)?;
    Ok(Starting { process, output, rendezvous, lifeline })
}

/// Starts the program with an agent that finds at `address` what to do, and waits for the program's end.
pub(crate) fn run_to_end(launch: &Launch, install: &Install, address: OsString) -> Result<Ended, LaunchError> {
    let (mut child, _pty) = spawn(launch, with_agent(launch, install, address))?;
    child.wait().map(Ended::from).map_err(LaunchError::Wait)
}

fn with_agent(launch: &Launch, install: &Install, address: OsString) -> Command {
    let mut command = command(launch);
    for (name, value) in environment_at(launch, install, address) {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

fn watch<T: Send + 'static>(
    mut child: Child,
    launch: &Launch,
    pty: Option<Pty>,
    at_end: T,
) -> Result<(Process, Option<Output>), LaunchError> {
    let output = child.stdout.take().zip(child.stderr.take()).map(|(stdout, stderr)| Output { stdout, stderr });
    let leads_group = launch.streams != Streams::Foreground;
    let process = Process::watch(child, leads_group, pty, at_end).map_err(LaunchError::Wait)?;
    Ok((process, output))
}

/// The command line and environment that the user asked for.
fn command(launch: &Launch) -> Command {
    let mut command = Command::new(&launch.python);
    command.args(arguments(launch));
    if let Some(folder) = &launch.folder {
        command.current_dir(folder);
    }
    for (name, value) in &launch.environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// What the interpreter gets.
pub(crate) fn arguments(launch: &Launch) -> Vec<OsString> {
    let mut words = launch.python_args.clone();
    match &launch.target {
        Target::File(file) => words.push(file.into()),
        Target::Module(module) => words.extend(["-m".into(), module.into()]),
        Target::Code(code) => words.extend(["-c".into(), code.into()]),
    }
    words.extend(launch.args.iter().cloned());
    words
}

/// What is added to the environment to get the agent in; our `sitecustomize.py` takes all of it back.
pub(crate) fn agent_environment(
    launch: &Launch,
    install: &Install,
    rendezvous: &Rendezvous,
) -> Vec<(&'static str, Option<OsString>)> {
    environment_at(launch, install, rendezvous_address(rendezvous))
}

fn rendezvous_address(rendezvous: &Rendezvous) -> OsString {
    let mut address = OsString::from("unix:");
    address.push(rendezvous.path());
    address
}

fn environment_at(launch: &Launch, install: &Install, address: OsString) -> Vec<(&'static str, Option<OsString>)> {
    let original = launch.variable("PYTHONPATH");
    let prefixed = prefixed(install.launch_folder(), original.as_deref());
    let mut added = vec![
        (HUB, Some(address)),
        (AGENT, Some(install.agent.clone().into())),
        ("PYTHONPATH", Some(prefixed)),
        (ORIGINAL_PATH, original),
        (BACKEND, launch.backend.clone().map(Into::into)),
    ];
    if launch.streams == Streams::Pipes && launch.variable("PYTHONUNBUFFERED").is_none_or(|value| value.is_empty()) {
        // What the program printed before a stop is shown before the stop.
        added.extend([("PYTHONUNBUFFERED", Some("1".into())), (UNBUFFERED, Some("1".into()))]);
    }
    added
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

/// Starts `command` with a terminal of its own or without one. But for [`Streams::Foreground`] it leads a process group
/// of its own, so that a Ctrl-C meant for us does not reach it too.
fn spawn(launch: &Launch, mut command: Command) -> Result<(Child, Option<Pty>), LaunchError> {
    let failed = |source| LaunchError::Spawn { program: launch.python.clone(), source };
    let tied = Tied {
        stdin: io::stdin().is_terminal(),
        stdout: io::stdout().is_terminal(),
        stderr: io::stderr().is_terminal(),
    };
    match launch.streams {
        Streams::Terminal if !tied.none() => {}
        Streams::Foreground => return Ok((command.spawn().map_err(failed)?, None)),
        Streams::Pipes => {
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            return Ok((command.process_group(0).spawn().map_err(failed)?, None));
        }
        Streams::Inherited | Streams::Terminal => {
            return Ok((command.process_group(0).spawn().map_err(failed)?, None));
        }
    }
    let (child, pty) = Pty::spawn(command, tied).map_err(|error| match error {
        pty_process::Error::Io(source) => failed(source),
        other => LaunchError::Terminal(into_io(other)),
    })?;
    Ok((child, Some(pty)))
}

#[cfg(test)]
mod tests;
