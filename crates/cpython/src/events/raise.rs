//! RAISE and RERAISE: an exception enters a frame, or goes on in one. Called by the backends.
//!
//! Invariant: an exception stops its thread once, before anything is unwound where that can be told, and never if
//! something catches it; those that end a program on purpose never stop.

use pausa_engine::stop::StopReason;
use pyo3::exceptions::{PyGeneratorExit, PyKeyboardInterrupt, PyStopIteration, PySystemExit};
use pyo3::prelude::*;

use super::Answer;
use crate::code::registry::CodeKey;
use crate::debugger::{Debugger, Where};
use crate::exceptions::{Fate, fate};
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

/// An exception enters a frame.
pub fn on_raise(py: Python<'_>, debugger: &'static Debugger, raised: &Raised<'_>) -> Answer {
    look(py, debugger, raised, true)
}

/// An exception goes on in a frame that had it in hand: what was known of it before, `__exit__` may have caught and let go.
pub fn on_reraise(py: Python<'_>, debugger: &'static Debugger, raised: &Raised<'_>) -> Answer {
    look(py, debugger, raised, false)
}

fn look(py: Python<'_>, debugger: &'static Debugger, raised: &Raised<'_>, may_be_decided: bool) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(frame) = frames::current(py) else { return Answer::Keep };
    let exception = &raised.exception;
    // Cython's frames and other code-likes tell of events with another frame on top.
    let is_own = frames::code_key(&frame).is_some_and(|code| code == raised.code);
    if !is_own || ends_on_purpose(exception) {
        return Answer::Keep;
    }
    if may_be_decided && debugger.exceptions.is_decided_elsewhere(exception, frames::key(&frame)) {
        return Answer::Keep;
    }
    let is_users = |frame: &Bound<'_, PyAny>| debugger.is_users(frame);
    if let Fate::DecidedIn(place) = fate(&frame, raised.offset, exception, &debugger.opcodes, is_users) {
        debugger.exceptions.decide(exception, place);
        return Answer::Keep;
    }
    if debugger.exceptions.remember(exception) {
        debugger.stop(py, vec![StopReason::Exception], None, Where::Elsewhere);
    }
    Answer::Keep
}

/// An exception has left the last frame of its thread, and no event told that it would. The thread stops without a frame;
/// those of the traceback can be read.
pub fn on_left(py: Python<'_>, debugger: &'static Debugger, exception: &Bound<'_, PyAny>) -> Option<()> {
    let entry = exception.getattr("__traceback__").ok().filter(|entry| !entry.is_none())?;
    let frame = entry.getattr("tb_frame").ok()?;
    let is_wanted = debugger.state().uncaught && debugger.is_users(&frame) && !ends_on_purpose(exception);
    if is_wanted && debugger.exceptions.remember(exception) {
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
