//! The task that runs in this thread. Called at stops, and at events while a step or a breakpoint belongs to a task.
//!
//! Invariant: the loop is compared by identity: its class may define `__eq__` and `__hash__`.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Asyncio, Task};
use crate::values;

/// The loop that runs in this thread.
pub(super) fn running_loop(py: Python<'_>) -> Option<Bound<'_, PyAny>> {
    let function = values::imported(py, "_asyncio", "_get_running_loop")
        .or_else(|| values::imported(py, "asyncio.events", "_get_running_loop"))?;
    function.call0().ok().filter(|running| !running.is_none())
}

/// The task whose coroutine this thread is in, if it is in one.
pub fn current(py: Python<'_>) -> Option<Task<'_>> {
    of_asyncio(py).or_else(|| super::trio::current(py))
}

fn of_asyncio(py: Python<'_>) -> Option<Task<'_>> {
    let asyncio = Asyncio::of(py)?;
    let running = running_loop(py)?;
    let tasks = values::imported(py, "_asyncio", "_current_tasks")
        .or_else(|| values::imported(py, "asyncio.tasks", "_current_tasks"));
    let kept = tasks.and_then(|tasks| tasks.cast_into::<PyDict>().ok());
    let by_loop = kept.and_then(|tasks| {
        let entries = values::entries(&tasks, 0, usize::MAX);
        entries.into_iter().find(|(key, _)| key.is(&running)).map(|(_, task)| task)
    });
    // Since 3.14 the thread's state holds it.
    let task = by_loop.or_else(|| values::imported(py, "_asyncio", "current_task")?.call1((running,)).ok());
    asyncio.task(&task?)
}
