//! PY_RETURN and PY_YIELD: a function gives a value. Called by the backends.
//!
//! Invariant: armed only in functions that a step is leaving, or whose end a breakpoint waits for. A `yield` gives a value to
//! the step, and is no return for a breakpoint.

use pausa_engine::function_breakpoints::Moment;
use pyo3::ffi;
use pyo3::prelude::*;

use super::Answer;
use crate::debugger::Debugger;
use crate::endings::{self, Ending};
use crate::frames;

/// How a value is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// The function is over.
    Returned,
    /// It goes on later.
    Yielded,
}

/// The innermost frame, which runs this code object, gives a value.
pub fn on_return(
    py: Python<'_>,
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    value: Bound<'_, PyAny>,
    gives: Gives,
) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    if debugger.wanted_return() == Some(frames::current_key(py)) {
        debugger.keep_return_value(value.clone());
    }
    let record = debugger.record(code).filter(|record| gives == Gives::Returned && record.awaits(Moment::Return));
    if let Some(record) = record {
        endings::reach(py, debugger, record, &Ending::Value(value));
    }
    Answer::Keep
}
