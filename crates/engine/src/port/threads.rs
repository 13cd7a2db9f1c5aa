//! Threads of the debuggee, by the operating system's ids.
//!
//! Named by everything that stops, lists or moves threads. Invariant: an id is a number, never an object of the interpreter.

/// A thread of the debuggee: the operating system's id of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(pub i64);

/// A thread as a user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// `threading`'s name of it, or one made from its id where `threading` does not know it.
    pub name: String,
}
