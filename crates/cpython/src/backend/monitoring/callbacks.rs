//! The functions that the interpreter calls. Registered by `Monitoring`, called by the interpreter on any thread.
//!
//! Invariant: raw fast-call builtins without a Python frame; they return `None` or `DISABLE`, never raise, never panic
//! into the interpreter, and leave a pending exception as they found it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::ffi;
use pyo3::prelude::*;

use super::jump;
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;
use crate::events::raise::Raised;
use crate::events::{Answer, EventKind, line, raise, returns, start};

/// The arguments of an event, borrowed from the interpreter for the call.
#[derive(Clone, Copy)]
pub struct Arguments<'a> {
    values: &'a [*mut ffi::PyObject],
}

impl Arguments<'_> {
    /// The code object.
    pub fn code(self) -> *mut ffi::PyObject {
        self.values.first().copied().unwrap_or(std::ptr::null_mut())
    }

    /// The argument at a place, as an integer (a line or an offset).
    pub fn integer(self, at: usize) -> u32 {
        let Some(&value) = self.values.get(at) else { return 0 };
        // SAFETY: an argument of an event, an exact int in the range of a line or offset; the GIL is held.
        let value = unsafe { ffi::PyLong_AsLong(value) };
        u32::try_from(value).unwrap_or(0)
    }

    /// The argument at a place.
    fn bound(self, py: Python<'_>, at: usize) -> Option<Bound<'_, PyAny>> {
        let value = self.values.get(at).copied()?;
        // SAFETY: an argument of an event, alive for the call; a new reference is taken.
        unsafe { Bound::from_borrowed_ptr_or_opt(py, value) }
    }

    /// The arguments of an exception's event: code, offset, exception.
    fn raised(self, py: Python<'_>) -> Option<Raised<'_>> {
        let exception = self.bound(py, 2)?;
        Some(Raised { code: CodeKey(self.code() as usize), offset: self.integer(1) as usize, exception })
    }
}

macro_rules! callback {
    ($name:ident, $kind:expr, $handle:path) => {
        unsafe extern "C" fn $name(
            _module: *mut ffi::PyObject,
            arguments: *mut *mut ffi::PyObject,
            count: ffi::Py_ssize_t,
        ) -> *mut ffi::PyObject {
            // SAFETY: the interpreter calls this with the GIL held and `count` arguments at `arguments`.
            unsafe { answer($kind, arguments, count, $handle) }
        }
    };
}

callback!(on_start, EventKind::Start, start);
callback!(on_resume, EventKind::Resume, start);
callback!(on_throw, EventKind::Throw, throw);
callback!(on_line, EventKind::Line, line);
callback!(on_jump, EventKind::Jump, jump::on_jump);
callback!(on_return, EventKind::Return, give);
callback!(on_yield, EventKind::Yield, give);
callback!(on_raise, EventKind::Raise, raise);
callback!(on_reraise, EventKind::Reraise, reraise);

fn start(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    start::on_start(py, debugger, CodeKey(arguments.code() as usize))
}

/// As a start, but the event has no fixed place: it cannot be disabled.
fn throw(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    start(py, debugger, arguments);
    Answer::Keep
}

fn line(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    line::on_line(py, debugger, arguments.code(), arguments.integer(1))
}

fn give(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    match arguments.bound(py, 2) {
        Some(value) => returns::on_return(py, debugger, value),
        None => Answer::Keep,
    }
}

fn raise(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    arguments.raised(py).map_or(Answer::Keep, |raised| raise::on_raise(py, debugger, &raised))
}

fn reraise(py: Python<'_>, debugger: &'static Debugger, arguments: Arguments<'_>) -> Answer {
    arguments.raised(py).map_or(Answer::Keep, |raised| raise::on_reraise(py, debugger, &raised))
}

/// Runs a handler and turns its answer into what the interpreter expects.
///
/// # Safety
/// Only from a callback: the GIL is held and `arguments` points to `count` borrowed references.
#[inline(always)]
unsafe fn answer(
    kind: EventKind,
    arguments: *mut *mut ffi::PyObject,
    count: ffi::Py_ssize_t,
    handle: fn(Python<'_>, &'static Debugger, Arguments<'_>) -> Answer,
) -> *mut ffi::PyObject {
    let Some((debugger, disable)) = Debugger::get().and_then(|debugger| Some((debugger, debugger.backend.disable()?)))
    else {
        // SAFETY: None is immortal in every version that has sys.monitoring.
        return unsafe { ffi::Py_None() };
    };
    debugger.count_event(kind);
    // SAFETY: by this function's contract; the slice does not outlive the call.
    let values = unsafe { std::slice::from_raw_parts(arguments, usize::try_from(count).unwrap_or(0)) };
    let arguments = Arguments { values };
    let answer = match quick(debugger, kind, arguments) {
        Some(answer) => answer,
        // Attached in PyO3's eyes too, or references dropped below would wait for the next time that somebody attaches.
        None => Python::try_attach(|py| {
            catch_unwind(AssertUnwindSafe(|| handle(py, debugger, arguments))).unwrap_or(Answer::Keep)
        })
        .unwrap_or(Answer::Keep),
    };
    match answer {
        // SAFETY: `DISABLE` lives as long as the tool is registered; the caller takes a new reference.
        Answer::Disable => unsafe {
            ffi::Py_INCREF(disable);
            disable
        },
        // SAFETY: None is immortal in every version that has sys.monitoring.
        Answer::Keep => unsafe { ffi::Py_None() },
    }
}

/// The answer where nothing is of interest, found without any reference taken: a line with nothing at it.
#[inline]
fn quick(debugger: &Debugger, kind: EventKind, arguments: Arguments<'_>) -> Option<Answer> {
    if kind != EventKind::Line || debugger.world.needs_attention() {
        return None;
    }
    let Some(record) = debugger.records.get(arguments.code()) else { return Some(Answer::Disable) };
    if !record.is_quiet_at(arguments.integer(1)) {
        return None;
    }
    record.has_disabled.set(true);
    Some(Answer::Disable)
}

/// The callback of an event as a Python builtin.
pub fn function(py: Python<'_>, kind: EventKind) -> PyResult<Bound<'_, PyAny>> {
    let call: ffi::PyCFunctionFast = match kind {
        EventKind::Start => on_start,
        EventKind::Resume => on_resume,
        EventKind::Throw => on_throw,
        EventKind::Line => on_line,
        EventKind::Jump => on_jump,
        EventKind::Return => on_return,
        EventKind::Yield => on_yield,
        EventKind::Raise => on_raise,
        EventKind::Reraise => on_reraise,
    };
    // The interpreter keeps a pointer to the definition for as long as the builtin lives: it is never freed.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: c"pausa_event".as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFast: call },
        ml_flags: ffi::METH_FASTCALL,
        ml_doc: std::ptr::null(),
    }));
    // SAFETY: the definition is valid and lives for ever; a null module and self are allowed.
    unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyCFunction_NewEx(definition, std::ptr::null_mut(), std::ptr::null_mut()))
    }
}
