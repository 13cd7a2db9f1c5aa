//! What the session sees and does while a thread may run Python: stacks, scopes, values, evaluation, commands.
//!
//! Made by `debugger` for each stop (and for tasks while the program runs); implements the engine's port. Invariant: its
//! frames and handles are references that die with it, and their numbers are never used again.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use pausa_engine::breakpoints::{Breakpoint, Wanted};
use pausa_engine::port::{
    Commands, Completion, Configuration, EvaluateMode, EventCounts, Exception, Frame, FrameId, Handle, Inspector, Line,
    Page, Refusal, Scope, Thread, ThreadId, Value, Variable,
};
use pausa_engine::stepping::StepKind;
use pausa_engine::stop::{Stop, StopReason};
use pyo3::prelude::*;

use crate::code::registry::real_path;
use crate::debugger::{Debugger, Where};
use crate::frames;
use crate::locals::{self, Local};
use crate::threads::{self, innermost_frames, own_identity};
use crate::values::{self, Key};

/// What a handle stands for.
enum Target {
    Locals(Py<PyAny>),
    Globals(Py<PyAny>),
    Return(String, Py<PyAny>),
    Value { value: Py<PyAny>, expression: Option<String> },
}

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

    fn handle(&mut self, target: Target) -> Handle {
        let handle = Handle(self.new_id());
        self.targets.insert(handle, target);
        handle
    }

    /// A value for a pane, or with the text that an evaluation gave it.
    fn value(&mut self, value: &Bound<'py, PyAny>, text: Option<String>, expression: Option<String>) -> Value {
        let text = text.unwrap_or_else(|| values::describe(value, &values::PANE));
        let (named, indexed) = values::counts(value);
        let has_children = named + indexed > 0;
        let target = Target::Value { value: value.clone().unbind(), expression };
        let handle = has_children.then(|| self.handle(target));
        Value { text, type_name: values::type_name(value), handle, named, indexed }
    }

    fn local(&mut self, local: Local) -> Variable {
        let value = self.value(local.value.bind(self.py), None, Some(local.name.clone()));
        Variable { evaluate_name: Some(local.name.clone()), name: local.name, value, is_argument: local.is_argument }
    }

    fn locals_page(&mut self, locals: Vec<Local>, page: Page) -> Vec<Variable> {
        let count = if page.count == 0 { usize::MAX } else { page.count };
        locals.into_iter().skip(page.start).take(count).map(|local| self.local(local)).collect()
    }

    /// The innermost frame of a thread: of this one the frame that its event is about.
    fn innermost(&self, thread: ThreadId) -> Result<Bound<'py, PyAny>, Refusal> {
        let identity = self.debugger.state().threads.identity(thread);
        let identity = identity.ok_or_else(|| Refusal(format!("there is no thread {}", thread.0)))?;
        let own = if identity == own_identity() { frames::current(self.py) } else { None };
        if let Some(frame) = own {
            return Ok(frame);
        }
        let frames = innermost_frames(self.py);
        let found = frames.into_iter().find(|(other, _)| *other == identity);
        found
            .map(|(_, frame)| frame.into_bound(self.py))
            .ok_or_else(|| Refusal("the thread runs no Python code".into()))
    }

    /// Frames that a flying exception has left already, innermost first: their locals can still be read.
    fn left_frames(&self, innermost: &Bound<'py, PyAny>) -> Vec<Bound<'py, PyAny>> {
        let Some(exception) = &self.exception else { return Vec::new() };
        let entries = std::iter::successors(traceback_entry(exception.bind(self.py), "__traceback__"), |entry| {
            traceback_entry(entry, "tb_next")
        });
        let mut frames: Vec<_> = entries.filter_map(|entry| entry.getattr("tb_frame").ok()).collect();
        let own = frames.iter().position(|frame| frame.is(innermost));
        frames.drain(..own.map_or(frames.len(), |at| at + 1));
        frames.reverse();
        frames
    }

    fn describe_frame(&mut self, frame: &Bound<'py, PyAny>, line: Line) -> Option<Frame> {
        let code = frames::code(frame)?;
        let name = crate::code::qualname::of(&code);
        let path = real_path(&frames::file_name(frame));
        let on_disk = std::path::Path::new(&path).is_file();
        Some(Frame { id: self.frame_id(frame), name, on_disk, line, in_scope: self.debugger.is_in_scope(frame), path })
    }

    fn evaluated(&mut self, text: &str, mode: EvaluateMode, value: Py<PyAny>) -> Result<Value, Refusal> {
        let value = value.bind(self.py).clone();
        let refuse = |raised: crate::evaluate::Raised| Refusal(raised.text);
        let debugger = self.debugger;
        let shown = match mode {
            EvaluateMode::Quiet => None,
            EvaluateMode::Expression | EvaluateMode::Statement => {
                Some(debugger.evaluating(self.py, || values::repr(&value, &values::PROMPT)).map_err(refuse)?)
            }
            EvaluateMode::Pretty => Some(
                debugger.evaluating(self.py, || crate::evaluate::pretty(&value, &values::PROMPT)).map_err(refuse)?,
            ),
            EvaluateMode::WhatIs => Some(crate::evaluate::whatis(&value)),
            EvaluateMode::Source => {
                Some(debugger.evaluating(self.py, || crate::evaluate::source(&value)).map_err(refuse)?)
            }
        };
        Ok(self.value(&value, shown, Some(text.to_owned())))
    }
}

