//! The exception that a thread is stopped at. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: only of the stopped thread, and only where an exception is why it stopped.

use pausa_engine::port::{Exception, ThreadId};
use pyo3::prelude::*;

use super::Inspection;
use crate::values;

impl<'py> Inspection<'py> {
    pub(super) fn exception(&mut self, thread: ThreadId) -> Option<Exception> {
        let exception = self.exception.as_ref().filter(|_| Some(thread) == self.stopped)?.bind(self.py).clone();
        let debugger = self.debugger;
        let message = debugger.evaluating(self.py, || exception.str().map(|text| text.to_string_lossy().into_owned()));
        let traceback = debugger.evaluating(self.py, || format_exception(&exception)).unwrap_or_default();
        Some(Exception {
            type_name: values::type_name(&exception),
            message: message.unwrap_or_else(|_| "<its __str__ raises>".into()),
            traceback,
            caught: false,
        })
    }
}

fn format_exception(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let lines: Vec<String> = crate::modules::import(exception.py(), "traceback")?
        .call_method1("format_exception", (exception,))?
        .extract()?;
    Ok(lines.concat())
}
