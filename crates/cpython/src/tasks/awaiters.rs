//! Who waits for a task: read from what asyncio does when the task is done.
//!
//! A task that awaits another is woken by it; `gather`, `wait`, `shield`, `wait_for` put a future of their own in between,
//! which a callback of asyncio's reaches by its closure or its arguments; a `TaskGroup` knows its parent. Since 3.14 a
//! future also says who awaits it. Invariant: callbacks of the program are not looked into.

use std::collections::HashSet;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{Asyncio, Task, trio};
use crate::named::Named;
use crate::values;

/// How many futures are looked at on the way from a task to those that wait for it.
const MOST: usize = 1_000;

/// Which of those that wait are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaiting {
    /// Those that are suspended until the task is done.
    Now,
    /// Those too that will not go on before it is done: the task of a `TaskGroup`, wherever in the group it is.
    InTheEnd,
}

/// The tasks that wait for this one, those that asked first before others.
pub fn awaiters<'py>(task: &Task<'py>, which: Awaiting) -> Vec<Task<'py>> {
    let Some(asyncio) = &task.asyncio else { return trio::awaiter(&task.object, which).into_iter().collect() };
    let mut seen = HashSet::from([task.object.as_ptr() as usize]);
    let mut futures = vec![task.object.clone()];
    let mut found = Vec::new();
    while let Some(future) = futures.pop() {
        for object in next(asyncio, &future, which) {
            if seen.len() == MOST || !seen.insert(object.as_ptr() as usize) {
                continue;
            }
            match asyncio.task(&object) {
                Some(task) => found.push(task),
                None => futures.push(object),
            }
        }
    }
    found
}

/// Who gets what a task comes to.
pub enum Waiter<'py> {
    /// The task that awaits it.
    Task(Task<'py>),
    /// Who runs the loop until it is done.
    Loop,
}

/// Who gets the exception that a task ends with; None unless that is one, and nobody else has a say.
pub fn waiter<'py>(task: &Task<'py>) -> Option<Waiter<'py>> {
    let asyncio = task.asyncio.as_ref()?;
    let mut future = task.object.clone();
    for _ in 0..MOST {
        match heir(asyncio, &future)? {
            Heir::Waiter(waiter) => return Some(waiter),
            Heir::Future(next) => future = next,
        }
    }
    None
}

/// Who gets the exception of a future.
enum Heir<'py> {
    Waiter(Waiter<'py>),
    /// A future that asyncio has put in between.
    Future(Bound<'py, PyAny>),
}

/// See [`waiter`].
fn heir<'py>(asyncio: &Asyncio<'py>, future: &Bound<'py, PyAny>) -> Option<Heir<'py>> {
    let callbacks = asyncio.field(future, intern!(future.py(), "_callbacks"))?;
    let all = (0..).map_while(|index| values::item(&callbacks, index)).filter_map(|entry| values::item(&entry, 0));
    let mut all = all.filter(|callback| !is_without_a_say(callback));
    let callback = all.next()?;
    if all.next().is_some() {
        return None;
    }
    let kind = callback.get_type();
    match (values::is_static(&kind), values::short_name(&kind).as_str()) {
        (true, "builtin_function_or_method" | "method") => {
            let waiting = asyncio.task(&callback.named("__self__").ok()?)?;
            waiting.waits_for()?.is(future).then_some(Heir::Waiter(Waiter::Task(waiting)))
        }
        (true, "function") => match function_of_asyncio(&callback)?.as_str() {
            "_run_until_complete_cb" => Some(Heir::Waiter(Waiter::Loop)),
            // `shield`
            "_inner_done_callback" => captured(&callback, "outer").map(Heir::Future),
            // `gather`
            "_done_callback" => {
                let keeps = captured(&callback, "return_exceptions")?;
                let outer = captured(&callback, "outer").filter(|outer| is_open(asyncio, outer))?;
                let is_first = !keeps.is_truthy().unwrap_or(true) && !has_failed_child(asyncio, &outer)?;
                is_first.then_some(Heir::Future(outer))
            }
            _ => None,
        },
        // `wait_for`, before 3.12
        (_, "partial") if values::imported(callback.py(), "_functools", "partial").is_some_and(|own| own.is(&kind)) => {
            let name = function_of_asyncio(&values::field(&callback, "func")?)?;
            let waiter = values::item(&values::field(&callback, "args")?, 0)?;
            (name == "_release_waiter" && asyncio.is_future(&waiter)).then_some(Heir::Future(waiter))
        }
        _ => None,
    }
}

/// True for callbacks by which `shield` puts its own things in order.
fn is_without_a_say(callback: &Bound<'_, PyAny>) -> bool {
    let name = function_of_asyncio(callback);
    name.is_some_and(|name| name == "_outer_done_callback" || name == "_clear_awaited_by_callback")
}

/// The name of a function of asyncio's.
fn function_of_asyncio(function: &Bound<'_, PyAny>) -> Option<String> {
    let kind = function.get_type();
    let is_function = values::is_static(&kind) && values::short_name(&kind) == "function";
    if !is_function || !is_of(function, "asyncio.") {
        return None;
    }
    function.named("__name__").ok().and_then(|name| values::exact_text(&name))
}

/// What a function has in a variable of those that enclose it.
fn captured<'py>(function: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    let names = function.named("__code__").ok()?.named("co_freevars").ok()?;
    let mut names = (0..).map_while(|index| values::item(&names, index));
    let at = names.position(|own| values::exact_text(&own).is_some_and(|own| own == name))?;
    values::item(&function.named("__closure__").ok()?, at)?.named("cell_contents").ok()
}

