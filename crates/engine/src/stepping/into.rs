//! `step`: the next line of the user's code on this thread, in whichever frame. Called by [`Step::ends_at`].
//!
//! Invariant: never in a library unless all code was asked for, and never on another thread.

use super::{LineEvent, Step};

impl Step {
    pub(super) fn call_ends_at(&self, event: &LineEvent) -> bool {
        let own_frame = event.frame == self.start;
        event.thread == self.thread && (event.in_scope || own_frame)
    }
}
