//! INSTRUCTION: a thread is about to run one instruction. Armed only in code that has a breakpoint within a line, or in
//! which a step goes by instructions. Called by the backends.
//!
//! Invariant: where a line begins the line's event comes first and decides for both; the instruction's is its echo then.

use pausa_engine::stop::StopReason;
use pyo3::ffi;
use pyo3::prelude::*;

use super::{Answer, watched};
use crate::code::record::{ArmedLine, Record};
use crate::debugger::{Debugger, Where};
use crate::frames;
use crate::hits::{self, Arrival, Glance};

/// The answer where nothing needs Python: nothing is armed at the instruction, or its breakpoint lets the program pass.
/// Else what was found out on the way.
///
/// # Safety
/// Only at an instruction's event in the innermost frame, which runs this code object; the GIL is held.
#[inline]
pub unsafe fn quick(
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    offset: u32,
) -> Result<Answer, Option<(ArmedLine, Glance)>> {
    let Some(record) = debugger.record(code) else { return Ok(Answer::Disable) };
    if record.by_instruction.get() || record.stored.get() || debugger.has_told() {
        return Err(None);
    }
    if debugger.may_read(record, offset) {
        return Err(None);
    }
    // Kept here, as the condition may give the GIL away and another thread disarm it.
    let Some(armed) = record.at_instruction(offset) else {
        // A read from another object: the next one may be from the one that is watched.
        if record.reads_at(offset) {
            return Ok(Answer::Keep);
        }
        record.has_disabled.set(true);
        return Ok(Answer::Disable);
    };
    // SAFETY: by the contract.
    let glance = unsafe {
        let frame = debugger.layout.as_ref().and_then(|layout| layout.current());
        hits::glance(debugger, frame, &armed)
    };
    if glance == Glance::Passes { Ok(Answer::Keep) } else { Err(Some((armed, glance))) }
}

/// The innermost frame, which runs this code object, is at an instruction; with what [`quick`] has found.
pub fn on_instruction(
    py: Python<'_>,
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    offset: u32,
    seen: Option<(ArmedLine, Glance)>,
) -> Answer {
    // First, as it takes the error of a condition that raised.
    let arrival = seen.map(|(armed, glance)| Arrival::after(py, armed, glance));
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(record) = debugger.record(code) else { return Answer::Disable };
    if record.stored.get() {
        watched::on_instruction(py, debugger, record);
    }
    debugger.tell_reads(py, record, offset);
    let frame = frames::current_key(py);
    debugger.step_comes_to(py, frame, offset);
    if debugger.was_told(frame, offset) {
        return Answer::Keep;
    }
    let arrival = arrival.or_else(|| record.at_instruction(offset).map(Arrival::at));
    let (mut text, mut reasons) = (None, Vec::new());
    if let Some(arrival) = arrival {
        let line = record.line_of(offset).unwrap_or(0);
        reasons = hits::hit(py, debugger, record, line, arrival, &mut text);
    }
    let has_computed = record.by_instruction.get() && debugger.has_computed(py, frame, offset);
    if record.by_instruction.get() && (has_computed || debugger.step_ends_at_instruction(frame, record, offset)) {
        reasons.push(StopReason::Step);
    }
    if !reasons.is_empty() {
        debugger.stop(py, reasons, text, Where::WithinLine);
    }
    Answer::Keep
}

/// A line event is also the arrival at an instruction: the breakpoints that stop there.
pub fn at_line(py: Python<'_>, debugger: &Debugger, record: &Record, text: &mut Option<String>) -> Vec<StopReason> {
    let offset = frames::current(py).and_then(|frame| frames::instruction(&frame));
    let armed = offset.and_then(|offset| Some((record.at_instruction(offset)?, record.line_of(offset)?)));
    armed.map_or_else(Vec::new, |(armed, line)| hits::hit(py, debugger, record, line, Arrival::at(armed), text))
}

/// The line event is over: the instruction's that follows is its echo.
pub fn tell_now(py: Python<'_>, debugger: &Debugger) {
    if let Some(frame) = frames::current(py)
        && let Some(offset) = frames::instruction(&frame)
    {
        debugger.tell_now(frames::key(&frame), offset);
    }
}
