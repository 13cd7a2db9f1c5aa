//! `until`: forward in this frame, out of loops. Called by [`Step::ends_at`].
//!
//! Invariant: never ends at a line above the one it started from, in its own frame.

use super::{LineEvent, Step};
use crate::port::Line;

impl Step {
    pub(super) fn until_ends_at(&self, line: Option<Line>, event: &LineEvent) -> bool {
        let far_enough = line.map_or(event.line > self.start_line, |line| event.line >= line);
        if event.frame == self.start { far_enough } else { self.is_reached(event) }
    }
}
