//! PY_UNWIND: an exception leaves a frame. Called by the backends.
//!
//! Invariant: told of all code before 3.15, so that what no breakpoint waits for has to be found out at once. A generator
//! that is closed (`GeneratorExit`) goes as it should, and stops nobody.

use pausa_engine::function_breakpoints::Moment;
use pyo3::exceptions::PyGeneratorExit;
use pyo3::ffi;
use pyo3::prelude::*;

use super::{Answer, watched};
use crate::debugger::Debugger;
use crate::endings::{self, Ending};
use crate::watch::Leaving;

/// True if nothing waits for an exception to leave this code object's frames.
#[inline]
pub fn passes(debugger: &Debugger, code: *mut ffi::PyObject) -> bool {
    debugger.record(code).is_none_or(|record| !record.awaits(Moment::Raise) && !record.is_watched())
}

/// An exception leaves the innermost frame, which runs this code object.
pub fn on_unwind(
    py: Python<'_>,
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    exception: Option<Bound<'_, PyAny>>,
) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    watched::on_leaving(py, debugger, code, Leaving::Ends);
    let Some(record) = debugger.record(code).filter(|record| record.awaits(Moment::Raise)) else {
        return Answer::Keep;
    };
    let ending = match exception {
        Some(exception) if exception.is_instance_of::<PyGeneratorExit>() => return Answer::Keep,
        Some(exception) => Ending::Exception(exception),
        None => Ending::Unnamed,
    };
    endings::reach(py, debugger, record, &ending);
    Answer::Keep
}
