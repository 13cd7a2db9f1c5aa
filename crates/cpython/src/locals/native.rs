//! What `locals` and `evaluate` need of the C API beyond the limited one, looked up by name once.
//!
//! Invariant: each has a way round it where it is missing.

use std::ffi::{CStr, c_char, c_int};
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::symbols::lookup;

type GetVar = unsafe extern "C" fn(*mut ffi::PyFrameObject, *const c_char) -> *mut ffi::PyObject;
type LocalsToFast = unsafe extern "C" fn(*mut ffi::PyFrameObject, c_int);

/// See the module.
pub(crate) struct Native {
    /// `PyFrame_GetVarString`, from 3.12 on.
    get_var: Option<GetVar>,
    /// `PyFrame_LocalsToFast`: does something until 3.12.
    locals_to_fast: Option<LocalsToFast>,
}

static NATIVE: OnceLock<Native> = OnceLock::new();

impl Native {
    /// Looked up at the first use.
    pub(crate) fn get() -> &'static Native {
        NATIVE.get_or_init(|| {
            // SAFETY: the symbols are CPython's functions of these names, with these signatures in Include/cpython.
            unsafe {
                Native {
                    get_var: lookup(c"PyFrame_GetVarString").map(|found| std::mem::transmute::<*mut _, GetVar>(found)),
                    locals_to_fast: lookup(c"PyFrame_LocalsToFast")
                        .map(|found| std::mem::transmute::<*mut _, LocalsToFast>(found)),
                }
            }
        })
    }

    /// A frame's variable, if it has a value. `Err` if only `f_locals` can tell.
    pub(crate) fn variable<'py>(
        &self,
        frame: &Bound<'py, PyAny>,
        name: &CStr,
    ) -> Result<Option<Bound<'py, PyAny>>, ()> {
        let get = self.get_var.ok_or(())?;
        // SAFETY: `frame` is a frame object and `name` ends in NUL; the result is a new reference or NameError.
        let found = unsafe { Bound::from_owned_ptr_or_opt(frame.py(), get(frame.as_ptr().cast(), name.as_ptr())) };
        if found.is_none() {
            drop(PyErr::take(frame.py()));
        }
        Ok(found)
    }

    /// Until 3.12: makes the frame's variables what its `f_locals` holds; those missing there stay.
    pub(crate) fn write_back(&self, frame: &Bound<'_, PyAny>) {
        if let Some(write) = self.locals_to_fast {
            // SAFETY: `frame` is a frame object. From 3.13 on the function does nothing.
            unsafe { write(frame.as_ptr().cast(), 0) };
        }
    }
}
