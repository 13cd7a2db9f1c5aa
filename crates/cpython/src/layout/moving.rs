//! Has a frame of 3.10 that is at a line event go on elsewhere, with less on its stacks. Called by `inspection`.
//!
//! Invariant: nothing is written unless the frame has at least what it is to keep.

use pyo3::ffi;

use super::ending::{BLOCKS, LAST_INSTRUCTION, STACK_DEPTH, VALUE_STACK};
use super::{Frame, Layout};

/// `f_lineno` of Include/cpython/frameobject.h: 0 for what the instruction says.
const LINE: usize = 100;

impl Layout {
    /// Has a frame go on at the instruction at an offset, with so many values on its stack and so many entries for blocks. What
    /// it had on top of those is given, for the caller to let go; None if it had less, and then nothing is changed.
    ///
    /// # Safety
    /// As [`Layout::offset`], on 3.10; the instruction expects just that.
    pub unsafe fn move_to(
        &self,
        frame: Frame,
        offset: usize,
        depth: usize,
        entries: usize,
    ) -> Option<Vec<*mut ffi::PyObject>> {
        // SAFETY: by the contract: the fields are those of a frame object, and the values up to its depth are its own.
        unsafe {
            let (has, had) = (usize::try_from(frame.number(STACK_DEPTH)).ok()?, frame.number(BLOCKS));
            if depth > has || entries > usize::try_from(had).ok()? {
                return None;
            }
            let values = frame.word(VALUE_STACK).cast::<*mut ffi::PyObject>();
            let old = (depth..has).map(|at| values.add(at).read()).collect();
            let own = frame.slots(0).cast::<u8>();
            let write = |at: usize, number: usize| own.byte_add(at).cast::<i32>().write(number as i32);
            write(STACK_DEPTH, depth);
            write(BLOCKS, entries);
            write(LINE, 0);
            write(LAST_INSTRUCTION, offset / 2);
            Some(old)
        }
    }
}
