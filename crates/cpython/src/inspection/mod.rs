//! What the session sees and does while a thread may run Python: stacks, scopes, values, evaluation, commands.
//!
//! Made by `debugger` for each stop (and for tasks while the program runs); implements the engine's port, a file a topic.
//! Invariant: its frames and handles are references that die with it, and their numbers are never used again.

mod commands;
mod evaluation;
mod exception;
mod frames;
mod source;
mod variables;

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use pausa_engine::port::{
    Completion, EvaluateMode, Exception, Frame, FrameId, Handle, Inspector, Line, Page, Refusal, Scope, Thread,
    ThreadId, Value, Variable,
};
use pausa_engine::stop::{Stop, StopReason};
use pyo3::prelude::*;

use crate::debugger::{Debugger, Where};
use variables::Target;

/// See the module.
pub struct Inspection<'py> {
    py: Python<'py>,
    debugger: &'py Debugger,
    stopped: Option<ThreadId>,
    can_jump: bool,
    exception: Option<Py<PyAny>>,
    frames: HashMap<FrameId, Py<PyAny>>,
    frame_ids: HashMap<usize, FrameId>,
    targets: HashMap<Handle, Target>,
}

impl<'py> Inspection<'py> {
    /// For a stop.
    pub fn stopped(py: Python<'py>, debugger: &'py Debugger, stop: &Stop, place: Where) -> Self {
        let exception =
            stop.reasons.contains(&StopReason::Exception).then(|| debugger.exceptions.current(py)).flatten();
        let can_jump = place == Where::Line && debugger.own_thread() == stop.thread;
        Self { stopped: Some(stop.thread), can_jump, exception, ..Self::running(py, debugger) }
    }

    /// Before the program has started.
    pub fn before_start(py: Python<'py>, debugger: &'py Debugger) -> Self {
        Self::running(py, debugger)
    }

    /// While the program runs.
    pub fn running(py: Python<'py>, debugger: &'py Debugger) -> Self {
        Self {
            py,
            debugger,
            stopped: None,
            can_jump: false,
            exception: None,
            frames: HashMap::new(),
            frame_ids: HashMap::new(),
            targets: HashMap::new(),
        }
    }

    fn new_id(&self) -> i64 {
        self.debugger.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn frame_id(&mut self, frame: &Bound<'py, PyAny>) -> FrameId {
        let address = frame.as_ptr() as usize;
        if let Some(&id) = self.frame_ids.get(&address) {
            return id;
        }
        let id = FrameId(self.new_id());
        self.frame_ids.insert(address, id);
        self.frames.insert(id, frame.clone().unbind());
        id
    }

    fn frame(&self, id: FrameId) -> Result<Bound<'py, PyAny>, Refusal> {
        let frame = self.frames.get(&id).map(|frame| frame.bind(self.py).clone());
        frame.ok_or_else(|| Refusal("that frame belongs to a stop that is over".into()))
    }

    fn optional_frame(&self, id: Option<FrameId>) -> Result<Option<Bound<'py, PyAny>>, Refusal> {
        id.map(|id| self.frame(id)).transpose()
    }
}

impl Inspector for Inspection<'_> {
    fn threads(&mut self) -> Vec<Thread> {
        self.threads()
    }

    fn stack(&mut self, thread: ThreadId) -> Result<Vec<Frame>, Refusal> {
        self.stack(thread)
    }

    fn code_lines(&mut self, frame: FrameId) -> Result<(Line, Line), Refusal> {
        self.code_lines(frame)
    }

    fn scopes(&mut self, frame: FrameId) -> Result<Vec<Scope>, Refusal> {
        self.scopes(frame)
    }

    fn variables(&mut self, of: Handle, page: Page) -> Result<Vec<Variable>, Refusal> {
        self.variables(of, page)
    }

    fn evaluate(&mut self, frame: Option<FrameId>, text: &str, mode: EvaluateMode) -> Result<Value, Refusal> {
        self.evaluate(frame, text, mode)
    }

    fn set_variable(&mut self, of: Handle, name: &str, expression: &str) -> Result<Value, Refusal> {
        self.set_variable(of, name, expression)
    }

    fn set_expression(&mut self, frame: Option<FrameId>, target: &str, expression: &str) -> Result<Value, Refusal> {
        self.set_expression(frame, target, expression)
    }

    fn completions(&mut self, frame: Option<FrameId>, text: &str, column: usize) -> Vec<Completion> {
        self.completions(frame, text, column)
    }

    fn exception(&mut self, thread: ThreadId) -> Option<Exception> {
        self.exception(thread)
    }

    fn jump(&mut self, thread: ThreadId, line: Line) -> Result<(), Refusal> {
        self.jump(thread, line)
    }

    fn source(&mut self, path: &str) -> Result<String, Refusal> {
        self.source(path)
    }
}
