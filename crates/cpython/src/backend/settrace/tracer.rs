//! The trace function: a C function, as `PyEval_SetTrace` takes it. Called by the interpreter on any thread.
//!
//! Invariant: it never raises, never panics into the interpreter, and what the program's own tracer makes of an event is
//! what the interpreter gets.

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use pausa_engine::code::CodeKind;
use pausa_engine::exception_filters::{Occasion, Occasions};
use pausa_engine::function_breakpoints::Moment;
use pausa_engine::port::Line;
use pausa_engine::stepping::FrameKey;

use super::natives::TraceFunction;
use super::opcodes;
use crate::call_site;
use crate::code::opcodes::Opcodes;
use crate::code::record::{ArmedLine, Record};
use crate::code::registry::CodeKey;
use crate::debugger::{Debugger, tells_instructions};
use crate::events::raise::Raised;
use crate::events::returns::Gives;
use crate::events::{EventKind, calls, instruction, line, raise, returns, start, unwind, watched};
use crate::exceptions::{self, Cursor, End, Flying};
use crate::frames;
use crate::hits::Glance;
use crate::named::Named;
use crate::watch::Leaving;

/// `PyTrace_*` of Include/cpython/pystate.h.
pub const CALL: c_int = 0;
const EXCEPTION: c_int = 1;
pub const LINE: c_int = 2;
const RETURN: c_int = 3;
const OPCODE: c_int = 7;

/// The function.
pub const TRACE: TraceFunction = trace;

/// Its address, to know it by.
#[inline]
pub fn address() -> *mut c_void {
    trace as TraceFunction as *mut c_void
}

unsafe extern "C" fn trace(
    guest: *mut ffi::PyObject,
    frame: *mut ffi::PyFrameObject,
    what: c_int,
    argument: *mut ffi::PyObject,
) -> c_int {
    let Some(debugger) = Debugger::enter() else { return 0 };
    let debugger = &*debugger;
    if let Some(settrace) = debugger.backend.settrace() {
        settrace.take_newcomers();
        if !guest.is_null() {
            // SAFETY: called by the interpreter with these arguments, handed on as they are.
            let outcome = unsafe { settrace.tell_guest(guest, frame, what, argument) };
            if outcome != 0 {
                return outcome;
            }
        }
    }
    // SAFETY: a live frame; the code object is borrowed for this call, in which the frame keeps it alive.
    let code = unsafe {
        let code = ffi::PyFrame_GetCode(frame).cast::<ffi::PyObject>();
        ffi::Py_DECREF(code);
        code
    };
    let Some(kind) = kind(what) else { return 0 };
    debugger.count_event(kind);
    if what == OPCODE && debugger.stepped.is_active() {
        // SAFETY: the event's frame, alive for the call; the GIL is held.
        unsafe { stepped(debugger, code, frame) };
    }
    if what == RETURN && !argument.is_null() && debugger.stepped.is_active() {
        // SAFETY: as above; the argument is alive for the call.
        unsafe { returned(debugger, frame, argument) };
    }
    if is_of_no_interest(debugger, what, code, frame, argument) {
        opcodes::want(debugger, what, code, frame);
        return 0;
    }
    let seen = match what {
        // SAFETY: the event of a line, told by the interpreter.
        LINE => match unsafe { look(debugger, code, frame) } {
            Ok(()) => {
                opcodes::want(debugger, what, code, frame);
                return 0;
            }
            Err(seen) => seen,
        },
        _ => None,
    };
    let throws = Python::try_attach(|py| {
        // SAFETY: the event's argument, alive for the call; null where an exception leaves the frame.
        let argument = unsafe { Bound::from_borrowed_ptr_or_opt(py, argument) };
        let event = Event { what, code, frame, argument };
        let tell = || catch_unwind(AssertUnwindSafe(|| event.tell(py, debugger, seen)));
        match what {
            LINE => debugger.at_line_event(py, tell).1,
            _ => {
                let _ = tell();
                false
            }
        }
    });
    opcodes::want(debugger, what, code, frame);
    if throws == Some(true) { -1 } else { 0 }
}

/// The event that something traced is.
#[inline]
fn kind(what: c_int) -> Option<EventKind> {
    match what {
        CALL => Some(EventKind::Start),
        LINE => Some(EventKind::Line),
        RETURN => Some(EventKind::Return),
        EXCEPTION => Some(EventKind::Raise),
        OPCODE => Some(EventKind::Instruction),
        _ => None,
    }
}

