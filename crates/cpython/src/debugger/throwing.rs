//! An exception that the user wants raised where a thread is stopped. Set by `inspection`, taken by the callbacks of lines.
//!
//! Invariant: it is raised by the callback of the line's event at which the thread stopped, as nothing else of the thread runs in
//! between; the callbacks of other events cannot raise everywhere.

use pyo3::prelude::*;

use super::Debugger;
use crate::threads::own_identity;

impl Debugger {
    /// Does what a line's event needs, and says if an exception is set afterwards.
    pub fn at_line_event<T>(&self, py: Python<'_>, work: impl FnOnce() -> T) -> (T, bool) {
        self.at_line.set(own_identity());
        let result = work();
        // Of another thread's, if an evaluation has let one come here meanwhile: that refuses what could have been done.
        self.at_line.set(0);
        let exception = self.to_throw.take();
        let throws = exception.is_some();
        if let Some(exception) = exception {
            PyErr::from_value(exception.into_bound(py)).restore(py);
        }
        (result, throws)
    }

    /// True if this thread is at a line's event, and not at another one or in a call.
    pub fn is_at_line_event(&self) -> bool {
        self.at_line.get() == own_identity()
    }

    /// Keeps an exception for the end of the event at which this thread is stopped.
    pub fn throw_after_stop(&self, exception: Py<PyAny>) {
        let old = self.to_throw.replace(Some(exception));
        drop(old);
    }
}
