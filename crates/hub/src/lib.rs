//! Finds Pythons, launches debuggees, and brings them together with those who debug them.
//!
//! Used by the `pausa` command. A debuggee's agent dials the socket that this crate listens on; a front end of ours
//! talks over it itself, an editor through [`adapter`]. Invariant: the debuggee runs as its user would have run it, but
//! for the environment that [`launch()`] sets and our `sitecustomize.py` takes back before any of the program's code runs.

pub mod adapter;
mod address;
mod attach;
mod children;
mod error;
mod front_end;
mod install;
mod launch;
mod linux;
mod process;
mod pty;
pub mod pythons;
mod relative;
mod rendezvous;
#[cfg(test)]
mod scripts;
mod stream;
mod tools;
mod undebugged;
pub mod wrapper;

pub use address::Address;
pub use attach::{Attach, Attached, Luggage, attach};
pub use children::{Child, Children};
pub use error::{LaunchError, ListenError};
pub use front_end::{Expected, leave_terminal, listen, start_front_end, start_holder};
pub use launch::{Debuggee, Launch, Output, Streams, Target, launch};
pub use process::{Ended, Process};
pub use pty::{Pty, Tied};
pub use relative::{Fate, Relative, Service};
pub use rendezvous::remove_folders;
pub use stream::{Listener, Stream};
pub use tools::{Costs, Counted, Counting, count_events, measure_costs};
pub use undebugged::Undebugged;
