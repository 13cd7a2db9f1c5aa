//! What the session sees and does while a thread may run Python: stacks, scopes, values, evaluation, commands.
//!
//! Made by `debugger` for each stop (and for tasks while the program runs); implements the engine's port, a file a topic.
//! Invariant: its frames and handles are references that die with it, and their numbers are never used again.

mod assigning;
mod calls;
mod commands;
mod disassembly;
mod ending;
mod evaluation;
mod exception;
mod frames;
mod going;
mod locks;
mod memory;
mod modules;
mod moving;
mod objects;
mod reloading;
mod restarting;
mod source;
mod targets;
mod tasks;
mod variables;
mod watching;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::atomic::Ordering;

use pausa_engine::exception_filters::Occasion;
use pausa_engine::locks::Locks;
use pausa_engine::objects::{Instances, Range, Referrers, Size};
use pausa_engine::port::{
    Completion, EvaluateMode, Exception, Format, Frame, FrameId, Handle, Inspector, Levels, Line, LinkedException,
    Location, Memory, Module, Page, Refusal, Scope, SourceFile, Stack, Thread, ThreadId, Value, Variable,
};
use pausa_engine::stop::{Stop, StopReason};
use pausa_engine::targets::{CallTarget, Computed, GotoTarget, Listing, Stretch};
use pausa_engine::tasks::Tasks;
use pyo3::exceptions::{PyKeyboardInterrupt, PyPermissionError};
use pyo3::prelude::*;

use crate::debugger::{Debugger, Where};
use crate::evaluate::Raised;
pub use calls::Call;
pub(crate) use disassembly::line_of as line_of_instruction;
use frames::CodeFacts;
use targets::Target;

/// See the module.
pub struct Inspection<'py> {
    py: Python<'py>,
    debugger: &'py Debugger,
    stopped: Option<ThreadId>,
    /// Where the thread stopped that this is about.
    place: Where,
    exception: Option<Py<PyAny>>,
    /// Why the thread stopped at it.
    occasion: Option<Occasion>,
    frames: HashMap<FrameId, Py<PyAny>>,
    frame_ids: HashMap<usize, FrameId>,
    past: HashSet<FrameId>,
    targets: HashMap<Handle, Target>,
    /// The calls that a client was told it can step into.
    calls: HashMap<i64, Call>,
    /// The lines that it was told it can go to.
    lines: HashSet<Line>,
    codes: HashMap<usize, Rc<CodeFacts>>,
}

impl<'py> Inspection<'py> {
    /// For a stop.
    pub fn stopped(py: Python<'py>, debugger: &'py Debugger, stop: &Stop, place: Where) -> Self {
        let is_exception = |reason: &StopReason| matches!(reason, StopReason::Exception(_));
        let exception = stop.reasons.iter().any(is_exception).then(|| debugger.exceptions.current(py)).flatten();
        let (exception, occasion) = exception.unzip();
        let exception = exception.or_else(|| debugger.raised(py));
        let place = if debugger.own_thread() == stop.thread { place } else { Where::Elsewhere };
        Self { stopped: Some(stop.thread), place, exception, occasion, ..Self::running(py, debugger) }
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
            place: Where::Elsewhere,
            exception: None,
            occasion: None,
            frames: HashMap::new(),
            frame_ids: HashMap::new(),
            past: HashSet::new(),
            targets: HashMap::new(),
            calls: HashMap::new(),
            lines: HashSet::new(),
            codes: HashMap::new(),
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
        if self.past.contains(&id) {
            return Err(Refusal(
                "of that place only its line is known: its frame is over, and its variables with it".into(),
            ));
        }
        let frame = self.frames.get(&id).map(|frame| frame.bind(self.py).clone());
        frame.ok_or_else(|| Refusal("that frame belongs to a stop that is over".into()))
    }

    /// Runs what the user asked for. A Ctrl-C that comes meanwhile and is no cancelling is passed on to the program.
    fn asked<T>(&self, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        if self.debugger.read_only.load(Ordering::Relaxed) {
            return Err(PyPermissionError::new_err("not allowed: this program was attached to with --read-only"));
        }
        let result = self.debugger.evaluating(self.py, work);
        if result.as_ref().is_err_and(|error| error.is_instance_of::<PyKeyboardInterrupt>(self.py)) {
            self.debugger.was_interrupted();
        }
        result
    }

    /// What the interpreter raised, as the reason of a refusal.
    fn refuse(&self, error: PyErr) -> Refusal {
        Refusal(Raised::of(self.py, error).text)
    }

    fn optional_frame(&self, id: Option<FrameId>) -> Result<Option<Bound<'py, PyAny>>, Refusal> {
        id.map(|id| self.frame(id)).transpose()
    }
}

