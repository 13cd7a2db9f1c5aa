//! The debug adapter: between a client (an editor, usually) and a debuggee.
//!
//! Called by the `pausa` command. [`serve`] has one conversation with one client: it answers what comes before there is a
//! debuggee, starts or finds the debuggee as the client says, and then carries messages between the client and the
//! debuggee's agent, which answers them. The program's children become sessions of their own (`children`). [`Held`] is a debuggee that is there before any client, and after.
//! Invariant: every request is answered, in whatever phase it comes; a program that a client has launched ends with the
//! client unless that one says otherwise, and any other program never does.

mod arguments;
mod child;
mod children;
mod client;
mod console;
mod env_file;
mod following;
mod held;
mod link;
mod path_mappings;
mod phase;
mod plan;
mod pump;
mod session;
mod settings;
mod starting;
mod terminal;
mod token;

use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use held::Held;
pub use session::{Door, serve};
pub use token::Token;

use crate::{Ended, Process};

/// The id of errors about a request that comes before there is a debuggee.
const TOO_EARLY: i64 = 20;
/// The id of errors about a debuggee that is no more.
const ENDED: i64 = 21;
/// The id of errors about a debuggee that could not be started or found.
const NOT_STARTED: i64 = 22;
/// The id of errors about something that this session cannot have.
const NOT_HERE: i64 = 23;

/// How long a client that leaves a program waits for the agent to be out of it.
const GOODBYE: Duration = Duration::from_secs(2);

/// A debuggee as a process.
pub(crate) trait Program: Send + Sync {
    /// Its process id.
    fn pid(&self) -> i32;
    /// Asks it to end.
    fn terminate(&self);
    /// Ends it, with what it started.
    fn kill(&self);
    /// Lets it live on without us.
    fn leave(&self);
    /// Waits for its end.
    fn wait(&self) -> Ended;
}

impl Program for Process {
    fn pid(&self) -> i32 {
        self.pid()
    }

    fn terminate(&self) {
        self.terminate();
    }

    fn kill(&self) {
        self.kill_group();
    }

    fn leave(&self) {}

    fn wait(&self) -> Ended {
        self.wait()
    }
}

/// A start that can be given up while it is under way. Clones are handles of the same one.
#[derive(Clone, Default)]
pub(crate) struct Abort(Arc<Mutex<AbortState>>);

#[derive(Default)]
struct AbortState {
    given_up: bool,
    /// Closes when the start is given up.
    lifeline: Option<UnixStream>,
    program: Option<Arc<dyn Program>>,
}

impl Abort {
    /// The start waits for something; it waits no longer when `lifeline` is dropped.
    pub fn set(&self, lifeline: UnixStream) {
        let mut state = self.lock();
        state.lifeline = (!state.given_up).then_some(lifeline);
    }

    /// The program that is being started.
    pub fn own(&self, program: Arc<dyn Program>) {
        let mut state = self.lock();
        if state.given_up {
            program.kill();
        }
        state.program = Some(program);
    }

    /// Gives the start up.
    pub fn give_up(&self) {
        let mut state = self.lock();
        state.given_up = true;
        state.lifeline = None;
        if let Some(program) = &state.program {
            program.kill();
        }
    }

    fn lock(&self) -> MutexGuard<'_, AbortState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
