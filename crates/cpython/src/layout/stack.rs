//! What lies on the stacks of frames that other threads are in. Called by `locks`.
//!
//! Invariant: addresses only, which nobody follows: what an instruction has used up may still stand there.

use pyo3::ffi;

use super::frame::STACK;
use super::{Frame, Layout};

/// In a frame object of 3.10: where its stack is (`f_valuestack`).
const VALUE_STACK: usize = 64;

impl Layout {
    /// The addresses of the values on a frame's stack, the oldest first, 0 where there is none. `depth` is how deep the stack
    /// is at the frame's instruction, for versions whose frames do not say; `size` is how deep it can be.
    ///
    /// # Safety
    /// The GIL is held, and the frame is on a stack or in a generator; its code has so many variables and such a stack.
    pub unsafe fn stack(&self, frame: Frame, variables: usize, depth: Option<usize>, size: usize) -> Vec<usize> {
        // SAFETY: by the contract; `size` slots follow the variables, whatever they hold.
        unsafe {
            let base = match self.offsets.parts.object {
                Some(_) => frame.slots(self.offsets.locals).add(variables),
                None => frame.word(VALUE_STACK).cast(),
            };
            let depth = match self.offsets.has_stack_pointer {
                true => {
                    let end = frame.word(STACK).cast::<*mut ffi::PyObject>();
                    usize::try_from(end.offset_from(base)).ok()
                }
                false => depth,
            };
            let depth = depth.filter(|depth| *depth <= size).unwrap_or(0);
            (0..depth).map(|at| base.add(at).read().addr() & self.offsets.address).collect()
        }
    }
}
