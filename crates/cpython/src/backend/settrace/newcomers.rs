//! 3.12 and later: threads that start while all are traced. `PyEval_SetTraceAllThreads` reaches those that are there; the
//! audit event of a thread's start puts a frame evaluation hook in place until the new thread has run its first frame.
//!
//! Used by `Settrace`. Other audit events tell that the program sets a tracer itself, and that an exception has left its
//! last frame. Invariant: the hook is there only while a thread is on its way, as it makes every call slower. A thread
//! that C code brings in while no other starts is traced from the next stop or change on.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;

use super::natives::{self, EvalFunction, Natives, ThreadState, TraceFunction};
use super::tracer;
use crate::debugger::Debugger;
use crate::events::raise;
use crate::named::Named;

/// Where a thread state of this interpreter has its tracer, found by looking.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    tracer: usize,
    object: usize,
}

/// How many words of a thread state are looked at: all versions have the tracer among the first 30.
const WORDS: usize = 48;

impl Places {
    /// Sets our tracer with an object of its own in this thread for a moment, and looks where both are.
    pub fn find(py: Python<'_>, natives: &Natives) -> Result<Self, String> {
        let lost = || "the thread's tracer is not where CPython has it".to_owned();
        // SAFETY: the GIL is held, so there is one.
        let thread: ThreadState = unsafe { ffi::PyThreadState_Get().cast() };
        let word = |at: usize| -> *mut c_void {
            // SAFETY: a thread state is longer than this in every version that comes here (CPython's is over 200 bytes).
            unsafe { thread.cast::<*mut c_void>().add(at).read() }
        };
        let find = |wanted: *mut c_void| (0..WORDS).find(|&at| word(at) == wanted);
        let own = crate::modules::import(py, "sys").and_then(|sys| sys.call_named0("gettrace"));
        let own = own.map_err(|error| error.to_string())?;
        if !own.is_none() {
            let object = find(own.as_ptr().cast()).ok_or_else(lost)?;
            return Ok(Self { tracer: object.checked_sub(2).ok_or_else(lost)?, object });
        }
        let marker = pyo3::types::PyList::empty(py);
        // SAFETY: the GIL is held; the debugger is not there yet, so our function gives 0 for every event.
        let places = unsafe {
            (natives.set_trace)(Some(tracer::TRACE), marker.as_ptr());
            let places = find(tracer::address()).zip(find(marker.as_ptr().cast()));
            (natives.set_trace)(None, std::ptr::null_mut());
            places
        };
        let (tracer, object) = places.ok_or_else(lost)?;
        Ok(Self { tracer, object })
    }

    /// The function that traces a thread.
    ///
    /// # Safety
    /// `thread` is live and the GIL is held, as for all that follows.
    pub unsafe fn tracer(&self, thread: ThreadState) -> *mut c_void {
        // SAFETY: by contract.
        unsafe { thread.cast::<*mut c_void>().add(self.tracer).read() }
    }

    /// The function and its object, borrowed.
    ///
    /// # Safety
    /// As [`Places::tracer`].
    pub unsafe fn of(&self, thread: ThreadState) -> (*mut c_void, *mut ffi::PyObject) {
        // SAFETY: by contract.
        unsafe { (self.tracer(thread), thread.cast::<*mut ffi::PyObject>().add(self.object).read()) }
    }

    /// Puts another function in the place of a thread's tracer, which has one already.
    ///
    /// # Safety
    /// As [`Places::tracer`].
    pub unsafe fn set_tracer(&self, thread: ThreadState, function: Option<TraceFunction>) {
        // SAFETY: by contract.
        unsafe { thread.cast::<Option<TraceFunction>>().add(self.tracer).write(function) }
    }

    /// Puts an object beside a thread's tracer, which has none.
    ///
    /// # Safety
    /// As [`Places::tracer`].
    pub unsafe fn set_object(&self, thread: ThreadState, object: &Py<PyAny>) {
        // SAFETY: by contract; the thread state owns its object, and gives it up with the tracer.
        unsafe {
            let owned = object.clone_ref(Python::assume_attached()).into_ptr();
            thread.cast::<*mut ffi::PyObject>().add(self.object).write(owned);
        }
    }
}

/// How many threads are on their way.
static COMING: AtomicUsize = AtomicUsize::new(0);

/// What runs frames otherwise.
static ORIGINAL: OnceLock<EvalFunction> = OnceLock::new();

