//! The exception that a thread is stopped at, with what it comes from. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: only of the stopped thread, and only where an exception is why it stopped. Its own text may run its
//! `__str__`, as the program will when nothing catches it; texts of those that it comes from run no code of the program.

use pausa_engine::port::{Exception, Frame, Link, LinkedException, Refusal, ThreadId};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::Inspection;
use crate::exceptions;
use crate::named::Named;
use crate::values::{self, field};

/// How deep causes and groups are followed: no more than people read, and no ring is endless.
const DEPTH: usize = 20;

/// Members of a group that are told of.
const MEMBERS: usize = 100;

/// How many exceptions in all a user can choose from.
const LINKED: usize = 1_000;

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

impl<'py> Inspection<'py> {
    /// The exception that a thread is stopped at and those that it comes from or holds, each once, with how they are linked.
    fn linked(&self, thread: ThreadId) -> Vec<(Link, usize, Bound<'py, PyAny>)> {
        let Some(own) = self.exception.as_ref().filter(|_| Some(thread) == self.stopped) else { return Vec::new() };
        let mut found: Vec<(Link, usize, Bound<'py, PyAny>)> = Vec::new();
        let mut waiting = vec![(Link::Itself, 0, own.bind(self.py).clone())];
        while let Some((link, depth, exception)) = waiting.pop() {
            if depth > DEPTH || found.len() == LINKED || found.iter().any(|(_, _, known)| known.is(&exception)) {
                continue;
            }
            waiting.extend(links(&exception).into_iter().rev().map(|(link, other)| (link, depth + 1, other)));
            found.push((link, depth, exception));
        }
        found
    }

    pub(super) fn linked_exceptions(&mut self, thread: ThreadId) -> Vec<LinkedException> {
        let linked = self.linked(thread).into_iter().map(|(link, depth, exception)| LinkedException {
            type_name: values::type_name(&exception),
            message: quiet_text(&exception),
            link,
            depth,
        });
        linked.collect()
    }

    pub(super) fn exception_stack(&mut self, thread: ThreadId, place: usize) -> Result<Vec<Frame>, Refusal> {
        let linked = self.linked(thread);
        let none = || Refusal(format!("there is no exception {place}: they go from 0 to {}", linked.len().max(1) - 1));
        let (_, _, exception) = linked.get(place).ok_or_else(none)?;
        Ok(self.traceback_frames(exception))
    }
}

/// What an exception comes from or holds.
fn inner(exception: &Bound<'_, PyAny>, depth: usize) -> Vec<Exception> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    links(exception).iter().map(|(_, exception)| quietly(exception, depth)).collect()
}

/// What an exception comes from or holds, and what that is to it. A context that the program hides is not told.
fn links<'py>(exception: &Bound<'py, PyAny>) -> Vec<(Link, Bound<'py, PyAny>)> {
    let field = |name| field(exception, name).filter(|found| !found.is_none());
    let is_suppressed = || field("__suppress_context__").is_some_and(|flag| flag.is_truthy().unwrap_or(false));
    let context = || field("__context__").filter(|_| !is_suppressed()).map(|context| (Link::Context, context));
    let origin = field("__cause__").map(|cause| (Link::Cause, cause)).or_else(context);
    let members = field("exceptions").and_then(|members| members.cast_into_exact::<PyTuple>().ok());
    let members = members.iter().flat_map(|members| members.iter()).take(MEMBERS).enumerate();
    origin.into_iter().chain(members.map(|(index, member)| (Link::Member(index + 1), member))).collect()
}

/// An exception's text without running code of the program: of a group its own message and how many members it has.
fn quiet_text(exception: &Bound<'_, PyAny>) -> String {
    let members = field(exception, "exceptions").and_then(|members| members.cast_into_exact::<PyTuple>().ok());
    let message = members.and_then(|members| Some((values::exact_text(&field(exception, "message")?)?, members.len())));
    match message {
        Some((message, 1)) => format!("{message} (1 sub-exception)"),
        Some((message, count)) => format!("{message} ({count} sub-exceptions)"),
        None => values::exception_text(exception, &values::PROMPT),
    }
}

fn quietly(exception: &Bound<'_, PyAny>, depth: usize) -> Exception {
    Exception {
        type_name: values::type_name(exception),
        message: quiet_text(exception),
        traceback: format_traceback(exception).unwrap_or_default(),
        occasion: None,
        inner: inner(exception, depth),
    }
}

fn format_exception(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let lines: Vec<String> = crate::modules::import(exception.py(), "traceback")?
        .call_named1("format_exception", (exception.get_type(), exception, exceptions::traceback(exception)))?
        .extract()?;
    Ok(lines.concat())
}

/// The lines of a traceback, without the exception itself, whose text might run code of the program.
fn format_traceback(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let Some(traceback) = exceptions::traceback(exception) else { return Ok(String::new()) };
    let lines: Vec<String> =
        crate::modules::import(exception.py(), "traceback")?.call_named1("format_tb", (traceback,))?.extract()?;
    Ok(lines.concat())
}
