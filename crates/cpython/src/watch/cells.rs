//! Cells: where a variable that functions share is kept. Used by `place` and `slots`.
//!
//! Invariant: what is read is a new reference; nothing runs.

use std::ffi::c_void;
use std::sync::OnceLock;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::symbols::lookup;

/// True for cells.
pub fn is_cell(value: &Bound<'_, PyAny>) -> bool {
    static CELL: OnceLock<usize> = OnceLock::new();
    let kind = *CELL.get_or_init(|| lookup(c"PyCell_Type").map_or(0, |found| found as usize));
    value.get_type().as_ptr() as usize == kind
}

/// The address of what a cell holds; 0 if it is empty.
///
/// # Safety
/// It is a live cell and the GIL is held.
#[inline]
pub unsafe fn address(cell: *mut ffi::PyObject) -> usize {
    // SAFETY: by the contract; `ob_ref` follows the head (Include/cpython/cellobject.h, alike in all versions).
    unsafe { cell.byte_add(16).cast::<*mut ffi::PyObject>().read().addr() }
}

/// What a cell holds.
pub fn content<'py>(cell: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    type Get = unsafe extern "C" fn(*mut ffi::PyObject) -> *mut ffi::PyObject;
    static GET: OnceLock<Option<Get>> = OnceLock::new();
    let get = *GET.get_or_init(|| {
        // SAFETY: CPython's function of that name has this signature (Include/cpython/cellobject.h).
        lookup(c"PyCell_Get").map(|found| unsafe { std::mem::transmute::<*mut c_void, Get>(found) })
    });
    if !is_cell(cell) {
        return None;
    }
    // SAFETY: it is a cell and the GIL is held; the result is a new reference, or null for an empty one.
    unsafe { Bound::from_owned_ptr_or_opt(cell.py(), get?(cell.as_ptr())) }
}
