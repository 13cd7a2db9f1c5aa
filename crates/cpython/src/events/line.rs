//! LINE: a thread reaches a new line. The hot path. Called by the backends.
//!
//! Invariant: a line without interest costs one visit; one with a breakpoint costs its condition; nothing is locked or
//! allocated before a reason to stop is near.

use pausa_engine::port::Line;
use pausa_engine::stop::StopReason;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Answer;
use crate::code::record::Record;
use crate::debugger::Debugger;
use crate::debugger::Where;
use crate::frames;

/// The innermost frame, which runs this code object, reaches a line.
pub fn on_line(py: Python<'_>, debugger: &'static Debugger, code: *mut ffi::PyObject, line: Line) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(record) = debugger.records.get(code) else { return Answer::Disable };
    reach(py, debugger, record, line)
}

/// A thread reaches a line of code that has a record: by a line event, or by a jump within a loop on one line.
pub fn reach(py: Python<'_>, debugger: &Debugger, record: &Record, line: Line) -> Answer {
    if debugger.has_jumped() && debugger.is_echo_of_jump(frames::current_key(py), line) {
        return Answer::Keep;
    }
    let mut text = None;
    let mut reasons = match record.at(line) {
        Some(armed) => crate::hits::hit(py, debugger, record, line, &armed, &mut text),
        None => Vec::new(),
    };
    if record.stepping.get() && debugger.step_ends(frames::current_key(py), record, line) {
        reasons.push(StopReason::Step);
    }
    if record.entry.get() && is_entry(py, debugger, record) {
        reasons.push(StopReason::Entry);
    }
    if !reasons.is_empty() {
        debugger.stop(py, reasons, text, Where::Line);
    }
    if record.stepping.get() || record.at(line).is_some() {
        return Answer::Keep;
    }
    record.has_disabled.set(true);
    Answer::Disable
}

/// True once, at the first line of the program itself.
fn is_entry(py: Python<'_>, debugger: &Debugger, record: &Record) -> bool {
    record.entry.set(false);
    let Some(frame) = frames::current(py) else { return false };
    let is_main = || -> PyResult<bool> {
        let globals = frame.getattr("f_globals")?.cast_into::<PyDict>()?;
        let name = globals.get_item("__name__")?;
        Ok(name.and_then(|name| name.extract::<String>().ok()).is_some_and(|name| name == "__main__"))
    };
    let waited_for = is_main().unwrap_or(false) && std::mem::take(&mut debugger.state().entry);
    if let (true, Some(code)) = (!record.has_breakpoints(), frames::code(&frame)) {
        debugger.reapply(&code, record);
    }
    waited_for
}
