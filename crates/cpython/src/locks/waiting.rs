//! What a thread waits for: the lock of the call that it is in, or what a library's function waits for by it.
//!
//! Called for each thread. Invariant: a thread that waits for something else than a lock of Python's is said to wait for
//! none.

use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use super::known::Known;
use super::stack::Stack;
use crate::debugger::Debugger;
use crate::frames;
use crate::locals::Scope;
use crate::named::Named;
use crate::values;

/// The modules whose functions wait by a lock for something else.
const LIBRARY: [&str; 5] =
    ["threading", "queue", "concurrent.futures._base", "importlib._bootstrap", "_frozen_importlib"];

/// Their methods that wait for the object whose methods they are.
const WAITING: [&str; 10] =
    ["wait", "wait_for", "_wait", "acquire", "join", "_wait_for_tstate_lock", "get", "put", "result", "exception"];

/// What a thread waits for.
pub struct Waited<'py> {
    /// The lock, or the condition, queue, thread that waits by means of one.
    pub subject: Bound<'py, PyAny>,
    /// It waits no longer than it was told to.
    pub has_limit: bool,
}

/// What the thread of these frames, innermost first, waits for.
pub fn of<'py>(debugger: &Debugger, known: &Known<'py>, frames: &[Bound<'py, PyAny>]) -> Option<Waited<'py>> {
    let (mut subject, mut has_limit) = Stack::of(debugger, frames.first()?)?.wait(known, debugger.opcodes)?;
    for frame in frames.iter().take_while(|frame| is_library(frame)) {
        let Ok(scope) = Scope::of(frame) else { break };
        if let Some(timeout) = scope.variable("timeout") {
            has_limit = is_limit(&timeout);
        }
        let name = frames::code(frame).and_then(|code| code.named("co_name").ok()?.extract::<String>().ok());
        if name.is_some_and(|name| WAITING.contains(&name.as_str())) {
            subject = scope.variable("self").unwrap_or(subject);
        }
    }
    Some(Waited { subject, has_limit })
}

/// True if the thread of these frames waits in `wait` of this condition, which has let its lock go.
pub fn waits_in(frames: &[Bound<'_, PyAny>], condition: &Bound<'_, PyAny>) -> bool {
    let is_wait = |frame: &Bound<'_, PyAny>| {
        let name = frames::code(frame).and_then(|code| code.named("co_name").ok()?.extract::<String>().ok());
        name.as_deref() == Some("wait")
            && Scope::of(frame).is_ok_and(|scope| scope.variable("self").is_some_and(|own| own.is(condition)))
    };
    frames.iter().take_while(|frame| is_library(frame)).any(is_wait)
}

fn is_library(frame: &Bound<'_, PyAny>) -> bool {
    let module = crate::locals::global(frame, "__name__").and_then(|name| values::exact_text(&name));
    module.is_some_and(|module| LIBRARY.contains(&module.as_str()))
}

/// None and negative numbers are no limit.
fn is_limit(timeout: &Bound<'_, PyAny>) -> bool {
    let is_number = timeout.is_exact_instance_of::<PyInt>() || timeout.is_exact_instance_of::<PyFloat>();
    is_number && timeout.extract::<f64>().is_ok_and(|seconds| seconds >= 0.0)
}
