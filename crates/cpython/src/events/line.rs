//! LINE: a thread reaches a new line. The hot path. Called by the backends.
//!
//! Invariant: a line without interest costs one visit; one with a breakpoint costs its condition; nothing is locked or
//! allocated before a reason to stop is near.

use pausa_engine::port::Line;
use pausa_engine::stepping::FrameKey;
use pausa_engine::stop::StopReason;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Answer, instruction};
use crate::code::record::{ArmedLine, Record, at_line};
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;
use crate::debugger::Where;
use crate::frames;
use crate::hits::{self, Arrival, Glance};
use crate::named::Named;
use crate::threads;
use crate::watch::Point;

/// The answer to a line event where nothing needs Python: nothing is armed at the line, or its breakpoint lets the
/// program pass. Else what was found out on the way.
///
/// # Safety
/// Only at a line event of the innermost frame, which runs this code object; the GIL is held.
#[inline(always)]
pub unsafe fn quick(
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    line: Line,
) -> Result<Answer, Option<(ArmedLine, Glance)>> {
    let Some(record) = debugger.record(code) else { return Ok(Answer::Disable) };
    if !record.has_breakpoints_only() || debugger.has_jumped() || record.is_told_by_instruction(line) {
        // SAFETY: by the contract.
        return if unsafe { passes_watched(debugger, record, code, line) } { Ok(Answer::Keep) } else { Err(None) };
    }
    // Read only where a condition asks for it: a hit count does without.
    // SAFETY: by the contract.
    let native = || debugger.layout.as_ref().and_then(|layout| Some((layout, unsafe { layout.current() }?)));
    if let Some(shortcut) = record.shortcut(line)
        // SAFETY: by the contract; the shortcut is of the line's condition.
        && native().is_some_and(|(layout, frame)| unsafe { shortcut.fails(layout, frame) })
    {
        return Ok(Answer::Keep);
    }
    let armed = record.armed();
    let first = match at_line(&armed, line) {
        None => First::Quiet,
        // SAFETY: by the contract; a first look runs nothing.
        Some(armed) => match unsafe { hits::glance_at_once(armed, native) } {
            Glance::Passes => First::Passes,
            glance => First::Armed(armed.clone(), glance),
        },
    };
    drop(armed);
    match first {
        First::Quiet => {
            record.has_disabled.set(true);
            Ok(Answer::Disable)
        }
        First::Passes => Ok(Answer::Keep),
        First::Armed(armed, glance @ (Glance::Hits | Glance::Failed)) => Err(Some((armed, glance))),
        // SAFETY: by the contract. What is armed is kept here, as the condition may give the GIL away and another thread
        // disarm the line.
        First::Armed(armed, _) => {
            let _inside = debugger.stay();
            // SAFETY: as above.
            match unsafe { hits::glance(debugger, native().map(|(_, frame)| frame), &armed) } {
                Glance::Passes => Ok(Answer::Keep),
                glance => Err(Some((armed, glance))),
            }
        }
    }
}

/// True if all that is of interest at a line is what may have changed before it, and nothing has. False says nothing.
///
/// # Safety
/// As [`quick`].
unsafe fn passes_watched(debugger: &Debugger, record: &Record, code: *mut ffi::PyObject, line: Line) -> bool {
    if !record.is_only_watched() || debugger.has_jumped() || record.is_told_by_instruction(line) {
        return false;
    }
    let Some(layout) = &debugger.layout else { return false };
    // SAFETY: by the contract.
    let Some(frame) = (unsafe { layout.current().map(|frame| layout.object(frame)) }) else { return false };
    if frame.is_null() || at_line(&record.armed(), line).is_some() {
        return false;
    }
    let point = Point { frame: FrameKey(frame.addr()), code: CodeKey(code.addr()), line };
    // SAFETY: by the contract.
    unsafe { debugger.watches.pass(threads::own_identity(), point) }
}

/// What the first look at a line has found.
enum First {
    Quiet,
    Passes,
    Armed(ArmedLine, Glance),
}

/// The innermost frame, which runs this code object, reaches a line, and [`quick`] could not make an end of it: with what it
/// has found.
pub fn on_seen_line(
    py: Python<'_>,
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    line: Line,
    seen: Option<(ArmedLine, Glance)>,
) -> Answer {
    // First, as it takes the error of a condition that raised.
    let arrival = seen.map(|(armed, glance)| Arrival::after(py, armed, glance));
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(record) = debugger.record(code) else { return Answer::Disable };
    let arrival = arrival.or_else(|| record.at(line).map(Arrival::at));
    reach(py, debugger, record, line, arrival, true)
}

/// A thread reaches a line of code that has a record: by a line event, or by a jump within a loop on one line. An
/// instruction's event may follow only if `is_line_event`.
pub fn reach(
    py: Python<'_>,
    debugger: &Debugger,
    record: &Record,
    line: Line,
    arrival: Option<Arrival>,
    is_line_event: bool,
) -> Answer {
    if debugger.has_jumped() && debugger.is_echo_of_jump(frames::current_key(py), line) {
        return Answer::Keep;
    }
    let mut arrival = arrival;
    if record.is_watched() && debugger.tell_changes(py, record, line, Where::Line) {
        if debugger.has_jumped() || !debugger.is_present() {
            return Answer::Keep;
        }
        // Breakpoints may have been set or taken away meanwhile.
        arrival = record.at(line).map(Arrival::at);
    }
    let mut text = None;
    let mut reasons = match arrival {
        Some(arrival) => hits::hit(py, debugger, record, line, arrival, &mut text),
        None => Vec::new(),
    };
    let tells_instruction = || is_line_event && record.is_told_by_instruction(line);
    if tells_instruction() {
        reasons.extend(instruction::at_line(py, debugger, record, &mut text));
    }
    let has_computed = is_line_event && record.by_instruction.get() && debugger.has_computed_at_line(py);
    if has_computed || (record.stepping.get() && debugger.step_ends(frames::current_key(py), record, line)) {
        reasons.push(StopReason::Step);
    }
    if record.entry.get() && is_entry(py, debugger, record) {
        reasons.push(StopReason::Entry);
    }
    if !reasons.is_empty() {
        debugger.stop(py, reasons, text, Where::Line);
    }
    if record.reports.get() {
        super::reported::look(py);
    }
    // A stop may have changed that.
    let by_instruction = tells_instruction();
    if by_instruction {
        instruction::tell_now(py, debugger);
    }
    // Disabled together with the event of its instruction that one would be lost (gh-158121).
    if record.stepping.get() || record.is_watched() || by_instruction || record.at(line).is_some() {
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
        let globals = frame.named("f_globals")?.cast_into::<PyDict>()?;
        let name = globals.get_item("__name__")?;
        Ok(name.and_then(|name| name.extract::<String>().ok()).is_some_and(|name| name == "__main__"))
    };
    let waited_for = is_main().unwrap_or(false) && std::mem::take(&mut debugger.state().entry);
    if let (true, Some(code)) = (!record.has_breakpoints(), frames::code(&frame)) {
        debugger.reapply(&code, record);
    }
    waited_for
}
