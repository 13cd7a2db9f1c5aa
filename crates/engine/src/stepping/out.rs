//! `return`: the next new line of a frame that was waiting for this one. Called by [`Step::ends_at`].
//!
//! Invariant: for a generator that is the consumer at its next line, not the generator's end.

use super::{LineEvent, Step};

impl Step {
    pub(super) fn out_ends_at(&self, event: &LineEvent) -> bool {
        self.is_reached(event)
    }
}
