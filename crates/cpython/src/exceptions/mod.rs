//! Exceptions in flight: will anything catch this one, and has the user seen it? Called by the backend at each raise.
//!
//! Invariant: the answer is found without running code of the program; where it cannot be known (a `with`, a call
//! through C), nothing is claimed, and the question is asked again in the frame that the exception comes to next.

mod fate;
mod handlers;

use std::cell::{Cell, RefCell};

use pausa_engine::stepping::FrameKey;
use pyo3::prelude::*;

pub use fate::{Fate, fate};

/// What is remembered of exceptions between the events that tell of them.
#[derive(Default)]
pub struct Seen {
    /// The exception that the last stop was about, so that one exception makes one stop.
    stopped: RefCell<Option<Py<PyAny>>>,
    /// The address of the exception in flight, and the frame in which its fate will be decided.
    decided: Cell<Option<(usize, FrameKey)>>,
}

// SAFETY: only touched with the GIL held.
unsafe impl Sync for Seen {}

impl Seen {
    /// Remembers an exception; false if it was remembered already.
    pub fn remember(&self, exception: &Bound<'_, PyAny>) -> bool {
        let same = self.stopped.borrow().as_ref().is_some_and(|seen| seen.is(exception));
        if !same {
            let old = self.stopped.replace(Some(exception.clone().unbind()));
            drop(old);
        }
        !same
    }

    /// True if this exception, on its way since it was raised, is known to be decided in a frame that it has not come to.
    pub fn is_decided_elsewhere(&self, exception: &Bound<'_, PyAny>, frame: FrameKey) -> bool {
        let decided = self.decided.get();
        decided.is_some_and(|(address, place)| address == exception.as_ptr() as usize && place != frame)
            && !is_just_raised(exception)
    }

    /// Remembers where an exception will be decided.
    pub fn decide(&self, exception: &Bound<'_, PyAny>, frame: FrameKey) {
        self.decided.set(Some((exception.as_ptr() as usize, frame)));
    }

    /// The exception remembered.
    pub fn current(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.stopped.borrow().as_ref().map(|seen| seen.clone_ref(py))
    }

    /// Lets the exception go, once the thread runs on and a new stop could only be about another one.
    pub fn forget(&self) {
        let old = self.stopped.take();
        drop(old);
    }
}

/// True in the frame that raises: the traceback has that frame only. An address that was used before means nothing then.
fn is_just_raised(exception: &Bound<'_, PyAny>) -> bool {
    let traceback = exception.getattr("__traceback__").ok();
    let next = traceback.filter(|entry| !entry.is_none()).and_then(|entry| entry.getattr("tb_next").ok());
    next.is_none_or(|next| next.is_none())
}
