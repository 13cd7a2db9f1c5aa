//! `os.fork()`: the child gets a debugger of its own if children are followed, and the parent forks as a program without
//! threads if it is one.
//!
//! Called by the interpreter's fork hooks. Invariant: the child's debugger shares no lock, thread or descriptor with the
//! parent's: another thread may have held the lock, and none of ours lives in the child. Around a fork by the only Python thread no thread of ours exists, so
//! the interpreter does not warn of threads that the program does not have (it counts the process's, since 3.12), and a
//! program that makes an error of that warning goes on working.

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyCFunction;

use super::Debugger;
use crate::spawning::{self, Relay};
use crate::threads::innermost_frames;

/// What the agent does around a fork.
pub struct ForkHooks {
    /// Ends the thread; returns when it is gone. Must not need the GIL.
    pub suspend: fn(),
    /// Starts it again.
    pub resume: fn(),
    /// In the child, which has no debugger: starts one that reports where the relay says. Returns when the child may run,
    /// debugged or not.
    pub begin: fn(Python<'_>, &Relay),
}

static HOOKS: OnceLock<ForkHooks> = OnceLock::new();

/// The frame that forks, to be recognised by its address and never followed.
static FORKING: AtomicPtr<ffi::PyFrameObject> = AtomicPtr::new(std::ptr::null_mut());

/// How often the thread's return is put off yet.
static PATIENCE: AtomicUsize = AtomicUsize::new(0);

/// How often it is put off at most: many times what other libraries' hooks have instructions at which the interpreter
/// looks for pending calls, each time for up to 300 of them.
const MOST_PATIENT: usize = 100_000;

impl Debugger {
    /// Says once what the agent does around forks.
    pub fn set_fork_hooks(hooks: ForkHooks) {
        let _ = HOOKS.set(hooks);
    }
}

/// Registers with `os.register_at_fork`.
pub fn register(py: Python<'_>) -> PyResult<()> {
    let before = PyCFunction::new_closure(py, Some(c"pausa_before_fork"), None, |arguments, _| {
        FORKING.store(innermost_frame(), Ordering::Relaxed);
        PATIENCE.store(MOST_PATIENT, Ordering::Relaxed);
        crate::park::wait_for_worker_s_end(arguments.py());
        if innermost_frames(arguments.py()).len() != 1 {
            return;
        }
        if let Some(debugger) = Debugger::enter() {
            debugger.listener.rest();
        }
        // Also without a debugger: a thread of ours may not be quite gone.
        if let Some(hooks) = HOOKS.get() {
            (hooks.suspend)();
        }
    })?;
    let in_parent = PyCFunction::new_closure(py, Some(c"pausa_after_fork_in_parent"), None, |_, _| {
        if Debugger::is_there() {
            // Not at once: 3.13 and 3.14 count threads after this hook.
            resume_soon();
        }
    })?;
    let in_child = PyCFunction::new_closure(py, Some(c"pausa_after_fork_in_child"), None, |arguments, _| {
        let relay = spawning::relay().filter(|_| !spawning::is_about_to_exec());
        if let Some(debugger) = Debugger::enter() {
            debugger.leave(arguments.py());
            debugger.world.abandon();
            debugger.listener.abandoned();
        }
        // Also where the parent has no debugger any more because it has closed its connection.
        if let (Some(relay), Some(hooks)) = (relay, HOOKS.get()) {
            (hooks.begin)(arguments.py(), &relay);
        }
    })?;
    let keywords = pyo3::types::PyDict::new(py);
    keywords.set_item("before", before)?;
    keywords.set_item("after_in_parent", in_parent)?;
    keywords.set_item("after_in_child", in_child)?;
    crate::modules::import(py, "os")?.call_method("register_at_fork", (), Some(&keywords))?;
    Ok(())
}

/// Has the thread start again at one of the next instructions.
fn resume_soon() {
    // SAFETY: the GIL is held; the function lives as long as the process and ignores its argument.
    let queued = unsafe { Py_AddPendingCall(resume, std::ptr::null_mut()) } == 0;
    if !queued {
        resume_now();
    }
}

/// In the main thread, between two instructions: of the code that forks, or of another library's hook (`logging` has one)
/// that runs before the interpreter counts.
extern "C" fn resume(_: *mut c_void) -> c_int {
    let is_back = innermost_frame() == FORKING.load(Ordering::Relaxed);
    // Left over from an earlier fork, whose frame may be gone, it does not wait for ever.
    let is_tired = PATIENCE.fetch_sub(1, Ordering::Relaxed) <= 1;
    if is_back || is_tired {
        resume_now()
    } else {
        resume_soon()
    }
    0
}

fn resume_now() {
    PATIENCE.store(1, Ordering::Relaxed);
    if let Some(hooks) = HOOKS.get() {
        (hooks.resume)();
    }
}

/// The innermost Python frame of this thread, null if it has none.
fn innermost_frame() -> *mut ffi::PyFrameObject {
    // SAFETY: called by hooks and pending calls only, which the interpreter runs with the GIL; the frame is borrowed and
    // only its address is used.
    unsafe { ffi::PyEval_GetFrame() }
}

unsafe extern "C" {
    /// Include/ceval.h, limited API.
    fn Py_AddPendingCall(function: extern "C" fn(*mut c_void) -> c_int, argument: *mut c_void) -> c_int;
}
