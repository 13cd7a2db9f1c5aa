//! A frame as the interpreter has it. Used on the hot path.
//!
//! Invariant: nothing is allocated and no reference taken unless it says so; what is read is borrowed from a frame that
//! is on this thread's stack, so it is valid until code of the program runs.

use std::ptr::NonNull;

use pausa_engine::stepping::FrameKey;
use pyo3::ffi;

use super::Layout;

/// Same in 3.12 to 3.15 (`struct _PyInterpreterFrame`): code, predecessor, globals, builtins, locals, frame object, the
/// instruction it is at.
pub const EXECUTABLE: usize = 0;
pub const PREVIOUS: usize = 8;
const GLOBALS: usize = 24;
const BUILTINS: usize = 32;
const NAMESPACE: usize = 40;
const OBJECT: usize = 48;
pub const INSTRUCTION: usize = 56;

/// Owners from this on are the interpreter's own frames between a call through C and the Python frame below it:
/// `FRAME_OWNED_BY_CSTACK` in 3.12 and 3.13, `FRAME_OWNED_BY_INTERPRETER` since.
const OWNED_BY_INTERPRETER: u8 = 3;

/// A frame on the stack of this thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame(NonNull<u8>);

/// What a variable's value is, looked at as a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A cell and what it holds, if anything; borrowed.
    Content(Option<NonNull<ffi::PyObject>>),
    /// Anything else.
    NoCell,
}

impl Layout {
    /// The innermost frame of this thread.
    ///
    /// # Safety
    /// The GIL is held.
    #[inline]
    pub unsafe fn current(&self) -> Option<Frame> {
        // SAFETY: with the GIL held there is a thread state; its field points to a frame, through one more structure in
        // 3.12, or is null.
        unsafe {
            let state = ffi::PyThreadState_Get().cast::<u8>();
            let mut found = state.byte_add(self.offsets.current_frame).cast::<*mut u8>().read();
            if self.offsets.through_cframe {
                found = found.cast::<*mut u8>().read();
            }
            NonNull::new(found).map(Frame)
        }
    }

    /// The frame that waits for this one, and if the call went through C.
    ///
    /// # Safety
    /// The frame is on this thread's stack and the GIL is held.
    #[inline]
    pub unsafe fn back(&self, frame: Frame) -> Option<(Frame, bool)> {
        let mut through_c = false;
        let mut at = frame;
        loop {
            // SAFETY: the predecessor of a frame on the stack is on the stack, or null.
            at = Frame(NonNull::new(unsafe { at.word(PREVIOUS) })?);
            // SAFETY: as above.
            if unsafe { at.0.byte_add(self.offsets.owner).read() } < OWNED_BY_INTERPRETER {
                return Some((at, through_c));
            }
            through_c = true;
        }
    }

    /// A frame's code object, borrowed.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn code(&self, frame: Frame) -> *mut ffi::PyObject {
        // SAFETY: by the contract; the tag is no part of the address.
        unsafe { frame.word(EXECUTABLE).map_addr(|address| address & self.offsets.address).cast() }
    }

    /// The address of a code object's bytecode.
    #[inline]
    pub fn bytecode(&self, code: *mut ffi::PyObject) -> usize {
        code.addr() + self.offsets.bytecode
    }

    /// What an extra slot of a code object holds, or null: `PyUnstable_Code_GetExtra` without its checks.
    ///
    /// # Safety
    /// `code` is a live code object.
    #[inline]
    pub unsafe fn extra(&self, code: *mut ffi::PyObject, index: ffi::Py_ssize_t) -> *mut u8 {
        // SAFETY: the field before the bytecode is null or points to `_PyCodeObjectExtra`: how many slots follow, and
        // those (Objects/codeobject.c).
        unsafe {
            let slots = code.byte_add(self.offsets.bytecode - 8).cast::<*const isize>().read();
            if slots.is_null() || slots.read() <= index {
                return std::ptr::null_mut();
            }
            slots.offset(1 + index).cast::<*mut u8>().read()
        }
    }

    /// A variable's value, borrowed, by its place among the variables of its function; None if it has none.
    ///
    /// # Safety
    /// As [`Layout::back`], and the code has a variable at that place.
    #[inline]
    pub unsafe fn variable(&self, frame: Frame, slot: usize) -> Option<NonNull<ffi::PyObject>> {
        // SAFETY: by the contract. The reference is tagged; integers without an object are on the evaluation stack only,
        // never among the variables (Include/internal/pycore_stackref.h).
        let value = unsafe { frame.0.byte_add(self.offsets.locals).cast::<*mut ffi::PyObject>().add(slot).read() };
        NonNull::new(value.map_addr(|address| address & self.offsets.address))
    }

    /// Looks at a value as at a cell.
    ///
    /// # Safety
    /// The value is a live object.
    #[inline]
    pub unsafe fn cell(&self, value: NonNull<ffi::PyObject>) -> Cell {
        // SAFETY: by the contract; a cell (Include/cpython/cellobject.h) is an object with one pointer more, which may be
        // null.
        unsafe {
            if ffi::Py_TYPE(value.as_ptr()) != self.cell_type {
                return Cell::NoCell;
            }
            Cell::Content(NonNull::new(value.as_ptr().add(1).cast::<*mut ffi::PyObject>().read()))
        }
    }
}

impl Frame {
    /// A key to compare with other frames on the stack.
    #[inline]
    pub fn key(self) -> FrameKey {
        FrameKey(self.0.addr().get())
    }

    /// The namespace of global names, borrowed.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn globals(self) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { self.word(GLOBALS).cast() }
    }

    /// The namespace of builtin names, borrowed.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn builtins(self) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { self.word(BUILTINS).cast() }
    }

    /// The namespace of a module or class body, borrowed; null for functions.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn namespace(self) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { self.word(NAMESPACE).cast() }
    }

    /// The frame object, borrowed, if one was made.
    ///
    /// # Safety
    /// As [`Layout::back`].
    pub unsafe fn object(self) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { self.word(OBJECT).cast() }
    }

    /// The address of the instruction that the frame is at.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn instruction(self) -> usize {
        // SAFETY: by the contract.
        unsafe { self.word(INSTRUCTION).addr() }
    }

    /// A pointer within the frame.
    ///
    /// # Safety
    /// As [`Layout::back`], and the offset is that of a pointer.
    #[inline]
    unsafe fn word(self, offset: usize) -> *mut u8 {
        // SAFETY: by the contract.
        unsafe { self.0.byte_add(offset).cast::<*mut u8>().read() }
    }
}
