//! The instructions of single frames: told of a frame whose `f_trace_opcodes` is set. Called by `tracer` and at `settle`.
//!
//! From 3.13 on that has an effect only at the moment at which the frame has a trace function of its own, and is an event of
//! all its code then; on 3.12 it makes all code tell, from the next time on that a tracer is set. Invariant: a frame's
//! trace function is the program's, or none, as before.

use std::ffi::c_int;

use pyo3::ffi;
use pyo3::prelude::*;

use super::tracer::{CALL, LINE};
use crate::debugger::Debugger;
use crate::events::EventKind;
use crate::frames;
use crate::named::Named;
use crate::version::minor;

/// Makes a frame tell its instructions, if something is wanted of those of its code.
pub fn want(debugger: &Debugger, what: c_int, code: *mut ffi::PyObject, frame: *mut ffi::PyFrameObject) {
    let is_wanted = || debugger.records.get(code).is_some_and(|record| record.events.get().has(EventKind::Instruction));
    if [CALL, LINE].contains(&what) && is_wanted() {
        let _ = Python::try_attach(|py| {
            // SAFETY: the event's frame, alive for the call.
            let frame = unsafe { Bound::from_borrowed_ptr(py, frame.cast()) };
            // Should the interpreter refuse, the frame tells no instruction, and nothing else changes.
            drop(switch_on(&frame));
        });
    }
}

/// Makes those frames on the stacks of all threads tell of whose code something is wanted.
pub fn want_on_stacks(py: Python<'_>, debugger: &Debugger) {
    for (_, innermost) in crate::threads::innermost_frames(py) {
        for frame in frames::stack(innermost.into_bound(py)) {
            if let Some(code) = frames::code(&frame)
                && debugger.records.get(code.as_ptr()).is_some_and(|r| r.events.get().has(EventKind::Instruction))
            {
                drop(switch_on(&frame));
            }
        }
    }
}

/// Has the interpreter of 3.12 make all code tell, when a tracer is set the next time.
pub fn announce(py: Python<'_>) {
    if let Some(frame) = frames::current(py) {
        drop(frame.setattr("f_trace_opcodes", true).and_then(|()| frame.setattr("f_trace_opcodes", false)));
    }
}

fn switch_on(frame: &Bound<'_, PyAny>) -> PyResult<()> {
    if frame.named("f_trace_opcodes")?.is_truthy()? {
        return Ok(());
    }
    frame.setattr("f_trace_opcodes", true)?;
    if minor(frame.py()) >= 13 && frame.named("f_trace")?.is_none() {
        frame.setattr("f_trace", frame.py().get_type::<PyAny>())?;
        frame.delattr("f_trace")?;
    }
    Ok(())
}
