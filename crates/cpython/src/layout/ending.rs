//! Has a frame that is at a line event go on elsewhere with a value on its stack, as the interpreter's own jump has it go on
//! elsewhere. Called by `inspection`.
//!
//! Invariant: only what the interpreter reads again from the frame when the event is over is written: where the frame is, and how
//! deep its stack is.

use pyo3::ffi;

use super::frame::STACK;
use super::{Frame, Layout};

/// In a frame object of 3.10 (Include/cpython/frameobject.h): `f_valuestack`, `f_stackdepth`, `f_lasti`, `f_iblock`.
pub(super) const VALUE_STACK: usize = 64;
pub(super) const STACK_DEPTH: usize = 80;
pub(super) const LAST_INSTRUCTION: usize = 96;
pub(super) const BLOCKS: usize = 104;

impl Layout {
    /// The offset of the instruction that a frame is at, in bytes, by the frame's own word.
    ///
    /// # Safety
    /// As [`Layout::back`], for a frame at a line event.
    pub unsafe fn offset(&self, frame: Frame) -> Option<usize> {
        // SAFETY: by the contract.
        unsafe {
            match self.instruction(frame) {
                Some(address) => address.checked_sub(self.bytecode(self.code(frame))),
                None => usize::try_from(frame.number(LAST_INSTRUCTION)).ok().map(|at| 2 * at),
            }
        }
    }

    /// True if nothing is under way in a frame but its line: no loop, no `with`, no handler.
    ///
    /// # Safety
    /// As [`Layout::offset`]; the code has so many variables.
    pub unsafe fn has_empty_stack(&self, frame: Frame, variables: usize) -> bool {
        // SAFETY: by the contract.
        unsafe {
            match self.offsets.parts.object {
                Some(_) => self.depth(frame, variables) == Some(0),
                None => frame.number(STACK_DEPTH) == 0 && frame.number(BLOCKS) == 0,
            }
        }
    }

    /// Has a frame go on at the instruction at an offset, with this value, whose reference it takes, alone on its stack; or with
    /// nothing on it.
    ///
    /// # Safety
    /// As [`Layout::offset`]; the stack is empty, the code has so many variables, and the instruction expects just that.
    pub unsafe fn go_on_at(&self, frame: Frame, variables: usize, offset: usize, value: Option<*mut ffi::PyObject>) {
        // SAFETY: by the contract: the code has an instruction that takes a value, so its stack has a slot, which is not in use.
        // A reference without a tag is one that is owned, in the versions that tag them.
        unsafe {
            let own = frame.slots(0).cast::<u8>();
            let count = usize::from(value.is_some());
            let put = |base: *mut *mut ffi::PyObject| value.into_iter().for_each(|value| base.write(value));
            let Some(at) = self.offsets.parts.instruction else {
                put(frame.word(VALUE_STACK).cast());
                own.byte_add(STACK_DEPTH).cast::<i32>().write(count as i32);
                own.byte_add(LAST_INSTRUCTION).cast::<i32>().write((offset / 2) as i32);
                return;
            };
            let base = frame.slots(self.offsets.locals).add(variables);
            put(base);
            match self.offsets.has_stack_pointer {
                true => own.byte_add(STACK).cast::<*mut *mut ffi::PyObject>().write(base.add(count)),
                false => own.byte_add(STACK).cast::<i32>().write((variables + count) as i32),
            }
            let instruction = self.code(frame).cast::<u8>().byte_add(self.offsets.bytecode).byte_add(offset);
            own.byte_add(at).cast::<*mut u8>().write(instruction);
        }
    }
}
