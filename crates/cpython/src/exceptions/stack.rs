//! The frames that an exception would pass, innermost first: native where the layout is known, else frame objects.
//!
//! Walked by `fate`. Invariant: what a [`Place`] points to is alive as long as the cursor that gave it.

use std::cell::OnceCell;
use std::ptr::NonNull;

use pausa_engine::stepping::FrameKey;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;

use super::matching::Namespaces;
use crate::call_site;
use crate::code::facts::CO_OPTIMIZED;
use crate::frames;
use crate::layout::{Frame, Layout};

/// Where a frame is.
#[derive(Clone, Copy)]
pub struct Place {
    pub code: *mut ffi::PyObject,
    /// In bytes from the start of its bytecode.
    pub offset: usize,
}

/// A frame, and the way to those that wait for it.
pub trait Cursor: Sized {
    /// To compare with other frames of the same kind of cursor.
    fn key(&self) -> FrameKey;
    /// Its code object; None if it cannot be read.
    fn code(&self) -> Option<*mut ffi::PyObject>;
    /// Where it is; None if that cannot be read.
    fn place(&self) -> Option<Place>;
    /// Where it looks names up; of a frame that has a place.
    fn namespaces(&self) -> Namespaces;
    /// The frame that waits for it, and if the call came through C.
    fn back(&self) -> Option<(Self, bool)>;
    /// A cursor at the frame of a frame object, to be read only: nobody waits for one that is suspended.
    fn at(&self, frame: &Bound<'_, PyAny>) -> Option<Self>;
    /// A variable's value, borrowed, by its place among the variables; null for none. The code has a variable there.
    fn variable(&self, at: usize) -> *mut ffi::PyObject;
    /// A value on its stack, borrowed, counted from the bottom; null for none. The code has so many variables, and a deeper
    /// stack at the instruction that the frame is at.
    fn slot(&self, variables: usize, at: usize) -> *mut ffi::PyObject;
}

/// A frame as the interpreter has it.
#[derive(Clone, Copy)]
pub struct Native<'a> {
    layout: &'a Layout,
    frame: Frame,
}

impl<'a> Native<'a> {
    /// # Safety
    /// The frame is on this thread's stack, and the GIL is held while this and all that come from it are used.
    #[inline]
    pub unsafe fn new(layout: &'a Layout, frame: Frame) -> Self {
        Self { layout, frame }
    }
}

impl Cursor for Native<'_> {
    #[inline]
    fn key(&self) -> FrameKey {
        self.frame.key()
    }

    #[inline]
    fn code(&self) -> Option<*mut ffi::PyObject> {
        // SAFETY: by the contract of `new`.
        Some(unsafe { self.layout.code(self.frame) })
    }

    #[inline]
    fn place(&self) -> Option<Place> {
        // SAFETY: by the contract of `new`.
        unsafe {
            let code = self.layout.code(self.frame);
            let offset = self.layout.instruction(self.frame)?.wrapping_sub(self.layout.bytecode(code));
            Some(Place { code, offset })
        }
    }

    #[inline]
    fn namespaces(&self) -> Namespaces {
        // SAFETY: by the contract of `new`.
        unsafe {
            let (globals, builtins) = (self.layout.globals(self.frame), self.layout.builtins(self.frame));
            Namespaces { globals, builtins, locals: self.layout.namespace(self.frame) }
        }
    }

    #[inline]
    fn back(&self) -> Option<(Self, bool)> {
        // SAFETY: by the contract of `new`.
        let (frame, through_c) = unsafe { self.layout.back(self.frame) }?;
        Some((Self { frame, ..*self }, through_c))
    }

    fn at(&self, frame: &Bound<'_, PyAny>) -> Option<Self> {
        // SAFETY: a live frame object.
        let frame = unsafe { self.layout.frame_of(frame.as_ptr()) }?;
        Some(Self { frame, ..*self })
    }

    fn variable(&self, at: usize) -> *mut ffi::PyObject {
        // SAFETY: by the contract of `new` and of the method.
        unsafe { self.layout.variable(self.frame, at).map_or(std::ptr::null_mut(), NonNull::as_ptr) }
    }

    fn slot(&self, variables: usize, at: usize) -> *mut ffi::PyObject {
        // SAFETY: by the contract of `new` and of the method.
        unsafe { self.layout.slot(self.frame, variables, at).map_or(std::ptr::null_mut(), NonNull::as_ptr) }
    }
}

