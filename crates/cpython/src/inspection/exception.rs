//! The exception that a thread is stopped at, with what it comes from. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: only of the stopped thread, and only where an exception is why it stopped. Its own text may run its
//! `__str__`, as the program will when nothing catches it; texts of those that it comes from run no code of the program.

use pausa_engine::port::{Exception, ThreadId};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::Inspection;
use crate::exceptions;
use crate::values::{self, field};

/// How deep causes and groups are followed: no more than people read, and no ring is endless.
const DEPTH: usize = 20;

/// Members of a group that are told of.
const MEMBERS: usize = 100;

impl<'py> Inspection<'py> {
    pub(super) fn exception(&mut self, thread: ThreadId) -> Option<Exception> {
        let exception = self.exception.as_ref().filter(|_| Some(thread) == self.stopped)?.bind(self.py).clone();
        let message = self.asked(|| exception.str().map(|text| text.to_string_lossy().into_owned()));
        let traceback = self.asked(|| format_exception(&exception)).unwrap_or_default();
        Some(Exception {
            type_name: values::type_name(&exception),
            message: message.unwrap_or_else(|_| "<its __str__ raises>".into()),
            traceback,
            occasion: self.occasion,
            inner: inner(&exception, DEPTH),
        })
    }
}

/// What an exception comes from or holds.
fn inner(exception: &Bound<'_, PyAny>, depth: usize) -> Vec<Exception> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let link = |name| field(exception, name).filter(|found| !found.is_none());
    let is_suppressed = || link("__suppress_context__").is_some_and(|flag| flag.is_truthy().unwrap_or(false));
    let cause = link("__cause__").or_else(|| if is_suppressed() { None } else { link("__context__") });
    let members = link("exceptions").and_then(|members| members.cast_into_exact::<PyTuple>().ok());
    let members = members.iter().flat_map(|members| members.iter()).take(MEMBERS);
    let all = cause.into_iter().chain(members);
    all.map(|exception| quietly(&exception, depth)).collect()
}

fn quietly(exception: &Bound<'_, PyAny>, depth: usize) -> Exception {
    Exception {
        type_name: values::type_name(exception),
        message: values::exception_text(exception, &values::PROMPT),
        traceback: format_traceback(exception).unwrap_or_default(),
        occasion: None,
        inner: inner(exception, depth),
    }
}

fn format_exception(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let lines: Vec<String> = crate::modules::import(exception.py(), "traceback")?
        .call_method1("format_exception", (exception.get_type(), exception, exceptions::traceback(exception)))?
        .extract()?;
    Ok(lines.concat())
}

/// The lines of a traceback, without the exception itself, whose text might run code of the program.
fn format_traceback(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let Some(traceback) = exceptions::traceback(exception) else { return Ok(String::new()) };
    let lines: Vec<String> =
        crate::modules::import(exception.py(), "traceback")?.call_method1("format_tb", (traceback,))?.extract()?;
    Ok(lines.concat())
}
