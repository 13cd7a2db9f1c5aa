//! trio's tasks: those of the run in this thread, whose coroutines and nurseries are read as asyncio's tasks are.
//!
//! Called by the other files here. Invariant: what is read are slots and dicts of trio's own classes; trio keeps its run
//! in a variable of the thread, so another thread's cannot be seen.

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::{Awaiting, State, Task, suspended};
use crate::named::Named;
use crate::values;

/// An object as a task of trio's, if it is one.
pub(super) fn task<'py>(object: &Bound<'py, PyAny>) -> Option<Task<'py>> {
    let kind = values::imported(object.py(), "trio._core._run", "Task")?.cast_into::<PyType>().ok()?;
    object.get_type().is(&kind).then(|| Task { object: object.clone(), asyncio: None })
}

/// What trio keeps for this thread under a name.
fn kept<'py>(py: Python<'py>, name: &str) -> Option<Bound<'py, PyAny>> {
    let context = values::imported(py, "trio._core._run", "GLOBAL_RUN_CONTEXT")?;
    context.named(name).ok()
}

/// All tasks of this thread's run.
pub(super) fn all(py: Python<'_>) -> Vec<Task<'_>> {
    let tasks = kept(py, "runner").and_then(|runner| values::instance_attribute(&runner, "tasks"));
    let mut found = Vec::new();
    if let Some(items) = tasks.as_ref().and_then(values::set_items) {
        while let Ok(Some(item)) = values::next(&items) {
            found.extend(task(&item));
        }
    }
    found
}

/// The task that runs in this thread.
pub(super) fn current(py: Python<'_>) -> Option<Task<'_>> {
    task(&kept(py, "task")?)
}

pub(super) fn name<'py>(of: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    values::instance_attribute(of, "name")
}

/// Its place in the order in which tasks were created.
pub(super) fn rank(of: &Bound<'_, PyAny>) -> u64 {
    values::instance_attribute(of, "_counter").and_then(|count| count.extract().ok()).unwrap_or(0)
}

pub(super) fn coroutine<'py>(of: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    values::instance_attribute(of, "coro")
}

/// A task of trio's is forgotten when it is over.
pub(super) fn state<'py>(of: &Bound<'py, PyAny>) -> State<'py> {
    let coroutine = coroutine(of);
    if coroutine.as_ref().is_some_and(suspended::is_running) {
        return State::Running;
    }
    if coroutine.as_ref().and_then(suspended::frame).is_none() {
        return State::Done;
    }
    let next = values::instance_attribute(of, "_next_send_fn").filter(|next| !next.is_none());
    if next.is_some() { State::Ready } else { State::Waiting(None, false) }
}

/// The task whose nursery a task is in.
pub(super) fn awaiter<'py>(of: &Bound<'py, PyAny>, which: Awaiting) -> Option<Task<'py>> {
    let nursery = values::instance_attribute(of, "_parent_nursery").filter(|nursery| !nursery.is_none())?;
    let waits = values::instance_attribute(&nursery, "_parent_waiting_in_nested_child");
    let is_at_its_end = waits.is_some_and(|waits| waits.is_truthy().unwrap_or(false));
    let parent = values::instance_attribute(&nursery, "_parent_task")?;
    if which == Awaiting::InTheEnd || is_at_its_end { task(&parent) } else { None }
}
