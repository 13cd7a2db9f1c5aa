//! `step`: the next line of the user's code on this thread, in whichever frame. Called by [`Step::ends_at`].
//!
//! Invariant: never in a library unless all code was asked for, never on another thread, and while its task is suspended
//! only in tasks that this one waits for.

use super::{LineEvent, Step};
use crate::tasks::Lineage;

impl Step {
    pub(super) fn call_ends_at(&self, event: &LineEvent) -> bool {
        if event.frame == self.start || self.waiting.contains_key(&event.frame) {
            return true;
        }
        event.thread == self.thread && event.in_scope && event.lineage != Lineage::Foreign
    }
}
