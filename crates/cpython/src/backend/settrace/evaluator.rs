//! The frame evaluation hook (PEP 523) of 3.10 and 3.11: a frame of code that nothing is armed in runs untold.
//!
//! ```text
//!     call ──► hook ─ its code has a record with events? ─ no ──► loop does not tell ──► the frame runs as ever
//!                                                        └ yes ─► loop tells ──────────► tracer
//!          ◄── hook ─ the caller's loop tells as it did, or as has been asked for meanwhile
//! ```
//!
//! Called by the interpreter for every call while it is installed. A frame that is deep on the C stack runs without it
//! (`c_stack`): all threads then tell everything until that frame returns. Invariant: a loop that runs an armed frame
//! tells, and one that runs none is made not to at the next call or return; a pending exception stays as it is; nothing
//! panics into the interpreter.

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;

use super::layout::{Layout, code_of};
use super::natives::{EvalFunction, Natives, ThreadState};
use super::{Settrace, changes, tracer};
use crate::code::marks;
use crate::code::registry::CodeKey;
use crate::debugger::Debugger;
use crate::events::{EventKind, raise, start};
use crate::threads::own_identity;

/// What ran frames before us: the interpreter's own, or the hook of a library of the program's.
static ORIGINAL: OnceLock<EvalFunction> = OnceLock::new();

/// The interpreter that the hook is installed in; null while it is not.
static INSTALLED: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

/// True while it is installed, but off for a frame that is deep on the C stack.
static IS_OFF: AtomicBool = AtomicBool::new(false);

/// Installs the hook, if it is not. Frames that run already go on without it.
pub fn install(natives: &Natives) {
    let interpreter: *mut c_void = interpreter();
    let was_off = IS_OFF.swap(false, Ordering::Relaxed);
    if INSTALLED.swap(interpreter, Ordering::Relaxed) == interpreter && !was_off {
        return;
    }
    // SAFETY: the GIL is held, the interpreter is this thread's, and the hook lives as long as the process.
    unsafe {
        let current = (natives.get_eval)(interpreter);
        if current as usize != ours() as usize {
            let _ = ORIGINAL.set(current);
            (natives.set_eval)(interpreter, ours());
        }
    }
}

/// Takes the hook back, if it is installed and nobody has put another one in its place.
pub fn remove(natives: &Natives) {
    look_away();
    IS_OFF.store(false, Ordering::Relaxed);
    take_off(natives, INSTALLED.swap(std::ptr::null_mut(), Ordering::Relaxed));
}

/// Has frames of this interpreter run as before.
fn take_off(natives: &Natives, interpreter: *mut c_void) {
    let Some(&original) = ORIGINAL.get() else { return };
    if interpreter.is_null() {
        return;
    }
    // SAFETY: as in `install`.
    unsafe {
        if (natives.get_eval)(interpreter) as usize == ours() as usize {
            (natives.set_eval)(interpreter, original);
        }
    }
}

/// True while every frame comes by.
pub fn is_on() -> bool {
    !INSTALLED.load(Ordering::Relaxed).is_null() && !is_off()
}

/// True while frames do not come by because one is deep on the C stack.
#[inline]
pub fn is_off() -> bool {
    IS_OFF.load(Ordering::Relaxed)
}

/// Makes every thread tell of every frame that it enters from now on.
#[cold]
pub fn tell_of_all(settrace: &Settrace, layout: &Layout) {
    for thread in settrace.natives.threads() {
        settrace.take_thread(thread);
        // SAFETY: the GIL is held and the thread is live. Frames that it enters run in this loop, or in one that begins as
        // this one is; a loop that returns passes it on.
        unsafe { layout.set_tells(layout.innermost_loop(thread), true) };
    }
}

fn interpreter() -> *mut c_void {
    // SAFETY: called with the GIL held.
    unsafe { ffi::PyInterpreterState_Get().cast() }
}

/// The hook for this Python: the places that it looks at are constants in it.
fn ours() -> EvalFunction {
    // SAFETY: called with the GIL held.
    match crate::version::minor(unsafe { Python::assume_attached() }) {
        10 => evaluate::<10>,
        _ => evaluate::<11>,
    }
}

