//! The exception that a thread is stopped at, with those that it comes from or holds.
//!
//! Made by `cpython::exceptions`, told to the client by `session`. Invariant: texts are bounded and made at the stop.

use crate::exception_filters::Occasion;

/// The exception a thread is stopped at.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Exception {
    /// Its type's qualified name.
    pub type_name: String,
    /// `str(exception)`, bounded.
    pub message: String,
    /// The traceback as Python would print it, frames of the debugger left out.
    pub traceback: String,
    /// Why the thread stopped at it; none for one that the exception of the stop comes from.
    pub occasion: Option<Occasion>,
    /// What it comes from or holds: its cause, or else its context unless that is suppressed; the members of a group.
    pub inner: Vec<Exception>,
}

/// An exception of those that the one of a stop comes from or holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedException {
    /// Its type's qualified name.
    pub type_name: String,
    /// Its text, bounded; made without running code of the program.
    pub message: String,
    /// What it is to the one that it is linked to.
    pub link: Link,
    /// How many links away from the exception of the stop it is.
    pub depth: usize,
}

/// What an exception is to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The exception of the stop itself.
    Itself,
    /// What it was raised from.
    Cause,
    /// What was handled when it was raised.
    Context,
    /// The member of a group, counted from 1.
    Member(usize),
}
