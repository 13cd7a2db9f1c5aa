//! Why a program could not be launched, in words for its user.
//!
//! Made all over this crate, shown by the `pausa` command after `error: `. Invariant: each text is one line and says
//! what happened, why, and what to do next where there is something to do.

use std::io;
use std::path::PathBuf;

use crate::{Address, Ended};

/// Why nobody can come to us.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The system does not let us listen there.
    #[error("cannot listen at {address}: {source}")]
    Bind {
        /// Where.
        address: Address,
        /// What the system said.
        source: io::Error,
    },
    /// Anybody in the network could run code here.
    #[error(
        "{0} can be reached from other machines, and who connects can run any code: name a secret with --token-file FILE \
         or in PAUSA_TOKEN, which clients then send as \"token\" in their attach or launch arguments; or use 127.0.0.1"
    )]
    Open(Address),
    /// A socket in a folder that others can enter.
    #[error("{} is open to other users: make it private (chmod 700), or put the socket into a folder of its own", .0.display())]
    Public(PathBuf),
    /// The folder for the socket is not there.
    #[error("no folder for the socket at {}: {source}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why there is no debuggee to talk to.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The program's file is not there.
    #[error("no such file: {}", .0.display())]
    NoSuchFile(PathBuf),
    /// Our own library for debuggees is nowhere to be found.
    #[error(
        "pausa's agent library was not found beside {} nor in the environment it was installed into; \
         reinstall pausa, or name the library with PAUSA_AGENT", .0.display()
    )]
    NoAgent(PathBuf),
    /// `PAUSA_AGENT` is wrong.
    #[error("PAUSA_AGENT names {}, which cannot be read", .0.display())]
    BadAgent(PathBuf),
    /// Our own Python files are nowhere to be found.
    #[error("pausa's Python package was not found for {}; reinstall pausa", .0.display())]
    NoPackage(PathBuf),
    /// The socket for the agent could not be made.
    #[error("no socket for the debugged program at {}: {source}", path.display())]
    Socket {
        /// Where it should have been.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The pseudo-terminal for the program could not be made.
    #[error("no terminal for the debugged program: {0}")]
    Terminal(#[source] io::Error),
    /// The interpreter could not be started.
    #[error("{} could not be started: {source}", program.display())]
    Spawn {
        /// The interpreter, or our own command.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The agent could not start inside the program; it said why.
    #[error("{0}")]
    Agent(String),
    /// The program ended without a word from the agent.
    #[error("the program {0} before the debugger could connect to it")]
    EndedEarly(Ended),
    /// The client did not give us the terminal that it offers.
    #[error("the editor did not start the program in its terminal: {0}")]
    ClientTerminal(String),
    /// The user does not want it any more.
    #[error("the start of the program was given up")]
    Abandoned,
    /// Waiting for the agent failed.
    #[error("waiting for the debugged program failed: {0}")]
    Wait(#[source] io::Error),
}
