//! Ends an evaluation that runs too long for its user. Called on the agent's thread, which must not wait for the GIL.
//!
//! Invariant: only an evaluation is interrupted, never the program: the exception is taken back if the evaluation ended
//! meanwhile.

use std::sync::atomic::Ordering;
use std::time::Duration;

use pyo3::ffi;
use pyo3::prelude::*;

use crate::debugger::{Debugger, Kept};
use crate::named::Named;

/// How long an evaluation has to reach Python code again before the call that it is stuck in is interrupted.
const PATIENCE: Duration = Duration::from_millis(200);

/// Raises `KeyboardInterrupt` in the thread that evaluates, or in the one that begins to, before the next request does.
pub fn cancel(debugger: &Kept) {
    // Before the look: an evaluation that begins meanwhile sees the one or is seen by the other.
    debugger.ends_next.store(true, Ordering::SeqCst);
    if debugger.evaluating.load(Ordering::SeqCst) == 0 {
        return;
    }
    debugger.cancelled.store(true, Ordering::Relaxed);
    let evaluation = debugger.evaluations.load(Ordering::Relaxed);
    // A thread of its own: the evaluation gives the GIL away within the switch interval, or waits in C without it.
    let debugger = debugger.clone();
    crate::native_threads::spawn("pausa-cancel", move || {
        let _ = Python::try_attach(|py| raise(py, &debugger, evaluation));
        std::thread::park_timeout(PATIENCE);
        let _ = Python::try_attach(|py| interrupt_call(py, &debugger, evaluation));
    });
}

/// Ends an evaluation that was cancelled before it began. Called by the thread that evaluates, when it says that it does.
pub fn end_if_cancelled(py: Python<'_>, debugger: &Debugger, own: u64) {
    if debugger.ends_next.swap(false, Ordering::SeqCst) {
        debugger.cancelled.store(true, Ordering::Relaxed);
        debugger.interrupted.store(true, Ordering::Relaxed);
        send(own, py.get_type::<pyo3::exceptions::PyKeyboardInterrupt>().as_ptr());
    }
}

/// An asynchronous exception, taken by the evaluating thread when it next runs Python code.
fn raise(py: Python<'_>, debugger: &Debugger, evaluation: u64) {
    let Some(thread) = evaluating_thread(debugger, evaluation) else { return };
    let exception = py.get_type::<pyo3::exceptions::PyKeyboardInterrupt>();
    debugger.interrupted.store(true, Ordering::Relaxed);
    send(thread, exception.as_ptr());
}

/// Still in a call (a lock, a read): the main thread's can be interrupted as by Ctrl-C, if that raises as Python has it.
fn interrupt_call(py: Python<'_>, debugger: &Debugger, evaluation: u64) {
    let Some(thread) = evaluating_thread(debugger, evaluation) else { return };
    let is_main = debugger.state().threads.of(thread) == pausa_engine::port::ThreadId(1);
    if !is_main || !raises_on_interrupt(py).unwrap_or(false) {
        return;
    }
    send(thread, std::ptr::null_mut());
    // SAFETY: the thread is alive, as its evaluation has not ended and the GIL is held; its identity is its `pthread_t`.
    unsafe { libc::pthread_kill(thread as libc::pthread_t, libc::SIGINT) };
}

/// The thread that runs this evaluation, if it runs still and is not another one by now.
fn evaluating_thread(debugger: &Debugger, evaluation: u64) -> Option<u64> {
    let thread = debugger.evaluating.load(Ordering::Relaxed);
    (thread != 0 && debugger.evaluations.load(Ordering::Relaxed) == evaluation).then_some(thread)
}

fn raises_on_interrupt(py: Python<'_>) -> PyResult<bool> {
    let signal = crate::modules::import(py, "_signal")?;
    Ok(signal.call_named1("getsignal", (libc::SIGINT,))?.is(&signal.named("default_int_handler")?))
}

/// Takes back an interruption that came after the evaluation had ended. Called by the thread that evaluated.
///
/// The interpreter looks for an asynchronous exception at every loop's turn from the first one on until one is raised
/// (`UNSIGNAL_ASYNC_EXC` in Python/ceval.c, 3.10 to 3.12), and a traced 3.11 does nothing else any more: so one is raised
/// here and caught, and none is taken back where none was sent.
pub fn absorb(py: Python<'_>, debugger: &Debugger, own: u64) {
    if !debugger.interrupted.swap(false, Ordering::Relaxed) {
        return;
    }
    send(own, py.get_type::<pyo3::exceptions::PyKeyboardInterrupt>().as_ptr());
    let outcome = crate::evaluate::absorb_interruption(py);
    // 3.11 raises it where the function begins, before it could catch it: it is over then too.
    if outcome.is_err_and(|error| !error.is_instance_of::<pyo3::exceptions::PyKeyboardInterrupt>(py)) {
        send(own, std::ptr::null_mut());
    }
}

/// Sends a thread an asynchronous exception, or takes back one that it has not had.
fn send(thread: u64, exception: *mut ffi::PyObject) {
    // SAFETY: the GIL is held by all callers; the type is alive or null, and the interpreter takes its own reference.
    unsafe { PyThreadState_SetAsyncExc(thread as std::ffi::c_ulong, exception) };
}

unsafe extern "C" {
    /// Include/pystate.h, limited API.
    fn PyThreadState_SetAsyncExc(id: std::ffi::c_ulong, exception: *mut ffi::PyObject) -> std::ffi::c_int;
}
