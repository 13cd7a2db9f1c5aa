//! A step into one call of a line: over all that comes before it, then into what it calls. Called by [`Step::ends_at`].
//!
//! Invariant: it ends in the call that was chosen or, if nothing of the user's could be entered there, behind the lines of
//! its statement, or in the frame that waits.

use super::{LineEvent, Step};
use crate::port::Line;
use crate::tasks::Lineage;

impl Step {
    pub(super) fn target_ends_at(&self, (first, last): (Line, Line), event: &LineEvent) -> bool {
        if event.frame == self.start {
            return !(first..=last).contains(&event.line);
        }
        let is_entered = self.is_calling && event.thread == self.thread && event.in_scope;
        self.is_reached(event) || (is_entered && event.lineage != Lineage::Foreign)
    }

    /// The call that is to be entered begins, or is over.
    pub fn set_calling(&mut self, is_calling: bool) {
        self.is_calling = is_calling;
    }

    /// True while the call that is to be entered is made.
    #[must_use]
    pub fn is_calling(&self) -> bool {
        self.is_calling
    }
}
