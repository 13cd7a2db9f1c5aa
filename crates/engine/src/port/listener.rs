//! [`Listener`]: hears what happens in the debuggee.
//!
//! Implemented by `session`, called by `cpython`. Invariant: none of it waits for the interpreter.

use super::Line;
use crate::breakpoints::Breakpoint;
use crate::data_breakpoints::DataBreakpoint;
use crate::stop::Stop;

/// Hears what happens in the debuggee, on whichever thread it happens; must not block on the interpreter.
pub trait Listener: Send + Sync {
    /// A thread stopped, and all others hold still.
    fn stopped(&self, stop: &Stop);
    /// A breakpoint's standing changed.
    fn breakpoint_changed(&self, breakpoint: &Breakpoint);
    /// A data breakpoint's standing changed.
    fn data_breakpoint_changed(&self, breakpoint: &DataBreakpoint);
    /// A log point spoke.
    /// False if so much waits for the client that the thread should call [`Listener::settle`] before it goes on.
    fn output(&self, text: &str, path: &str, line: Line) -> bool;
    /// Waits until all output is sent, or the client is gone. Called where no other thread is kept from running by it.
    fn settle(&self);
    /// Ends the threads that are kept for output; they come back with it. Called before a fork.
    fn rest(&self);
    /// This process is a forked child: nothing of the session may be used in it any more.
    fn abandoned(&self);
}