/// Runs a frame. Nearly all are of no interest, and this is on the path of every call: what is to be done about the rest
/// is in [`evaluate_watched`]. Nothing is done after a frame of no interest, so that the call is a jump: should its loop
/// have come to tell, an armed loop around it does too (`Settrace::settle_loops`), or the next call puts it right.
unsafe extern "C" fn evaluate<const MINOR: u8>(
    thread: ThreadState,
    frame: *mut c_void,
    throwing: c_int,
) -> *mut ffi::PyObject {
    // SAFETY: called by the interpreter with the GIL held, a live thread and a frame that is about to run on it; the
    // pointer is null, or that of what is there (`look_away_from`).
    unsafe {
        match (GLANCE.load(Ordering::Relaxed).as_ref(), const { &Layout::of(MINOR) }) {
            (Some(glance), Some(layout)) if glance.is_of_no_interest(layout, thread, frame) => {
                (glance.original)(thread, frame, throwing)
            }
            _ => evaluate_watched(thread, frame, throwing),
        }
    }
}

/// What is needed to see that a frame is of no interest; null while the hook is not installed, something is wanted of all
/// frames, or slots cannot be read.
static GLANCE: AtomicPtr<Glance> = AtomicPtr::new(std::ptr::null_mut());

/// See [`GLANCE`].
pub struct Glance {
    original: EvalFunction,
    marks: ffi::Py_ssize_t,
    /// What this lies in.
    settrace: NonNull<Settrace>,
}

// SAFETY: looked at with the GIL held only.
unsafe impl Send for Glance {}
// SAFETY: as above.
unsafe impl Sync for Glance {}

/// Lets the hook look for itself, without asking the interpreter for a code object's slots.
pub fn look(debugger: &Debugger) {
    let Some(settrace) = debugger.backend.settrace() else { return };
    if let (Some(marks), Some(&original)) = (debugger.marks, ORIGINAL.get()) {
        let own = NonNull::from(settrace);
        let glance = settrace.glance.get_or_init(|| Glance { original, marks: marks.index(), settrace: own });
        GLANCE.store(std::ptr::from_ref(glance).cast_mut(), Ordering::Relaxed);
    }
}

/// Has every frame looked at in full if that was not so because of this: it goes.
pub fn look_away_from(settrace: &Settrace) {
    let own = settrace.glance.get().map_or(std::ptr::null(), std::ptr::from_ref);
    if std::ptr::eq(GLANCE.load(Ordering::Relaxed), own) {
        look_away();
    }
}

/// Has every frame looked at in full.
pub fn look_away() {
    GLANCE.store(std::ptr::null_mut(), Ordering::Relaxed);
}

impl Glance {
    /// True if nothing wants to hear of this frame, its caller's loop does not tell, it is not the thread's outermost, and
    /// not deep on the C stack. A profiler, and a tracer of the program's beside ours, have the caller's loop tell.
    ///
    /// # Safety
    /// As for the hook.
    #[inline(always)]
    unsafe fn is_of_no_interest(&self, layout: &Layout, thread: ThreadState, frame: *mut c_void) -> bool {
        // SAFETY: by the contract.
        unsafe {
            let caller = layout.innermost_loop(thread);
            let code = code_of(frame);
            marks::is_without_events(layout.extra(code, self.marks), code)
                && layout.tracer(thread) == tracer::address()
                && !layout.tells(caller)
                && self.settrace.as_ref().stacks.is_shallow(thread)
                && !layout.innermost(thread, caller).is_null()
        }
    }
}

