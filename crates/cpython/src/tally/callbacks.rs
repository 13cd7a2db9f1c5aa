//! The functions that the interpreter calls while events are counted: one an event, as they are not told which it is.
//!
//! Registered by `tally`, called on any thread with the GIL held. Invariant: never raises, never panics into the
//! interpreter; DISABLE is returned only for events that can be disabled, and only in code that is not counted.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::ffi;
use pyo3::prelude::*;

use super::TALLY;
use super::events::NAMES;

/// Before this place in [`NAMES`] are the events with a location of their own, which can be disabled in every version.
const LOCAL: usize = 12;

/// A callback for the event at a place in [`NAMES`].
struct Callback<const KIND: usize>;

impl<const KIND: usize> Callback<KIND> {
    unsafe extern "C" fn call(
        _module: *mut ffi::PyObject,
        arguments: *mut *mut ffi::PyObject,
        count: ffi::Py_ssize_t,
    ) -> *mut ffi::PyObject {
        let counted = Python::try_attach(|py| {
            // SAFETY: the interpreter calls this with the GIL held and `count` arguments at `arguments`.
            let work = || unsafe { self::count(py, KIND, arguments, count) };
            catch_unwind(AssertUnwindSafe(work)).unwrap_or(true)
        });
        match (counted, TALLY.get()) {
            (Some(false), Some(tally)) if KIND < LOCAL => {
                let disable = tally.disable.as_ptr();
                // SAFETY: the object lives as long as the process; the caller takes a new reference.
                unsafe { ffi::Py_INCREF(disable) };
                disable
            }
            // SAFETY: None is immortal in every version that has sys.monitoring.
            _ => unsafe { ffi::Py_None() },
        }
    }
}

/// Counts one event: true if its code is counted at all.
///
/// # Safety
/// `arguments` points to `count` borrowed references: a code object and an integer, and others.
#[inline(always)]
unsafe fn count(py: Python<'_>, kind: usize, arguments: *mut *mut ffi::PyObject, count: ffi::Py_ssize_t) -> bool {
    let Some(tally) = TALLY.get().filter(|_| count >= 2) else { return true };
    // SAFETY: there are two arguments at least; the second of every event is an exact int, a line or an offset.
    let (code, at) = unsafe { (*arguments, ffi::PyLong_AsLong(*arguments.add(1))) };
    tally.count(py, code, kind, u32::try_from(at).unwrap_or(0))
}

macro_rules! callbacks {
    ($($kind:literal)*) => { [$(Callback::<$kind>::call),*] };
}

/// In the order of [`NAMES`].
const CALLBACKS: [ffi::PyCFunctionFast; NAMES.len()] = callbacks![0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18];

/// Does nothing: what it costs is what being told costs.
unsafe extern "C" fn nothing(
    _module: *mut ffi::PyObject,
    _arguments: *mut *mut ffi::PyObject,
    _count: ffi::Py_ssize_t,
) -> *mut ffi::PyObject {
    // SAFETY: None is immortal in every version that has sys.monitoring.
    unsafe { ffi::Py_None() }
}

/// The callback that counts, as a Python builtin.
pub fn function(py: Python<'_>, kind: usize) -> PyResult<Bound<'_, PyAny>> {
    builtin(py, CALLBACKS.get(kind).copied().unwrap_or(Callback::<0>::call))
}

/// The callback that does nothing, as a Python builtin.
pub fn empty(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    builtin(py, nothing)
}

fn builtin(py: Python<'_>, call: ffi::PyCFunctionFast) -> PyResult<Bound<'_, PyAny>> {
    // The interpreter keeps a pointer to the definition for as long as the builtin lives: it is never freed.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: c"pausa_count".as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionFast: call },
        ml_flags: ffi::METH_FASTCALL,
        ml_doc: std::ptr::null(),
    }));
    // SAFETY: the definition is valid and lives for ever; a null module and self are allowed.
    unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyCFunction_NewEx(definition, std::ptr::null_mut(), std::ptr::null_mut()))
    }
}
