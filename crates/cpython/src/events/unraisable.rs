//! Exceptions that nobody can have, of which the interpreter tells by an audit event: they have left what it called (a
//! callback, a destructor of C, a generator that is thrown away). Called by the interpreter on any thread.
//!
//! Invariant: listens from the first filter for such exceptions on, as an audit hook cannot be taken back; without such a
//! filter it looks at the event's name only.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use pausa_engine::exception_filters::{Occasion, Occasions};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;

use super::wanted;
use crate::debugger::Debugger;
use crate::frames;

unsafe extern "C" {
    /// Include/cpython/sysmodule.h, in all versions.
    fn PySys_AddAuditHook(hook: AuditHook, data: *mut c_void) -> c_int;
}

type AuditHook = unsafe extern "C" fn(*const c_char, *mut ffi::PyObject, *mut c_void) -> c_int;

/// Hears of such exceptions from now on; once a process. A hook of the program's may refuse ours: then destructors are
/// known still, as what leaves them is foreseen where it is raised.
pub fn listen() {
    static LISTENS: AtomicBool = AtomicBool::new(false);
    if !LISTENS.swap(true, Ordering::Relaxed) {
        // SAFETY: the hook lives as long as the process; called with the GIL held. A refusal sets an error that is ours.
        unsafe {
            if PySys_AddAuditHook(on_audit, std::ptr::null_mut()) != 0 {
                ffi::PyErr_Clear();
            }
        }
    }
}

unsafe extern "C" fn on_audit(event: *const c_char, arguments: *mut ffi::PyObject, _data: *mut c_void) -> c_int {
    // SAFETY: the interpreter gives the event's name, ending in NUL.
    if unsafe { CStr::from_ptr(event) } != c"sys.unraisablehook" {
        return 0;
    }
    let Some(debugger) = Debugger::enter_from_any_interpreter() else { return 0 };
    if debugger.exceptions.wanted().has(Occasion::Unraisable) {
        // SAFETY: called with the GIL held; the arguments are a tuple of the hook and what it is to be told.
        let _ = Python::try_attach(|py| unsafe {
            let arguments = Bound::from_borrowed_ptr_or_opt(py, arguments)?;
            catch_unwind(AssertUnwindSafe(|| look(py, &debugger, &arguments))).ok()?
        });
    }
    0
}

fn look(py: Python<'_>, debugger: &Debugger, arguments: &Bound<'_, PyAny>) -> Option<()> {
    let exception = arguments.get_item(1).ok()?.getattr(intern!(py, "exc_value")).ok()?;
    if exception.is_none() {
        return None;
    }
    let unraisable = Occasions::of(&[Occasion::Unraisable]);
    // SAFETY: a live exception; the GIL is held.
    let meant = unsafe { debugger.exceptions.meant(exception.as_ptr()) };
    let reached = meant.and(unraisable).without(debugger.exceptions.considered(exception.as_ptr()));
    wanted::stop(py, debugger, &exception, reached, frames::current(py).as_ref());
    Some(())
}
