//! Exceptions in flight: will anything catch this one, and has the user seen it? Called by the backend at each raise.
//!
//! Invariant: the answer is found without running code of the program; where it cannot be known (a `with`, a call
//! through C), nothing is claimed, and the question is asked again in the frame that the exception comes to next.

mod blocks;
mod fate;
mod handlers;
mod matching;
mod sites;
mod stack;

use std::cell::{Cell, RefCell};

use pausa_engine::stepping::FrameKey;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;

pub use fate::{Fate, Interpreter, fate};
pub use sites::Sites;
pub use stack::{Cursor, Native, Object};

/// What is remembered of exceptions between the events that tell of them.
#[derive(Default)]
pub struct Seen {
    /// The exception that the last stop was about, so that one exception makes one stop.
    stopped: RefCell<Option<Py<PyAny>>>,
    /// The exception in flight.
    flight: Cell<Option<Flight>>,
}

/// An exception on its way to the frame that decides about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flight {
    /// Its address.
    exception: usize,
    /// The frame that it comes to next.
    next: FrameKey,
    /// Where it goes.
    fate: Fate,
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

    /// True if this exception is known to pass this frame, or to be caught in it, as it comes from the frame that it was
    /// seen in last. `has_travelled` tells it from another one at the same address that is raised here: it has been in a
    /// frame before this.
    #[inline]
    pub fn is_expected(&self, exception: *mut ffi::PyObject, frame: &impl Cursor, has_travelled: bool) -> bool {
        let Some(flight) = self.flight.get() else { return false };
        let key = frame.key();
        if flight.exception != exception.addr() || flight.next != key || !has_travelled {
            return false;
        }
        self.flight.set(None);
        if flight.fate == Fate::OpenUntil(key) {
            return false;
        }
        if flight.fate != Fate::CaughtIn(key) {
            self.expect(exception, frame, flight.fate);
        }
        true
    }

    /// Remembers where an exception goes that leaves this frame; one that is decided in it goes nowhere.
    #[inline]
    pub fn expect(&self, exception: *mut ffi::PyObject, frame: &impl Cursor, fate: Fate) {
        let next = match fate {
            Fate::CaughtIn(place) | Fate::OpenUntil(place) if place == frame.key() => None,
            _ => frame.back_key(),
        };
        let flight = next.map(|next| Flight { exception: exception.addr(), next, fate });
        self.flight.set(flight);
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

/// True if an exception has been in more than one frame since its traceback began. For where the layout is not known.
pub fn has_travelled(exception: &Bound<'_, PyAny>) -> bool {
    let traceback = exception.getattr(intern!(exception.py(), "__traceback__")).ok();
    let next = traceback
        .filter(|entry| !entry.is_none())
        .and_then(|entry| entry.getattr(intern!(exception.py(), "tb_next")).ok());
    next.is_some_and(|next| !next.is_none())
}
