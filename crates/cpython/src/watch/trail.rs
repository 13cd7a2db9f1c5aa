//! Where each thread has been last in code that is looked at: which line it is that made a change. Used by `events`.
//!
//! A change that nobody tells of is seen at the next event; what ran before that event, in the same thread, did it.
//! Invariant: frames are known by address and never followed.

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
    threads: Vec<Trail>,
    /// Whose event was the last, by its place among them.
    last: Option<usize>,
}

#[derive(Debug)]
struct Trail {
    thread: u64,
    points: Vec<Point>,
}

impl Trails {
    /// The line that a thread ran before its present event, and the one of another thread that ran since the event before.
    pub fn before(&self, thread: u64) -> (Option<Point>, Option<Point>) {
        let last = self.last.and_then(|at| self.threads.get(at)).filter(|last| last.thread != thread);
        let own = self.find(thread).and_then(|at| self.threads.get(at));
        let top = |trail: Option<&Trail>| trail?.points.last().copied();
        (top(own), top(last))
    }

    /// The place of a thread's trail.
    fn find(&self, thread: u64) -> Option<usize> {
        let is_own = |at: &usize| self.threads.get(*at).is_some_and(|trail| trail.thread == thread);
        // Most often it is the last one's.
        self.last.filter(is_own).or_else(|| self.threads.iter().position(|trail| trail.thread == thread))
    }

    /// The points of a thread, whose event is the last one now.
    fn of(&mut self, thread: u64) -> Option<&mut Vec<Point>> {
        let at = self.find(thread).unwrap_or_else(|| {
            self.threads.push(Trail { thread, points: Vec::new() });
            self.threads.len() - 1
        });
        self.last = Some(at);
        self.threads.get_mut(at).map(|trail| &mut trail.points)
    }

    /// A thread comes to a line.
    pub fn arrive(&mut self, thread: u64, point: Point) {
        let Some(points) = self.of(thread) else { return };
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
        if let Some(points) = self.of(thread)
            && let Some(at) = points.iter().rposition(|known| known.frame == frame)
        {
            points.truncate(at);
        }
    }

    /// Puts what the frames of a thread are at in place of what is known of it, the innermost last.
    pub fn replace(&mut self, thread: u64, points: Vec<Point>) {
        if let Some(own) = self.of(thread) {
            *own = points;
        }
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
