//! Why a thread stops. Made by `cpython`, told to the user by `session`.
//!
//! Invariant: several reasons may hold at one stop, and none is dropped.

use crate::breakpoints::BreakpointId;
use crate::exception_filters::Occasion;
use crate::port::ThreadId;

/// One reason for a stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The first line of the program.
    Entry,
    /// A breakpoint was met; the text is set if its condition could not be evaluated.
    Breakpoint(BreakpointId, Option<String>),
    /// The call ends that a function breakpoint waited for, in the way that the text says: `f() -> 42`.
    Ending(String),
    /// What a data breakpoint watches has changed, or is gone: how, in a line; the text is set if its condition could not
    /// be evaluated.
    Data(BreakpointId, String, Option<String>),
    /// What a call has returned that the step went over or out of: no reason by itself, but what is to be said with it.
    Returned(String),
    /// What an expression is that the step has led past: `f(1) = 2`. No reason by itself either.
    Computed(String),
    /// The program called `breakpoint()`.
    Call,
    /// A step has ended.
    Step,
    /// The user asked for a pause.
    Pause,
    /// An exception that there is a filter for, at this occasion.
    Exception(Occasion),
    /// The user moved the thread to another line.
    Jump,
    /// The user moved the thread to the beginning of its function.
    Restart,
}

/// A thread that stopped, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The thread.
    pub thread: ThreadId,
    /// At least one reason.
    pub reasons: Vec<StopReason>,
    /// What to tell people beyond the reason (the exception's text, why a condition failed).
    pub text: Option<String>,
}
