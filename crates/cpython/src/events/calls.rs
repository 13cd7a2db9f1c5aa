//! INSTRUCTION, where the frame that steps over a line comes to its next one: what the calls of the line return. Called by the
//! backends.
//!
//! Invariant: armed only in the code of a frame that steps, and only until the step has seen so many of them that it would
//! become slow.

use pyo3::ffi;
use pyo3::prelude::*;

use crate::debugger::Debugger;

/// The innermost frame, which is `frame` as an object and runs this code object, comes to an instruction. `top` gives the value
/// on top of its stack, borrowed, for a number of variables and a depth.
#[inline]
pub fn come_to(
    debugger: &Debugger,
    code: *mut ffi::PyObject,
    frame: usize,
    offset: usize,
    top: impl FnOnce(usize, Option<usize>) -> Option<*mut ffi::PyObject>,
) {
    let stepped = &debugger.stepped;
    if stepped.is_over(frame) {
        // SAFETY: called at an event, with the GIL held and a live code object.
        let code = unsafe { Bound::from_borrowed_ptr(Python::assume_attached(), code) };
        debugger.look_at_no_more_calls(&code);
    } else if stepped.is_own(frame) {
        stepped.come_to(offset, top);
    }
}
