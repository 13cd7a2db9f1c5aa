//! Starts and ends steps: keeps the frames that a step names alive, and line events on in their code.
//!
//! Called when a thread resumes and when one stops. Invariant: one step at a time, as any stop ends it; what it switched
//! on is off again when the program runs on without one.

use std::collections::{HashMap, HashSet};

use pausa_engine::port::{Line, Refusal, ThreadId};
use pausa_engine::stepping::{FrameKey, Granularity, LineEvent, Step, StepKind};
use pyo3::prelude::*;

use super::Debugger;
use super::following::Followed;
use crate::code::record::Record;
use crate::code::registry::CodeKey;
use crate::events::EventKind;
use crate::frames;
use crate::inspection::Call;
use crate::tasks::Task;

/// A step under way, and the frames it names.
pub struct ActiveStep {
    /// The engine's part.
    pub step: Step,
    /// The frame whose return value is wanted, if any.
    pub returning: Option<FrameKey>,
    /// How far it goes at a time.
    pub granularity: Granularity,
    /// The call that it is to enter, if it was told one.
    into: Option<Call>,
    /// The task that it began in.
    pub(super) task: Option<Followed>,
    /// The one it began in, then those that wait; kept alive so that their addresses stay theirs.
    frames: Vec<Py<PyAny>>,
}

