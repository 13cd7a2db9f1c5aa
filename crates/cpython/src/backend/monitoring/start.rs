//! PY_START, PY_RESUME, PY_THROW: a call begins or goes on. Wanted for all code while a step may enter calls; wanted for
//! one code object only so that its line events on the `def` line are told (gh-155992). Called by `callbacks`.
//!
//! Invariant: never disabled for code with a record, or that code's first line would be lost.

use pyo3::prelude::*;

use super::callbacks::{Answer, Arguments};
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;

pub fn on_start(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    if !debugger.step_wants_calls() {
        return Answer::Keep;
    }
    let code = CodeKey(arguments.code() as usize);
    let in_scope = {
        let state = debugger.state();
        state.registry.file(code).is_some_and(|file| state.scope.contains(file))
    };
    if in_scope {
        debugger.step_meets_call(py, code);
        return Answer::Keep;
    }
    if debugger.records.get(arguments.code()).is_some() { Answer::Keep } else { Answer::Disable }
}

/// As a start, but the event has no fixed place: it cannot be disabled.
pub fn on_throw(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    on_start(py, debugger, arguments);
    Answer::Keep
}
