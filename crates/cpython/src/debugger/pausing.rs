//! Pause, and holding other threads still while the stopped one evaluates or one runs alone.
//!
//! Called by tasks and callbacks. Invariant: all code tells everything only while a pause waits for a thread to come by,
//! while an evaluation runs with other threads about, or while one thread runs alone.

use pausa_engine::port::{Refusal, ThreadId};
use pausa_engine::stop::{Stop, StopReason};
use pyo3::prelude::*;
use std::sync::atomic::Ordering;

use super::Debugger;
use super::stopping::Where;
use crate::named::Named;
use crate::park::{Attention, World};
use crate::threads::{innermost_frames, own_identity};

impl Debugger {
    /// Makes the next thread that runs Python code stop. Called with the GIL held.
    pub fn request_pause(&self) {
        self.world.set(Attention::Pause, true);
        // SAFETY: called with the GIL held, as a task is.
        self.apply_global(unsafe { Python::assume_attached() });
        self.world.expect_pause();
    }

    /// True if events of all code are needed now.
    pub(super) fn wants_everything(&self) -> bool {
        let heeded = self.world.wants(Attention::Pause) || self.world.wants(Attention::Alone);
        heeded || self.evaluating.load(Ordering::Relaxed) != 0
    }

    /// No thread came by: all wait in C. The agent's own thread holds the program, and the main thread counts as stopped.
    pub(super) fn hold_for_pause(world: &World) {
        Python::attach(|py| {
            let Some(debugger) = Self::of_world(world) else { return };
            if !debugger.world.set(Attention::Pause, false) {
                return;
            }
            // One that runs alone is the one that the user waits for.
            let alone = debugger.world.alone().map(|alone| debugger.state().threads.of(alone));
            let thread = alone.unwrap_or(pausa_engine::port::ThreadId(1));
            let text = Some("in a call that has not returned to Python code".to_owned());
            let stop = Stop { thread, reasons: vec![StopReason::Pause], text };
            debugger.hold_and_serve(py, stop, Where::Elsewhere);
        });
    }

    /// Heeds what callbacks must heed wherever they are; true if the event is not for us.
    #[cold]
    pub fn heed(&self, py: Python<'_>) -> bool {
        let own = own_identity();
        if self.world.is_ours(own) {
            return true;
        }
        self.world.wait_while_held(py, own);
        if self.world.alone().is_some_and(|alone| alone != own) {
            if is_on_its_way(py) {
                // A pause is not meant for it.
                return false;
            }
            self.wait_for_turn(py, own);
        }
        // Left meanwhile: another debugger may be there already, whose events these are not.
        if !self.is_present() {
            return true;
        }
        if !self.world.wants(Attention::Pause) {
            return false;
        }
        // A module that has not come to its first line says it is at line 0.
        let hidden = crate::frames::current(py)
            .is_none_or(|frame| self.is_hidden_frame(&frame) || crate::frames::line(&frame) == 0);
        if !hidden && self.world.set(Attention::Pause, false) {
            self.stop(py, vec![StopReason::Pause], None, Where::Line);
        }
        false
    }

    /// Waits while another thread runs alone. When that one has ended, all run on.
    pub(super) fn wait_for_turn(&self, py: Python<'_>, own: u64) {
        if self.world.alone().is_none_or(|alone| alone == own) {
            return;
        }
        self.world.wait_while_another_is_alone(py, own, |alone| is_at_work(py, alone));
        if self.world.alone().is_none() && self.is_present() && self.world.holder().is_none() {
            self.apply_global(py);
            self.settle(py);
        }
    }

    /// True while only this thread runs and has something to run; if it has not, all run on.
    pub fn runs_alone(&self, py: Python<'_>, thread: ThreadId) -> bool {
        let Some(alone) = self.world.alone() else { return false };
        if !is_at_work(py, alone) {
            self.world.set_alone(None);
            self.apply_global(py);
            return false;
        }
        self.state().threads.of(alone) == thread
    }

    /// Has the program run on with this thread only, when it is resumed.
    pub fn run_alone(&self, py: Python<'_>, thread: ThreadId) -> Result<(), Refusal> {
        let identity = self.state().threads.identity(thread);
        let identity = identity.filter(|wanted| innermost_frames(py).iter().any(|(identity, _)| identity == wanted));
        let identity = identity.ok_or_else(|| Refusal(format!("there is no thread {} that could run", thread.0)))?;
        self.next_alone.store(identity, Ordering::Relaxed);
        Ok(())
    }

    /// Runs code of the user's choice on the stopped thread while all others go on holding still: they stop at their
    /// next event, should the evaluation give the GIL away.
    pub fn evaluating<T>(&self, py: Python<'_>, evaluate: impl FnOnce() -> T) -> T {
        let own = own_identity();
        let held = self.world.holder() == Some(own);
        self.cancelled.store(false, Ordering::Relaxed);
        self.evaluations.fetch_add(1, Ordering::Relaxed);
        self.evaluating.store(own, Ordering::SeqCst);
        let others = held && innermost_frames(py).iter().any(|(identity, _)| *identity != own);
        if others {
            self.apply_global(py);
            self.settle(py);
        }
        crate::evaluate_guard::end_if_cancelled(py, self, own);
        let result = with_headroom(py, evaluate);
        self.evaluating.store(0, Ordering::Relaxed);
        crate::evaluate_guard::absorb(py, self, own);
        if others {
            self.apply_global(py);
            self.settle(py);
        }
        result
    }
}

/// True in code that a thread is not held in: what it does there others wait for, as for the start of a thread, or a lock
/// that is held for a moment.
fn is_on_its_way(py: Python<'_>) -> bool {
    // Without a frame it begins: where it is about to go its first line tells.
    crate::frames::current(py).is_none_or(|frame| is_of_threading(&frame))
}

/// True if a thread runs code of the program: one in which only `threading` runs has returned from its function, or waits for
/// the others at the end of the program.
fn is_at_work(py: Python<'_>, thread: u64) -> bool {
    let found = innermost_frames(py).into_iter().find(|(identity, _)| *identity == thread);
    found.is_some_and(|(_, frame)| crate::frames::stack(frame.into_bound(py)).any(|frame| !is_of_threading(&frame)))
}

fn is_of_threading(frame: &Bound<'_, PyAny>) -> bool {
    let file = crate::frames::file_name(frame);
    file.ends_with("/threading.py") || crate::frames::is_hidden(&file, None)
}

/// How many calls deeper than the program an evaluation may go.
const HEADROOM: i32 = 1_000;

/// Runs something of ours in a program that may be at its recursion limit.
fn with_headroom<T>(py: Python<'_>, work: impl FnOnce() -> T) -> T {
    let limit = || -> PyResult<i32> { crate::modules::import(py, "sys")?.call_named0("getrecursionlimit")?.extract() };
    let set =
        |limit: i32| crate::modules::import(py, "sys").and_then(|sys| sys.call_named1("setrecursionlimit", (limit,)));
    let limit = limit().ok().filter(|&limit| set(limit.saturating_add(HEADROOM)).is_ok());
    let result = work();
    if let Some(limit) = limit {
        // At the limit itself the interpreter refuses to set it: as little above it as it takes.
        let _ = (limit..limit.saturating_add(HEADROOM)).find(|&limit| set(limit).is_ok());
    }
    result
}