impl Debugger {
    /// Prepares a step of a thread with this stack, innermost frame first, which runs this task, or of a task with this
    /// stack; it begins when the thread resumes.
    pub fn prepare_step<'py>(
        &self,
        thread: ThreadId,
        stack: impl Iterator<Item = Bound<'py, PyAny>>,
        task: Option<&Task<'py>>,
        kind: StepKind,
        granularity: Granularity,
    ) -> Result<(), Refusal> {
        self.prepare(thread, stack, task, kind, granularity, None)
    }

    /// The same, into one call of the innermost frame's line.
    pub fn prepare_step_into<'py>(
        &self,
        thread: ThreadId,
        innermost: Bound<'py, PyAny>,
        task: Option<&Task<'py>>,
        call: Call,
    ) -> Result<(), Refusal> {
        let (first, last) = call.lines;
        let is_there = frames::instruction(&innermost) == Some(call.offset);
        let kind = StepKind::Target(first, last);
        self.prepare(thread, frames::stack(innermost), task, kind, Granularity::Line, Some(call))?;
        if let (true, Some(active)) = (is_there, &mut self.state().step) {
            active.step.set_calling(true);
        }
        Ok(())
    }

    fn prepare<'py>(
        &self,
        thread: ThreadId,
        stack: impl Iterator<Item = Bound<'py, PyAny>>,
        task: Option<&Task<'py>>,
        kind: StepKind,
        granularity: Granularity,
        into: Option<Call>,
    ) -> Result<(), Refusal> {
        let mut visible = stack.filter(|frame| !self.is_hidden_frame(frame));
        let start =
            visible.next().ok_or_else(|| Refusal("the thread runs no Python code that could be stepped".into()))?;
        if granularity == Granularity::Expression {
            self.begin_computing(&start)?;
        }
        let py = start.py();
        let rest: Vec<_> = visible.collect();
        let (waiting, beyond) = match task {
            Some(task) => self.part(&start, rest, task),
            None => (rest.into_iter().filter(|frame| self.is_in_scope(frame)).collect(), Vec::new()),
        };
        let keys = |frames: &[Bound<'py, PyAny>]| -> HashMap<FrameKey, Line> {
            frames.iter().map(|frame| (frames::key(frame), frames::line(frame))).collect()
        };
        let line = self.watches.shown_line(&start).unwrap_or_else(|| frames::line(&start));
        let step = Step::new(kind, thread, frames::key(&start), line, keys(&waiting));
        let step = step.in_task(keys(&beyond));
        let waiting: Vec<_> = waiting.into_iter().chain(beyond).collect();
        let task = task.and_then(|task| self.follow(task));
        let own = step.wants_start_frame().then_some(&start);
        let codes: HashSet<CodeKey> = own.into_iter().chain(&waiting).filter_map(frames::code_key).collect();
        let returning = (kind == StepKind::Out).then(|| frames::key(&start));
        let tells_instructions = granularity != Granularity::Line || into.is_some();
        self.replace_stepping_codes(py, codes.into_iter().collect(), tells_instructions);
        if returning.is_some() {
            self.want_return(&start);
        }
        if granularity != Granularity::Expression && matches!(kind, StepKind::Over | StepKind::Into) {
            self.look_at_calls(&start);
        }
        let kept = std::iter::once(start).chain(waiting).map(Bound::unbind).collect();
        let old = self.state().step.replace(ActiveStep { step, returning, granularity, into, task, frames: kept });
        drop(old);
        Ok(())
    }

    /// Ends the step under way, if any: called at each stop.
    pub(super) fn end_step(&self, py: Python<'_>) {
        let ended = self.state().step.take();
        if let Some(start) = ended.as_ref().and_then(|ended| ended.frames.first()) {
            self.end_calls(start.bind(py));
            self.end_computing(start.bind(py));
        }
        drop(ended);
    }

    /// Line events on in these code objects for a step, and off in those that the last step had on; with
    /// `by_instruction` also those of their instructions.
    pub(super) fn replace_stepping_codes(&self, py: Python<'_>, wanted: Vec<CodeKey>, by_instruction: bool) {
        let old = std::mem::replace(&mut self.state().stepping_codes, wanted.clone());
        for &code in old.iter().filter(|code| !wanted.contains(code)) {
            if let Some((code, record)) = self.live(py, code) {
                record.stepping.set(false);
                record.by_instruction.set(false);
                record.returning.set(false);
                record.calling.set(false);
                self.apply(&code, record, false);
            }
        }
        for code in wanted {
            self.watch_lines(py, code, by_instruction);
        }
    }

    fn watch_lines(&self, py: Python<'_>, key: CodeKey, by_instruction: bool) {
        let (file, in_scope) = {
            let state = self.state();
            let Some(file) = state.registry.file(key) else { return };
            (file.to_owned(), state.scope.contains(file))
        };
        // SAFETY: registered, so alive, and the GIL is held.
        let code = unsafe { key.object(py) };
        if let Some(record) = self.records.get_or_attach(&code, &file, in_scope, self.opcodes) {
            record.stepping.set(true);
            record.by_instruction.set(by_instruction);
            self.apply(&code, record, true);
        }
    }

    fn want_return(&self, frame: &Bound<'_, PyAny>) {
        let Some(code) = frames::code(frame) else { return };
        let key = CodeKey::of(&code);
        let (file, in_scope) = {
            let state = self.state();
            let Some(file) = state.registry.file(key) else { return };
            (file.to_owned(), state.scope.contains(file))
        };
        if let Some(record) = self.records.get_or_attach(&code, &file, in_scope, self.opcodes) {
            record.returning.set(true);
            let mut state = self.state();
            if !state.stepping_codes.contains(&key) {
                state.stepping_codes.push(key);
            }
            drop(state);
            self.apply(&code, record, false);
        }
    }

    /// A function of the user's was called while a step into calls is under way: watch its lines.
    pub fn step_meets_call(&self, py: Python<'_>, code: CodeKey) {
        let own = self.own_thread();
        let mut state = self.state();
        let Some(active) = state.step.as_ref().filter(|active| active.step.thread() == own) else { return };
        if active.into.and_then(|call| call.code).is_some_and(|wanted| wanted != code) {
            return;
        }
        // The start frame's own code: a recursion. Its instructions go on being told.
        let is_own = active.into.is_some() && state.stepping_codes.contains(&code);
        let by_instruction = active.granularity == Granularity::Instruction || is_own;
        if !state.stepping_codes.contains(&code) {
            state.stepping_codes.push(code);
        }
        drop(state);
        self.watch_lines(py, code, by_instruction);
    }

    /// True if the step under way ends at this line of this thread's innermost frame.
    pub fn step_ends(&self, frame: FrameKey, record: &Record, line: u32) -> bool {
        let thread = self.own_thread();
        let lineage = self.lineage(frame);
        let event = LineEvent { thread, frame, line, in_scope: record.in_scope, lineage };
        self.state().step.as_ref().is_some_and(|active| active.step.ends_at(&event))
    }

    /// True if the step under way ends at this instruction of this thread's innermost frame.
    pub fn step_ends_at_instruction(&self, frame: FrameKey, record: &Record, offset: u32) -> bool {
        let goes_by = self.state().step.as_ref().is_some_and(|active| active.granularity == Granularity::Instruction);
        goes_by && self.step_ends(frame, record, record.line_of(offset).unwrap_or(0))
    }

    /// This thread's innermost frame is at an instruction: that may be the call to be entered, or what follows it.
    pub fn step_comes_to(&self, py: Python<'_>, frame: FrameKey, offset: u32) {
        let own = self.own_thread();
        {
            let mut state = self.state();
            let Some(ActiveStep { step, into: Some(call), .. }) = &mut state.step else { return };
            let is_calling = offset == call.offset || (step.is_calling() && call.is_lazy);
            if step.thread() != own || !step.starts_in(frame) || step.is_calling() == is_calling {
                return;
            }
            step.set_calling(is_calling);
        }
        self.apply_global(py);
        self.settle(py);
    }

    /// The frame whose return value the step under way wants.
    pub fn wanted_return(&self) -> Option<FrameKey> {
        self.state().step.as_ref().and_then(|active| active.returning)
    }

    /// True if calls of the user's functions matter to the step under way.
    pub fn step_wants_calls(&self) -> bool {
        self.backend.global().has(EventKind::Start)
    }
}
