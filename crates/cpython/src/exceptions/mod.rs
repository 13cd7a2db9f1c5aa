//! Exceptions in flight: will anything catch this one, and has the user seen it? Called by the backend at each raise.
//!
//! Invariant: the answer is found without running code of the program; where it cannot be known (a `with`, a call
//! through C), nothing is claimed, and the question is asked again in the frame that the exception comes to next.

mod fate;
mod handlers;
mod table;

use std::cell::RefCell;

use pyo3::prelude::*;

pub use fate::{Fate, fate};

/// The exception that the last stop was about, so that one exception makes one stop.
#[derive(Default)]
pub struct Seen(RefCell<Option<Py<PyAny>>>);

// SAFETY: only touched with the GIL held.
unsafe impl Sync for Seen {}

impl Seen {
    /// Remembers an exception; false if it was remembered already.
    pub fn remember(&self, exception: &Bound<'_, PyAny>) -> bool {
        let same = self.0.borrow().as_ref().is_some_and(|seen| seen.is(exception));
        if !same {
            let old = self.0.replace(Some(exception.clone().unbind()));
            drop(old);
        }
        !same
    }

    /// The exception remembered.
    pub fn current(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.0.borrow().as_ref().map(|seen| seen.clone_ref(py))
    }

    /// Lets the exception go, once the thread runs on and a new stop could only be about another one.
    pub fn forget(&self) {
        let old = self.0.take();
        drop(old);
    }
}
