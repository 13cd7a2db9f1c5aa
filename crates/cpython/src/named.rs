//! Attributes and methods by names that are ours and not the program's. Used by everything here that asks the interpreter.
//!
//! Looking up an attribute of a type leaves the name in a cache of the interpreter (Objects/typeobject.c), which knows it by
//! its address: a text made for each question would stay there until its place is needed, of which there are 4096, and the
//! program would grow by it each time that it is attached to. Invariant: a name is one object for the interpreter, however
//! often it is asked for.

use pyo3::call::PyCallArgs;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// See the module.
pub trait Named<'py> {
    /// The attribute of this name.
    fn named(&self, name: &str) -> PyResult<Bound<'py, PyAny>>;

    /// Calls the method of this name with no argument.
    fn call_named0(&self, name: &str) -> PyResult<Bound<'py, PyAny>>;

    /// Calls the method of this name with these arguments.
    fn call_named1(&self, name: &str, arguments: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>>;
}

impl<'py> Named<'py> for Bound<'py, PyAny> {
    fn named(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.getattr(PyString::intern(self.py(), name))
    }

    fn call_named0(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.call_method0(PyString::intern(self.py(), name))
    }

    fn call_named1(&self, name: &str, arguments: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.call_method1(PyString::intern(self.py(), name), arguments)
    }
}
