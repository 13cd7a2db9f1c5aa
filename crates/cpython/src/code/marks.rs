//! Which code objects have been seen, where there is no code watcher (before 3.12), and which of those have events. Read by
//! the frame evaluation hook for every call, written by `debugger`.
//!
//! Invariant: a mark is the code object's own address in an extra slot of its own, plus one while the code has events: the
//! hook sees by one comparison that a frame is of no interest, and the interpreter gives the mark back to us when the code
//! object dies.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::ffi;

use super::qualname;
use super::registry::CodeKey;
use crate::debugger::Debugger;
use crate::symbols::Symbols;

/// Access to the marks: the index of their slot.
#[derive(Clone, Copy)]
pub struct Marks {
    index: ffi::Py_ssize_t,
    symbols: Symbols,
}

impl Marks {
    /// Asks the interpreter for a slot. Slots are few and never given back: once a process.
    pub fn request(symbols: Symbols) -> Option<Self> {
        // SAFETY: `free` accepts what `mark` stores; the GIL is held.
        let index = unsafe { (symbols.request_code_extra)(free) };
        (index >= 0).then_some(Self { index, symbols })
    }

    /// The index of their slot.
    #[inline]
    pub fn index(&self) -> ffi::Py_ssize_t {
        self.index
    }

    /// True if the code object has been seen.
    #[inline]
    pub fn is_marked(&self, code: *mut ffi::PyObject) -> bool {
        let mut slot: *mut c_void = std::ptr::null_mut();
        // SAFETY: `code` is a live code object; the GIL is held.
        let outcome = unsafe { (self.symbols.get_code_extra)(code, self.index, &raw mut slot) };
        outcome == 0 && !slot.is_null()
    }

    /// Marks a code object as seen, with events or without; false if that is not possible.
    pub fn mark(&self, code: *mut ffi::PyObject, has_events: bool) -> bool {
        self.set(code, code.cast::<c_void>().wrapping_byte_add(usize::from(has_events)))
    }

    /// Takes the mark back: to the next debugger of this process the code object is new.
    pub fn unmark(&self, code: *mut ffi::PyObject) {
        self.set(code, std::ptr::null_mut());
    }

    fn set(&self, code: *mut ffi::PyObject, mark: *mut c_void) -> bool {
        IS_REPLACED.store(true, Ordering::Relaxed);
        // SAFETY: as above; the slot takes any pointer, and `free` knows both.
        let outcome = unsafe { (self.symbols.set_code_extra)(code, self.index, mark) };
        IS_REPLACED.store(false, Ordering::Relaxed);
        if outcome != 0 {
            // SAFETY: the error that was set is ours.
            unsafe { ffi::PyErr_Clear() };
        }
        outcome == 0
    }
}

/// True if a mark says of this code object that it has been seen and has no events.
#[inline]
pub fn is_without_events(mark: *mut c_void, code: *mut ffi::PyObject) -> bool {
    mark == code.cast()
}

/// True while a mark takes the place of another one, which the interpreter then frees too. Written with the GIL held.
static IS_REPLACED: AtomicBool = AtomicBool::new(false);

/// A marked code object goes.
unsafe extern "C" fn free(mark: *mut c_void) {
    if mark.is_null() || IS_REPLACED.load(Ordering::Relaxed) {
        return;
    }
    let code = CodeKey(mark as usize & !1);
    qualname::forget(code);
    if let Some(debugger) = Debugger::enter() {
        debugger.call_sites.forget(code);
        debugger.state().registry.remove(code);
    }
}
