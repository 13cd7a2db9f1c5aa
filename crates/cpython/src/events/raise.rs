//! RAISE and RERAISE: an exception enters a frame, or goes on in one. Called by the backends.
//!
//! Invariant: an exception stops its thread once, before anything is unwound where that can be told. If only those that
//! nothing will catch are wanted, never if something catches it, nor if it ends a program on purpose.

use pausa_engine::stop::StopReason;
use pyo3::exceptions::{PyGeneratorExit, PyKeyboardInterrupt, PyStopIteration, PySystemExit};
use pyo3::ffi;
use pyo3::prelude::*;

use super::Answer;
use crate::code::registry::CodeKey;
use crate::debugger::{Debugger, Where};
use crate::exceptions::{self, Cursor, Fate, Native, Object};
use crate::frames;

/// What the interpreter tells of an exception.
pub struct Raised<'py> {
    /// The code object of the frame it enters.
    pub code: CodeKey,
    /// The instruction that raised or called, in bytes.
    pub offset: usize,
    /// The exception.
    pub exception: Bound<'py, PyAny>,
}

/// The same, borrowed from the event.
#[derive(Clone, Copy)]
pub struct Told {
    pub code: *mut ffi::PyObject,
    pub offset: usize,
    pub exception: *mut ffi::PyObject,
}

/// Which of the two events it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// An exception enters a frame: what was found where it was raised holds still.
    Enters,
    /// An exception goes on in a frame that had it in hand: what was known of it before, `__exit__` may have caught and let
    /// go.
    GoesOn,
}

/// True if nothing has to stop: a handler is waiting for the exception, or it is open until it comes to another frame.
/// False says nothing.
///
/// # Safety
/// Only at an exception's event in the innermost frame, with what it tells; the GIL is held.
#[inline]
pub unsafe fn passes(debugger: &Debugger, told: Told, way: Way) -> bool {
    let Some(layout) = &debugger.layout else { return false };
    // SAFETY: by the contract: the frames are on the stack and the exception is alive.
    unsafe {
        let Some(frame) = layout.current() else { return false };
        // Cython's frames and other code-likes tell of events with another frame on top.
        if layout.code(frame) != told.code {
            return true;
        }
        if way == Way::Enters && debugger.exceptions.wants_raised() {
            let exception = Bound::from_borrowed_ptr(Python::assume_attached(), told.exception);
            if is_first_sight(debugger, CodeKey(told.code.addr()), &exception) {
                return false;
            }
        }
        !debugger.exceptions.wants_uncaught() || is_settled(debugger, Native::new(layout, frame), told, way)
    }
}

/// True if an exception is not, or not yet known to be, one that nothing will catch.
///
/// # Safety
/// As [`passes`]; the frame is the one of the event.
#[inline]
unsafe fn is_settled(debugger: &Debugger, frame: Native<'_>, told: Told, way: Way) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let Some(layout) = &debugger.layout else { return false };
        let is_on_its_way = way == Way::Enters && layout.has_travelled(told.exception);
        debugger.exceptions.is_expected(told.exception, &frame, is_on_its_way)
            || decide(debugger, frame, told) != Fate::Uncaught
    }
}

/// True if every raise of such an exception is wanted, and this is the first of the user's frames that it is in: the one
/// that raised it, or called the library that did.
fn is_first_sight(debugger: &Debugger, code: CodeKey, exception: &Bound<'_, PyAny>) -> bool {
    let is_users = |code: CodeKey| debugger.is_code_in_scope(code);
    debugger.exceptions.is_meant_raised(exception)
        && is_users(code)
        && !exceptions::frames_before(exception).any(|frame| frames::code_key(&frame).is_some_and(is_users))
}

/// The fate of the exception of an event; remembered unless it is that of a stop.
///
/// # Safety
/// As [`passes`]; the frame is the one of the event.
#[inline]
unsafe fn decide(debugger: &Debugger, frame: impl Cursor + Clone, told: Told) -> Fate {
    let is_users = |code: *mut ffi::PyObject| debugger.is_users_code(CodeKey(code.addr()));
    // SAFETY: by the contract.
    let fate =
        unsafe { exceptions::fate(debugger.interpreter(), frame.clone(), told.offset, told.exception, is_users) };
    if fate != Fate::Uncaught {
        debugger.exceptions.expect(told.exception, &frame, fate);
    }
    fate
}

