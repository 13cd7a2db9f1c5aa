//! A front end started on demand, by a program that was not launched by us: a prompt for `pausa.breakpoint()`, a server
//! for editors for `pausa.listen()`.
//!
//! Called by the `pausa` command: `pausa __spawn unix:PATH` starts `pausa __terminal unix:PATH` and ends when that one
//! listens at PATH, so that the front end is no child of the program, which then dials. `pausa __listen …` does the same
//! with `pausa __hold …`. Invariant: when one of them has ended well, dialling the socket succeeds.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::rendezvous::{self, Rendezvous};
use crate::{LaunchError, Process, linux};

/// Where [`listen`] says that it listens.
const READY: &str = "PAUSA_READY";

/// A program dials at once when its front end is ready; one that was killed in between never does.
const DIALS_WITHIN: Duration = Duration::from_secs(30);

/// Starts `pausa __terminal unix:SOCKET` with our standard streams, and returns when it listens there.
pub fn start_front_end(socket: &Path) -> Result<(), LaunchError> {
    let program = env::current_exe().map_err(LaunchError::Wait)?;
    let rendezvous = Rendezvous::new()?;
    let (lifeline, ours) = UnixStream::pair().map_err(LaunchError::Wait)?;
    let mut address = OsString::from("unix:");
    address.push(socket);
    let child = Command::new(&program)
        .arg("__terminal")
        .arg(address)
        .env(READY, rendezvous.path())
        .spawn()
        .map_err(|source| LaunchError::Spawn { program, source })?;
    let process = Process::watch(child, false, None, ours).map_err(LaunchError::Wait)?;
    match rendezvous.accept(&lifeline).map_err(LaunchError::Wait)? {
        Some(_) => Ok(()),
        None => Err(LaunchError::Agent(format!("the terminal {} at its start", process.wait()))),
    }
}

/// Listens at `socket`, says so to [`start_front_end`], and waits for the one agent that dials. Removes the socket.
pub fn listen(socket: &Path) -> Result<UnixStream, LaunchError> {
    let listener = rendezvous::bind(socket)?;
    if let Some(ready) = env::var_os(READY).map(PathBuf::from) {
        UnixStream::connect(&ready).map_err(|source| LaunchError::Socket { path: ready, source })?;
    }
    let stream = rendezvous::accept_soon(&listener, DIALS_WITHIN).map_err(LaunchError::Wait)?;
    // The program removes the folder that the socket is in; this only lets nobody else try to dial.
    let _ = fs::remove_file(socket);
    Ok(stream)
}

/// Starts `pausa __hold` with these words and without our terminal; returns the line that it says when it is ready.
pub fn start_holder(words: &[OsString]) -> Result<String, LaunchError> {
    let program = env::current_exe().map_err(LaunchError::Wait)?;
    let mut holder = Command::new(&program);
    holder.arg("__hold").args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut holder = holder.spawn().map_err(|source| LaunchError::Spawn { program, source })?;
    let mut line = String::new();
    if let Some(stdout) = holder.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).map_err(LaunchError::Wait)?;
    }
    Ok(line.trim_end().to_owned())
}

/// A socket at which a program's agent is to dial.
pub struct Expected(UnixListener);

impl Expected {
    /// Listens at `socket`.
    pub fn at(socket: &Path) -> Result<Self, LaunchError> {
        rendezvous::bind(socket).map(Self)
    }

    /// Waits for the agent; it, and the id of its process.
    pub fn accept(self) -> Result<(UnixStream, Option<i32>), LaunchError> {
        let stream = rendezvous::accept_soon(&self.0, DIALS_WITHIN).map_err(LaunchError::Wait)?;
        let pid = linux::peer(&stream);
        Ok((stream, pid))
    }
}

/// Leaves the terminal and the process group of whoever started us: what happens there is not meant for us.
pub fn leave_terminal() {
    // It fails for the leader of a group, who has none to leave.
    let _ = nix::unistd::setsid();
}
