//! A program in the client's terminal: `pausa __launch unix:PATH PYTHON ARGS…`, which the client runs there for us.
//!
//! [`run`] is that command; `adapter::terminal` is the other end of its socket. What is secret or long (the environment)
//! comes over the socket, so that it is in no list of arguments. Invariant: the program is the wrapper's child in the
//! same process group, so Ctrl-C and Ctrl-Z in the terminal mean it, and it ends with the socket unless told otherwise.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::{Ended, LaunchError, Process};

/// Variables, None for one that is taken away.
type Environment = Vec<(OsString, Option<OsString>)>;

/// What the adapter tells the wrapper, a line each.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Order {
    /// Start, with this environment beside the terminal's; None for what the program does not get.
    Start(Environment),
    /// Ask the program to end.
    Terminate,
    /// End it.
    Kill,
    /// Leave it to itself.
    Leave,
}

/// What the wrapper tells the adapter, a line each.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Report {
    /// The program runs under this id.
    Started(i32),
    /// It could not be started.
    Failed(String),
    /// It exited with this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

/// One line of JSON.
pub(crate) fn say(mut to: &UnixStream, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// The next line; None at the end.
pub(crate) fn hear<T: serde::de::DeserializeOwned>(from: &mut impl BufRead) -> Option<T> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

/// Runs the program; its exit code.
pub fn run(socket: &Path, python: PathBuf, arguments: Vec<OsString>) -> Result<i32, LaunchError> {
    let stream =
        UnixStream::connect(socket).map_err(|source| LaunchError::Socket { path: socket.to_owned(), source })?;
    leave_interrupts_to_the_program().map_err(LaunchError::Wait)?;
    let mut orders = BufReader::new(stream.try_clone().map_err(LaunchError::Wait)?);
    let Some(Order::Start(environment)) = hear(&mut orders) else { return Err(LaunchError::Abandoned) };
    let process = match start(&python, &arguments, environment) {
        Ok(process) => process,
        Err(error) => {
            let error = LaunchError::Spawn { program: python, source: error };
            // Nobody there to hear it: then it is only shown in the terminal.
            let _ = say(&stream, &Report::Failed(error.to_string()));
            return Err(error);
        }
    };
    let _ = say(&stream, &Report::Started(process.pid()));
    let obeying = process.clone();
    thread::Builder::new().spawn(move || obey(orders, &obeying)).map_err(LaunchError::Wait)?;
    let ended = process.wait();
    let report = match ended {
        Ended::Code(code) => Report::Code(code),
        Ended::Signal(signal) => Report::Signal(signal),
    };
    let _ = say(&stream, &report);
    Ok(ended.exit_code())
}

/// Ctrl-C and Ctrl-\ in the terminal are for the program that shares it with us.
pub fn leave_interrupts_to_the_program() -> io::Result<()> {
    // A handler, unlike ignoring them, is not inherited by the program.
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGQUIT] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    Ok(())
}

fn start(python: &Path, arguments: &[OsString], environment: Environment) -> io::Result<Process> {
    let mut command = Command::new(python);
    command.args(arguments);
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    // A terminal's shell gives a job a group of its own, whose leader we are then.
    Process::watch(command.spawn()?, false, None, ())
}

fn obey(mut orders: impl BufRead, process: &Process) {
    loop {
        match hear(&mut orders) {
            Some(Order::Leave) => return,
            Some(Order::Terminate) => process.terminate(),
            Some(Order::Kill) | None => {
                process.kill();
                return;
            }
            Some(Order::Start(_)) => {}
        }
    }
}
