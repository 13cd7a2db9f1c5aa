//! What a suspended task waits for, in words. Called for `tasks`.
//!
//! Invariant: names of tasks and of asyncio's own functions, nothing that the program would have to be asked for.

use std::time::Duration;

use pyo3::prelude::*;

use super::{Task, suspended};
use crate::frames;
use crate::values;

/// How many of the tasks that one waits for are named.
const NAMED: usize = 3;

/// What it waits for: tasks by their names, or the function of a library that it waits in, with how long if that is known.
pub fn reason<'py>(
    task: &Task<'py>,
    future: Option<&Bound<'py, PyAny>>,
    is_library: impl Fn(&Bound<'py, PyAny>) -> bool,
) -> String {
    if let Some(awaited) = future.and_then(super::task) {
        return awaited.name();
    }
    let children = future.and_then(|future| values::instance_attribute(future, "_children"));
    if let Some(children) = children {
        let names = (0..).map_while(|index| values::item(&children, index));
        let names: Vec<_> = names.filter_map(|child| Some(super::task(&child)?.name())).collect();
        return format!("gather of {}", list(names));
    }
    let Some(coroutine) = task.coroutine() else { return "a future".into() };
    let inner = suspended::chain(coroutine).frames;
    let library = inner.iter().rev().take_while(|frame| is_library(frame)).last();
    let Some(frame) = library else { return "a future".into() };
    let name = frames::code(frame).map(|code| crate::code::qualname::of(&code)).unwrap_or_default();
    match name.as_str() {
        "sleep" => sleep(frame).unwrap_or(name),
        "TaskGroup.__aexit__" => group(frame).unwrap_or_else(|| "TaskGroup".into()),
        _ => name,
    }
}

/// `sleep of 2.5 s, 0.4 s of it over`.
fn sleep(frame: &Bound<'_, PyAny>) -> Option<String> {
    let local = |name: &str| crate::locals::Scope::of(frame).ok()?.variable(name);
    let delay: f64 = number(&local("delay")?)?;
    let timer = local("h")?;
    let due: f64 = number(&values::instance_attribute(&timer, "_when")?)?;
    let over = delay - (due - monotonic()?.as_secs_f64());
    Some(format!("sleep of {delay} s, {:.1} s of it over", over.max(0.0)))
}

/// An exact number.
fn number(value: &Bound<'_, PyAny>) -> Option<f64> {
    let is_exact =
        value.is_exact_instance_of::<pyo3::types::PyFloat>() || value.is_exact_instance_of::<pyo3::types::PyInt>();
    if is_exact { value.extract().ok() } else { None }
}

/// The clock of asyncio's own loops, `time.monotonic()`.
fn monotonic() -> Option<Duration> {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to what it is given, which is ours.
    let outcome = unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    (outcome == 0).then(|| Duration::new(now.tv_sec.try_into().unwrap_or(0), now.tv_nsec.try_into().unwrap_or(0)))
}

/// `TaskGroup of Task-2, Task-3`.
fn group(frame: &Bound<'_, PyAny>) -> Option<String> {
    let own = crate::locals::Scope::of(frame).ok()?.variable("self")?;
    let tasks = values::instance_attribute(&own, "_tasks")?;
    let items = values::set_items(&tasks)?;
    let mut names = Vec::new();
    while let Ok(Some(item)) = values::next(&items) {
        names.extend(super::task(&item).map(|task| task.name()));
    }
    names.sort_by_key(|name| super::known::order(name));
    Some(format!("TaskGroup of {}", list(names)))
}

fn list(names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let named: Vec<_> = names.into_iter().take(NAMED).collect();
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}
