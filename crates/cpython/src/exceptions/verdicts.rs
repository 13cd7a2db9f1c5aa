//! At which occasions exceptions of a type may stop: decided once a type, asked at each raise.
//!
//! Invariant: decided from the names of the type and its bases when one of its exceptions is first seen; a class is held
//! weakly, so that it goes as it would without us, and another one at its address is decided anew.

use std::cell::{Cell, RefCell};

use pausa_engine::exception_filters::Occasions;
use pyo3::ffi;
use pyo3::prelude::*;

/// How many types are kept, a power of two: programs raise few, again and again.
const KEPT: usize = 16;

/// `Py_TPFLAGS_HEAPTYPE` of Include/object.h: a type that may be freed.
const HEAP_TYPE: std::ffi::c_ulong = 1 << 9;

/// What was decided of the last types.
#[derive(Default)]
pub struct Verdicts {
    slots: [Slot; KEPT],
}

#[derive(Default)]
struct Slot {
    /// The type's address; 0 for none.
    kind: Cell<usize>,
    meant: Cell<Occasions>,
    /// To know that the type is the same still; none for those of the interpreter, which are never freed.
    weak: RefCell<Option<Py<PyAny>>>,
}

impl Verdicts {
    /// What was decided of a type, if it is known.
    ///
    /// # Safety
    /// The type is alive and the GIL is held.
    #[inline]
    pub unsafe fn of(&self, kind: *mut ffi::PyTypeObject) -> Option<Occasions> {
        let slot = self.slot(kind)?;
        // SAFETY: by the contract.
        (slot.kind.get() == kind.addr() && unsafe { slot.is_same(kind) }).then(|| slot.meant.get())
    }

    /// Keeps what was decided of a type.
    pub fn keep(&self, kind: &Bound<'_, PyAny>, meant: Occasions) {
        let Some(slot) = self.slot(kind.as_ptr().cast()) else { return };
        // SAFETY: a live type.
        let is_freed_some_day = unsafe { ffi::PyType_GetFlags(kind.as_ptr().cast()) } & HEAP_TYPE != 0;
        let weak = if is_freed_some_day {
            // SAFETY: a live object; a new reference, or null with an error that is ours.
            let weak = unsafe {
                let made = ffi::PyWeakref_NewRef(kind.as_ptr(), std::ptr::null_mut());
                Bound::from_owned_ptr_or_err(kind.py(), made)
            };
            // One that cannot be referred to weakly is decided each time.
            let Ok(weak) = weak else { return };
            Some(weak.unbind())
        } else {
            None
        };
        slot.kind.set(kind.as_ptr().addr());
        slot.meant.set(meant);
        let old = slot.weak.replace(weak);
        drop(old);
    }

    /// Forgets all, as something else is wanted now.
    pub fn forget(&self) {
        for slot in &self.slots {
            slot.kind.set(0);
        }
    }

    #[inline]
    fn slot(&self, kind: *mut ffi::PyTypeObject) -> Option<&Slot> {
        // Types lie hundreds of bytes apart.
        let address = kind.addr();
        self.slots.get(((address >> 5) ^ (address >> 9)) % KEPT)
    }
}

impl Slot {
    /// True if the type is the one that was decided about, not another one at its address.
    ///
    /// # Safety
    /// As [`Verdicts::of`].
    #[inline]
    unsafe fn is_same(&self, kind: *mut ffi::PyTypeObject) -> bool {
        match &*self.weak.borrow() {
            // SAFETY: our own weak reference; what it gives is borrowed and only compared.
            Some(weak) => unsafe { ffi::PyWeakref_GetObject(weak.as_ptr()) == kind.cast() },
            None => true,
        }
    }
}
