//! Where the interpreter keeps its frames, so that callbacks read them without making frame objects. Found by `debugger`
//! at start, read by conditions and by the walk of an exception's handlers.
//!
//! Invariant: there is a layout only if every offset of it was checked in this process against what the interpreter's
//! own functions say (`check`); without one everything goes through frame objects, slower and with the same results.

mod check;
mod frame;
mod object;
mod offsets;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::code::opcodes::Opcodes;
use crate::code::record::Records;
use crate::symbols::lookup;
use check::Known;
pub use frame::{Cell, Frame};
use offsets::Offsets;

/// The offsets of this interpreter, checked.
#[derive(Clone, Copy)]
pub struct Layout {
    offsets: Offsets,
    cell_type: *mut ffi::PyTypeObject,
}

// SAFETY: the pointer is the address of a static type of the interpreter, and never written through.
unsafe impl Sync for Layout {}
// SAFETY: as above.
unsafe impl Send for Layout {}

impl Layout {
    /// The layout, if this interpreter has one that is known and holds.
    pub fn find(py: Python<'_>, records: Records, opcodes: &Opcodes) -> Option<Self> {
        let layout = Self { offsets: Offsets::of(py)?, cell_type: lookup(c"PyCell_Type")?.cast() };
        check::holds(py, layout, Known { records, opcodes }).unwrap_or(false).then_some(layout)
    }
}
