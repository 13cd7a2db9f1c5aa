//! RAISE and RERAISE: an exception enters a frame, or goes on in one. Called by the backends.
//!
//! Invariant: an exception stops its thread once at an occasion, before anything is unwound where that can be told; never
//! at one that something will keep from happening.

use pausa_engine::exception_filters::{Occasion, Occasions};
use pyo3::ffi;
use pyo3::prelude::*;

use super::{Answer, wanted};
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;
use crate::exceptions::{self, Cursor, Flying, Native, Object};
use crate::frames;
use crate::layout::{Frame, Layout};
use crate::named::Named;

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

/// True if an exception that enters a frame of this code is known to pass it, and nothing may stop at it. False says
/// nothing.
///
/// # Safety
/// As [`passes`].
#[inline(always)]
pub unsafe fn passes_by(debugger: &Debugger, code: *mut ffi::PyObject, exception: *mut ffi::PyObject) -> bool {
    let Some(layout) = walked(debugger) else { return false };
    // SAFETY: by the contract.
    let frame = || unsafe { layout.current().map(Frame::key) };
    // SAFETY: by the contract.
    debugger.exceptions.passes_by(exception, code, frame) && unsafe { layout.has_travelled(exception) }
}

/// True if nothing has to stop: a handler is waiting for the exception, or it is open until it comes to another frame.
/// False says nothing.
///
/// # Safety
/// Only at an exception's event in the innermost frame, with what it tells; the GIL is held.
#[inline]
pub unsafe fn passes(debugger: &Debugger, told: Told, way: Way) -> bool {
    let Some(layout) = walked(debugger) else { return false };
    // SAFETY: by the contract: the frames are on the stack and the exception is alive.
    unsafe {
        let meant = debugger.exceptions.meant(told.exception);
        if meant.is_empty() {
            return true;
        }
        let Some(frame) = layout.current() else { return false };
        // Cython's frames and other code-likes tell of events with another frame on top; 3.12 tells of frames that it shows
        // nobody.
        if layout.code(frame) != told.code || layout.is_incomplete(frame) {
            return true;
        }
        let has_travelled = layout.has_travelled(told.exception);
        if way == Way::Enters && meant.has(Occasion::Raised) {
            let exception = Bound::from_borrowed_ptr(Python::assume_attached(), told.exception);
            if !has_travelled || is_first_sight(debugger, CodeKey(told.code.addr()), &exception) {
                return false;
            }
        }
        let reached = decide(debugger, Native::new(layout, frame), told, Going { way, has_travelled, meant });
        if !reached.is_empty() {
            // Who stops decides for itself, and not by what was expected here.
            debugger.exceptions.expect_nothing();
        }
        reached.is_empty()
    }
}

/// How an exception comes to a frame.
#[derive(Clone, Copy)]
struct Going {
    way: Way,
    /// It has been in other frames.
    has_travelled: bool,
    /// What it may stop at.
    meant: Occasions,
}

/// What has to be decided about an exception by what will become of it.
const FORESEEN: Occasions =
    Occasions::of(&[Occasion::Uncaught, Occasion::UserUnhandled, Occasion::Test, Occasion::Unraisable]);

/// What will become of the exception of an event, of what it may stop at and was not looked at for yet.
///
/// # Safety
/// As [`passes`]; the frame is the one of the event.
#[inline]
unsafe fn decide(debugger: &Debugger, frame: impl Cursor, told: Told, going: Going) -> Occasions {
    let seen = &debugger.exceptions;
    if going.way == Way::Enters {
        if !going.has_travelled {
            seen.begins(told.exception);
        } else if seen.is_expected(told.exception, frame.key(), true) {
            return Occasions::NONE;
        }
    }
    let wanted = going.meant.and(FORESEEN).without(seen.considered(told.exception));
    if wanted.is_empty() {
        return Occasions::NONE;
    }
    let is_users = |code: *mut ffi::PyObject| debugger.is_users_code(CodeKey(code.addr()));
    let flying = Flying { exception: told.exception, offset: told.offset, wanted };
    // SAFETY: by the contract.
    let fate = unsafe { exceptions::fate(debugger.interpreter(), frame, flying, is_users) };
    seen.expect(told.exception, going.meant, fate);
    fate.reached
}

