//! INSTRUCTION, PY_RETURN, PY_YIELD, PY_UNWIND, PY_RESUME where a data breakpoint wants them. Called by the backends.
//!
//! Invariant: told only of code in which a place is looked at, or whose frame has just stored into a watched dict.

use pyo3::ffi;
use pyo3::prelude::*;

use super::line::reach;
use crate::code::record::Record;
use crate::debugger::{Debugger, Where};
use crate::frames;
use crate::hits::Arrival;
use crate::watch::Leaving;

/// The innermost frame, of code with this record, comes to an instruction after a store.
pub fn on_instruction(py: Python<'_>, debugger: &Debugger, record: &Record) {
    let Some(frame) = frames::current(py) else { return };
    let line = frames::line(&frame);
    let shown = debugger.watches.line_of_store();
    let stopped = debugger.tell_changes(py, record, line, Where::WithinLine);
    // The line's own event has passed unseen if it was disabled: a step from the line of the store ends here.
    if stopped && shown != Some(line) && record.stepping.get() {
        let arrival = record.at(line).map(Arrival::at);
        reach(py, debugger, record, line, arrival, false);
    }
}

/// The innermost frame is left.
pub fn on_leaving(py: Python<'_>, debugger: &Debugger, code: *mut ffi::PyObject, leaving: Leaving) {
    if let Some(record) = debugger.record(code).filter(|record| record.is_watched()) {
        debugger.tell_leaving(py, record, leaving);
    }
}

/// The innermost frame begins or goes on.
pub fn on_entering(py: Python<'_>, debugger: &Debugger, code: *mut ffi::PyObject) {
    if let Some(record) = debugger.record(code).filter(|record| record.watched.get())
        && let Some(frame) = frames::current(py)
    {
        debugger.tell_changes(py, record, frames::line(&frame), Where::Elsewhere);
    }
}
