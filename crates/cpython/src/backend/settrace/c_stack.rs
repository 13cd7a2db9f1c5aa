//! How deep a thread is on its C stack. Asked by the frame evaluation hook, under which each call from Python to Python takes
//! some of it, which on 3.11 no such call does otherwise.
//!
//! ```text
//!     top ─────────── half ─────────── end
//!      frames under the hook │ the hook is off: Python calls Python within one loop, as without pausa
//! ```
//!
//! Invariant: the hook never takes the second half of a stack, so a recursion that ends without pausa ends with it.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::natives::ThreadState;

/// The second halves of the stacks of threads.
#[derive(Default)]
pub struct Stacks {
    halves: RefCell<FxHashMap<usize, Range<usize>>>,
    /// The thread that was asked of last, and where the second half of its stack begins.
    latest: Cell<(usize, usize)>,
}

/// More threads than this at one time are not remembered: they come and go.
const REMEMBERED: usize = 4096;

impl Stacks {
    /// True if a thread is known to be in the first half of its stack: the answer for nearly every call.
    #[inline(always)]
    pub fn is_shallow(&self, thread: ThreadState) -> bool {
        let (latest, half) = self.latest.get();
        latest == thread as usize && pointer() >= half
    }

    /// True if the calling thread, whose state this is, is in the second half of its stack. False on a stack that is not the
    /// one the system gave it. With `begins`, the thread has just begun to run Python: another one may have had this state.
    pub fn is_deep(&self, thread: ThreadState, begins: bool) -> bool {
        let key = thread as usize;
        let mut halves = self.halves.borrow_mut();
        if begins || halves.len() > REMEMBERED {
            halves.remove(&key);
        }
        if halves.len() > REMEMBERED {
            halves.clear();
        }
        let half = halves.entry(key).or_insert_with(second_half);
        self.latest.set((key, half.end));
        half.contains(&pointer())
    }

    /// Forgets all threads.
    pub fn clear(&self) {
        self.halves.borrow_mut().clear();
        self.latest.set((0, 0));
    }
}

/// The stack pointer, or near it.
#[inline(always)]
fn pointer() -> usize {
    let pointer: usize;
    // The address of a variable would do, but a function that has one on its stack cannot end in a jump to the next one.
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let here = 0u8;
        pointer = &raw const here as usize;
    }
    pointer
}

/// The half of the calling thread's stack that is used last; empty if the system does not say where it is.
fn second_half() -> Range<usize> {
    let (mut start, mut size): (*mut c_void, usize) = (std::ptr::null_mut(), 0);
    // SAFETY: the attributes are ours, initialised by the first call and destroyed by the last; the out-parameters are of
    // the types that the functions have.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &raw mut attributes) != 0 {
            return 0..0;
        }
        if libc::pthread_attr_getstack(&raw const attributes, &raw mut start, &raw mut size) != 0 {
            size = 0;
        }
        libc::pthread_attr_destroy(&raw mut attributes);
    }
    let start = start as usize;
    start..start + size / 2
}
