//! Exceptions in flight: will anything catch this one, and has the user seen it? Called by the backend at each raise.
//!
//! Invariant: the answer is found without running code of the program; where it cannot be known (a `with`, a call
//! through C), nothing is claimed, and the question is asked again in the frame that the exception comes to next.

mod blocks;
mod considered;
mod fate;
mod handlers;
mod managers;
mod matching;
mod resumed;
mod sites;
mod stack;
mod through;
mod verdicts;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pausa_engine::exception_filters::{ExceptionFilters, Occasion, Occasions};
use pausa_engine::stepping::FrameKey;
use pyo3::exceptions::PyBaseException;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;

use crate::values;
use considered::Considered;
use verdicts::Verdicts;

pub use fate::{End, Fate, Flying, Interpreter, fate};
pub use sites::Sites;
pub use stack::{Cursor, Native, Object};
pub use through::Through;

/// What is wanted of exceptions, and what is remembered of them between the events that tell of them.
#[derive(Default)]
pub struct Seen {
    /// What the user wants to stop at.
    filters: RefCell<Rc<ExceptionFilters>>,
    /// The occasions that there is a filter for.
    wanted: Cell<Occasions>,
    /// At which occasions exceptions of a type may stop.
    verdicts: Verdicts,
    /// Those that were looked at for a stop.
    considered: Considered,
    /// The exception in flight.
    flight: Flight,
    /// The exception of the stop that lasts, and the occasion.
    stop: RefCell<Option<(Py<PyAny>, Occasion)>>,
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

/// An exception on its way to the frame that decides about it. All frames before that one are known to pass it on.
struct Flight {
    /// Its address; 0 for none.
    exception: Cell<usize>,
    /// Where it goes.
    end: Cell<End>,
    /// The address of the code of the frame where it ends, if it ends in one.
    end_code: Cell<usize>,
    /// Something may stop at it on its way yet.
    is_watched: Cell<bool>,
}

impl Default for Flight {
    fn default() -> Self {
        Self {
            exception: Cell::new(0),
            end: Cell::new(End::Leaves),
            end_code: Cell::new(0),
            is_watched: Cell::new(false),
        }
    }
}

// SAFETY: only touched with the GIL held.
unsafe impl Sync for Seen {}

impl Seen {
    /// At which exceptions to stop from now on. Filters that are the same as before go on counting.
    pub fn set_filters(&self, filters: ExceptionFilters) {
        let filters = filters.after(&self.filters.borrow());
        self.wanted.set(filters.occasions());
        self.filters.replace(Rc::new(filters));
        self.verdicts.forget();
        self.expect_nothing();
    }

    /// Lets go of the exceptions that were on their way.
    pub fn forget(&self) {
        drop(self.leaving.take());
    }

    /// The filters that are set.
    pub fn filters(&self) -> Rc<ExceptionFilters> {
        self.filters.borrow().clone()
    }

    /// The occasions that there is a filter for.
    #[inline]
    pub fn wanted(&self) -> Occasions {
        self.wanted.get()
    }

    /// The occasions at which exceptions of a type may stop.
    ///
    /// # Safety
    /// The exception is alive and the GIL is held.
    #[inline]
    pub unsafe fn meant(&self, exception: *mut ffi::PyObject) -> Occasions {
        // SAFETY: by the contract; an object keeps its type alive.
        unsafe {
            let known = self.verdicts.of(ffi::Py_TYPE(exception));
            known.unwrap_or_else(|| self.judge(&Bound::from_borrowed_ptr(Python::assume_attached(), exception)))
        }
    }

    #[cold]
    fn judge(&self, exception: &Bound<'_, PyAny>) -> Occasions {
        let meant = self.filters().meant(&values::lineage(exception));
        self.verdicts.keep(exception.get_type().as_any(), meant);
        meant
    }

