//! The fence: all that touches the interpreter from inside. Used by `agent` only.
//!
//! Invariant: everything here runs with the GIL held unless it says otherwise; the engine's state is locked only while
//! no code of the program can run (no evaluation, no last reference dropped); a callback never raises into the program.

mod alarm;
mod backend;
mod buffer;
mod call_site;
mod code;
mod columns;
mod debugger;
mod descriptors;
mod endings;
mod evaluate;
mod evaluate_guard;
mod events;
mod exceptions;
mod frames;
mod hits;
mod hook;
mod inspection;
mod layout;
mod locals;
mod locks;
mod modules;
mod named;
mod native_threads;
mod objects;
mod park;
mod quiet;
mod receiver;
mod reload;
mod spawning;
mod symbols;
pub mod tally;
mod tasks;
mod threads;
mod values;
mod version;
mod watch;

pub use debugger::ForkHooks;
pub use debugger::{Beginning, Debugger, Kept, StartError};
pub use descriptors::{Descriptor, OwnSocket};
pub use hook::{breakpoint_function, dbg_function, take_breakpoint};
pub use native_threads::spawn;
pub use spawning::{Relay, set_flags};
