//! `pausa/forceReturn` and `pausa/throw`: a function is ended at once, with a value or by an exception.
//!
//! Used by `session` and by the terminal. Invariant: what is refused has changed nothing.

use serde::{Deserialize, Serialize};

use crate::requests::Request;

/// The innermost function of the stopped thread returns a value at once; the thread stops in its caller.
pub enum ForceReturn {}

impl Request for ForceReturn {
    type Arguments = EndingArguments;
    type Response = ();
    const COMMAND: &'static str = "pausa/forceReturn";
}

/// An exception is raised where the thread is stopped; it stops at the next line that it comes to.
pub enum Throw {}

impl Request for Throw {
    type Arguments = EndingArguments;
    type Response = ();
    const COMMAND: &'static str = "pausa/throw";
}

/// The arguments of [`ForceReturn`] and [`Throw`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndingArguments {
    /// The thread, which has to be the one that stopped.
    pub thread_id: i64,
    /// What gives the value, or the exception, in the innermost frame.
    pub expression: String,
}
