//! Ends an evaluation that runs too long for its user. Called on the agent's thread, which must not wait for the GIL.
//!
//! Invariant: only an evaluation is interrupted, never the program: the exception is taken back if the evaluation ended
//! meanwhile.

use std::sync::atomic::Ordering;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::debugger::Debugger;

/// Raises `KeyboardInterrupt` in the thread that evaluates, if one does.
pub fn cancel(debugger: &'static Debugger) {
    if debugger.evaluating.load(Ordering::Relaxed) == 0 {
        return;
    }
    // A thread of its own: the evaluation gives the GIL away within the switch interval, unless it is stuck in C.
    crate::native_threads::spawn("pausa-cancel", move || {
        let _ = Python::try_attach(|py| interrupt(py, debugger));
    });
}

fn interrupt(py: Python<'_>, debugger: &Debugger) {
    let thread = debugger.evaluating.load(Ordering::Relaxed);
    if thread == 0 {
        return;
    }
    let exception = py.get_type::<pyo3::exceptions::PyKeyboardInterrupt>();
    // SAFETY: the GIL is held; the type is alive and the interpreter takes its own reference. The evaluating thread
    // takes the exception at its next check, and drops one that came too late in `Debugger::evaluating`.
    unsafe { PyThreadState_SetAsyncExc(thread as std::ffi::c_ulong, exception.as_ptr()) };
}

/// Takes back an interruption that came after the evaluation had ended.
pub fn clear(thread: u64) {
    // SAFETY: the GIL is held by the caller, who just evaluated; null clears a pending asynchronous exception.
    unsafe { PyThreadState_SetAsyncExc(thread as std::ffi::c_ulong, std::ptr::null_mut()) };
}

unsafe extern "C" {
    /// Include/pystate.h, limited API.
    fn PyThreadState_SetAsyncExc(id: std::ffi::c_ulong, exception: *mut ffi::PyObject) -> std::ffi::c_int;
}