/// A frame object, with what its place points to once that was asked for.
#[derive(Clone)]
pub struct Object<'py> {
    frame: Bound<'py, PyAny>,
    parts: OnceCell<Option<Parts<'py>>>,
}

#[derive(Clone)]
struct Parts<'py> {
    code: Bound<'py, PyAny>,
    offset: usize,
    globals: Bound<'py, PyAny>,
    builtins: Bound<'py, PyAny>,
    /// None for functions.
    locals: Option<Bound<'py, PyAny>>,
}

impl<'py> Object<'py> {
    /// A frame object of this thread's stack.
    pub fn new(frame: Bound<'py, PyAny>) -> Self {
        Self { frame, parts: OnceCell::new() }
    }

    fn parts(&self) -> Option<&Parts<'py>> {
        let frame = &self.frame;
        let read = || -> PyResult<Parts<'py>> {
            let code = frame.getattr(intern!(frame.py(), "f_code"))?;
            let is_function = code.getattr(intern!(frame.py(), "co_flags"))?.extract::<u32>()? & CO_OPTIMIZED != 0;
            Ok(Parts {
                code,
                offset: frame.getattr(intern!(frame.py(), "f_lasti"))?.extract()?,
                globals: frame.getattr(intern!(frame.py(), "f_globals"))?,
                builtins: frame.getattr(intern!(frame.py(), "f_builtins"))?,
                locals: if is_function { None } else { Some(frame.getattr(intern!(frame.py(), "f_locals"))?) },
            })
        };
        self.parts.get_or_init(|| read().ok()).as_ref()
    }
}

impl Cursor for Object<'_> {
    fn key(&self) -> FrameKey {
        frames::key(&self.frame)
    }

    fn code(&self) -> Option<*mut ffi::PyObject> {
        Some(self.parts()?.code.as_ptr())
    }

    fn place(&self) -> Option<Place> {
        let parts = self.parts()?;
        Some(Place { code: parts.code.as_ptr(), offset: parts.offset })
    }

    fn namespaces(&self) -> Namespaces {
        let null = std::ptr::null_mut();
        let Some(parts) = self.parts() else { return Namespaces { globals: null, builtins: null, locals: null } };
        let locals = parts.locals.as_ref().map_or(null, |locals| locals.as_ptr());
        Namespaces { globals: parts.globals.as_ptr(), builtins: parts.builtins.as_ptr(), locals }
    }

    fn back(&self) -> Option<(Self, bool)> {
        frames::back(&self.frame).map(|back| (Self::new(back), frames::is_called_from_c(&self.frame)))
    }

    fn at(&self, frame: &Bound<'_, PyAny>) -> Option<Self> {
        // SAFETY: a live object; a new reference is taken.
        Some(Self::new(unsafe { Bound::from_borrowed_ptr(self.frame.py(), frame.as_ptr()) }))
    }

    fn variable(&self, at: usize) -> *mut ffi::PyObject {
        // SAFETY: by the contract of the method.
        call_site::variables(&self.frame).map_or(std::ptr::null_mut(), |base| unsafe { base.add(at).read() })
    }

    fn slot(&self, variables: usize, at: usize) -> *mut ffi::PyObject {
        // SAFETY: by the contract of the method.
        call_site::stack(&self.frame, variables).map_or(std::ptr::null_mut(), |base| unsafe { base.add(at).read() })
    }
}
