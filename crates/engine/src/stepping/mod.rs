//! Where a step ends. One step runs at a time on a thread; each verb has a file of its own.
//!
//! Called by `cpython` for each line event in code that the step armed. Invariant: a step follows activations, never
//! depth or names: it knows its start frame and the frames that were waiting below it, so recursion, exceptions,
//! generators and coroutines end it where a reader of the program expects.
//!
//! ```text
//!     def gen():          next at `yield 1`: the frame is suspended, the waiting frame `for x in gen()` runs on,
//!         yield 1         its next new line ends the step. Nothing has to be known about yields: the first line
//!         yield 2         event of the start frame or of any frame that was waiting below it is the end.
//! ```
//!
//! In a task of an event loop the frames below its own are the loop's, which nobody steps into. What a task's end leads
//! to, the coroutines that wait for it and what is below the loop, ends a step only when the task is over, so that all
//! that the loop runs while the task is suspended is run over.

mod call;
mod into;
mod out;
mod over;
mod target;
mod until;

use std::collections::HashMap;

use crate::port::{Line, ThreadId};
use crate::tasks::Lineage;

/// An activation: the fence keeps it alive while a step names it, so that it is never mistaken for a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FrameKey(pub usize);

/// What the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// To the next line, in a called function if one is called.
    Into,
    /// To the next line of this frame, or of the frame it returns to.
    Over,
    /// To the next new line of the frame it returns to.
    Out,
    /// To a greater line of this frame (or to this line or beyond), or to the frame it returns to.
    Until(Option<Line>),
    /// To the next function that is called, in whichever line.
    NextCall,
    /// Into one call of a statement, which has these lines.
    Target(Line, Line),
}

/// How far a step goes at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granularity {
    /// From line to line.
    Line,
    /// From instruction to instruction.
    Instruction,
    /// From line to line, and to where an expression of the frame that it began in has got its value.
    Expression,
}

/// A step under way.
#[derive(Clone, Debug)]
pub struct Step {
    kind: StepKind,
    thread: ThreadId,
    start: FrameKey,
    start_line: Line,
    waiting: HashMap<FrameKey, Line>,
    beyond: HashMap<FrameKey, Line>,
    is_calling: bool,
}

/// A line event, as far as a step cares.
#[derive(Clone, Copy, Debug)]
pub struct LineEvent {
    /// The thread that reached the line.
    pub thread: ThreadId,
    /// The activation.
    pub frame: FrameKey,
    /// The line.
    pub line: Line,
    /// True if the code is the user's.
    pub in_scope: bool,
    /// How what runs is related to the task that the step began in.
    pub lineage: Lineage,
}

impl Step {
    /// A step of `thread` from its innermost frame; `waiting` are the user's frames below that one, each at
    /// its line.
    #[must_use]
    pub fn new(
        kind: StepKind,
        thread: ThreadId,
        start: FrameKey,
        start_line: Line,
        waiting: HashMap<FrameKey, Line>,
    ) -> Self {
        Self { kind, thread, start, start_line, waiting, beyond: HashMap::new(), is_calling: false }
    }

    /// The same in a task, whose end leads to these frames, each at its line.
    #[must_use]
    pub fn in_task(self, beyond: HashMap<FrameKey, Line>) -> Self {
        Self { beyond, ..self }
    }

    /// True if the end of the step's task leads to this frame.
    #[must_use]
    pub fn leads_to(&self, frame: FrameKey) -> bool {
        self.beyond.contains_key(&frame)
    }

    /// True for a frame that was waiting for the one that the step began in, in the same task, or beyond that if it is over.
    fn is_reached(&self, event: &LineEvent) -> bool {
        let is_beyond = event.lineage == Lineage::Beyond && self.leads_to(event.frame);
        self.waiting.contains_key(&event.frame) || is_beyond
    }

    /// The thread that steps.
    #[must_use]
    pub fn thread(&self) -> ThreadId {
        self.thread
    }

    /// True if it is this frame that it began in.
    #[must_use]
    pub fn starts_in(&self, frame: FrameKey) -> bool {
        self.start == frame
    }

    /// True if the step may end in a function that is yet to be called, so that calls must be seen.
    #[must_use]
    pub fn wants_calls(&self) -> bool {
        matches!(self.kind, StepKind::Into | StepKind::NextCall) || self.is_calling
    }

    /// True if the thread has been at this line of this frame since the step began: a loop that stands on one line turns.
    #[must_use]
    pub fn has_been_at(&self, frame: FrameKey, line: Line) -> bool {
        let known = self.waiting.get(&frame).or_else(|| self.beyond.get(&frame));
        if frame == self.start { line == self.start_line } else { known == Some(&line) }
    }

    /// True if the start frame's own lines matter.
    #[must_use]
    pub fn wants_start_frame(&self) -> bool {
        !matches!(self.kind, StepKind::Out | StepKind::NextCall)
    }

