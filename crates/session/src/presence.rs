//! Whether a client attends: what `pausa.is_client_connected()` and `pausa.wait_for_client()` ask.
//!
//! Set by `session` on its own thread, read by `agent` on any. Invariant: a client attends from its `configurationDone`
//! until it has left.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Whether a client attends.
#[derive(Default)]
pub struct Presence {
    attends: Mutex<bool>,
    changed: Condvar,
}

impl Presence {
    /// Nobody, until somebody comes.
    #[must_use]
    pub const fn new() -> Self {
        Self { attends: Mutex::new(false), changed: Condvar::new() }
    }

    pub(crate) fn set(&self, attends: bool) {
        *self.attends.lock().unwrap_or_else(PoisonError::into_inner) = attends;
        self.changed.notify_all();
    }

    /// True if a client attends.
    pub fn attends(&self) -> bool {
        *self.attends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until one attends, but not longer than `limit`; true if one does.
    pub fn wait(&self, limit: Duration) -> bool {
        let attends = self.attends.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(attends, limit, |attends| !*attends);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}
