//! A front end started on demand, by a program that was not launched by us and meets `pausa.breakpoint()`.
//!
//! Both functions are called by the `pausa` command: `pausa __spawn unix:PATH` starts `pausa __terminal unix:PATH` and
//! ends when that one listens at PATH, so that the front end is no child of the program, which then dials.
//! Invariant: when [`start_front_end`] has returned, dialling the socket succeeds.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::rendezvous::{self, Rendezvous};
use crate::{LaunchError, Process};

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
