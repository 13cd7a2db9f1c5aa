//! What this backend needs of the C API beyond the limited one, looked up by name. Called by `Settrace::acquire`.
//!
//! Invariant: each signature is that of the headers of the versions that have the name.

use std::ffi::{c_char, c_int, c_void};

use pyo3::ffi;

use crate::symbols::lookup;

/// A `PyThreadState`: never looked into but by `layout`.
pub type ThreadState = *mut c_void;

/// `Py_tracefunc` of Include/cpython/pystate.h: its object, frame, what happened, argument.
pub type TraceFunction =
    unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyFrameObject, c_int, *mut ffi::PyObject) -> c_int;

/// `_PyFrameEvalFunction` of PEP 523: thread state, frame (a `PyFrameObject` on 3.10, an interpreter frame on 3.11),
/// whether an exception is thrown into it.
pub type EvalFunction = unsafe extern "C" fn(ThreadState, *mut c_void, c_int) -> *mut ffi::PyObject;

pub type SetTrace = unsafe extern "C" fn(Option<TraceFunction>, *mut ffi::PyObject);
pub type SetTraceOf = unsafe extern "C" fn(ThreadState, Option<TraceFunction>, *mut ffi::PyObject) -> c_int;
type ThreadHead = unsafe extern "C" fn(*mut c_void) -> ThreadState;
type NextThread = unsafe extern "C" fn(ThreadState) -> ThreadState;
type GetEval = unsafe extern "C" fn(*mut c_void) -> EvalFunction;
/// `Py_AuditHookFunction` of Include/cpython/sysmodule.h: event, arguments, user data.
pub type AuditHook = unsafe extern "C" fn(*const c_char, *mut ffi::PyObject, *mut c_void) -> c_int;
pub type AddAuditHook = unsafe extern "C" fn(AuditHook, *mut c_void) -> c_int;
type SetEval = unsafe extern "C" fn(*mut c_void, EvalFunction);

macro_rules! find {
    ($name:literal as $signature:ty) => {{
        let found = lookup($name).ok_or_else(|| format!("the interpreter has no {:?}", $name))?;
        // SAFETY: the symbol is CPython's function of that name, whose signature in its headers is the field's type.
        unsafe { std::mem::transmute::<*mut c_void, $signature>(found) }
    }};
}

/// The functions that every version has.
#[derive(Clone, Copy)]
pub struct Natives {
    /// Sets the tracer of the calling thread.
    pub set_trace: SetTrace,
    pub thread_head: ThreadHead,
    pub next_thread: NextThread,
    /// The frame evaluation hook.
    pub get_eval: GetEval,
    pub set_eval: SetEval,
}

/// `_PyEval_SetTrace`, which 3.10 and 3.11 have: sets the tracer of any thread.
pub fn set_trace_of() -> Result<SetTraceOf, String> {
    Ok(find!(c"_PyEval_SetTrace" as SetTraceOf))
}

/// `PyEval_SetTraceAllThreads` of 3.12 and later.
pub fn set_trace_all() -> Result<SetTrace, String> {
    Ok(find!(c"PyEval_SetTraceAllThreads" as SetTrace))
}

/// `PySys_AddAuditHook`.
pub fn add_audit_hook() -> Result<AddAuditHook, String> {
    Ok(find!(c"PySys_AddAuditHook" as AddAuditHook))
}

impl Natives {
    /// Looks them up.
    pub fn find() -> Result<Self, String> {
        Ok(Self {
            set_trace: find!(c"PyEval_SetTrace" as SetTrace),
            thread_head: find!(c"PyInterpreterState_ThreadHead" as ThreadHead),
            next_thread: find!(c"PyThreadState_Next" as NextThread),
            get_eval: find!(c"_PyInterpreterState_GetEvalFrameFunc" as GetEval),
            set_eval: find!(c"_PyInterpreterState_SetEvalFrameFunc" as SetEval),
        })
    }

    /// The thread states of the main interpreter, newest first.
    ///
    /// The GIL is held: threads come (at the head of the list) without it, but none goes.
    pub fn threads(&self) -> Vec<ThreadState> {
        let mut found = Vec::new();
        // SAFETY: the GIL is held, so the interpreter and the states in its list live; the list ends in null.
        unsafe {
            let mut thread = (self.thread_head)(ffi::PyInterpreterState_Get().cast());
            while !thread.is_null() {
                found.push(thread);
                thread = (self.next_thread)(thread);
            }
        }
        found
    }
}