/// Told without a reference taken: a line at which nothing is armed, while nothing is wanted of all code.
#[inline]
fn is_of_no_interest(
    debugger: &Debugger,
    what: c_int,
    code: *mut ffi::PyObject,
    frame: *mut ffi::PyFrameObject,
    argument: *mut ffi::PyObject,
) -> bool {
    if debugger.world.needs_attention() {
        return false;
    }
    match what {
        // Where the hook sees calls, it has told of this one.
        CALL => {
            let is_watched = || debugger.records.get(code).is_some_and(|record| record.watched.get());
            (debugger.backend.shows_code()
                || (!debugger.backend.global().has(EventKind::Start) && debugger.has_seen(code)))
                && !is_watched()
        }
        LINE => match debugger.record(code) {
            // SAFETY: a live frame.
            Some(record) => record.is_quiet_at(unsafe { ffi::PyFrame_GetLineNumber(frame) }.unsigned_abs()),
            None => true,
        },
        OPCODE => debugger.record(code).is_none_or(|record| !record.events.get().has(EventKind::Instruction)),
        RETURN => debugger
            .record(code)
            .is_none_or(|record| !record.returning.get() && !record.has_endings() && !record.is_watched()),
        // The end of each generator, iterator and awaited coroutine is an event too.
        // SAFETY: the event's argument, which the interpreter has just made.
        EXCEPTION if unsafe { is_stop_iteration(argument) } => !debugger.exceptions.wanted().has(Occasion::Raised),
        EXCEPTION => !debugger.backend.global().has(EventKind::Raise) && !awaits_raise(debugger, code),
        _ => true,
    }
}

/// The frame that steps over a line comes to an instruction; told where its `f_trace_opcodes` is set.
///
/// # Safety
/// As for the trace function.
unsafe fn stepped(debugger: &Debugger, code: *mut ffi::PyObject, frame: *mut ffi::PyFrameObject) {
    // SAFETY: a live frame object, which is told of what is on its stack while its tracer runs.
    unsafe {
        let py = Python::assume_attached();
        let object = Bound::from_borrowed_ptr(py, frame.cast());
        let offset = object.getattr(intern!(py, "f_lasti")).and_then(|offset| offset.extract()).unwrap_or(0);
        let top = |_, _| call_site::top(&object).map(std::ptr::NonNull::as_ptr);
        calls::come_to(debugger, code, frame.addr(), offset, top);
    }
}

/// A frame returns while another one steps over a line: perhaps that has called it. Where the tracer is not told of instructions.
///
/// # Safety
/// As for the trace function; the argument is what the frame returns.
unsafe fn returned(debugger: &Debugger, frame: *mut ffi::PyFrameObject, argument: *mut ffi::PyObject) {
    // SAFETY: live objects; the GIL is held.
    let (frame, value) = unsafe {
        let py = Python::assume_attached();
        (Bound::from_borrowed_ptr(py, frame.cast::<ffi::PyObject>()), Bound::from_borrowed_ptr(py, argument))
    };
    let py = frame.py();
    let Some(caller) = frames::back(&frame).filter(|caller| debugger.stepped.is_own(caller.as_ptr().addr())) else {
        return;
    };
    if tells_instructions(py) || frames::is_called_from_c(&frame) {
        return;
    }
    let offset = caller.getattr(intern!(py, "f_lasti")).and_then(|offset| offset.extract());
    debugger.stepped.take(offset.unwrap_or(0), &value);
}

/// True if a breakpoint waits for exceptions to leave this code object's frames.
fn awaits_raise(debugger: &Debugger, code: *mut ffi::PyObject) -> bool {
    debugger.records.get(code).is_some_and(|record| record.awaits(Moment::Raise))
}

/// True if a handler of the frame takes the exception of an event.
fn is_caught(debugger: &Debugger, frame: &Bound<'_, PyAny>, raised: &Raised<'_>) -> bool {
    let cursor = exceptions::Object::new(frame.clone());
    let own = cursor.key();
    let flying = Flying { exception: raised.exception.as_ptr(), offset: raised.offset, wanted: Occasions::NONE };
    // SAFETY: called at an exception's event in the frame, with the GIL held; the exception is held by the event.
    let fate = unsafe { exceptions::fate(debugger.interpreter(), cursor, flying, |_| true) };
    fate.end == End::CaughtIn(own)
}