fn traceback_entry<'py>(of: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    of.getattr(name).ok().filter(|entry| !entry.is_none())
}

impl Inspector for Inspection<'_> {
    fn threads(&mut self) -> Vec<Thread> {
        let mut identities: Vec<u64> = innermost_frames(self.py).into_iter().map(|(identity, _)| identity).collect();
        let mut threads: Vec<Thread> = identities
            .drain(..)
            .map(|identity| {
                let id = self.debugger.state().threads.of(identity);
                threads::describe(self.py, identity, id)
            })
            .collect();
        threads.sort_by_key(|thread| (Some(thread.id) != self.stopped, thread.id));
        threads
    }

    fn stack(&mut self, thread: ThreadId) -> Result<Vec<Frame>, Refusal> {
        let innermost = self.innermost(thread)?;
        let left = if Some(thread) == self.stopped { self.left_frames(&innermost) } else { Vec::new() };
        let lines: HashMap<usize, Line> = match &self.exception {
            Some(exception) => traceback_lines(exception.bind(self.py)),
            None => HashMap::new(),
        };
        let mut stack = Vec::new();
        for frame in left.into_iter().chain(frames::stack(innermost)) {
            if self.debugger.is_hidden_frame(&frame) {
                continue;
            }
            let raised_at = lines.get(&(frame.as_ptr() as usize)).copied();
            let line = raised_at.unwrap_or_else(|| frames::line(&frame));
            stack.extend(self.describe_frame(&frame, line));
        }
        Ok(stack)
    }

    fn code_lines(&mut self, frame: FrameId) -> Result<(Line, Line), Refusal> {
        let read = |frame: &Bound<'_, PyAny>| -> PyResult<(Line, Line)> {
            let code = frame.getattr("f_code")?;
            let first: Line = code.getattr("co_firstlineno")?.extract()?;
            let lines = code.call_method0("co_lines")?.try_iter()?;
            let last = lines.flatten().filter_map(|entry| entry.extract::<(u32, u32, Option<Line>)>().ok()?.2).max();
            Ok((first, last.unwrap_or(first).max(first)))
        };
        read(&self.frame(frame)?).map_err(|error| Refusal(error.to_string()))
    }

    fn scopes(&mut self, frame: FrameId) -> Result<Vec<Scope>, Refusal> {
        let frame = self.frame(frame)?;
        let refuse = |error: PyErr| Refusal(error.to_string());
        let mut scopes = Vec::new();
        if let Some((function, value)) = self.debugger.return_value(self.py) {
            let handle = self.handle(Target::Return(function, value));
            scopes.push(Scope { name: "Return value".into(), handle, count: 1, expensive: false });
        }
        let count = locals::read(&frame).map_err(refuse)?.len();
        let handle = self.handle(Target::Locals(frame.clone().unbind()));
        scopes.insert(0, Scope { name: "Locals".into(), handle, count, expensive: false });
        let count = locals::globals(&frame).map_err(refuse)?.len();
        let handle = self.handle(Target::Globals(frame.unbind()));
        scopes.push(Scope { name: "Globals".into(), handle, count, expensive: true });
        Ok(scopes)
    }

    fn variables(&mut self, of: Handle, page: Page) -> Result<Vec<Variable>, Refusal> {
        let refuse = |error: PyErr| Refusal(error.to_string());
        let target =
            self.targets.get(&of).ok_or_else(|| Refusal("that value belongs to a stop that is over".into()))?;
        match target {
            Target::Locals(frame) => {
                let found = locals::read(frame.bind(self.py)).map_err(refuse)?;
                Ok(self.locals_page(found, page))
            }
            Target::Globals(frame) => {
                let found = locals::globals(frame.bind(self.py)).map_err(refuse)?;
                Ok(self.locals_page(found, page))
            }
            Target::Return(function, value) => {
                let (name, value) = (function.clone(), value.bind(self.py).clone());
                let value = self.value(&value, None, None);
                Ok(vec![Variable { name, evaluate_name: None, value, is_argument: false }])
            }
            Target::Value { value, expression } => {
                let (value, expression) = (value.bind(self.py).clone(), expression.clone());
                let children = values::children(&value, page);
                Ok(children
                    .into_iter()
                    .map(|child| {
                        let suffix = child.evaluate_suffix;
                        let name = expression.as_ref().zip(suffix).map(|(base, suffix)| format!("{base}{suffix}"));
                        let value = self.value(child.value.bind(self.py), None, name.clone());
                        Variable { name: child.name, evaluate_name: name, value, is_argument: false }
                    })
                    .collect())
            }
        }
    }

    fn evaluate(&mut self, frame: Option<FrameId>, text: &str, mode: EvaluateMode) -> Result<Value, Refusal> {
        let frame = self.optional_frame(frame)?;
        let debugger = self.debugger;
        let result = debugger.evaluating(self.py, || crate::evaluate::evaluate(self.py, frame.as_ref(), text, mode));
        if result.as_ref().is_err_and(|raised| raised.text.starts_with("KeyboardInterrupt")) {
            debugger.was_interrupted();
        }
        match result.map_err(|raised| Refusal(raised.text))? {
            Some(value) => self.evaluated(text, mode, value),
            None => Ok(Value::default()),
        }
    }

    fn set_variable(&mut self, of: Handle, name: &str, expression: &str) -> Result<Value, Refusal> {
        let refuse = |error: PyErr| Refusal(error.to_string());
        let target =
            self.targets.get(&of).ok_or_else(|| Refusal("that value belongs to a stop that is over".into()))?;
        let frame = match target {
            Target::Locals(frame) | Target::Globals(frame) => Some(frame.bind(self.py).clone()),
            _ => frames::current(self.py),
        };
        let debugger = self.debugger;
        let mode = EvaluateMode::Expression;
        let new = debugger.evaluating(self.py, || crate::evaluate::evaluate(self.py, frame.as_ref(), expression, mode));
        let new = new.map_err(|raised| Refusal(raised.text))?;
        let new = new.ok_or_else(|| Refusal(format!("'{expression}' has no value")))?.into_bound(self.py);
        match target {
            Target::Locals(frame) => locals::assign(frame.bind(self.py), name, &new).map_err(refuse)?,
            Target::Globals(frame) => {
                let globals = frame.bind(self.py).getattr("f_globals").map_err(refuse)?;
                globals.set_item(name, &new).map_err(refuse)?;
            }
            Target::Return(..) => return Err(Refusal("a return value cannot be changed here".into())),
            Target::Value { value, .. } => {
                let value = value.bind(self.py).clone();
                let key = key_of_child(&value, name)?;
                debugger.evaluating(self.py, || values::set_child(&value, &key, &new)).map_err(refuse)?;
            }
        }
        Ok(self.value(&new, None, None))
    }

    fn set_expression(&mut self, frame: Option<FrameId>, target: &str, expression: &str) -> Result<Value, Refusal> {
        let frame = self.optional_frame(frame)?.or_else(|| frames::current(self.py));
        let frame = frame.ok_or_else(|| Refusal("there is no frame to assign in".into()))?;
        let debugger = self.debugger;
        let value = debugger.evaluating(self.py, || crate::evaluate::set_expression(&frame, target, expression));
        let value = value.map_err(|raised| Refusal(raised.text))?.into_bound(self.py);
        Ok(self.value(&value, None, Some(target.to_owned())))
    }

    fn completions(&mut self, frame: Option<FrameId>, text: &str, column: usize) -> Vec<Completion> {
        let Ok(frame) = self.optional_frame(frame) else { return Vec::new() };
        crate::evaluate::completions(self.py, frame.as_ref(), text, column)
    }

    fn exception(&mut self, thread: ThreadId) -> Option<Exception> {
        let exception = self.exception.as_ref().filter(|_| Some(thread) == self.stopped)?.bind(self.py).clone();
        let debugger = self.debugger;
        let message = debugger.evaluating(self.py, || exception.str().map(|text| text.to_string_lossy().into_owned()));
        let traceback = debugger.evaluating(self.py, || format_exception(&exception)).unwrap_or_default();
        Some(Exception {
            type_name: values::type_name(&exception),
            message: message.unwrap_or_else(|_| "<its __str__ raises>".into()),
            traceback,
            caught: false,
        })
    }

    fn jump(&mut self, thread: ThreadId, line: Line) -> Result<(), Refusal> {
        if Some(thread) != self.stopped || !self.can_jump {
            return Err(Refusal("only a thread that stopped at a line can be moved, in its innermost frame".into()));
        }
        let frame = self.innermost(thread)?;
        // "assigning None to 1 unbound local" is no warning about the program.
        let moved = crate::quiet::without_warnings(self.py, || frames::set_line(&frame, line));
        moved.map_err(|error| {
            let value = error.value(self.py);
            Refusal(value.str().map_or_else(|_| error.to_string(), |text| text.to_string_lossy().into_owned()))
        })?;
        self.debugger.expect_line_again(&frame, line);
        Ok(())
    }

    fn source(&mut self, path: &str) -> Result<String, Refusal> {
        if let Ok(text) = std::fs::read_to_string(path) {
            return Ok(text);
        }
        if let Some(text) = text_in_archive(self.py, path) {
            return Ok(text);
        }
        let debugger = self.debugger;
        let lines = debugger.evaluating(self.py, || -> PyResult<Vec<String>> {
            crate::modules::import(self.py, "linecache")?.call_method1("getlines", (path,))?.extract()
        });
        match lines {
            Ok(lines) if !lines.is_empty() => Ok(lines.concat()),
            _ => Err(Refusal(format!("there is no source text for {path}"))),
        }
    }
}

