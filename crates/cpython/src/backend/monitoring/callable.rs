//! The object that the interpreter calls for an event: an own type whose instances are called without going through a
//! builtin function, which saves one to three nanoseconds an event. Made by `callbacks`.
//!
//! Invariant: the type and its instances live as long as the process, and hold no Python object.

use std::ffi::{c_int, c_void};
use std::mem::{offset_of, size_of};

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::symbols::lookup;

/// `vectorcallfunc` (Include/cpython/object.h): callable, arguments, their number with a flag, names of keywords.
pub type Call = unsafe extern "C" fn(
    *mut ffi::PyObject,
    *const *mut ffi::PyObject,
    usize,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;

/// `PY_VECTORCALL_ARGUMENTS_OFFSET`: the flag in the number of arguments.
pub const OFFSET_FLAG: usize = 1 << (usize::BITS - 1);

/// `Py_TPFLAGS_HAVE_VECTORCALL` of Include/object.h, since 3.8.
const HAVE_VECTORCALL: u32 = 1 << 11;

#[repr(C)]
struct Callable {
    base: ffi::PyObject,
    call: Call,
}

static TYPE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// An object that runs `call` when it is called.
pub fn callable(py: Python<'_>, call: Call) -> PyResult<Bound<'_, PyAny>> {
    let kind = TYPE.get_or_try_init(py, || make_type(py))?;
    // SAFETY: the type is ours, of instances with room for a `Callable`; the new instance is nobody else's yet.
    unsafe {
        let object = ffi::PyType_GenericAlloc(kind.as_ptr().cast(), 0);
        let object = Bound::from_owned_ptr_or_err(py, object)?;
        (&raw mut (*object.as_ptr().cast::<Callable>()).call).write(call);
        Ok(object)
    }
}

fn make_type(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let slow = lookup(c"PyVectorcall_Call").ok_or_else(|| PyRuntimeError::new_err("no PyVectorcall_Call"))?;
    let mut members = [
        ffi::PyMemberDef {
            name: c"__vectorcalloffset__".as_ptr(),
            type_code: ffi::Py_T_PYSSIZET,
            offset: offset_of!(Callable, call).cast_signed(),
            flags: ffi::Py_READONLY,
            doc: std::ptr::null(),
        },
        ffi::PyMemberDef::default(),
    ];
    let mut slots = [
        ffi::PyType_Slot { slot: ffi::Py_tp_call, pfunc: slow },
        ffi::PyType_Slot { slot: ffi::Py_tp_members, pfunc: (&raw mut members).cast::<c_void>() },
        ffi::PyType_Slot { slot: 0, pfunc: std::ptr::null_mut() },
    ];
    let mut spec = ffi::PyType_Spec {
        name: c"pausa.event".as_ptr(),
        basicsize: size_of::<Callable>() as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT as u32) | HAVE_VECTORCALL,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: the interpreter copies what the specification points to, but for the strings, which are constants.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&raw mut spec)).map(Bound::unbind) }
}