/// What a look at a line's breakpoints has found, where that did not make an end of it.
type Seen = (ArmedLine, Glance);

/// Looks at the breakpoint of a line where only breakpoints are of interest, and each time a thread comes there: its condition
/// is asked natively. Ok if the program runs on.
///
/// # Safety
/// Only at a line event of the innermost frame, which is this one and runs this code object; the GIL is held.
#[inline]
unsafe fn look(
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    frame: *mut ffi::PyFrameObject,
) -> Result<(), Option<Seen>> {
    let is_plain = debugger.record(code).is_some_and(|record| record.has_breakpoints_only() && record.turns.is_empty());
    if debugger.world.needs_attention() || !is_plain {
        return Err(None);
    }
    // SAFETY: by the contract.
    unsafe { line::quick(debugger, code, ffi::PyFrame_GetLineNumber(frame).unsigned_abs()).map(drop) }
}

/// # Safety
/// The argument is null or that of an exception's event: a tuple that begins with the type.
#[inline]
unsafe fn is_stop_iteration(argument: *mut ffi::PyObject) -> bool {
    // SAFETY: by the contract; the GIL is held.
    unsafe {
        !argument.is_null()
            && ffi::PyTuple_Check(argument) != 0
            && ffi::PyTuple_GetItem(argument, 0) == ffi::PyExc_StopIteration
    }
}

struct Event<'py> {
    what: c_int,
    code: *mut ffi::PyObject,
    frame: *mut ffi::PyFrameObject,
    argument: Option<Bound<'py, PyAny>>,
}

impl<'py> Event<'py> {
    fn tell(&self, py: Python<'py>, debugger: &Debugger, seen: Option<Seen>) {
        match (self.what, &self.argument) {
            (CALL, _) => {
                if !debugger.has_seen(self.code) {
                    // SAFETY: the frame keeps its code alive for the call.
                    debugger.code_seen(&unsafe { Bound::from_borrowed_ptr(py, self.code) });
                }
                start::on_start(py, debugger, CodeKey(self.code as usize));
            }
            (LINE, _) => {
                // SAFETY: the event's frame, alive for the call.
                let line = unsafe { ffi::PyFrame_GetLineNumber(self.frame) }.unsigned_abs();
                if seen.is_some() || !self.is_no_arrival(debugger, line) {
                    line::on_seen_line(py, debugger, self.code, line, seen);
                }
            }
            (OPCODE, _) => {
                // SAFETY: as above.
                let frame = unsafe { Bound::from_borrowed_ptr(py, self.frame.cast()) };
                if let Some(offset) = crate::frames::instruction(&frame) {
                    instruction::on_instruction(py, debugger, self.code, offset, None);
                }
            }
            (RETURN, Some(value)) => {
                watched::on_leaving(py, debugger, self.code, self.leaving(py, debugger.opcodes));
                self.gave(py, debugger, value);
            }
            (RETURN, None) => {
                let leaving = debugger.exceptions.take_leaving(py, FrameKey(self.frame as usize));
                unwind::on_unwind(py, debugger, self.code, leaving.map(|(exception, _)| exception));
            }
            (EXCEPTION, Some(triple)) => {
                // SAFETY: as above.
                let frame = unsafe { Bound::from_borrowed_ptr(py, self.frame.cast()) };
                if let Some(raised) = raised(&frame, self.code, triple) {
                    if awaits_raise(debugger, self.code) {
                        let is_caught = is_caught(debugger, &frame, &raised);
                        debugger.exceptions.may_leave(frames::key(&frame), &raised.exception, is_caught);
                    }
                    if debugger.backend.global().has(EventKind::Raise) {
                        raise::on_raise(py, debugger, &raised);
                    }
                }
            }
            _ => {}
        }
    }
}

impl Event<'_> {
    /// How the event's frame is left: a generator's is told of in the same way where it yields.
    fn leaving(&self, py: Python<'_>, opcodes: &Opcodes) -> Leaving {
        let is_at = |of: fn(&Opcodes) -> &[u8]| self.opcode().is_some_and(|opcode| of(opcodes).contains(&opcode));
        // From 3.13 on a frame that yields stands behind that instruction.
        let is_suspended = match crate::version::minor(py) {
            minor if minor < 13 => is_at(|opcodes| &opcodes.yields),
            _ => !is_at(|opcodes| &opcodes.returns),
        };
        if is_suspended { Leaving::Yields } else { Leaving::Ends }
    }
}

