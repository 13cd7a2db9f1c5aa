//! Imports of the standard library's own modules. Called by everything here that needs one.
//!
//! Invariant: `builtins.__import__` is not asked: the program may have replaced it.

use std::ffi::CString;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyModule;

/// The module of this name (not one within a package), imported if it is not there yet.
pub fn import<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyModule>> {
    let name = CString::new(name).map_err(|_| PyImportError::new_err("a module's name has no NUL"))?;
    let none = std::ptr::null_mut();
    // SAFETY: the GIL is held and the name ends in NUL; without globals and names to import from, the function gives a
    // new reference to the module or raises.
    let module = unsafe {
        let module = ffi::PyImport_ImportModuleLevel(name.as_ptr(), none, none, none, 0);
        Bound::from_owned_ptr_or_err(py, module)?
    };
    Ok(module.cast_into()?)
}
