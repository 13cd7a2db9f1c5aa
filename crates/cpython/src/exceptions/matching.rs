//! The types that an `except` clause names, and whether an exception is of one. Called at each raise that meets one.
//!
//! Invariant: names are looked up as they are at that moment; only dicts, modules and types are asked, so no code of the
//! program runs.

use pyo3::ffi;
use pyo3::prelude::*;

/// What a clause's type is called: a name, and attributes of modules.
pub struct TypePath {
    name: Py<PyAny>,
    /// The name may be one of the class body or of `exec`.
    sees_locals: bool,
    attributes: Vec<Py<PyAny>>,
}

/// Where a frame looks names up, borrowed from it.
#[derive(Clone, Copy)]
pub struct Namespaces {
    pub globals: *mut ffi::PyObject,
    pub builtins: *mut ffi::PyObject,
    /// Null for functions.
    pub locals: *mut ffi::PyObject,
}

impl TypePath {
    /// A name; interned.
    pub fn name(name: Py<PyAny>, sees_locals: bool) -> Self {
        Self { name, sees_locals, attributes: Vec::new() }
    }

    /// An attribute of what this names; interned.
    pub fn attribute(mut self, name: Py<PyAny>) -> Self {
        self.attributes.push(name);
        self
    }

    /// The object, borrowed; None if it is not there, or not without running code.
    ///
    /// # Safety
    /// The GIL is held and the namespaces are alive.
    unsafe fn resolve(&self, places: Namespaces) -> Option<*mut ffi::PyObject> {
        let locals = if self.sees_locals { places.locals } else { std::ptr::null_mut() };
        let mut places = [locals, places.globals, places.builtins].into_iter();
        // SAFETY: by the contract.
        let mut found = places.find_map(|place| unsafe { item(place, &self.name) })?;
        for name in &self.attributes {
            // SAFETY: what a living namespace holds is alive, and nothing runs between the look-ups.
            unsafe {
                if ffi::Py_TYPE(found) != &raw mut ffi::PyModule_Type {
                    return None;
                }
                found = item(ffi::PyModule_GetDict(found), name)?;
            }
        }
        Some(found)
    }
}

/// What a dict has under a name, borrowed.
///
/// # Safety
/// The GIL is held; the namespace is null or alive.
unsafe fn item(namespace: *mut ffi::PyObject, name: &Py<PyAny>) -> Option<*mut ffi::PyObject> {
    // SAFETY: by the contract; a failed look-up leaves an error that is nobody's.
    unsafe {
        if namespace.is_null() || ffi::PyDict_Check(namespace) == 0 {
            return None;
        }
        let found = ffi::PyDict_GetItemWithError(namespace, name.as_ptr());
        if found.is_null() && !ffi::PyErr_Occurred().is_null() {
            ffi::PyErr_Clear();
        }
        (!found.is_null()).then_some(found)
    }
}

/// Whether the exception is one of these types; None if one of them could not be told.
///
/// # Safety
/// The GIL is held; the exception and the namespaces are alive.
pub unsafe fn matches(types: &[TypePath], places: Namespaces, exception: *mut ffi::PyObject) -> Option<bool> {
    let mut is_any = false;
    for path in types {
        // SAFETY: by the contract.
        is_any |= unsafe { is_of(path.resolve(places)?, exception)? };
    }
    Some(is_any)
}

/// Whether the exception is of a type, or of one in a tuple of types.
///
/// # Safety
/// The GIL is held and both are alive.
pub unsafe fn is_of(kind: *mut ffi::PyObject, exception: *mut ffi::PyObject) -> Option<bool> {
    // SAFETY: by the contract; an exact tuple's items are alive as long as it is. For types the match compares MROs and
    // runs no code of the program.
    unsafe {
        if ffi::PyType_Check(kind) != 0 {
            return Some(ffi::PyErr_GivenExceptionMatches(exception, kind) != 0);
        }
        if ffi::Py_TYPE(kind) != &raw mut ffi::PyTuple_Type {
            return None;
        }
        let mut is_any = false;
        for index in 0..ffi::PyTuple_Size(kind) {
            let item = ffi::PyTuple_GetItem(kind, index);
            if ffi::PyType_Check(item) == 0 {
                return None;
            }
            is_any |= ffi::PyErr_GivenExceptionMatches(exception, item) != 0;
        }
        (ffi::PyTuple_Size(kind) > 0).then_some(is_any)
    }
}