/// An exception enters a frame.
pub fn on_raise(py: Python<'_>, debugger: &'static Debugger, raised: &Raised<'_>) -> Answer {
    look(py, debugger, raised, Way::Enters)
}

/// An exception goes on in a frame that had it in hand: what was known of it before, `__exit__` may have caught and let go.
pub fn on_reraise(py: Python<'_>, debugger: &'static Debugger, raised: &Raised<'_>) -> Answer {
    look(py, debugger, raised, Way::GoesOn)
}

fn look(py: Python<'_>, debugger: &'static Debugger, raised: &Raised<'_>, way: Way) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(frame) = frames::current(py) else { return Answer::Keep };
    let exception = &raised.exception;
    let is_own = frames::code_key(&frame).is_some_and(|code| code == raised.code);
    if !is_own {
        return Answer::Keep;
    }
    let code = raised.code.0 as *mut ffi::PyObject;
    let told = Told { code, offset: raised.offset, exception: exception.as_ptr() };
    let is_wanted = debugger.exceptions.wants_uncaught() && !ends_on_purpose(exception);
    let is_uncaught = is_wanted && is_uncaught(debugger, frame, told, way, exception);
    let by_raise = way == Way::Enters && debugger.exceptions.wants_raised();
    let is_raised = by_raise && is_first_sight(debugger, raised.code, exception);
    let is_uncaught = is_uncaught && debugger.exceptions.is_meant_uncaught(exception);
    if (is_uncaught || is_raised) && debugger.exceptions.remember(exception) {
        debugger.exceptions.set_by_raise(!is_uncaught);
        debugger.stop(py, vec![StopReason::Exception], None, Where::Elsewhere);
    }
    Answer::Keep
}

/// True if nothing will catch the exception of an event in this frame.
fn is_uncaught(
    debugger: &Debugger,
    frame: Bound<'_, PyAny>,
    told: Told,
    way: Way,
    exception: &Bound<'_, PyAny>,
) -> bool {
    // SAFETY: called at an exception's event with the GIL held; `look` keeps the exception alive and has seen that the
    // innermost frame is the event's.
    let innermost =
        debugger.layout.as_ref().map(|layout| unsafe { layout.current().map(|frame| Native::new(layout, frame)) });
    match innermost {
        // SAFETY: as above.
        Some(frame) => frame.is_some_and(|frame| unsafe { !is_settled(debugger, frame, told, way) }),
        None => {
            let frame = Object::new(frame);
            let is_on_its_way = way == Way::Enters && exceptions::has_travelled(exception);
            !debugger.exceptions.is_expected(told.exception, &frame, is_on_its_way)
                // SAFETY: as above; the frame object is that of the event's frame.
                && unsafe { decide(debugger, frame, told) } == Fate::Uncaught
        }
    }
}

/// An exception has left the last frame of its thread, and no event told that it would. The thread stops without a frame;
/// those of the traceback can be read.
pub fn on_left(py: Python<'_>, debugger: &'static Debugger, exception: &Bound<'_, PyAny>) -> Option<()> {
    let entry = exceptions::traceback(exception)?;
    let frame = entry.getattr("tb_frame").ok()?;
    let is_wanted = debugger.exceptions.is_meant_uncaught(exception)
        && frames::code_key(&frame).is_some_and(|code| debugger.is_users_code(code))
        && !ends_on_purpose(exception);
    if is_wanted && debugger.exceptions.remember(exception) {
        debugger.exceptions.set_by_raise(false);
        debugger.stop(py, vec![StopReason::Exception], None, Where::Elsewhere);
    }
    Some(())
}

/// `sys.exit`, Ctrl-C and the ends of generators are no faults of the program.
fn ends_on_purpose(exception: &Bound<'_, PyAny>) -> bool {
    let py = exception.py();
    exception.is_instance_of::<PySystemExit>()
        || exception.is_instance_of::<PyKeyboardInterrupt>()
        || exception.is_instance_of::<PyGeneratorExit>()
        || exception.get_type().is(py.get_type::<PyStopIteration>())
}
