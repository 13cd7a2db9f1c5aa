//! What a task is doing.
//!
//! Invariant: asking changes nothing: an exception that nobody has retrieved stays so.

use pyo3::intern;
use pyo3::prelude::*;

use super::{Task, suspended, trio};
use crate::values;

/// See the module.
pub enum State<'py> {
    /// Its coroutine is on the stack of a thread.
    Running,
    /// The loop will run it on: nothing is waited for.
    Ready,
    /// It waits, in asyncio for a future; true if it is to be cancelled.
    Waiting(Option<Bound<'py, PyAny>>, bool),
    /// It has returned, or raised what somebody has retrieved.
    Done,
    /// It was cancelled.
    Cancelled,
    /// It has raised, and nobody has retrieved that.
    Failed(Bound<'py, PyAny>),
}

impl<'py> Task<'py> {
    /// What it is doing now.
    pub fn state(&self) -> State<'py> {
        if self.asyncio.is_none() {
            return trio::state(&self.object);
        }
        let py = self.object.py();
        let state = self.field(intern!(py, "_state")).and_then(|state| values::exact_text(&state));
        match state.as_deref() {
            Some("CANCELLED") => State::Cancelled,
            Some("FINISHED") => match self.field(intern!(py, "_exception")) {
                Some(exception) if self.is_unretrieved() => State::Failed(exception),
                _ => State::Done,
            },
            _ if self.coroutine().is_some_and(|coroutine| suspended::is_running(&coroutine)) => State::Running,
            _ => match self.waits_for() {
                Some(future) => State::Waiting(Some(future), self.is_set(intern!(py, "_must_cancel"))),
                None => State::Ready,
            },
        }
    }

    /// True if nobody has asked for its exception: asyncio will complain when the task is gone.
    fn is_unretrieved(&self) -> bool {
        let py = self.object.py();
        let name = if self.asyncio.as_ref().is_some_and(|asyncio| asyncio.is_native(&self.object)) {
            "_log_traceback"
        } else {
            "_Future__log_traceback"
        };
        self.is_set(&pyo3::types::PyString::new(py, name))
    }

    fn is_set(&self, name: &Bound<'py, pyo3::types::PyString>) -> bool {
        self.field(name)
            .is_some_and(|flag| flag.is_exact_instance_of::<pyo3::types::PyBool>() && flag.is_truthy().unwrap_or(false))
    }
}
