//! An attribute as a plan reads it: where it was found before, else as `getattr` finds it. Used by `run` and `immediate`.
//!
//! Invariant: a place is learned only if what stands there is what `getattr` has just given.

use std::cell::Cell;
use std::ptr::NonNull;

use pyo3::ffi;
use pyo3::prelude::*;

use super::value::{Object, Raised};
use crate::layout::{KnownAttribute, Layout};

/// So many objects of other classes than the one before may come, until places are learned no more: where they alternate, it
/// costs more than it saves.
const PATIENCE: u8 = 100;

/// An attribute's name, and where it was last.
pub struct Member {
    name: Py<PyAny>,
    known: Cell<Option<KnownAttribute>>,
    surprises: Cell<u8>,
}

impl Member {
    /// By its interned name.
    pub fn new(name: Py<PyAny>) -> Self {
        Self { name, known: Cell::new(None), surprises: Cell::new(0) }
    }

    /// The attribute of an object, borrowed, if it is found without running anything.
    ///
    /// # Safety
    /// The object is alive and the GIL is held.
    #[inline(always)]
    pub unsafe fn at_once(&self, layout: &Layout, of: NonNull<ffi::PyObject>) -> Option<NonNull<ffi::PyObject>> {
        // SAFETY: by the contract; the place was found for this name.
        unsafe { layout.attribute(of, self.name.as_ptr(), &self.known.get()?) }
    }

    /// The attribute of an object, as Python has it.
    ///
    /// # Safety
    /// As [`Member::at_once`].
    #[inline]
    pub unsafe fn get(&self, layout: &Layout, of: &Object) -> Result<Object, Raised> {
        // SAFETY: by the contract; what is borrowed is taken before anything runs.
        unsafe {
            if let Some(found) = self.at_once(layout, of.as_non_null()) {
                return Ok(Object::borrowed(found));
            }
            let value = Object::given(ffi::PyObject_GetAttr(of.as_ptr(), self.name.as_ptr()))?;
            if self.surprises.get() < PATIENCE {
                self.learn(layout, of, &value);
            }
            Ok(value)
        }
    }

    /// Remembers where a value was.
    ///
    /// # Safety
    /// As [`Member::at_once`].
    #[cold]
    unsafe fn learn(&self, layout: &Layout, of: &Object, value: &Object) {
        self.surprises.set(self.surprises.get() + 1);
        // SAFETY: by the contract.
        unsafe {
            let known = layout.place(of.as_non_null(), self.name.as_ptr());
            let is_there = |known: &KnownAttribute| {
                layout.attribute(of.as_non_null(), self.name.as_ptr(), known) == Some(value.as_non_null())
            };
            self.known.set(known.filter(is_there));
        }
    }
}
