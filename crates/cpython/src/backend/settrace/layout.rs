//! Where 3.10 and 3.11 keep what a tracer needs: a thread's tracer, and whether the evaluation loops of its frames tell.
//!
//! ```text
//!     thread state ── cframe ──► one per running evaluation loop (C stack), innermost first ── previous ──► …
//!       tracer, its object         use_tracing: this loop tells of lines. A tracer that is set and a loop that does
//!       profiler                   not tell costs nothing; exceptions are told all the same (Python/ceval.c, `error:`)
//! ```
//!
//! Used by `tracing` and `evaluator`. Invariant: offsets are those of the version's headers (pystate.h, pycore_frame.h,
//! frameobject.h), and are checked against the running interpreter before anything is written.

use crate::named::Named;
use std::ffi::c_void;

use pyo3::ffi;
use pyo3::prelude::*;

use super::natives::ThreadState;

/// The offsets of one version.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// In a thread state: the innermost loop's cframe.
    cframe: usize,
    profiler: usize,
    tracer: usize,
    tracer_object: usize,
    /// In a cframe: the cframe of the loop around it. `use_tracing` comes first in it.
    previous_loop: usize,
    frames: Frames,
    /// In a code object: its extra slots.
    extras: usize,
}

/// How frames hang together.
#[derive(Clone, Copy, Debug)]
enum Frames {
    /// 3.10: a frame object a loop; the thread state has the innermost one.
    Objects { innermost: usize, back: usize },
    /// 3.11: a loop runs a chain of frames, as calls from Python to Python are made within it. The cframe has the
    /// innermost one, and one that began a loop says so.
    Chains { innermost: usize, previous: usize, begins_loop: usize },
}

/// Where a frame of either kind has its code object.
const CODE: usize = 32;

/// One running evaluation loop.
pub type Loop = *mut c_void;

