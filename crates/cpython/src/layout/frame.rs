//! A frame as the interpreter has it. Used on the hot path.
//!
//! Invariant: nothing is allocated and no reference taken unless it says so; what is read is borrowed from a frame that
//! is on this thread's stack, so it is valid until code of the program runs.

use std::ptr::NonNull;

use pausa_engine::stepping::FrameKey;
use pyo3::ffi;

use super::Layout;

/// In a frame from 3.12 on, how deep its stack is: a number until 3.13, where it holds only at some events; a pointer since.
pub(super) const STACK: usize = 64;

/// A stack that is deeper than this is none.
const MOST_DEEP: usize = 1 << 20;

/// The tag of integers that are no objects (Include/internal/pycore_stackref.h).
const INTEGER: usize = 3;

/// Owners from this on are the interpreter's own frames between a call through C and the Python frame below it:
/// `FRAME_OWNED_BY_CSTACK` in 3.12 and 3.13, `FRAME_OWNED_BY_INTERPRETER` since.
const OWNED_BY_INTERPRETER: u8 = 3;

/// Frames of generators, whose first instructions run before anybody resumes them.
const OWNED_BY_GENERATOR: u8 = 1;

/// In a code object, this long before its bytecode: `_co_firsttraceable`, the number of the first instruction that counts.
const FIRST_TRACEABLE: usize = 16;

