//! `smart`: into the next function of the user's that is called, past all lines that call none. Called by
//! [`Step::ends_at`].
//!
//! Invariant: it never leaves the frame unnoticed: when that has returned, the frame that waited for it ends the step.

use super::{LineEvent, Step};
use crate::tasks::Lineage;

impl Step {
    pub(super) fn next_call_ends_at(&self, event: &LineEvent) -> bool {
        let is_called = event.in_scope && event.lineage != Lineage::Foreign;
        event.thread == self.thread && event.frame != self.start && (is_called || self.is_reached(event))
    }
}
