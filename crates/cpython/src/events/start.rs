//! PY_START, PY_RESUME, PY_THROW: a call begins or goes on. Wanted for all code while a step may enter calls; wanted for
//! one code object only so that its line events on the `def` line are told (gh-155992). Called by the
//! backends.
//!
//! Invariant: never disabled for code with a record, or that code's first line would be lost.

use pyo3::ffi;
use pyo3::prelude::*;

use super::Answer;
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;

/// A frame that runs this code object begins or goes on.
pub fn on_start(py: Python<'_>, debugger: &Debugger, code: CodeKey) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    super::watched::on_entering(py, debugger, code.0 as *mut ffi::PyObject);
    if !debugger.step_wants_calls() {
        return Answer::Keep;
    }
    let in_scope = {
        let state = debugger.state();
        state.registry.file(code).is_some_and(|file| state.scope.contains(file))
    };
    if in_scope {
        debugger.step_meets_call(py, code);
        return Answer::Keep;
    }
    if debugger.record(code.0 as *mut ffi::PyObject).is_some() { Answer::Keep } else { Answer::Disable }
}