/// Where a frame object points to its frame, where these are two things (Include/internal/pycore_frame.h, 3.11 and later).
const OF_OBJECT: usize = 24;

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
        // 3.11 and 3.12, or is null.
        unsafe {
            let state = ffi::PyThreadState_Get().cast::<u8>();
            let mut found = state.byte_add(self.offsets.current_frame).cast::<*mut u8>().read();
            if let Some(offset) = self.offsets.in_cframe {
                found = found.byte_add(offset).cast::<*mut u8>().read();
            }
            NonNull::new(found).map(Frame)
        }
    }

    /// True if the frames that wait for one can be walked with [`Layout::back`]: before 3.12 nothing in a frame tells
    /// which calls went through C.
    #[inline]
    pub fn walks(&self) -> bool {
        self.offsets.owner.is_some()
    }

    /// The frame that waits for this one, and if the call went through C; None where [`Layout::walks`] is false. Frames that
    /// the interpreter shows nobody are passed over.
    ///
    /// # Safety
    /// The frame is on this thread's stack and the GIL is held.
    #[inline]
    pub unsafe fn back(&self, frame: Frame) -> Option<(Frame, bool)> {
        let owner = self.offsets.owner?;
        let mut through_c = false;
        let mut at = frame;
        loop {
            // SAFETY: the predecessor of a frame on the stack is on the stack, or null.
            at = Frame(NonNull::new(unsafe { at.word(self.offsets.parts.previous) })?);
            // SAFETY: as above.
            match unsafe { at.0.byte_add(owner).read() } {
                OWNED_BY_INTERPRETER.. => through_c = true,
                // SAFETY: as above.
                _ if unsafe { self.is_incomplete(at) } => {}
                _ => return Some((at, through_c)),
            }
        }
    }

    /// True for a frame that has not come to its first instruction that counts, and never will: what the interpreter puts
    /// between a specialised call of a class and its `__init__`, whose code object is in memory that cannot be written to.
    /// `_PyFrame_IsIncomplete` of Include/internal/pycore_frame.h. False where [`Layout::walks`] is.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn is_incomplete(&self, frame: Frame) -> bool {
        let Some(owner) = self.offsets.owner else { return false };
        // SAFETY: by the contract: a frame on the stack has a code object, whose last fields are these from 3.12 on.
        unsafe {
            let code = self.code(frame).cast::<u8>();
            let first = code.byte_add(self.offsets.bytecode - FIRST_TRACEABLE).cast::<i32>().read();
            let first = self.bytecode(code.cast()) + 2 * usize::try_from(first).unwrap_or(0);
            let is_before = || self.instruction(frame).is_some_and(|instruction| instruction < first);
            is_before() && frame.0.byte_add(owner).read() != OWNED_BY_GENERATOR
        }
    }

    /// A frame's code object, borrowed.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn code(&self, frame: Frame) -> *mut ffi::PyObject {
        // SAFETY: by the contract; the tag is no part of the address.
        unsafe { frame.word(self.offsets.parts.executable).map_addr(|address| address & self.offsets.address).cast() }
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

    /// A value on a frame's stack, borrowed, counted from its bottom; None where there is none, or a number without an object.
    ///
    /// # Safety
    /// As [`Layout::back`]; the code has so many variables, and its stack is deeper than that.
    pub unsafe fn slot(&self, frame: Frame, variables: usize, at: usize) -> Option<NonNull<ffi::PyObject>> {
        // SAFETY: by the contract.
        let value = unsafe { frame.slots(self.offsets.locals).add(variables + at).read() };
        let is_integer = self.offsets.has_stack_pointer && value.addr() & INTEGER == INTEGER;
        NonNull::new(value.map_addr(|address| address & self.offsets.address)).filter(|_| !is_integer)
    }

    /// The value on top of a frame's stack, borrowed, while it is at an instruction that follows a call. `depth` is how deep
    /// its stack is there, for versions whose frames do not say.
    ///
    /// # Safety
    /// As [`Layout::back`]; the code has so many variables, and the depth is right.
    pub unsafe fn top(&self, frame: Frame, variables: usize, depth: Option<usize>) -> Option<NonNull<ffi::PyObject>> {
        // SAFETY: by the contract.
        unsafe {
            let base = frame.0.as_ptr().byte_add(self.offsets.locals).cast::<*mut ffi::PyObject>();
            let top = match self.offsets.has_stack_pointer {
                true => {
                    let end = frame.word(STACK).cast::<*mut ffi::PyObject>();
                    let depth = end.offset_from(base.add(variables));
                    usize::try_from(depth).ok().filter(|depth| (1..MOST_DEEP).contains(depth))?
                }
                false => depth?,
            };
            let value = base.add(variables + top.checked_sub(1)?).read();
            let is_integer = self.offsets.has_stack_pointer && value.addr() & INTEGER == INTEGER;
            NonNull::new(value.map_addr(|address| address & self.offsets.address)).filter(|_| !is_integer)
        }
    }

    /// True if a running frame says how deep its stack is at other events too.
    pub fn always_knows_depth(&self) -> bool {
        self.offsets.has_stack_pointer
    }

    /// How deep the stack of a frame is that is at a line event, by its own word.
    ///
    /// # Safety
    /// As [`Layout::back`]; the code has so many variables.
    pub unsafe fn depth(&self, frame: Frame, variables: usize) -> Option<usize> {
        // SAFETY: by the contract: a pointer to the end of the stack, or how many variables and values there are (`stacktop`).
        unsafe {
            if self.offsets.has_stack_pointer {
                let base = frame.0.as_ptr().byte_add(self.offsets.locals).cast::<*mut ffi::PyObject>().add(variables);
                return usize::try_from(frame.word(STACK).cast::<*mut ffi::PyObject>().offset_from(base)).ok();
            }
            let top = frame.0.byte_add(STACK).cast::<i32>().read();
            usize::try_from(top).ok()?.checked_sub(variables)
        }
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

    /// The frame of a frame object: on a stack, in a generator, or the object's own if it has ended.
    ///
    /// # Safety
    /// It is a live frame object.
    #[inline]
    pub unsafe fn frame_of(&self, object: *mut ffi::PyObject) -> Option<Frame> {
        match self.offsets.parts.object {
            // SAFETY: by the contract.
            Some(_) => NonNull::new(unsafe { object.byte_add(OF_OBJECT).cast::<*mut u8>().read() }).map(Frame),
            // 3.10: all frames are objects.
            None => NonNull::new(object.cast()).map(Frame),
        }
    }

    /// The namespace of global names, borrowed.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn globals(&self, frame: Frame) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { frame.word(self.offsets.parts.globals).cast() }
    }

    /// The namespace of builtin names, borrowed.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn builtins(&self, frame: Frame) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { frame.word(self.offsets.parts.builtins).cast() }
    }

    /// The namespace of a module or class body, borrowed. That of a function is null, or before 3.13 a dict that was asked
    /// for once.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn namespace(&self, frame: Frame) -> *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { frame.word(self.offsets.parts.namespace).cast() }
    }

    /// The frame object, borrowed, if one was made.
    ///
    /// # Safety
    /// As [`Layout::back`].
    pub unsafe fn object(&self, frame: Frame) -> *mut ffi::PyObject {
        match self.offsets.parts.object {
            // SAFETY: by the contract.
            Some(offset) => unsafe { frame.word(offset).cast() },
            None => frame.0.as_ptr().cast(),
        }
    }

    /// The address of the instruction that the frame is at; None where frames have it in another way.
    ///
    /// # Safety
    /// As [`Layout::back`].
    #[inline]
    pub unsafe fn instruction(&self, frame: Frame) -> Option<usize> {
        // SAFETY: by the contract.
        self.offsets.parts.instruction.map(|offset| unsafe { frame.word(offset).addr() })
    }
}

impl Frame {
    /// A key to compare with other frames on the stack.
    #[inline]
    pub fn key(self) -> FrameKey {
        FrameKey(self.0.addr().get())
    }

    /// A pointer within the frame.
    ///
    /// # Safety
    /// As [`Layout::back`], and the offset is that of a pointer.
    #[inline]
    pub(super) unsafe fn word(self, offset: usize) -> *mut u8 {
        // SAFETY: by the contract.
        unsafe { self.0.byte_add(offset).cast::<*mut u8>().read() }
    }
    /// Where the values within the frame begin.
    ///
    /// # Safety
    /// As [`Layout::back`], and the offset is that of its first variable.
    #[inline]
    pub(super) unsafe fn slots(self, offset: usize) -> *mut *mut ffi::PyObject {
        // SAFETY: by the contract.
        unsafe { self.0.as_ptr().byte_add(offset).cast() }
    }

    /// A number within the frame.
    ///
    /// # Safety
    /// As [`Layout::back`], and the offset is that of a C `int`.
    #[inline]
    pub(super) unsafe fn number(self, offset: usize) -> i32 {
        // SAFETY: by the contract.
        unsafe { self.0.byte_add(offset).cast::<i32>().read() }
    }
}
