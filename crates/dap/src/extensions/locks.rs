//! `pausa/locks`: who holds which lock, who waits for it, and which threads wait for one another for ever.
//!
//! Used by `session` and by the terminal. Invariant: sent only when it is asked for, and asking runs no code of the program.

use serde::{Deserialize, Serialize};

use crate::requests::Request;
use crate::types::StackFrame;

/// See the module.
pub enum Locks {}

impl Request for Locks {
    type Arguments = ();
    type Response = LocksResponse;
    const COMMAND: &'static str = "pausa/locks";
}

/// The answer to [`Locks`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocksResponse {
    /// Those that are waited for, then those that are known to be held.
    pub locks: Vec<Lock>,
    /// Circles of threads that wait for one another: each waits for what the next one holds, the last for the first.
    pub deadlocks: Vec<Vec<Wait>>,
    /// Every thread waits without a limit of time.
    pub all_wait: bool,
}

/// A lock, or something else that threads wait for as for one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lock {
    /// `Lock`, `RLock`, `Condition`, `Queue`, `Thread`, `import of`, …
    pub kind: String,
    /// A variable, an attribute or an item that is it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The object's text.
    pub value: String,
    /// What is in it; 0 for nothing.
    pub variables_reference: i64,
    /// `thread` (see `heldBy`), `unknown`, `nobody`, or `notHeld` for what is notified, put, set or released.
    pub holder: String,
    /// Who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<Party>,
    /// Who waits for it.
    pub waiting: Vec<Party>,
}

/// A thread that holds a lock or waits for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// The thread.
    pub thread_id: i64,
    /// Its name.
    pub name: String,
    /// The frame whose `with` holds it, or the innermost one of the user's program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<StackFrame>,
    /// It waits only for a time that it was given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_limit: bool,
}

/// A thread of a deadlock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// The thread.
    pub thread_id: i64,
    /// The place in `locks` of what it waits for.
    pub lock: usize,
}
