//! PY_RETURN and PY_YIELD: the value that a step out wants to show. Called by the backends.
//!
//! Invariant: armed only in the function that is being left, only while that step runs.

use pyo3::prelude::*;

use super::Answer;
use crate::debugger::Debugger;
use crate::frames;

/// The innermost frame returns or yields a value.
pub fn on_return(py: Python<'_>, debugger: &'static Debugger, value: Bound<'_, PyAny>) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    if debugger.wanted_return() == Some(frames::current_key(py)) {
        debugger.keep_return_value(value);
    }
    Answer::Keep
}