/// True if this is the first of the user's frames that an exception is in: the one that raised it, or called the library
/// that did.
fn is_first_sight(debugger: &Debugger, code: CodeKey, exception: &Bound<'_, PyAny>) -> bool {
    let is_users = |code: CodeKey| debugger.is_code_in_scope(code);
    is_users(code) && !exceptions::frames_before(exception).any(|frame| frames::code_key(&frame).is_some_and(is_users))
}

/// An exception enters a frame.
pub fn on_raise(py: Python<'_>, debugger: &Debugger, raised: &Raised<'_>) -> Answer {
    look(py, debugger, raised, Way::Enters)
}

/// An exception goes on in a frame that had it in hand: what was known of it before, `__exit__` may have caught and let go.
pub fn on_reraise(py: Python<'_>, debugger: &Debugger, raised: &Raised<'_>) -> Answer {
    look(py, debugger, raised, Way::GoesOn)
}

fn look(py: Python<'_>, debugger: &Debugger, raised: &Raised<'_>, way: Way) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(frame) = frames::current(py) else { return Answer::Keep };
    let exception = &raised.exception;
    let is_own = frames::code_key(&frame).is_some_and(|code| code == raised.code);
    // SAFETY: a live exception; the GIL is held.
    let meant = unsafe { debugger.exceptions.meant(exception.as_ptr()) };
    if !is_own || meant.is_empty() {
        return Answer::Keep;
    }
    let going = Going { way, has_travelled: exceptions::has_travelled(exception), meant };
    let mut reached = foresee(debugger, frame.clone(), raised, going);
    let may_be_first = way == Way::Enters && meant.has(Occasion::Raised);
    let is_seen = || debugger.exceptions.considered(exception.as_ptr()).has(Occasion::Raised);
    if may_be_first && !is_seen() && is_first_sight(debugger, raised.code, exception) {
        reached = reached.or(Occasions::of(&[Occasion::Raised]));
    }
    wanted::stop(py, debugger, exception, reached, Some(&frame));
    Answer::Keep
}

/// The layout, where frames can be walked by it.
#[inline]
fn walked(debugger: &Debugger) -> Option<&Layout> {
    debugger.layout.as_ref().filter(|layout| layout.walks())
}

/// What will become of the exception of an event in this frame.
fn foresee(debugger: &Debugger, frame: Bound<'_, PyAny>, raised: &Raised<'_>, going: Going) -> Occasions {
    let code = raised.code.0 as *mut ffi::PyObject;
    let told = Told { code, offset: raised.offset, exception: raised.exception.as_ptr() };
    // SAFETY: called at an exception's event with the GIL held; `look` keeps the exception alive and has seen that the
    // innermost frame, of which the frame object is, is the event's.
    unsafe {
        match walked(debugger) {
            Some(layout) => match layout.current() {
                Some(frame) => decide(debugger, Native::new(layout, frame), told, going),
                None => Occasions::NONE,
            },
            None => decide(debugger, Object::new(frame), told, going),
        }
    }
}

/// An exception has left the last frame of its thread, and no event told that it would. The thread stops without a frame;
/// those of the traceback can be read.
pub fn on_left(py: Python<'_>, debugger: &Debugger, exception: &Bound<'_, PyAny>) -> Option<()> {
    let entry = exceptions::traceback(exception)?;
    let frame = entry.named("tb_frame").ok()?;
    let uncaught = Occasions::of(&[Occasion::Uncaught]);
    // SAFETY: a live exception; the GIL is held.
    let meant = unsafe { debugger.exceptions.meant(exception.as_ptr()) };
    let wanted = meant.and(uncaught).without(debugger.exceptions.considered(exception.as_ptr()));
    if frames::code_key(&frame).is_some_and(|code| debugger.is_users_code(code)) {
        wanted::stop(py, debugger, exception, wanted, None);
    }
    Some(())
}