/// The text of a file in an archive that modules are imported from.
fn text_in_archive(py: Python<'_>, path: &str) -> Option<String> {
    let archive = std::path::Path::new(path).ancestors().skip(1).find(|ancestor| ancestor.is_file())?;
    let archive = archive.to_str()?;
    let importer = crate::modules::import(py, "zipimport").ok()?.getattr("zipimporter").ok()?.call1((archive,)).ok()?;
    let bytes: Vec<u8> = importer.call_method1("get_data", (path,)).ok()?.extract().ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The line at which each frame of a traceback raised.
fn traceback_lines(exception: &Bound<'_, PyAny>) -> HashMap<usize, Line> {
    let entries =
        std::iter::successors(traceback_entry(exception, "__traceback__"), |entry| traceback_entry(entry, "tb_next"));
    let line = |entry: &Bound<'_, PyAny>| -> Option<(usize, Line)> {
        Some((entry.getattr("tb_frame").ok()?.as_ptr() as usize, entry.getattr("tb_lineno").ok()?.extract().ok()?))
    };
    entries.filter_map(|entry| line(&entry)).collect()
}

fn format_exception(exception: &Bound<'_, PyAny>) -> PyResult<String> {
    let lines: Vec<String> = crate::modules::import(exception.py(), "traceback")?
        .call_method1("format_exception", (exception,))?
        .extract()?;
    Ok(lines.concat())
}

