//! PY_RETURN and PY_YIELD: the value that a step out wants to show. Called by `callbacks`.
//!
//! Invariant: armed only in the function that is being left, only while that step runs.

use pyo3::prelude::*;

use super::callbacks::{Answer, Arguments};
use crate::debugger::Debugger;
use crate::frames;

pub fn on_return(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    if debugger.wanted_return() == Some(frames::current_key(py)) {
        // SAFETY: the event's third argument, alive for the call.
        let value = unsafe { Bound::from_borrowed_ptr_or_opt(py, arguments.object(2)) };
        if let Some(value) = value {
            debugger.keep_return_value(value);
        }
    }
    Answer::Keep
}
