//! Who is in a debugger's record, and so when it can be given back.
//!
//! A callback may give the GIL away (it waits at a stop, it evaluates), and its debugger be left meanwhile; other threads of
//! ours hold the record without the GIL at all. So a record that was left is kept aside, and the next debugger to start
//! gives back those that nobody is in any more.
//!
//! Used by all that the interpreter calls ([`Inside`]) and by the threads of the session ([`Kept`]). Invariant: a thread can
//! come into a record only while that is the process's own, so in one that was left the numbers only fall. Those inside are
//! counted with the GIL held, as they come and go with it; nothing there is atomic, as it is on the path of most events, and a
//! line's event, the hottest, only looks as long as it runs nothing.

use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pausa_engine::port::Listener;
use pyo3::ffi;
use pyo3::prelude::*;

use super::{DEBUGGER, Debugger};
use crate::park::World;

/// A thread is in the debugger's record. Made and dropped with the GIL held, on one thread.
pub struct Inside(NonNull<Debugger>);

impl Debugger {
    /// Comes into the record of the process's debugger, if it has one. Called with the main interpreter's GIL held.
    #[inline(always)]
    pub fn enter() -> Option<Inside> {
        let record = NonNull::new(DEBUGGER.load(Ordering::Relaxed))?;
        // SAFETY: the record of the process's own debugger is there; nobody else takes it away, as the GIL is held.
        let inside = unsafe { &record.as_ref().inside };
        inside.set(inside.get() + 1);
        Some(Inside(record))
    }

    /// The record of the process's debugger, for a glance.
    ///
    /// # Safety
    /// The main interpreter's GIL is held, and whoever may give it away while there is the reference comes in before
    /// ([`Debugger::stay`]).
    #[inline(always)]
    pub unsafe fn at_a_glance<'a>() -> Option<&'a Self> {
        // SAFETY: null, or the process's own record, which nobody takes away without the GIL.
        unsafe { DEBUGGER.load(Ordering::Relaxed).as_ref() }
    }

    /// Comes into this record, which somebody has a reference to. Called with the GIL held.
    pub fn stay(&self) -> Inside {
        self.inside.set(self.inside.get() + 1);
        Inside(NonNull::from(self))
    }

    /// As [`Debugger::enter`], for what other interpreters of the process call too (audit hooks, builtins): in one that has a GIL of its own
    /// nobody comes in. Called with the GIL of any.
    pub fn enter_from_any_interpreter() -> Option<Inside> {
        // SAFETY: the calling thread runs Python, so it has an interpreter.
        let is_main = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) } == 0;
        if is_main { Self::enter() } else { None }
    }

    /// True while this process has a debugger.
    pub fn is_there() -> bool {
        !DEBUGGER.load(Ordering::Relaxed).is_null()
    }
}

impl Deref for Inside {
    type Target = Debugger;

    #[inline(always)]
    fn deref(&self) -> &Debugger {
        // SAFETY: a record that somebody is in is not given back.
        unsafe { self.0.as_ref() }
    }
}

impl Drop for Inside {
    #[inline(always)]
    fn drop(&mut self) {
        self.inside.set(self.inside.get() - 1);
    }
}

/// A debugger's record in the hands of a thread that need not have the GIL.
pub struct Kept {
    record: NonNull<Debugger>,
    /// What says that we have it.
    kept: Arc<()>,
}

// SAFETY: the record is shared as any `&Debugger` is, which is `Sync`; who drops this only says so.
unsafe impl Send for Kept {}
// SAFETY: as above.
unsafe impl Sync for Kept {}

impl Deref for Kept {
    type Target = Debugger;

    fn deref(&self) -> &Debugger {
        // SAFETY: a record that somebody keeps is not given back.
        unsafe { self.record.as_ref() }
    }
}

impl Clone for Kept {
    fn clone(&self) -> Self {
        Self { record: self.record, kept: Arc::clone(&self.kept) }
    }
}

/// Makes a record that of the process's debugger.
pub(super) fn keep(debugger: Debugger) -> Kept {
    let kept = Arc::clone(&debugger.kept);
    let record = NonNull::from(Box::leak(Box::new(debugger)));
    DEBUGGER.store(record.as_ptr(), Ordering::Release);
    Kept { record, kept }
}

/// A debugger that was left.
struct Left(NonNull<Debugger>);

// SAFETY: looked at with the GIL held only.
unsafe impl Send for Left {}

/// Locked with the GIL held only, so that it is free in a forked child.
static LEFT: Mutex<Vec<Left>> = Mutex::new(Vec::new());

fn left() -> MutexGuard<'static, Vec<Left>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on the process has no debugger; true if it had one.
pub(super) fn retire() -> bool {
    let record = NonNull::new(DEBUGGER.swap(std::ptr::null_mut(), Ordering::AcqRel));
    left().extend(record.map(Left));
    record.is_some()
}

/// Gives back what was left and nobody is in any more. In a forked child what another thread of its parent's was in stays:
/// that thread is not there to say that it has left.
pub(super) fn give_back(_py: Python<'_>) {
    let is_free = |left: &mut Left| {
        // SAFETY: it is in the list, so it has not been given back, and is by nobody else, as the GIL is held.
        let debugger = unsafe { left.0.as_ref() };
        debugger.inside.get() == 0 && Arc::strong_count(&debugger.kept) == 1
    };
    let free: Vec<Left> = left().extract_if(.., is_free).collect();
    // What those have done who kept them lies before.
    fence(Ordering::Acquire);
    for Left(record) in free {
        // SAFETY: made of a box; nobody is in it, keeps it, or can come to it any more.
        drop(unsafe { Box::from_raw(record.as_ptr()) });
    }
}

/// What the end of the process needs of a debugger, left or not.
pub(super) struct Ending {
    pub world: Arc<World>,
    /// Who hears of it; none for one that a fork has brought here.
    pub listener: Option<Arc<dyn Listener>>,
}

/// All that there are in this process.
pub(super) fn all(_py: Python<'_>) -> Vec<Ending> {
    let present = NonNull::new(DEBUGGER.load(Ordering::Relaxed));
    let records: Vec<NonNull<Debugger>> = left().iter().map(|left| left.0).chain(present).collect();
    let all = records.into_iter().map(|record| {
        // SAFETY: none is given back while we have the GIL.
        let debugger = unsafe { record.as_ref() };
        let listener = debugger.is_own_process().then(|| Arc::clone(&debugger.listener));
        Ending { world: Arc::clone(&debugger.world), listener }
    });
    all.collect()
}