impl Layout {
    /// The layout of a running interpreter's version, if it has one.
    pub fn known(minor: u8) -> Option<&'static Self> {
        match minor {
            10 => const { &Self::of(10) }.as_ref(),
            11 => const { &Self::of(11) }.as_ref(),
            _ => None,
        }
    }

    /// The layout of this version.
    pub const fn of(minor: u8) -> Option<Self> {
        match minor {
            10 => Some(Self {
                cframe: 48,
                profiler: 56,
                tracer: 64,
                tracer_object: 80,
                previous_loop: 8,
                frames: Frames::Objects { innermost: 24, back: 24 },
                extras: 144,
            }),
            11 => Some(Self {
                cframe: 56,
                profiler: 64,
                tracer: 72,
                tracer_object: 88,
                previous_loop: 16,
                frames: Frames::Chains { innermost: 8, previous: 48, begins_loop: 68 },
                extras: 176,
            }),
            _ => None,
        }
    }

    /// Checks what can be checked on this thread: the running frame's code is where it should be, and so is the tracer.
    pub fn holds(&self, py: Python<'_>) -> bool {
        let Some(frame) = crate::frames::current(py) else { return false };
        let Some(code) = crate::frames::code(&frame) else { return false };
        let traced = crate::modules::import(py, "sys").and_then(|sys| sys.call_named0("gettrace"));
        let Ok(traced) = traced else { return false };
        let object = if traced.is_none() { std::ptr::null_mut() } else { traced.as_ptr() };
        // SAFETY: a thread state is longer than all offsets; a cframe that is not null is one.
        unsafe {
            let thread: ThreadState = ffi::PyThreadState_Get().cast();
            let innermost = self.innermost(thread, self.innermost_loop(thread));
            !innermost.is_null()
                && code_of(innermost) == code.as_ptr()
                && self.tracer_object(thread) == object
                && self.tracer(thread).is_null() == object.is_null()
        }
    }

    /// What an extra slot of a code object holds, or null.
    ///
    /// # Safety
    /// `code` is a live code object and the GIL is held.
    #[inline]
    pub unsafe fn extra(&self, code: *mut ffi::PyObject, index: ffi::Py_ssize_t) -> *mut c_void {
        // SAFETY: by contract. The field is null or points to `_PyCodeObjectExtra`: how many slots follow, and those
        // (Objects/codeobject.c).
        unsafe {
            let slots: *mut ffi::Py_ssize_t = read(code.cast(), self.extras);
            if slots.is_null() || slots.read() <= index {
                return std::ptr::null_mut();
            }
            slots.offset(1 + index).cast::<*mut c_void>().read()
        }
    }

    /// The function that traces a thread.
    ///
    /// # Safety
    /// `thread` is a live thread state and the GIL is held, as for all that follows.
    #[inline]
    pub unsafe fn tracer(&self, thread: ThreadState) -> *mut c_void {
        // SAFETY: by contract.
        unsafe { read(thread, self.tracer) }
    }

    /// The object that goes with the tracer, borrowed.
    ///
    /// # Safety
    /// As [`Layout::tracer`].
    #[inline]
    pub unsafe fn tracer_object(&self, thread: ThreadState) -> *mut ffi::PyObject {
        // SAFETY: by contract.
        unsafe { read(thread, self.tracer_object) }
    }

    /// True if a profiler of the program's needs the loops of this thread to tell.
    ///
    /// # Safety
    /// As [`Layout::tracer`].
    #[inline]
    pub unsafe fn is_profiled(&self, thread: ThreadState) -> bool {
        // SAFETY: by contract.
        unsafe { !read::<*mut c_void>(thread, self.profiler).is_null() }
    }

    /// The innermost loop that a thread runs, or its root, in which no frame runs.
    ///
    /// # Safety
    /// As [`Layout::tracer`].
    #[inline]
    pub unsafe fn innermost_loop(&self, thread: ThreadState) -> Loop {
        // SAFETY: by contract.
        unsafe { read(thread, self.cframe) }
    }

    /// The loops of a thread, innermost first, each with its innermost frame; the root, which is part of the thread state,
    /// comes with a null frame.
    ///
    /// # Safety
    /// As [`Layout::tracer`].
    pub unsafe fn loops(&self, thread: ThreadState) -> Vec<(Loop, *mut c_void)> {
        let mut found = Vec::new();
        // SAFETY: by contract; the chains of loops and frames of a live thread are live and end at the root.
        unsafe {
            let mut current = self.innermost_loop(thread);
            let mut frame = self.innermost(thread, current);
            while !is_root(thread, current) {
                found.push((current, frame));
                current = read(current, self.previous_loop);
                frame = match self.frames {
                    Frames::Objects { back, .. } if !frame.is_null() => read(frame, back),
                    Frames::Chains { innermost, .. } if !is_root(thread, current) => read(current, innermost),
                    _ => std::ptr::null_mut(),
                };
            }
            found.push((current, std::ptr::null_mut()));
        }
        found
    }

    /// The innermost frame of a loop that is a thread's innermost.
    ///
    /// # Safety
    /// As [`Layout::tracer`]; `innermost_loop` is what that function gives.
    #[inline]
    pub unsafe fn innermost(&self, thread: ThreadState, innermost_loop: Loop) -> *mut c_void {
        // SAFETY: by contract.
        unsafe {
            match self.frames {
                Frames::Objects { innermost, .. } => read(thread, innermost),
                Frames::Chains { innermost, .. } => read(innermost_loop, innermost),
            }
        }
    }

    /// True if one of the frames that this one's loop runs, from this one outwards, satisfies `holds`.
    ///
    /// # Safety
    /// `frame` is a running frame or null, and the GIL is held.
    pub unsafe fn any_in_loop(&self, frame: *mut c_void, holds: impl Fn(*mut ffi::PyObject) -> bool) -> bool {
        let mut frame = frame;
        while !frame.is_null() {
            // SAFETY: by contract; the frames of a loop are live, and one of them began it.
            unsafe {
                if holds(code_of(frame)) {
                    return true;
                }
                match self.frames {
                    Frames::Objects { .. } => return false,
                    Frames::Chains { begins_loop, .. } if read::<u8>(frame, begins_loop) != 0 => return false,
                    Frames::Chains { previous, .. } => frame = read(frame, previous),
                }
            }
        }
        false
    }

    /// True if a loop tells.
    ///
    /// # Safety
    /// `of` is a running loop and the GIL is held.
    #[inline]
    pub unsafe fn tells(&self, of: Loop) -> bool {
        // SAFETY: by contract. An int of 0 or 1 on 3.10, a byte of 0 or 255 on 3.11; the machines we run on are
        // little-endian.
        unsafe { read::<u8>(of, 0) != 0 }
    }

    /// True if the loop around this one tells.
    ///
    /// # Safety
    /// As [`Layout::tells`]; it is a loop of this thread.
    pub unsafe fn is_around_told(&self, thread: ThreadState, of: Loop) -> bool {
        // SAFETY: by contract; the chain ends at the root, of which nothing is read.
        unsafe {
            if is_root(thread, of) {
                return false;
            }
            let around = read(of, self.previous_loop);
            !is_root(thread, around) && self.tells(around)
        }
    }

    /// Makes a loop tell, or not.
    ///
    /// # Safety
    /// As [`Layout::tells`].
    #[inline]
    pub unsafe fn set_tells(&self, of: Loop, tells: bool) {
        // SAFETY: by contract; both versions read a value other than 0 as true, and 3.11 wants all bits of the byte.
        unsafe { of.cast::<u8>().write(if tells { 255 } else { 0 }) }
    }
}

/// The last loop of a chain lies in the thread state itself; what 3.10 has for its previous one is not initialised.
fn is_root(thread: ThreadState, evaluation: Loop) -> bool {
    (evaluation as usize).wrapping_sub(thread as usize) < THREAD_STATE
}

/// At least the size of a thread state, and less than what lies between it and any C stack.
const THREAD_STATE: usize = 1024;

/// The code object that a frame runs, borrowed.
///
/// # Safety
/// `frame` is a frame of 3.10 or 3.11 as [`Layout`] has them.
#[inline]
pub unsafe fn code_of(frame: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: by contract.
    unsafe { read(frame, CODE) }
}

#[inline]
unsafe fn read<T: Copy>(base: *mut c_void, offset: usize) -> T {
    // SAFETY: by the callers' contracts the field is there and of that type.
    unsafe { base.byte_add(offset).cast::<T>().read() }
}

#[cfg(not(target_endian = "little"))]
compile_error!("cframe.use_tracing is written as a byte");
