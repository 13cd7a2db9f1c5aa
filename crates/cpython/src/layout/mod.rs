//! Where the interpreter keeps its frames, so that callbacks read them without making frame objects. Found by `debugger`
//! at start, read by conditions and by the walk of an exception's handlers.
//!
//! Invariant: there is a layout only if every offset of it was checked in this process against what the interpreter's
//! own functions say (`check`); without one everything goes through frame objects, slower and with the same results.

mod attribute;
mod check;
mod ending;
mod frame;
mod moving;
mod object;
mod offsets;
mod stack;

use std::ffi::c_void;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::code::opcodes::Opcodes;
use crate::code::record::Records;
use crate::symbols::lookup;
use attribute::Attributes;
pub use attribute::Known as KnownAttribute;
use check::Known;
pub use frame::{Cell, Frame};
use object::Objects;
use offsets::Offsets;

/// `PyObject_Vectorcall` (Include/cpython/abstract.h): callable, arguments, their number, names of keywords.
type Vectorcall = unsafe extern "C" fn(
    *mut ffi::PyObject,
    *const *mut ffi::PyObject,
    usize,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;

/// The offsets of this interpreter, checked, and the call that the limited API lacks.
#[derive(Clone, Copy)]
pub struct Layout {
    offsets: Offsets,
    objects: Objects,
    attributes: Option<Attributes>,
    cell_type: *mut ffi::PyTypeObject,
    vectorcall: Vectorcall,
}

// SAFETY: the pointer is the address of a static type of the interpreter, and never written through.
unsafe impl Sync for Layout {}
// SAFETY: as above.
unsafe impl Send for Layout {}

impl Layout {
    /// The layout, if this interpreter has one that is known and holds.
    pub fn find(py: Python<'_>, records: Records, opcodes: &Opcodes) -> Option<Self> {
        // SAFETY: CPython's functions of these names. In 3.10 the first one is inline, and the other takes a dict of keywords
        // where it takes their names; with none of them they do the same.
        let vectorcall = unsafe {
            let found = lookup(c"PyObject_Vectorcall").or_else(|| lookup(c"PyObject_VectorcallDict"))?;
            std::mem::transmute::<*mut c_void, Vectorcall>(found)
        };
        let (offsets, objects) = (Offsets::of(py)?, Objects::of(py));
        let attributes = Attributes::of(py);
        let layout = Self { offsets, objects, attributes, cell_type: lookup(c"PyCell_Type")?.cast(), vectorcall };
        check::holds(py, layout, Known { records, opcodes }).unwrap_or(false).then_some(layout)
    }

    /// Calls something with positional arguments: a new reference, or null with an error set.
    ///
    /// # Safety
    /// The GIL is held; the function and its arguments are alive, until the call is over or as the function needs it.
    pub unsafe fn call(&self, function: *mut ffi::PyObject, arguments: &[*mut ffi::PyObject]) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { (self.vectorcall)(function, arguments.as_ptr(), arguments.len(), std::ptr::null_mut()) }
    }
}
