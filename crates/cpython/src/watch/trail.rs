//! Where each thread has been last in code that is looked at: which line it is that made a change. Used by `events`.
//!
//! A change that nobody tells of is seen at the next event; what ran before that event, in the same thread, did it.
//! Invariant: frames are known by address and never followed.

use std::collections::HashMap;

use pausa_engine::port::Line;
use pausa_engine::stepping::FrameKey;

use crate::code::registry::CodeKey;

/// A line that a frame was at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The frame.
    pub frame: FrameKey,
    /// Its code.
    pub code: CodeKey,
    /// The line.
    pub line: Line,
}

/// The trails of all threads: the points of the frames that have not ended, the innermost last.
#[derive(Debug, Default)]
pub struct Trails {
    threads: HashMap<u64, Vec<Point>>,
    /// The thread whose event was the last.
    last: Option<u64>,
}

impl Trails {
    /// The line that a thread ran before its present event, and the one of another thread that ran since the event before.
    pub fn before(&self, thread: u64) -> (Option<Point>, Option<Point>) {
        let top = |thread: &u64| self.threads.get(thread)?.last().copied();
        (top(&thread), self.last.filter(|&last| last != thread).and_then(|last| top(&last)))
    }

    /// A thread comes to a line.
    pub fn arrive(&mut self, thread: u64, point: Point) {
        self.last = Some(thread);
        let points = self.threads.entry(thread).or_default();
        match points.iter().rposition(|known| known.frame == point.frame) {
            // What stands above has been left by an exception.
            Some(at) => points.truncate(at),
            None if points.len() >= DEEPEST => drop(points.drain(..DEEPEST / 2)),
            None => {}
        }
        points.push(point);
    }

    /// A frame is left for good, or for a while.
    pub fn leave(&mut self, thread: u64, frame: FrameKey) {
        self.last = Some(thread);
        if let Some(points) = self.threads.get_mut(&thread)
            && let Some(at) = points.iter().rposition(|known| known.frame == frame)
        {
            points.truncate(at);
        }
    }

    /// Puts what the frames of a thread are at in place of what is known of it, the innermost last.
    pub fn replace(&mut self, thread: u64, points: Vec<Point>) {
        self.last = Some(thread);
        self.threads.insert(thread, points);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.threads.clear();
        self.last = None;
    }
}

/// How many points are kept of a thread: a deeper recursion forgets its oldest ones.
const DEEPEST: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn point(frame: usize, line: Line) -> Point {
        Point { frame: FrameKey(frame), code: CodeKey(1), line }
    }

    #[test]
    fn who_ran_before_an_event_is_known_through_calls_and_exceptions() {
        let mut trails = Trails::default();
        trails.arrive(1, point(1, 10));
        trails.arrive(1, point(2, 20));
        assert_eq!(trails.before(1), (Some(point(2, 20)), None));
        trails.leave(1, FrameKey(2));
        assert_eq!(trails.before(1).0, Some(point(1, 10)), "the caller goes on at its line");
        trails.arrive(1, point(3, 30));
        trails.arrive(1, point(4, 40));
        // An exception took both frames away unseen.
        assert_eq!(trails.before(1).0, Some(point(4, 40)));
        trails.arrive(1, point(1, 11));
        assert_eq!(trails.before(1).0, Some(point(1, 11)));
        trails.arrive(2, point(9, 90));
        assert_eq!(trails.before(1), (Some(point(1, 11)), Some(point(9, 90))), "another thread may have done it");
    }
}
