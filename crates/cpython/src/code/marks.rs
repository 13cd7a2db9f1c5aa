//! Which code objects have been seen, where there is no code watcher (before 3.12). Read by the frame evaluation hook for
//! every call, written by `debugger`.
//!
//! Invariant: a mark is the code object's own address in an extra slot of its own: found in O(1), and given back to us by
//! the interpreter when the code object dies.

use std::ffi::c_void;

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

    /// Marks a code object as seen; false if that is not possible.
    pub fn mark(&self, code: *mut ffi::PyObject) -> bool {
        // SAFETY: as above.
        let outcome = unsafe { (self.symbols.set_code_extra)(code, self.index, code.cast()) };
        if outcome != 0 {
            // SAFETY: the error that was set is ours.
            unsafe { ffi::PyErr_Clear() };
        }
        outcome == 0
    }
}

/// A marked code object goes.
unsafe extern "C" fn free(code: *mut c_void) {
    let code = CodeKey(code as usize);
    qualname::forget(code);
    if let Some(debugger) = Debugger::get() {
        debugger.call_sites.forget(code);
        debugger.state().registry.remove(code);
    }
}