/// Runs a frame that may be of interest. With C's calling convention, so that it too is jumped to.
#[inline(never)]
unsafe extern "C" fn evaluate_watched(thread: ThreadState, frame: *mut c_void, throwing: c_int) -> *mut ffi::PyObject {
    let Some(&original) = ORIGINAL.get() else { return std::ptr::null_mut() };
    let Some(before) = Before::of(thread, frame) else {
        // SAFETY: what the interpreter gave us, handed on.
        return unsafe { original(thread, frame, throwing) };
    };
    // SAFETY: called by the interpreter with the GIL held, a live thread and a frame that is about to run on it.
    unsafe {
        let Before { layout, caller, told, is_deep, changes } = before;
        if is_deep {
            return run_unhooked(layout, thread, caller, || original(thread, frame, throwing));
        }
        let result = original(thread, frame, throwing);
        // The one that returns leaves the caller as it was itself: mostly both do not tell, and that stays.
        if told || layout.tells(caller) || self::changes() != changes {
            settle_caller(layout, thread, caller);
        }
        if result.is_null() && layout.innermost(thread, caller).is_null() {
            left_last_frame();
        }
        result
    }
}

/// What is known before a frame runs, and needed after: nobody is in the debugger's record meanwhile, as the frame may run
/// for as long as the program.
struct Before {
    layout: &'static Layout,
    /// The loop that called.
    caller: *mut c_void,
    /// It told.
    told: bool,
    /// The frame is deep on the C stack.
    is_deep: bool,
    /// How often what is armed had changed.
    changes: u64,
}

impl Before {
    /// Makes the loop that calls tell, or not, for this frame. None if there is no debugger.
    #[inline(always)]
    fn of(thread: ThreadState, frame: *mut c_void) -> Option<Self> {
        let debugger = Debugger::enter()?;
        let settrace = debugger.backend.settrace()?;
        let hooked = Hooked { debugger: &debugger, settrace, layout: settrace.layout()?, thread, frame };
        let layout = hooked.layout;
        // SAFETY: called by the hook, with what it was given.
        unsafe {
            let caller = layout.innermost_loop(thread);
            let begins = layout.innermost(thread, caller).is_null();
            let is_deep = settrace.stacks.is_deep(thread, begins);
            let told = layout.tells(caller);
            if is_deep {
                hooked.take_hook_off();
            } else {
                let tells = hooked.wants();
                if told != tells {
                    // The frame's own loop begins as the one around it is.
                    layout.set_tells(caller, tells);
                }
            }
            Some(Self { layout, caller, told, is_deep, changes: changes() })
        }
    }
}

/// A frame that is about to run.
struct Hooked<'a> {
    debugger: &'a Debugger,
    settrace: &'a Settrace,
    layout: &'static Layout,
    thread: ThreadState,
    frame: *mut c_void,
}

impl Hooked<'_> {
    /// True if the frame's loop is to tell.
    ///
    /// # Safety
    /// The GIL is held, thread and frame are live.
    #[inline]
    unsafe fn wants(&self) -> bool {
        if self.is_evaluation() {
            return false;
        }
        // SAFETY: by contract.
        unsafe {
            if self.layout.tracer(self.thread) != tracer::address() {
                self.aside(|_| self.settrace.take_thread(self.thread));
            }
            let code = code_of(self.frame);
            if !self.settrace.has_seen(self.debugger, code) {
                self.aside(|py| {
                    let code = Bound::from_borrowed_ptr(py, code);
                    self.debugger.code_seen(&code);
                });
            }
            if self.settrace.global().has(EventKind::Start) {
                self.aside(|py| {
                    start::on_start(py, self.debugger, CodeKey(code as usize));
                });
            }
            self.settrace.wants_code(self.debugger, code) || is_observed(self.layout, self.thread)
        }
    }

    /// True for what the user evaluates: with a tracer it would hang on 3.11 after an interruption (`absorb`).
    #[inline]
    fn is_evaluation(&self) -> bool {
        let world = &self.debugger.world;
        world.needs_attention() && world.is_ours(own_identity())
    }

    /// Has the frame, and all that it calls, run without the hook ([`run_unhooked`]). What the hook does, the tracer does
    /// meanwhile: it is told of every frame.
    #[cold]
    fn take_hook_off(&self) {
        if !self.is_evaluation() {
            tell_of_all(self.settrace, self.layout);
        }
        IS_OFF.store(true, Ordering::Relaxed);
        take_off(&self.settrace.natives, INSTALLED.load(Ordering::Relaxed));
    }

    /// Does something that may run Python, with a pending exception (one that is thrown into a generator) kept.
    #[cold]
    unsafe fn aside(&self, work: impl FnOnce(Python<'_>)) {
        let mut error = [std::ptr::null_mut(); 3];
        let [kind, value, traceback] = &mut error;
        // SAFETY: the GIL is held; the exception is taken and put back with all its references.
        unsafe {
            ffi::PyErr_Fetch(kind, value, traceback);
            let _ = Python::try_attach(|py| catch_unwind(AssertUnwindSafe(|| work(py))));
            ffi::PyErr_Restore(*kind, *value, *traceback);
        }
    }
}