    /// True if the step ends at this line.
    #[must_use]
    pub fn ends_at(&self, event: &LineEvent) -> bool {
        match self.kind {
            StepKind::Into => self.call_ends_at(event),
            StepKind::Over => self.over_ends_at(event),
            StepKind::Out => self.out_ends_at(event),
            StepKind::Until(line) => self.until_ends_at(line, event),
            StepKind::NextCall => self.next_call_ends_at(event),
            StepKind::Target(first, last) => self.target_ends_at((first, last), event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THREAD: ThreadId = ThreadId(1);
    const START: FrameKey = FrameKey(10);
    const CALLER: FrameKey = FrameKey(20);
    const OTHER: FrameKey = FrameKey(30);

    fn ends(kind: StepKind, frame: FrameKey, line: Line, thread: ThreadId, in_scope: bool) -> bool {
        let step = Step::new(kind, THREAD, START, 5, HashMap::from([(CALLER, 9)]));
        step.ends_at(&LineEvent { thread, frame, line, in_scope, lineage: Lineage::Own })
    }

    fn ends_in_task(kind: StepKind, frame: FrameKey, lineage: Lineage) -> bool {
        let step = Step::new(kind, THREAD, START, 5, HashMap::new()).in_task(HashMap::from([(CALLER, 9)]));
        step.ends_at(&LineEvent { thread: THREAD, frame, line: 6, in_scope: true, lineage })
    }

    #[test]
    fn a_task_is_followed_while_it_is_suspended_and_left_when_it_is_over() {
        for kind in [StepKind::Over, StepKind::Out, StepKind::Until(None)] {
            assert!(!ends_in_task(kind, CALLER, Lineage::Foreign), "{kind:?}: the task is not over");
            assert!(!ends_in_task(kind, OTHER, Lineage::Awaited), "{kind:?}");
            assert!(ends_in_task(kind, CALLER, Lineage::Beyond), "{kind:?}");
            assert!(!ends_in_task(kind, OTHER, Lineage::Beyond), "{kind:?}");
        }
        assert!(!ends_in_task(StepKind::Into, OTHER, Lineage::Foreign));
        assert!(ends_in_task(StepKind::Into, OTHER, Lineage::Awaited));
        assert!(ends_in_task(StepKind::Into, OTHER, Lineage::Beyond));
        assert!(ends_in_task(StepKind::Over, START, Lineage::Own));
    }

    #[test]
    fn over_stays_in_its_frame_or_returns() {
        assert!(ends(StepKind::Over, START, 6, THREAD, true));
        assert!(ends(StepKind::Over, START, 5, THREAD, true), "a loop comes back to its line");
        assert!(ends(StepKind::Over, CALLER, 1, THREAD, true));
        assert!(!ends(StepKind::Over, OTHER, 6, THREAD, true), "a recursive call of the same function");
    }

    #[test]
    fn out_leaves_its_frame() {
        assert!(!ends(StepKind::Out, START, 6, THREAD, true));
        assert!(ends(StepKind::Out, CALLER, 6, THREAD, true));
        assert!(!ends(StepKind::Out, OTHER, 6, THREAD, true));
    }

    #[test]
    fn into_takes_any_line_of_the_users_on_its_thread() {
        assert!(ends(StepKind::Into, OTHER, 1, THREAD, true));
        assert!(!ends(StepKind::Into, OTHER, 1, THREAD, false));
        assert!(!ends(StepKind::Into, OTHER, 1, ThreadId(2), true));
    }

    #[test]
    fn a_call_is_entered_only_while_it_is_made() {
        let mut step = Step::new(StepKind::Target(5, 6), THREAD, START, 5, HashMap::from([(CALLER, 9)]));
        let at = |frame, line| LineEvent { thread: THREAD, frame, line, in_scope: true, lineage: Lineage::Own };
        assert!(!step.ends_at(&at(OTHER, 1)) && !step.ends_at(&at(START, 6)) && !step.wants_calls());
        assert!(step.ends_at(&at(START, 7)) && step.ends_at(&at(CALLER, 1)));
        step.set_calling(true);
        assert!(step.ends_at(&at(OTHER, 1)) && step.wants_calls());
    }

    #[test]
    fn the_next_call_is_in_another_frame() {
        assert!(!ends(StepKind::NextCall, START, 9, THREAD, true));
        assert!(ends(StepKind::NextCall, OTHER, 1, THREAD, true));
        assert!(!ends(StepKind::NextCall, OTHER, 1, THREAD, false));
        assert!(ends(StepKind::NextCall, CALLER, 1, THREAD, true));
    }

    #[test]
    fn until_goes_forward() {
        assert!(!ends(StepKind::Until(None), START, 5, THREAD, true));
        assert!(!ends(StepKind::Until(None), START, 3, THREAD, true));
        assert!(ends(StepKind::Until(None), START, 6, THREAD, true));
        assert!(!ends(StepKind::Until(Some(9)), START, 8, THREAD, true));
        assert!(ends(StepKind::Until(Some(9)), START, 9, THREAD, true));
        assert!(ends(StepKind::Until(Some(9)), CALLER, 1, THREAD, true));
    }
}
