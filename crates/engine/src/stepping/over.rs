//! `next`: the next line of this frame, or of a frame that was waiting for it. Called by [`Step::ends_at`].
//!
//! Invariant: calls run through, however long and however recursive; a line that raises ends in the handler, wherever
//! on the stack it is.

use super::{LineEvent, Step};

impl Step {
    pub(super) fn over_ends_at(&self, event: &LineEvent) -> bool {
        event.frame == self.start || self.is_reached(event)
    }
}
