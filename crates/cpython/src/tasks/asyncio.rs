//! asyncio's own types, and how their fields are read.
//!
//! Invariant: a field is what asyncio keeps, never what a class of the program makes of it.

use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::Task;
use crate::values;

/// The types, if the program has imported asyncio. Cheap to make and to clone.
#[derive(Clone)]
pub struct Asyncio<'py> {
    /// `_asyncio.Task`, where there is that module.
    pub(super) native_task: Option<Bound<'py, PyType>>,
    native_future: Option<Bound<'py, PyType>>,
    /// `asyncio.tasks._PyTask`.
    task: Option<Bound<'py, PyType>>,
    future: Option<Bound<'py, PyType>>,
}

impl<'py> Asyncio<'py> {
    /// None as long as there can be no task.
    pub fn of(py: Python<'py>) -> Option<Self> {
        let kind = |module, name| values::imported(py, module, name)?.cast_into::<PyType>().ok();
        let found = Self {
            native_task: kind("_asyncio", "Task"),
            native_future: kind("_asyncio", "Future"),
            task: kind("asyncio.tasks", "_PyTask"),
            future: kind("asyncio.futures", "_PyFuture"),
        };
        (found.native_task.is_some() || found.task.is_some()).then_some(found)
    }

    /// An object as a task, if it is one.
    pub fn task(&self, object: &Bound<'py, PyAny>) -> Option<Task<'py>> {
        let is_task = derives(object, self.native_task.as_ref()) || derives(object, self.task.as_ref());
        is_task.then(|| Task { object: object.clone(), asyncio: Some(self.clone()) })
    }

    /// The name of a task that is implemented in C: it may be made only now.
    pub(super) fn native_name(&self, task: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
        self.native_task.as_ref()?.call_method1(intern!(task.py(), "get_name"), (task,)).ok()
    }

    /// True if a type is one of tasks.
    ///
    /// # Safety
    /// It is a live type object.
    pub(super) unsafe fn is_type_of_tasks(&self, kind: *mut ffi::PyTypeObject) -> bool {
        let is = |base: &Option<Bound<'py, PyType>>| {
            // SAFETY: by the contract; this walks the MRO and asks no class.
            base.as_ref().is_some_and(|base| unsafe { ffi::PyType_IsSubtype(kind, base.as_type_ptr()) != 0 })
        };
        is(&self.native_task) || is(&self.task)
    }

    /// True for futures, which tasks are too.
    pub fn is_future(&self, object: &Bound<'py, PyAny>) -> bool {
        derives(object, self.native_future.as_ref()) || derives(object, self.future.as_ref())
    }

    /// True for those that are implemented in C.
    pub(super) fn is_native(&self, future: &Bound<'py, PyAny>) -> bool {
        derives(future, self.native_future.as_ref())
    }

    /// A field of a future or a task; None also for one that is None.
    pub(super) fn field(&self, of: &Bound<'py, PyAny>, name: &Bound<'py, PyString>) -> Option<Bound<'py, PyAny>> {
        let kind = of.get_type();
        let is_exactly = |known: &Option<Bound<'py, PyType>>| known.as_ref().is_some_and(|known| known.is(&kind));
        let found = if is_exactly(&self.native_task) || is_exactly(&self.native_future) {
            // The type's own descriptors decide, and nobody else has a say.
            of.getattr(name).ok()
        } else if self.is_native(of) {
            let base = if derives(of, self.native_task.as_ref()) { &self.native_task } else { &self.native_future };
            let descriptor = values::class_attribute(base.as_ref()?, &name.to_string_lossy())?;
            values::described_by(&descriptor, of)
        } else {
            let name = name.to_string_lossy();
            let own = values::instance_attribute(of, &name);
            // Some are set where they differ from what the class has.
            own.or_else(|| values::class_attribute(self.task.as_ref()?, &name))
        };
        found.filter(|found| !found.is_none())
    }
}

/// True if an object's class is this one or derived from it, whatever the object says of itself.
pub(super) fn derives(object: &Bound<'_, PyAny>, base: Option<&Bound<'_, PyType>>) -> bool {
    // SAFETY: both are type objects; this walks the MRO and asks no class.
    base.is_some_and(|base| unsafe { ffi::PyType_IsSubtype(object.get_type().as_type_ptr(), base.as_type_ptr()) != 0 })
}