impl Event<'_> {
    /// True for what `sys.monitoring` tells of by no line event: the line that a comprehension begins at, and the turn of
    /// a loop that stands on one line, at which breakpoints are hit but no step ends.
    fn is_no_arrival(&self, debugger: &Debugger, line: Line) -> bool {
        let Some(record) = debugger.record(self.code).filter(|_| !debugger.world.needs_attention()) else {
            return false;
        };
        let facts = &record.facts;
        let has_loop = record.has_loop_on(line);
        if !debugger.backend.shows_code() && !has_loop && self.turns_comprehension(record) {
            // From 3.12 on a turn of a comprehension is told as a line too.
            return true;
        }
        let begins_comprehension = facts.kind == CodeKind::Comprehension && line == facts.span.0;
        let turns = || {
            let frame = FrameKey(self.frame as usize);
            has_loop && debugger.state().step.as_ref().is_some_and(|active| active.step.has_been_at(frame, line))
        };
        record.at(line).is_none() && (begins_comprehension || turns())
    }
}

impl Event<'_> {
    /// A function gives a value, by `return` or `yield`. 3.12 gives None as the value where an exception leaves the frame.
    fn gave(&self, py: Python<'_>, debugger: &Debugger, value: &Bound<'_, PyAny>) {
        let (opcode, opcodes) = (self.opcode(), debugger.opcodes);
        let is_at = |of: &[u8]| opcode.is_some_and(|opcode| of.contains(&opcode));
        let leaving = match awaits_raise(debugger, self.code) {
            true => debugger.exceptions.take_leaving(py, FrameKey(self.frame as usize)),
            false => None,
        };
        let (is_return, is_yield) = (is_at(&opcodes.returns), is_at(&opcodes.yields));
        let is_passing = leaving.as_ref().is_some_and(|(_, is_passing)| *is_passing);
        let is_no_value = crate::version::minor(py) == 12 && value.is_none() && !is_return;
        if is_no_value && (!is_yield || is_passing) {
            unwind::on_unwind(py, debugger, self.code, leaving.map(|(exception, _)| exception));
            return;
        }
        // From 3.13 on a frame that yields stands behind that instruction.
        let gives = if is_return { Gives::Returned } else { Gives::Yielded };
        returns::on_return(py, debugger, self.code, value.clone(), gives);
    }

    /// The instruction that the frame is at.
    fn opcode(&self) -> Option<u8> {
        // SAFETY: the event's frame, alive for the call; the GIL is held.
        let frame = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), self.frame.cast()) };
        let offset: usize = frame.getattr(intern!(frame.py(), "f_lasti")).ok()?.extract().ok()?;
        let code = frames::code(&frame)?.named("co_code").ok()?.cast_into::<PyBytes>().ok()?;
        code.as_bytes().get(offset).copied()
    }
}

impl Event<'_> {
    /// True if the frame is where a comprehension on one line begins anew: at the jump, or on 3.12 at its target.
    fn turns_comprehension(&self, record: &Record) -> bool {
        if record.turns.is_empty() {
            return false;
        }
        // SAFETY: the event's frame, alive for the call; the GIL is held.
        let frame = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), self.frame.cast()) };
        let offset: Option<usize> =
            frame.getattr(intern!(frame.py(), "f_lasti")).ok().and_then(|offset| offset.extract().ok());
        record.turns.iter().any(|turn| turn.is_comprehension && [turn.offset, turn.target].map(Some).contains(&offset))
    }
}

/// What the event of an exception tells: type, exception and traceback in a tuple.
fn raised<'py>(frame: &Bound<'py, PyAny>, code: *mut ffi::PyObject, triple: &Bound<'py, PyAny>) -> Option<Raised<'py>> {
    let triple = triple.cast_exact::<PyTuple>().ok()?;
    let exception = triple.get_item(1).ok()?;
    // Before 3.12 the traceback hangs on the thread until a handler gives it to the exception.
    if let (10 | 11, Ok(traceback)) = (crate::version::minor(frame.py()), triple.get_item(2)) {
        // SAFETY: an exception and a traceback or None, of which the function takes a reference; the GIL is held.
        unsafe { ffi::PyException_SetTraceback(exception.as_ptr(), traceback.as_ptr()) };
    }
    let offset = frame.getattr(intern!(frame.py(), "f_lasti")).ok()?.extract().ok()?;
    Some(Raised { code: CodeKey(code as usize), offset, exception })
}
