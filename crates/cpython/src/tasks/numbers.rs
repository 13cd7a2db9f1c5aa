//! The numbers that tasks have as threads. Kept by `debugger`, asked for by `inspection`.
//!
//! Invariant: a number is of one task and never used again; a task is referred to weakly, so it lives no longer for it.

use std::collections::HashMap;

use pausa_engine::port::ThreadId;
use pausa_engine::tasks::FIRST_TASK;
use pyo3::ffi;
use pyo3::prelude::*;

use super::Task;

/// See the module.
#[derive(Default)]
pub struct TaskNumbers {
    by_address: HashMap<usize, (ThreadId, Py<PyAny>)>,
    given: i64,
}

impl TaskNumbers {
    /// The number of a task. Runs nothing: the weak reference is asyncio's own, as all without a callback are one.
    pub fn of(&mut self, task: &Task<'_>) -> Option<ThreadId> {
        let object = task.object();
        let address = object.as_ptr() as usize;
        if let Some((id, weak)) = self.by_address.get(&address)
            && referred(weak.bind(object.py())).is_some_and(|alive| alive.is(object))
        {
            return Some(*id);
        }
        let weak = weak(object)?;
        let id = ThreadId(FIRST_TASK + self.given);
        self.given += 1;
        self.by_address.insert(address, (id, weak.unbind()));
        Some(id)
    }

    /// The task of a number, while it lives.
    pub fn task<'py>(&self, py: Python<'py>, id: ThreadId) -> Option<Task<'py>> {
        let (_, weak) = self.by_address.values().find(|(number, _)| *number == id)?;
        super::task(&referred(weak.bind(py))?)
    }

    /// Forgets those that are gone.
    pub fn forget_dead(&mut self, py: Python<'_>) {
        self.by_address.retain(|_, (_, weak)| referred(weak.bind(py)).is_some());
    }
}

/// A weak reference to a task or a coroutine.
pub fn weak<'py>(object: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the result is a new reference, or null with an error set for what cannot be referred to weakly.
    unsafe {
        Bound::from_owned_ptr_or_err(object.py(), ffi::PyWeakref_NewRef(object.as_ptr(), std::ptr::null_mut())).ok()
    }
}

/// What a weak reference refers to, None for anything else.
pub fn referred<'py>(weak: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: the argument is checked to be a weak reference; what it refers to is borrowed, None if that is gone, and a
    // new reference is taken before anything can run.
    let found = unsafe {
        if ffi::PyWeakref_CheckRef(weak.as_ptr()) == 0 {
            return None;
        }
        Bound::from_borrowed_ptr_or_opt(weak.py(), ffi::PyWeakref_GetObject(weak.as_ptr()))
    };
    found.filter(|found| !found.is_none())
}
