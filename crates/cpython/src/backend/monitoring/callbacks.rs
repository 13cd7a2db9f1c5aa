//! The functions that the interpreter calls. Registered by `Monitoring`, called by the interpreter on any thread.
//!
//! Invariant: called without a Python frame of their own; they return `None` or `DISABLE`, raise nothing but what the
//! user wants thrown at a line, never panic into the interpreter, and leave a pending exception as they found it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::ffi;
use pyo3::prelude::*;

use super::callable::{Call, OFFSET_FLAG, callable};
use super::jump;
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;
use crate::events::raise::{Raised, Told, Way};
use crate::events::returns::Gives;
use crate::events::{Answer, EventKind, calls, instruction, line, raise, returns, start, unwind, watched};
use crate::watch::Leaving;

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

    /// [`Arguments::integer`] without a call, where the layout of integers is known.
    #[inline]
    fn small(self, at: usize, debugger: &Debugger) -> u32 {
        // SAFETY: an argument of an event is alive for the call.
        let known = |value: *mut ffi::PyObject| unsafe { debugger.layout.as_ref()?.small_integer(value) };
        let value = self.values.get(at).and_then(|&value| known(value));
        value.and_then(|value| u32::try_from(value).ok()).unwrap_or_else(|| self.integer(at))
    }

    /// The argument at a place.
    fn bound(self, py: Python<'_>, at: usize) -> Option<Bound<'_, PyAny>> {
        let value = self.values.get(at).copied()?;
        // SAFETY: an argument of an event, alive for the call; a new reference is taken.
        unsafe { Bound::from_borrowed_ptr_or_opt(py, value) }
    }

    /// The arguments of an exception's event: code, offset, exception.
    #[inline]
    fn told(self, debugger: &Debugger) -> Told {
        let exception = self.values.get(2).copied().unwrap_or(std::ptr::null_mut());
        Told { code: self.code(), offset: self.small(1, debugger) as usize, exception }
    }

    /// The same, owned.
    fn raised(self, py: Python<'_>) -> Option<Raised<'_>> {
        let exception = self.bound(py, 2)?;
        Some(Raised { code: CodeKey(self.code() as usize), offset: self.integer(1) as usize, exception })
    }
}

macro_rules! callback {
    ($name:ident, $kind:expr, $handle:path) => {
        unsafe extern "C" fn $name(
            _callable: *mut ffi::PyObject,
            arguments: *const *mut ffi::PyObject,
            count: usize,
            _names: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject {
            // SAFETY: the interpreter calls this with the GIL held and as many arguments at `arguments` as `count` says.
            unsafe { event($kind, arguments, count, |debugger, arguments| slow(debugger, arguments, $handle)) }
        }
    };
}

callback!(on_start, EventKind::Start, start);
callback!(on_resume, EventKind::Resume, start);
callback!(on_throw, EventKind::Throw, throw);
callback!(on_jump, EventKind::Jump, jump::on_jump);
callback!(on_return, EventKind::Return, give);
callback!(on_yield, EventKind::Yield, suspend);

fn start(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    start::on_start(py, debugger, CodeKey(arguments.code() as usize))
}

/// As a start, but the event has no fixed place: it cannot be disabled.
fn throw(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    start(py, debugger, arguments);
    Answer::Keep
}

fn give(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    watched::on_leaving(py, debugger, arguments.code(), Leaving::Ends);
    given(py, debugger, arguments, Gives::Returned)
}

fn suspend(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    watched::on_leaving(py, debugger, arguments.code(), Leaving::Yields);
    given(py, debugger, arguments, Gives::Yielded)
}

fn given(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>, gives: Gives) -> Answer {
    match arguments.bound(py, 2) {
        Some(value) => returns::on_return(py, debugger, arguments.code(), value, gives),
        None => Answer::Keep,
    }
}

/// Told of all code before 3.15: most of its calls end at once.
unsafe extern "C" fn on_unwind(
    _callable: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    _names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let decide = |debugger: &Debugger, arguments: Arguments<'_>| {
        if !debugger.world.needs_attention() && unwind::passes(debugger, arguments.code()) {
            return Answer::Keep;
        }
        slow(debugger, arguments, |py, debugger, arguments| {
            unwind::on_unwind(py, debugger, arguments.code(), arguments.bound(py, 2))
        })
    };
    // SAFETY: the interpreter calls this with the GIL held and as many arguments at `arguments` as `count` says.
    unsafe { event(EventKind::Unwind, arguments, count, decide) }
}

fn raise(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    arguments.raised(py).map_or(Answer::Keep, |raised| raise::on_raise(py, debugger, &raised))
}

fn reraise(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    arguments.raised(py).map_or(Answer::Keep, |raised| raise::on_reraise(py, debugger, &raised))
}

/// The hottest of them: most of its calls end without Python.
unsafe extern "C" fn on_line(
    _callable: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    _names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let decide = |debugger: &Debugger, arguments: Arguments<'_>| {
        let quick = match debugger.world.needs_attention() {
            true => Err(None),
            // SAFETY: called at a line event, with its arguments and the GIL held.
            false => unsafe { line::quick(debugger, arguments.code(), arguments.small(1, debugger)) },
        };
        quick.unwrap_or_else(|seen| {
            slow(debugger, arguments, |py, debugger, arguments| {
                let tell = || line::on_seen_line(py, debugger, arguments.code(), arguments.integer(1), seen);
                let (answer, throws) = debugger.at_line_event(py, tell);
                if throws { Answer::Throw } else { answer }
            })
        })
    };
    // SAFETY: the interpreter calls this with the GIL held and as many arguments at `arguments` as `count` says; `quick` and
    // `slow` come into the record before they run anything.
    unsafe { event_in(Debugger::at_a_glance(), EventKind::Line, arguments, count, decide) }
}