/// Hears of threads' starts from now on. An audit hook cannot be taken back: once a process, and without effect while
/// nothing is traced.
pub fn watch() -> Result<(), String> {
    static WATCHES: AtomicBool = AtomicBool::new(false);
    if WATCHES.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    // SAFETY: the hook lives as long as the process; the GIL is held.
    let outcome = unsafe { natives::add_audit_hook()?(on_audit, std::ptr::null_mut()) };
    if outcome == 0 { Ok(()) } else { Err("an audit hook of the program's refuses ours".into()) }
}

/// No thread is waited for any more.
pub fn forget(natives: &Natives) {
    COMING.store(0, Ordering::Relaxed);
    remove(natives);
}

unsafe extern "C" fn on_audit(event: *const c_char, arguments: *mut ffi::PyObject, _data: *mut c_void) -> c_int {
    // SAFETY: the interpreter gives the event's name, ending in NUL.
    let event = unsafe { CStr::from_ptr(event) }.to_bytes();
    let is_of_a_tracer =
        event.starts_with(b"_thread.start_") || (event == b"sys.settrace" && !IS_OURS.load(Ordering::Relaxed));
    // The name first: nearly all events are others.
    if is_of_a_tracer {
        if let Some(natives) = traced_natives() {
            expect(&natives);
        }
    } else if event == b"sys.excepthook" && traced_natives().is_some() {
        // SAFETY: called with the GIL held; the arguments are a tuple of hook, type, exception and traceback.
        let _ = Python::try_attach(|py| unsafe {
            let arguments = Bound::from_borrowed_ptr_or_opt(py, arguments)?;
            let exception = arguments.get_item(2).ok()?;
            let look = || raise::on_left(py, &*Debugger::enter_from_any_interpreter()?, &exception);
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(look)).ok()?
        });
    }
    0
}

/// A thread is about to start, or to get another tracer: the next frame of one that is not traced by us will be seen.
fn expect(natives: &Natives) {
    COMING.fetch_add(1, Ordering::Relaxed);
    // SAFETY: called with the GIL held, by the thread that starts the other.
    unsafe {
        let interpreter = ffi::PyInterpreterState_Get().cast();
        let current = (natives.get_eval)(interpreter);
        if current as usize != evaluate as EvalFunction as usize {
            let _ = ORIGINAL.set(current);
            (natives.set_eval)(interpreter, evaluate);
        }
    }
}

/// A tracer is set by ourselves.
static IS_OURS: AtomicBool = AtomicBool::new(false);

/// Sets tracers without taking it for the program's doing.
pub fn unheard(set: impl FnOnce()) {
    IS_OURS.store(true, Ordering::Relaxed);
    set();
    IS_OURS.store(false, Ordering::Relaxed);
}

/// What is needed to take a thread, while threads are traced.
fn traced_natives() -> Option<Natives> {
    let debugger = Debugger::enter_from_any_interpreter()?;
    let settrace = debugger.backend.settrace()?;
    // SAFETY: asked for by a thread that runs Python, so the GIL is held and its own state is live.
    unsafe { is_traced(settrace) }.then_some(settrace.natives)
}

/// True if the calling thread has our tracer.
///
/// # Safety
/// The GIL is held.
unsafe fn is_traced(settrace: &super::Settrace) -> bool {
    let super::Way::Everything { places, .. } = &settrace.way else { return false };
    // SAFETY: by contract.
    unsafe { places.tracer(ffi::PyThreadState_Get().cast()) == tracer::address() }
}

fn remove(natives: &Natives) {
    let Some(&original) = ORIGINAL.get() else { return };
    // SAFETY: the GIL is held.
    unsafe {
        let interpreter = ffi::PyInterpreterState_Get().cast();
        if (natives.get_eval)(interpreter) as usize == evaluate as EvalFunction as usize {
            (natives.set_eval)(interpreter, original);
        }
    }
}

/// Runs a frame; the first one of a new thread with our tracer set.
unsafe extern "C" fn evaluate(thread: ThreadState, frame: *mut c_void, throwing: c_int) -> *mut ffi::PyObject {
    let debugger = Debugger::enter();
    if let Some(settrace) = debugger.as_ref().and_then(|debugger| debugger.backend.settrace())
        // SAFETY: called by the interpreter with the GIL held.
        && !unsafe { is_traced(settrace) }
    {
        settrace.take_own_thread();
        if COMING.fetch_sub(1, Ordering::Relaxed) <= 1 {
            forget(&settrace.natives);
        }
    }
    // What the frame runs is the program's.
    drop(debugger);
    match ORIGINAL.get() {
        // SAFETY: what the interpreter gave us, handed on.
        Some(original) => unsafe { original(thread, frame, throwing) },
        None => std::ptr::null_mut(),
    }
}
