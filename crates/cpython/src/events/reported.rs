//! Exceptions that asyncio's event loops report: of tasks and futures that nobody has asked for them, and of callbacks.
//! Called at the lines of `BaseEventLoop.call_exception_handler`, while there is a filter for them.
//!
//! Invariant: only what the loop was told is read; an exception is looked at once.

use pausa_engine::exception_filters::{Occasion, Occasions};
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::wanted;
use crate::debugger::Debugger;
use crate::{evaluate, frames};

/// The name of the parameter by which the loop is told, and what it has the exception under.
const CONTEXT: &str = "context";

/// Looks at what the innermost frame was told.
pub fn look(py: Python<'_>) -> Option<()> {
    let debugger = Debugger::enter()?;
    let frame = frames::current(py)?;
    let context = evaluate::quietly(py, Some(&frame), CONTEXT).ok()?.cast_into_exact::<PyDict>().ok()?;
    let exception = context.get_item("exception").ok()??;
    if !exception.is_instance_of::<PyBaseException>() {
        return None;
    }
    let task = Occasions::of(&[Occasion::Task]);
    // SAFETY: a live exception; the GIL is held.
    let meant = unsafe { debugger.exceptions.meant(exception.as_ptr()) };
    let reached = meant.and(task).without(debugger.exceptions.considered(exception.as_ptr()));
    wanted::stop(py, &debugger, &exception, reached, None);
    Some(())
}
