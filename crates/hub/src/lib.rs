//! Finds Pythons, launches debuggees and hands their protocol streams to a front end.
//!
//! Used by the `pausa` command. A debuggee's agent dials the socket that this crate listens on; what travels over it
//! is none of this crate's business. Invariant: the debuggee runs as its user would have run it, but for the
//! environment that [`launch`] sets and our `sitecustomize.py` takes back before any of the program's code runs.

mod error;
mod front_end;
mod install;
mod launch;
mod linux;
mod process;
mod pty;
pub mod pythons;
mod rendezvous;
#[cfg(test)]
mod scripts;

pub use error::LaunchError;
pub use front_end::{listen, start_front_end};
pub use launch::{Debuggee, Launch, Target, launch};
pub use process::{Ended, Process};
pub use pty::{Pty, Tied};