    /// The occasions that an exception was looked at for already.
    #[inline]
    pub fn considered(&self, exception: *mut ffi::PyObject) -> Occasions {
        self.considered.of(exception.addr())
    }

    /// An exception is looked at for these occasions, and for no other time.
    pub fn consider(&self, exception: &Bound<'_, PyAny>, occasions: Occasions) {
        self.considered.add(exception.as_ptr().addr(), occasions);
    }

    /// An exception is raised that was in no frame before.
    #[inline]
    pub fn begins(&self, exception: *mut ffi::PyObject) {
        self.considered.begins(exception.addr());
    }

    /// True if this exception is known to pass this frame, or to be caught in it, by what was found where it was seen
    /// before. `has_travelled` tells it from another one at the same address that is raised here: it has been in a frame
    /// before this.
    #[inline]
    pub fn is_expected(&self, exception: *mut ffi::PyObject, frame: FrameKey, has_travelled: bool) -> bool {
        if self.flight.exception.get() != exception.addr() || !has_travelled {
            return false;
        }
        match self.flight.end.get() {
            End::OpenUntil(end) | End::CaughtIn(end) if end == frame => {
                self.flight.exception.set(0);
                matches!(self.flight.end.get(), End::CaughtIn(_))
            }
            _ => true,
        }
    }

    /// As [`Seen::is_expected`] of an exception that has travelled, if nothing may stop at it meanwhile. The frame is asked
    /// for only if its code is that of the frame where the way ends. False says nothing.
    #[inline(always)]
    pub fn passes_by(
        &self,
        exception: *mut ffi::PyObject,
        code: *mut ffi::PyObject,
        frame: impl FnOnce() -> Option<FrameKey>,
    ) -> bool {
        let flight = &self.flight;
        if flight.exception.get() != exception.addr() || flight.is_watched.get() {
            return false;
        }
        flight.end_code.get() != code.addr() || frame().is_some_and(|key| flight.end.get() == End::CaughtIn(key))
    }

    /// Remembers where an exception goes.
    #[inline]
    pub fn expect(&self, exception: *mut ffi::PyObject, meant: Occasions, fate: Fate) {
        self.flight.exception.set(exception.addr());
        self.flight.end.set(fate.end);
        self.flight.end_code.set(fate.end_code.addr());
        self.flight.is_watched.set(meant.has(Occasion::Raised));
    }

    /// Forgets where an exception goes.
    #[cold]
    pub fn expect_nothing(&self) {
        self.flight.exception.set(0);
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

    /// Keeps an exception while `stop` lasts.
    pub fn while_stopped(&self, exception: &Bound<'_, PyAny>, occasion: Occasion, stop: impl FnOnce()) {
        let before = self.stop.replace(Some((exception.clone().unbind(), occasion)));
        stop();
        let own = self.stop.replace(before);
        drop(own);
    }

    /// The exception of the stop that lasts, and the occasion.
    pub fn current(&self, py: Python<'_>) -> Option<(Py<PyAny>, Occasion)> {
        self.stop.borrow().as_ref().map(|(exception, occasion)| (exception.clone_ref(py), *occasion))
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

/// The entries of an exception's traceback, the newest first: that of the frame which raised it comes last.
pub fn entries<'py>(exception: &Bound<'py, PyAny>) -> impl Iterator<Item = Bound<'py, PyAny>> {
    std::iter::successors(traceback(exception), next_entry)
}

/// The frames that an exception was in before the one that it is in now, by its traceback.
pub fn frames_before<'py>(exception: &Bound<'py, PyAny>) -> impl Iterator<Item = Bound<'py, PyAny>> {
    entries(exception).skip(1).filter_map(|entry| entry.getattr(intern!(entry.py(), "tb_frame")).ok())
}

/// True if an exception has been in more than one frame since its traceback began. For where the layout is not known.
pub fn has_travelled(exception: &Bound<'_, PyAny>) -> bool {
    traceback(exception).and_then(|newest| next_entry(&newest)).is_some()
}
