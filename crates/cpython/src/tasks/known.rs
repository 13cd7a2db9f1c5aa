//! Which tasks there are: of all loops, in all threads, those that are done and still referred to among them.
//!
//! Until 3.13 asyncio keeps weak sets of them. Since 3.14 it keeps them in lists of C that give only those that are not
//! done, loop by loop, so there the collector's objects are looked through; what it leaves out, because the program has
//! frozen it, the loop of this thread has. Invariant: nothing is hashed or compared but by identity.

use std::collections::{HashMap, HashSet};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::numbers::referred;
use super::{Asyncio, Task};
use crate::named::Named;
use crate::values;

/// asyncio's weak sets, and the set of those that run eagerly, by their names in the versions that have them.
const SETS: &[&str] = &["_all_tasks", "_scheduled_tasks", "_eager_tasks"];

/// All tasks, in no order.
pub fn all<'py>(py: Python<'py>) -> Vec<Task<'py>> {
    let trio = super::trio::all(py);
    let Some(asyncio) = Asyncio::of(py) else { return trio };
    let mut found = Found { asyncio, tasks: Vec::new(), seen: HashSet::new() };
    for name in SETS {
        if let Some(set) = values::imported(py, "asyncio.tasks", name) {
            found.take_set(&set);
        }
    }
    if crate::version::minor(py) >= 14 {
        found.take_collected(py);
        found.take_scheduled(py);
    }
    found.tasks.into_iter().chain(trio).collect()
}

struct Found<'py> {
    asyncio: Asyncio<'py>,
    tasks: Vec<Task<'py>>,
    seen: HashSet<usize>,
}

impl<'py> Found<'py> {
    fn take(&mut self, object: &Bound<'py, PyAny>) {
        if !self.seen.contains(&(object.as_ptr() as usize))
            && let Some(task) = self.asyncio.task(object)
        {
            self.seen.insert(object.as_ptr() as usize);
            self.tasks.push(task);
        }
    }

    /// The members of a set, or those that a `WeakSet` refers to.
    fn take_set(&mut self, set: &Bound<'py, PyAny>) {
        let weak = values::instance_attribute(set, "data");
        let Some(items) = values::set_items(weak.as_ref().unwrap_or(set)) else { return };
        while let Ok(Some(item)) = values::next(&items) {
            if weak.is_none() {
                self.take(&item);
            } else if let Some(object) = referred(&item) {
                self.take(&object);
            }
        }
    }

    fn take_collected(&mut self, py: Python<'py>) {
        let objects = crate::modules::import(py, "gc").and_then(|gc| gc.named("get_objects")?.call0());
        let Some(objects) = objects.ok().and_then(|objects| objects.cast_into::<PyList>().ok()) else { return };
        let mut kinds: HashMap<*mut ffi::PyTypeObject, bool> = HashMap::new();
        let mut last = (std::ptr::null_mut(), false);
        for index in 0..objects.len() {
            // SAFETY: the list is ours and nothing changes it; the object is alive by it, and its type by the object.
            let (object, kind) = unsafe {
                let object = ffi::PyList_GetItem(objects.as_ptr(), index.cast_signed());
                (object, ffi::Py_TYPE(object))
            };
            if kind != last.0 {
                // SAFETY: as above.
                let is_task = || unsafe { self.asyncio.is_type_of_tasks(kind) };
                last = (kind, *kinds.entry(kind).or_insert_with(is_task));
            }
            if last.1 {
                // SAFETY: alive, as above; a new reference is taken.
                self.take(&unsafe { Bound::from_borrowed_ptr(py, object) });
            }
        }
    }

    fn take_scheduled(&mut self, py: Python<'py>) {
        let scheduled = values::imported(py, "_asyncio", "all_tasks").zip(super::current::running_loop(py));
        let tasks = scheduled.and_then(|(all_tasks, running)| all_tasks.call1((running,)).ok());
        if let Some(tasks) = tasks {
            self.take_set(&tasks);
        }
    }
}

/// By what tasks are sorted: their names, numbers at the end as numbers.
pub fn order(name: &str) -> (String, u64) {
    let text = name.trim_end_matches(|character: char| character.is_ascii_digit());
    (text.to_owned(), name.get(text.len()..).and_then(|number| number.parse().ok()).unwrap_or(0))
}
