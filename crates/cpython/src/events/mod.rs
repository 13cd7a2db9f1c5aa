//! What follows from an event of the interpreter, a file a kind of event. Called by the backends, whichever told of it.
//!
//! Invariant: decided here once for all backends, on the thread and in the frame that the event is about; nothing here
//! raises into the program.

pub mod calls;
pub mod instruction;
mod kind;
pub mod line;
pub mod raise;
pub mod reported;
pub mod returns;
pub mod start;
pub mod unraisable;
pub mod unwind;
pub mod wanted;
pub mod watched;

pub use kind::{EventKind, Events};

/// What a backend is to do with the place that the event came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on telling.
    Keep,
    /// Nothing of interest there: tell no more of it.
    Disable,
    /// An exception is set, which the user wants raised there.
    Throw,
}