/// True if a future waits for what it is to come to.
fn is_open<'py>(asyncio: &Asyncio<'py>, future: &Bound<'py, PyAny>) -> bool {
    let state = asyncio.field(future, intern!(future.py(), "_state"));
    asyncio.is_future(future)
        && state.and_then(|state| values::exact_text(&state)).is_some_and(|state| state == "PENDING")
}

/// True if a child of what `gather` gives has failed already, and its exception is on its way there.
fn has_failed_child<'py>(asyncio: &Asyncio<'py>, gathering: &Bound<'py, PyAny>) -> Option<bool> {
    let children = values::instance_attribute(gathering, "_children")?;
    let mut children = (0..).map_while(|index| values::item(&children, index));
    let exception = intern!(gathering.py(), "_exception");
    Some(children.any(|child| asyncio.field(&child, exception).is_some()))
}

/// The tasks and futures that are to be told when a future is done.
fn next<'py>(asyncio: &Asyncio<'py>, future: &Bound<'py, PyAny>, which: Awaiting) -> Vec<Bound<'py, PyAny>> {
    let py = future.py();
    let mut found = Vec::new();
    let callbacks = asyncio.field(future, intern!(py, "_callbacks"));
    for entry in callbacks.iter().flat_map(|callbacks| (0..).map_while(|index| values::item(callbacks, index))) {
        // A callback and its context.
        if let Some(callback) = values::item(&entry, 0) {
            told(asyncio, &callback, which, &mut found);
        }
    }
    if which == Awaiting::Now {
        return found;
    }
    let said = if asyncio.is_native(future) { "_asyncio_awaited_by" } else { "_Future__asyncio_awaited_by" };
    let said = asyncio.field(future, &pyo3::types::PyString::new(py, said));
    if let Some(items) = said.as_ref().and_then(values::set_items) {
        while let Ok(Some(item)) = values::next(&items) {
            found.extend(asyncio.is_future(&item).then_some(item));
        }
    }
    found
}

/// What a callback of asyncio's tells.
fn told<'py>(
    asyncio: &Asyncio<'py>,
    callback: &Bound<'py, PyAny>,
    which: Awaiting,
    found: &mut Vec<Bound<'py, PyAny>>,
) {
    let kind = callback.get_type();
    let of_future = |object: &Bound<'py, PyAny>| asyncio.is_future(object) && asyncio.task(object).is_none();
    match (values::is_static(&kind), values::short_name(&kind).as_str()) {
        (true, "builtin_function_or_method" | "method") => {
            let Ok(own) = callback.named("__self__") else { return };
            if asyncio.task(&own).is_some() {
                found.push(own);
            } else if is_group(&own) && (which == Awaiting::InTheEnd || is_at_its_end(&own)) {
                found.extend(values::instance_attribute(&own, "_parent_task"));
            }
        }
        (true, "function") if is_of(callback, "anyio._backends._asyncio") => found.extend(host_of_anyio(callback)),
        (true, "function") if is_of(callback, "asyncio.") => {
            let closure = callback.named("__closure__").ok();
            let cells = closure.iter().flat_map(|closure| (0..).map_while(|index| values::item(closure, index)));
            found.extend(cells.filter_map(|cell| cell.named("cell_contents").ok()).filter(of_future));
        }
        (_, "partial") if values::imported(callback.py(), "_functools", "partial").is_some_and(|own| own.is(&kind)) => {
            let arguments = values::field(callback, "args");
            let is_own = values::field(callback, "func").is_some_and(|function| {
                values::short_name(&function.get_type()) == "function" && is_of(&function, "asyncio.")
            });
            let items = arguments.iter().flat_map(|items| (0..).map_while(|index| values::item(items, index)));
            found.extend(items.filter(|_| is_own).filter(of_future));
        }
        _ => {}
    }
}

/// The task whose task group a callback of anyio's is for.
fn host_of_anyio<'py>(callback: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let closure = callback.named("__closure__").ok()?;
    let cells = (0..).map_while(|index| values::item(&closure, index));
    let scope = cells.filter_map(|cell| cell.named("cell_contents").ok()).find_map(|group| {
        let is_group = values::imported(callback.py(), "anyio._backends._asyncio", "TaskGroup")
            .is_some_and(|own| own.is(group.get_type()));
        if is_group { values::instance_attribute(&group, "cancel_scope") } else { None }
    });
    values::instance_attribute(&scope?, "_host_task").filter(|task| !task.is_none())
}

/// True for a function of a module whose name begins so.
fn is_of(function: &Bound<'_, PyAny>, module: &str) -> bool {
    let globals = function.named("__globals__").ok().and_then(|globals| globals.cast_into::<PyDict>().ok());
    let name = globals.and_then(|globals| globals.get_item("__name__").ok().flatten());
    name.and_then(|name| values::exact_text(&name)).is_some_and(|name| name.starts_with(module))
}

/// True if the task of a group waits for those in it.
fn is_at_its_end(group: &Bound<'_, PyAny>) -> bool {
    values::instance_attribute(group, "_on_completed_fut").is_some_and(|future| !future.is_none())
}

/// True for an `asyncio.TaskGroup`.
fn is_group(object: &Bound<'_, PyAny>) -> bool {
    let kind = values::imported(object.py(), "asyncio.taskgroups", "TaskGroup");
    let kind = kind.and_then(|kind| kind.cast_into().ok());
    super::asyncio::derives(object, kind.as_ref())
}
