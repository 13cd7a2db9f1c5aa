//! Coroutines and generators that are suspended: their frames, down to what they wait for in the end.
//!
//! Invariant: only the interpreter's own types are followed, by their own descriptors; those that have none by what they
//! show the collector.

use std::collections::HashSet;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::named::Named;
use crate::values;

/// More of them in a row than any program has: what is deeper is left out.
const MOST: usize = 10_000;

/// What waits for what, the outermost first.
#[derive(Default)]
pub struct Chain<'py> {
    /// The frames of those that have one.
    pub frames: Vec<Bound<'py, PyAny>>,
    /// What the innermost waits for, if that is no coroutine or generator.
    pub end: Option<Bound<'py, PyAny>>,
}

/// How the frame and the awaited object are called in one of the interpreter's own types.
struct Names {
    frame: &'static str,
    awaits: &'static str,
    running: &'static str,
}

fn names(kind: &str) -> Option<Names> {
    match kind {
        "coroutine" => Some(Names { frame: "cr_frame", awaits: "cr_await", running: "cr_running" }),
        "generator" => Some(Names { frame: "gi_frame", awaits: "gi_yieldfrom", running: "gi_running" }),
        "async_generator" => Some(Names { frame: "ag_frame", awaits: "ag_await", running: "ag_running" }),
        _ => None,
    }
}

/// Types of the interpreter that stand between one that waits and the one it waits for.
const WRAPPERS: &[&str] = &["coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable"];

/// The name of an object's type, if that is one of the interpreter's own.
fn native_name(object: &Bound<'_, PyAny>) -> Option<String> {
    let kind = object.get_type();
    values::is_static(&kind).then(|| values::short_name(&kind))
}

/// The names for an object that has a frame.
fn names_of(object: &Bound<'_, PyAny>) -> Option<Names> {
    names(&native_name(object)?)
}

fn attribute<'py>(object: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    object.named(name).ok().filter(|found| !found.is_none())
}

/// The frame of a coroutine or generator that has not ended.
pub fn frame<'py>(of: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    attribute(of, names_of(of)?.frame)
}

/// True if a coroutine or generator is on the stack of a thread.
pub fn is_running(of: &Bound<'_, PyAny>) -> bool {
    names_of(of)
        .and_then(|names| attribute(of, names.running))
        .is_some_and(|running| running.is_truthy().unwrap_or(false))
}

/// Follows what waits for what from a coroutine on.
pub fn chain<'py>(from: Bound<'py, PyAny>) -> Chain<'py> {
    let mut chain = Chain::default();
    let mut seen = HashSet::new();
    let mut next = Some(from);
    while let Some(object) = next.take() {
        if seen.len() == MOST || !seen.insert(object.as_ptr() as usize) {
            break;
        }
        if let Some(names) = names_of(&object) {
            chain.frames.extend(attribute(&object, names.frame));
            next = attribute(&object, names.awaits);
        } else if native_name(&object).is_some_and(|name| WRAPPERS.contains(&name.as_str())) {
            next =
                referents(&object).into_iter().find(|found| native_name(found).is_some_and(|name| is_followed(&name)));
        } else {
            chain.end = Some(object);
        }
    }
    chain
}

fn is_followed(name: &str) -> bool {
    names(name).is_some() || WRAPPERS.contains(&name)
}

/// What an object shows the collector.
pub fn referents<'py>(object: &Bound<'py, PyAny>) -> Vec<Bound<'py, PyAny>> {
    let gc = crate::modules::import(object.py(), "gc");
    let found = gc.and_then(|gc| gc.call_method1(intern!(object.py(), "get_referents"), (object,)));
    let found = found.ok().and_then(|found| found.cast_into::<PyList>().ok());
    found.map(|found| found.iter().collect()).unwrap_or_default()
}