impl Inspector for Inspection<'_> {
    fn threads(&mut self) -> Vec<Thread> {
        self.threads()
    }

    fn stack(&mut self, thread: ThreadId, levels: Levels) -> Result<Stack, Refusal> {
        self.stack(thread, levels)
    }

    fn tasks(&mut self, first: usize, count: usize) -> Tasks {
        self.tasks(first, count)
    }

    fn task_threads(&mut self) -> Vec<Thread> {
        self.task_threads()
    }

    fn parameters(&mut self, frame: FrameId) -> Result<Vec<Variable>, Refusal> {
        self.parameters(frame)
    }

    fn instances(
        &mut self,
        frame: Option<FrameId>,
        class: &str,
        only: bool,
        range: Range,
    ) -> Result<Instances, Refusal> {
        self.instances(frame, class, only, range)
    }

    fn referrers(&mut self, frame: Option<FrameId>, expression: &str, range: Range) -> Result<Referrers, Refusal> {
        self.referrers(frame, expression, range)
    }

    fn size_of(&mut self, frame: Option<FrameId>, expression: &str, deep: bool) -> Result<Size, Refusal> {
        self.size_of(frame, expression, deep)
    }

    fn locks(&mut self) -> Result<Locks, Refusal> {
        self.locks()
    }

    fn code_lines(&mut self, frame: FrameId) -> Result<(Line, Line), Refusal> {
        self.code_lines(frame)
    }

    fn scopes(&mut self, frame: FrameId) -> Result<Vec<Scope>, Refusal> {
        self.scopes(frame)
    }

    fn variables(&mut self, of: Handle, page: Page, format: Format) -> Result<Vec<Variable>, Refusal> {
        self.variables(of, page, format)
    }

    fn evaluate(
        &mut self,
        frame: Option<FrameId>,
        text: &str,
        mode: EvaluateMode,
        format: Format,
    ) -> Result<Value, Refusal> {
        self.evaluate(frame, text, mode, format)
    }

    fn set_variable(&mut self, of: Handle, name: &str, expression: &str, format: Format) -> Result<Value, Refusal> {
        self.set_variable(of, name, expression, format)
    }

    fn set_expression(
        &mut self,
        frame: Option<FrameId>,
        target: &str,
        expression: &str,
        format: Format,
    ) -> Result<Value, Refusal> {
        self.set_expression(frame, target, expression, format)
    }

    fn completions(&mut self, frame: Option<FrameId>, text: &str, column: usize) -> Vec<Completion> {
        self.completions(frame, text, column)
    }

    fn exception(&mut self, thread: ThreadId) -> Option<Exception> {
        self.exception(thread)
    }

    fn linked_exceptions(&mut self, thread: ThreadId) -> Vec<LinkedException> {
        self.linked_exceptions(thread)
    }

    fn exception_stack(&mut self, thread: ThreadId, place: usize) -> Result<Vec<Frame>, Refusal> {
        self.exception_stack(thread, place)
    }

    fn goto_targets(&mut self, path: &str, line: Line) -> Vec<GotoTarget> {
        self.goto_targets(path, line)
    }

    fn goto(&mut self, thread: ThreadId, target: i64) -> Result<(), Refusal> {
        self.goto(thread, target)
    }

    fn call_targets(&mut self, frame: FrameId) -> Result<Vec<CallTarget>, Refusal> {
        self.call_targets(frame)
    }

    fn computed(&mut self) -> Vec<Computed> {
        self.computed()
    }

    fn disassemble(&mut self, stretch: Stretch) -> Result<Listing, Refusal> {
        self.disassemble(stretch)
    }

    fn source(&mut self, path: &str) -> Result<String, Refusal> {
        self.source(path)
    }

    fn definition(&mut self, of: Handle) -> Result<Location, Refusal> {
        self.definition(of)
    }

    fn read_memory(&mut self, of: Handle, offset: i64, count: usize) -> Result<Memory, Refusal> {
        self.read_memory(of, offset, count)
    }

    fn write_memory(&mut self, of: Handle, offset: i64, bytes: &[u8], partial: bool) -> Result<usize, Refusal> {
        self.write_memory(of, offset, bytes, partial)
    }

    fn modules(&mut self) -> Vec<Module> {
        self.modules()
    }

    fn module_names(&mut self) -> Vec<String> {
        self.module_names()
    }

    fn loaded_sources(&mut self) -> BTreeSet<String> {
        self.loaded_sources()
    }

    fn source_file(&mut self, path: &str) -> SourceFile {
        self.source_file(path)
    }
}