fn key_of_child(value: &Bound<'_, PyAny>, name: &str) -> Result<Key, Refusal> {
    let children = values::children(value, Page::default());
    let child = children.into_iter().find(|child| child.name == name);
    child.map(|child| child.key).ok_or_else(|| Refusal(format!("it has no child '{name}'")))
}

impl Commands for Inspection<'_> {
    fn configure(&mut self, configuration: Configuration) {
        let mut state = self.debugger.state();
        state.entry = configuration.stop_on_entry;
        state.scope.set_all_code(configuration.all_code);
    }

    fn start(&mut self) -> bool {
        !std::mem::replace(&mut self.debugger.state().started, true)
    }

    fn set_breakpoints(&mut self, path: &str, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.debugger.set_breakpoints(self.py, path, wanted)
    }

    fn set_function_breakpoints(&mut self, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.debugger.set_function_breakpoints(self.py, wanted)
    }

    fn break_on_uncaught(&mut self, on: bool) {
        self.debugger.state().uncaught = on;
        if self.stopped.is_none() {
            self.debugger.apply_global(self.py);
        }
    }

    fn check_condition(&mut self, condition: &str) -> Result<(), String> {
        crate::evaluate::check_syntax(self.py, condition)
    }

    fn real_path(&mut self, path: &str) -> String {
        real_path(path)
    }

    fn stopped_thread(&self) -> Option<ThreadId> {
        self.stopped
    }

    fn step(&mut self, thread: ThreadId, kind: StepKind) -> Result<(), Refusal> {
        let innermost = self.innermost(thread)?;
        self.debugger.prepare_step(thread, innermost, kind)
    }

    fn event_counts(&self) -> EventCounts {
        self.debugger.event_counts()
    }

    fn detach(&mut self) {
        self.debugger.leave(self.py);
    }

    fn terminate(&mut self, now: bool) {
        let signal = if now { libc::SIGKILL } else { libc::SIGTERM };
        // SAFETY: a signal to our own process; nothing is shared with it.
        unsafe { libc::kill(libc::getpid(), signal) };
    }
}