/// Runs a frame, and all that it calls, without the hook: on 3.11 they take no more of the C stack than they do without
/// pausa. Then the hook is there again.
///
/// # Safety
/// As for the hook; `caller` is the thread's innermost loop.
#[cold]
unsafe fn run_unhooked(
    layout: &Layout,
    thread: ThreadState,
    caller: *mut c_void,
    run: impl FnOnce() -> *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let result = run();
    // It may have been taken back for good meanwhile, or be back: a stop puts it there.
    if is_off()
        && let Some(debugger) = Debugger::enter()
        && let Some(settrace) = debugger.backend.settrace()
    {
        install(&settrace.natives);
    }
    // SAFETY: by contract; the thread's innermost loop is afterwards what it was before.
    unsafe { settle_caller(layout, thread, caller) };
    result
}

/// True if a tracer or profiler of the program's own wants all frames of this thread.
///
/// # Safety
/// The GIL is held and the thread is live.
#[inline]
unsafe fn is_observed(layout: &Layout, thread: ThreadState) -> bool {
    // SAFETY: by contract.
    unsafe { layout.is_profiled(thread) || !layout.tracer_object(thread).is_null() }
}

/// Makes the loop that called tell, or not, by what is armed now in the frames that it runs: by whichever debugger is there,
/// if one is.
///
/// # Safety
/// As [`is_observed`]; the frame has returned and `caller` is the thread's innermost loop.
#[cold]
unsafe fn settle_caller(layout: &Layout, thread: ThreadState, caller: *mut c_void) {
    let debugger = Debugger::enter();
    let settrace = debugger.as_ref().and_then(|debugger| Some((debugger, debugger.backend.settrace()?)));
    // SAFETY: by contract.
    unsafe {
        let frame = layout.innermost(thread, caller);
        let wants = |code| settrace.is_some_and(|(debugger, settrace)| settrace.wants_code(debugger, code));
        // One that began before the loop around it was armed has to pass on to that one, at its end, that it tells.
        let passes_on = layout.is_around_told(thread, caller);
        layout.set_tells(caller, passes_on || is_observed(layout, thread) || layout.any_in_loop(frame, wants));
    }
}

/// An exception has left a thread's outermost frame. It was told of where it was raised, but not where a handler let it go.
///
/// # Safety
/// The GIL is held and an exception is pending.
#[cold]
unsafe fn left_last_frame() {
    let Some(debugger) = Debugger::enter() else { return };
    if !debugger.backend.global().has(EventKind::Raise) {
        return;
    }
    let mut error = [std::ptr::null_mut(); 3];
    let [kind, value, traceback] = &mut error;
    // SAFETY: as in `aside`; the exception gets its traceback as a handler would give it.
    unsafe {
        ffi::PyErr_Fetch(kind, value, traceback);
        ffi::PyErr_NormalizeException(kind, value, traceback);
        let _ = Python::try_attach(|py| {
            let exception = Bound::from_borrowed_ptr_or_opt(py, *value)?;
            if !(*traceback).is_null() {
                ffi::PyException_SetTraceback(*value, *traceback);
            }
            catch_unwind(AssertUnwindSafe(|| raise::on_left(py, &debugger, &exception))).ok()?
        });
        ffi::PyErr_Restore(*kind, *value, *traceback);
    }
}
