//! Calls something of ours after a while, unless that is no longer wanted. Called by `debugger` for the session.
//!
//! Invariant: its thread never needs the GIL, and ends at once when the alarm is dropped.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pausa_engine::port::Alarm;

/// See [`pausa_engine::port::Debuggee::alarm`].
pub fn set(delay: Duration, ring: Box<dyn FnOnce() + Send>) -> Option<Alarm> {
    let (kept, dropped) = channel::<()>();
    crate::native_threads::spawn("pausa-alarm", move || {
        // Nothing is ever sent: the other end is kept, or dropped.
        if dropped.recv_timeout(delay) == Err(RecvTimeoutError::Timeout) {
            ring();
        }
    })?;
    Some(Alarm::held_by(Box::new(kept)))
}
