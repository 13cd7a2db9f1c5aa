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

use pausa_engine::exception_filters::ExceptionFilters;
use pausa_engine::stepping::FrameKey;
use pyo3::exceptions::PyBaseException;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;

use crate::values;

pub use fate::{Fate, Interpreter, fate};
pub use sites::Sites;
pub use stack::{Cursor, Native, Object};

/// Exceptions by which the interpreter ends what goes as it should.
const ENDS: &[&str] = &["StopIteration", "StopAsyncIteration", "GeneratorExit"];

/// What is remembered of exceptions between the events that tell of them.
#[derive(Default)]
pub struct Seen {
    /// The exception that the last stop was about, so that one exception makes one stop.
    stopped: RefCell<Option<Py<PyAny>>>,
    /// Nothing but the filter for every raise stopped there.
    by_raise: Cell<bool>,
    /// What the user wants to stop at.
    filters: RefCell<ExceptionFilters>,
    /// The exception in flight.
    flight: Cell<Option<Flight>>,
    /// Where the end of a frame is told without its exception: the last one that came into each frame of interest.
    leaving: RefCell<Vec<Leaving>>,
}

/// An exception that is in a frame.
struct Leaving {
    frame: FrameKey,
    exception: Py<PyAny>,
    /// A handler of the frame takes it: it leaves the frame only if that raises it again.
    is_caught: bool,
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
    /// At which exceptions to stop from now on.
    pub fn set_filters(&self, filters: ExceptionFilters) {
        self.filters.replace(filters);
    }

    /// True if there is any exception to stop at.
    pub fn wants_any(&self) -> bool {
        self.wants_raised() || self.wants_uncaught()
    }

    /// True if exceptions that something will catch may stop too.
    #[inline]
    pub fn wants_raised(&self) -> bool {
        self.filters.borrow().raised.is_some()
    }

    /// True if exceptions that nothing will catch may stop.
    #[inline]
    pub fn wants_uncaught(&self) -> bool {
        self.filters.borrow().uncaught.is_some()
    }

    /// True if a raise of this exception is of interest. Those that are the ends of loops and generators must be named.
    pub fn is_meant_raised(&self, exception: &Bound<'_, PyAny>) -> bool {
        let lineage = values::lineage(exception);
        let filters = self.filters.borrow();
        let Some(condition) = &filters.raised else { return false };
        let is_an_end = || lineage.iter().any(|name| ENDS.contains(&name.as_str()));
        condition.holds(&lineage) && (condition.names(&lineage) || !is_an_end())
    }

    /// True if this exception is of interest where nothing will catch it.
    pub fn is_meant_uncaught(&self, exception: &Bound<'_, PyAny>) -> bool {
        let filters = self.filters.borrow();
        let Some(condition) = &filters.uncaught else { return false };
        condition.is_empty() || condition.holds(&values::lineage(exception))
    }

    /// Keeps whether nothing but the filter for every raise made the stop that comes.
    pub fn set_by_raise(&self, by_raise: bool) {
        self.by_raise.set(by_raise);
    }

    /// True if the exception of the last stop may be caught yet.
    pub fn is_by_raise(&self) -> bool {
        self.by_raise.get()
    }

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

    /// An exception has come into a frame, and may leave it. One that a handler of the frame takes hides none that is on its
    /// way out, or may be: that it was raised in the handling of.
    pub fn may_leave(&self, frame: FrameKey, exception: &Bound<'_, PyAny>, is_caught: bool) {
        let mut leaving = self.leaving.borrow_mut();
        // SAFETY: an exception; a new reference, or null for none.
        let context =
            unsafe { Bound::from_owned_ptr_or_opt(exception.py(), ffi::PyException_GetContext(exception.as_ptr())) };
        let comes_first = |own: &Leaving| !own.is_caught || context.as_ref().is_some_and(|it| it.is(&own.exception));
        if is_caught && leaving.iter().any(|own| own.frame == frame && comes_first(own)) {
            return;
        }
        let old = leaving.extract_if(.., |own| own.frame == frame).collect::<Vec<_>>();
        leaving.push(Leaving { frame, exception: exception.clone().unbind(), is_caught });
        drop(leaving);
        drop(old);
    }

    /// The exception that leaves a frame which is over, and if no handler of the frame had taken it.
    pub fn take_leaving<'py>(&self, py: Python<'py>, frame: FrameKey) -> Option<(Bound<'py, PyAny>, bool)> {
        let mut leaving = self.leaving.borrow_mut();
        let at = leaving.iter().position(|own| own.frame == frame)?;
        let found = leaving.swap_remove(at);
        Some((found.exception.into_bound(py), !found.is_caught))
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

/// The newest entry of an exception's traceback. `__traceback__` might be an attribute of the program's making.
pub fn traceback<'py>(exception: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    if !exception.is_instance_of::<PyBaseException>() {
        return None;
    }
    // SAFETY: an exception; a new reference, or null for none.
    unsafe { Bound::from_owned_ptr_or_opt(exception.py(), ffi::PyException_GetTraceback(exception.as_ptr())) }
}

/// The entry of a traceback that follows one: that of the frame which was called there.
pub fn next_entry<'py>(entry: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    entry.getattr(intern!(entry.py(), "tb_next")).ok().filter(|next| !next.is_none())
}

/// The frames that an exception was in before the one that it is in now, by its traceback.
pub fn frames_before<'py>(exception: &Bound<'py, PyAny>) -> impl Iterator<Item = Bound<'py, PyAny>> {
    let first = traceback(exception).and_then(|newest| next_entry(&newest));
    std::iter::successors(first, next_entry).filter_map(|entry| entry.getattr(intern!(entry.py(), "tb_frame")).ok())
}

/// True if an exception has been in more than one frame since its traceback began. For where the layout is not known.
pub fn has_travelled(exception: &Bound<'_, PyAny>) -> bool {
    traceback(exception).and_then(|newest| next_entry(&newest)).is_some()
}