/// A frame steps over a line: perhaps it is this one.
///
/// # Safety
/// Called at an instruction's event, with its arguments and the GIL held.
unsafe fn look_at_call(debugger: &Debugger, arguments: Arguments<'_>) {
    let Some(layout) = &debugger.layout else { return };
    // SAFETY: by the contract.
    let Some((frame, object)) = (unsafe { layout.current().map(|frame| (frame, layout.object(frame))) }) else {
        return;
    };
    // SAFETY: as above; the depth is that of the frame's code at this instruction.
    let top = |variables, depth| unsafe { layout.top(frame, variables, depth).map(std::ptr::NonNull::as_ptr) };
    let offset = arguments.small(1, debugger) as usize;
    calls::come_to(debugger, arguments.code(), object.addr(), offset, top);
}

/// In a loop that has a breakpoint within a line it comes at each turn.
unsafe extern "C" fn on_instruction(
    _callable: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    _names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let decide = |debugger: &Debugger, arguments: Arguments<'_>| {
        if debugger.stepped.is_active() {
            // SAFETY: called at an instruction's event, with its arguments and the GIL held.
            unsafe { look_at_call(debugger, arguments) };
        }
        let quick = match debugger.world.needs_attention() {
            true => Err(None),
            // SAFETY: called at an instruction's event, with its arguments and the GIL held.
            false => unsafe { instruction::quick(debugger, arguments.code(), arguments.small(1, debugger)) },
        };
        let answer = quick.unwrap_or_else(|seen| {
            slow(debugger, arguments, |py, debugger, arguments| {
                instruction::on_instruction(py, debugger, arguments.code(), arguments.integer(1), seen)
            })
        });
        let is_looked_at = debugger.record(arguments.code()).is_some_and(|record| record.calling.get());
        if is_looked_at { Answer::Keep } else { answer }
    };
    // SAFETY: the interpreter calls this with the GIL held and as many arguments at `arguments` as `count` says.
    unsafe { event(EventKind::Instruction, arguments, count, decide) }
}

macro_rules! raise_callback {
    ($name:ident, $kind:expr, $way:expr, $handle:path) => {
        /// Most exceptions are caught: their events end without Python.
        unsafe extern "C" fn $name(
            _callable: *mut ffi::PyObject,
            arguments: *const *mut ffi::PyObject,
            count: usize,
            _names: *mut ffi::PyObject,
        ) -> *mut ffi::PyObject {
            // SAFETY: the interpreter calls this with the GIL held and as many arguments at `arguments` as `count` says,
            // which are code, offset and exception; the slice does not outlive the call.
            let values = unsafe { std::slice::from_raw_parts(arguments, count & !OFFSET_FLAG) };
            if let (Some(debugger), &[code, _, exception]) = (Debugger::enter(), values) {
                let debugger = &*debugger;
                debugger.count_event($kind);
                let needs_attention = debugger.world.needs_attention();
                // SAFETY: called at an exception's event, with what it tells and the GIL held.
                let passes_by = || unsafe { raise::passes_by(debugger, code, exception) };
                if needs_attention || $way != Way::Enters || !passes_by() {
                    look(debugger, Arguments { values }, needs_attention, $way, $handle);
                }
            }
            // An exception's event cannot be disabled.
            // SAFETY: None is immortal in every version that has sys.monitoring.
            unsafe { ffi::Py_None() }
        }
    };
}

raise_callback!(on_raise, EventKind::Raise, Way::Enters, raise);
raise_callback!(on_reraise, EventKind::Reraise, Way::GoesOn, reraise);

/// Looks at an exception: natively, if that is enough.
#[inline(never)]
fn look(
    debugger: &Debugger,
    arguments: Arguments<'_>,
    needs_attention: bool,
    way: Way,
    handle: fn(Python<'_>, &Debugger, Arguments<'_>) -> Answer,
) {
    // SAFETY: called at an exception's event, with what it tells and the GIL held.
    let passes = || unsafe { raise::passes(debugger, arguments.told(debugger), way) };
    if needs_attention || !passes() {
        slow(debugger, arguments, handle);
    }
}

/// Runs a handler and turns its answer into what the interpreter expects.
///
/// # Safety
/// Only from a callback: the GIL is held and `arguments` points to as many borrowed references as `count` says.
#[inline(always)]
unsafe fn event(
    kind: EventKind,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    decide: impl FnOnce(&Debugger, Arguments<'_>) -> Answer,
) -> *mut ffi::PyObject {
    // Held until the answer is given.
    let inside = Debugger::enter();
    // SAFETY: by this function's contract.
    unsafe { event_in(inside.as_deref(), kind, arguments, count, decide) }
}

/// The same, in a debugger's record.
///
/// # Safety
/// As [`event`]; the record is there until `decide` has come to an end, or is not touched from where it may have gone on.
#[inline(always)]
unsafe fn event_in(
    debugger: Option<&Debugger>,
    kind: EventKind,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    decide: impl FnOnce(&Debugger, Arguments<'_>) -> Answer,
) -> *mut ffi::PyObject {
    let Some((debugger, disable)) = debugger.and_then(|debugger| Some((debugger, debugger.backend.disable()?))) else {
        // SAFETY: None is immortal in every version that has sys.monitoring.
        return unsafe { ffi::Py_None() };
    };
    debugger.count_event(kind);
    // SAFETY: by this function's contract; the slice does not outlive the call.
    let values = unsafe { std::slice::from_raw_parts(arguments, count & !OFFSET_FLAG) };
    match decide(debugger, Arguments { values }) {
        // SAFETY: `DISABLE` lives as long as the tool is registered; the caller takes a new reference.
        Answer::Disable => unsafe {
            ffi::Py_INCREF(disable);
            disable
        },
        // SAFETY: None is immortal in every version that has sys.monitoring.
        Answer::Keep => unsafe { ffi::Py_None() },
        // The exception is set.
        Answer::Throw => std::ptr::null_mut(),
    }
}

/// Runs what may need Python. Attached in PyO3's eyes too, or references dropped there would wait for the next time that
/// somebody attaches.
#[cold]
fn slow(
    debugger: &Debugger,
    arguments: Arguments<'_>,
    handle: impl FnOnce(Python<'_>, &Debugger, Arguments<'_>) -> Answer,
) -> Answer {
    let _inside = debugger.stay();
    let answer = Python::try_attach(|py| {
        catch_unwind(AssertUnwindSafe(|| handle(py, debugger, arguments))).unwrap_or(Answer::Keep)
    });
    match answer {
        // It was held until its debugger had left: what is armed there now is another's, or nobody's.
        Some(Answer::Disable) if !debugger.is_present() => Answer::Keep,
        answer => answer.unwrap_or(Answer::Keep),
    }
}

/// The callback of an event as a Python object.
pub fn function(py: Python<'_>, kind: EventKind) -> PyResult<Bound<'_, PyAny>> {
    let call: Call = match kind {
        EventKind::Start => on_start,
        EventKind::Resume => on_resume,
        EventKind::Throw => on_throw,
        EventKind::Line => on_line,
        EventKind::Jump => on_jump,
        EventKind::Return => on_return,
        EventKind::Yield => on_yield,
        EventKind::Raise => on_raise,
        EventKind::Unwind => on_unwind,
        EventKind::Reraise => on_reraise,
        EventKind::Instruction => on_instruction,
    };
    callable(py, call)
}
