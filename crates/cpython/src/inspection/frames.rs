//! Threads and their stacks, and moving a frame to another line. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: the frames that a flying exception has left stand above the thread's own, with the lines that raised.

use std::collections::HashMap;
use std::rc::Rc;

use pausa_engine::exception_filters::Occasion;
use pausa_engine::port::{Frame, FrameId, FrameKind, Levels, Line, Refusal, SourceFile, Stack, Thread, ThreadId};
use pausa_engine::targets::Address;
use pausa_engine::tasks::is_task;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::Inspection;
use crate::code::registry::{CodeKey, real_path};
use crate::exceptions;
use crate::frames;
use crate::named::Named;
use crate::threads::{self, innermost_frames, own_identity};

/// How many frames are counted at most to say how many there are in all.
const COUNTED: usize = 2_000;

/// What is the same of all frames of a code object.
pub(super) struct CodeFacts {
    code: Py<PyAny>,
    name: String,
    source: SourceFile,
    hidden: bool,
}

impl<'py> Inspection<'py> {
    pub(super) fn threads(&mut self) -> Vec<Thread> {
        let mut identities: Vec<u64> = innermost_frames(self.py).into_iter().map(|(identity, _)| identity).collect();
        let stopped = self.stopped.and_then(|stopped| self.debugger.state().threads.identity(stopped));
        if let Some(stopped) = stopped.filter(|stopped| !identities.contains(stopped)) {
            identities.push(stopped);
        }
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

    /// The innermost frame of a thread: of this one the frame that its event is about.
    pub(super) fn innermost(&self, thread: ThreadId) -> Result<Bound<'py, PyAny>, Refusal> {
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
    pub(super) fn left_frames(&self, innermost: Option<&Bound<'py, PyAny>>) -> Vec<Bound<'py, PyAny>> {
        let Some(exception) = &self.exception else { return Vec::new() };
        let entries = exceptions::entries(exception.bind(self.py));
        let mut frames: Vec<_> = entries.filter_map(|entry| entry.named("tb_frame").ok()).collect();
        if let Some(innermost) = innermost {
            let own = frames.iter().position(|frame| frame.is(innermost));
            // One that is reported by others has left all its frames.
            let is_reported = matches!(self.occasion, Some(Occasion::Unraisable | Occasion::Task));
            let kept = if is_reported { 0 } else { frames.len() };
            frames.drain(..own.map_or(kept, |at| at + 1));
        }
        frames.reverse();
        frames
    }

    /// What is the same of all frames of a code object; found once in a stop.
    fn facts(&mut self, frame: &Bound<'py, PyAny>) -> Option<Rc<CodeFacts>> {
        let code = frames::code(frame)?;
        let address = code.as_ptr() as usize;
        if let Some(facts) = self.codes.get(&address) {
            return Some(facts.clone());
        }
        let known = self.debugger.state().registry.file(CodeKey::of(&code)).map(str::to_owned);
        let path = known.unwrap_or_else(|| real_path(&frames::file_name(frame)));
        let on_disk = std::path::Path::new(&path).is_file();
        let source = SourceFile { path, on_disk, in_scope: self.debugger.is_in_scope(frame) };
        let (name, hidden) = (crate::code::qualname::of(&code), self.debugger.is_hidden_frame(frame));
        let facts = Rc::new(CodeFacts { code: code.unbind(), name, source, hidden });
        self.codes.insert(address, facts.clone());
        Some(facts)
    }

    /// Gives up on a frame that no user wants to see.
    pub(super) fn is_shown(&mut self, frame: &Bound<'py, PyAny>, levels: Levels) -> bool {
        levels.hidden || self.facts(frame).is_some_and(|facts| !facts.hidden)
    }

    pub(super) fn describe_frame(&mut self, frame: &Bound<'py, PyAny>, at: Option<(Line, i32)>) -> Option<Frame> {
        let facts = self.facts(frame)?;
        let instruction = || frame.named("f_lasti").and_then(|offset| offset.extract()).unwrap_or(-1);
        // After a store the frame may stand at the next line already: the one that did it is shown.
        let shown = self.debugger.watches.shown_line(frame);
        let at = at.or(shown.map(|line| (line, -1)));
        let (line, instruction) = at.unwrap_or_else(|| (frames::line(frame), instruction()));
        let source = &facts.source;
        let code = facts.code.bind(self.py);
        let columns = if source.on_disk { crate::columns::of(code, instruction, line, &source.path) } else { None };
        Some(Frame {
            id: self.frame_id(frame),
            name: facts.name.clone(),
            path: source.path.clone(),
            on_disk: source.on_disk,
            line,
            columns,
            module: module_name(frame),
            in_scope: source.in_scope,
            kind: FrameKind::Running,
            instruction: self.address(frame, instruction),
        })
    }

    /// The address of a frame's instruction.
    fn address(&self, frame: &Bound<'py, PyAny>, instruction: i32) -> Option<Address> {
        let code = self.debugger.state().registry.number(frames::code_key(frame)?)?;
        Some(Address { code, offset: u32::try_from(instruction).unwrap_or(0) })
    }

    pub(super) fn stack(&mut self, thread: ThreadId, levels: Levels) -> Result<Stack, Refusal> {
        if is_task(thread) {
            return self.stack_of_task(thread, levels);
        }
        let is_stopped = Some(thread) == self.stopped;
        let innermost = match self.innermost(thread) {
            Ok(innermost) => Some(innermost),
            // The exception has left the last frame.
            Err(_) if is_stopped && self.exception.is_some() => None,
            Err(refusal) => return Err(refusal),
        };
        let left = if is_stopped { self.left_frames(innermost.as_ref()) } else { Vec::new() };
        let raised_at = match &self.exception {
            Some(exception) if is_stopped => traceback_places(exception.bind(self.py)),
            _ => HashMap::new(),
        };
        let end = if levels.count == 0 { usize::MAX } else { levels.start.saturating_add(levels.count) };
        let task = innermost.as_ref().and_then(|innermost| self.task_on_stack(thread, innermost));
        let mut stack = Stack::default();
        for frame in left.into_iter().chain(innermost.into_iter().flat_map(frames::stack)) {
            if !self.is_shown(&frame, levels) {
                continue;
            }
            if (levels.start..end).contains(&stack.total) {
                let at = raised_at.get(&(frame.as_ptr() as usize)).copied();
                stack.frames.extend(self.describe_frame(&frame, at));
            }
            stack.total += 1;
            if stack.total > end.max(COUNTED) {
                return Ok(stack);
            }
        }
        if let Some(task) = task {
            self.add_awaiters(&mut stack, &task, levels);
        }
        Ok(stack)
    }

    /// The frames that an exception was in, innermost first, at the lines where it left them.
    pub(super) fn traceback_frames(&mut self, exception: &Bound<'py, PyAny>) -> Vec<Frame> {
        let mut entries: Vec<_> = exceptions::entries(exception).collect();
        entries.reverse();
        let describe = |entry: Bound<'py, PyAny>| {
            let at = entry.named("tb_lineno").ok()?.extract().ok()?;
            let instruction = entry.named("tb_lasti").ok()?.extract().ok()?;
            let frame = entry.named("tb_frame").ok()?;
            let is_shown = self.facts(&frame).is_some_and(|facts| !facts.hidden);
            if is_shown { self.describe_frame(&frame, Some((at, instruction))) } else { None }
        };
        entries.into_iter().filter_map(describe).collect()
    }

    /// The source that the variables of a function's frame belong to.
    pub(super) fn covered_by(&mut self, frame: &Bound<'py, PyAny>) -> Option<(SourceFile, Line, Line)> {
        let facts = self.facts(frame)?;
        let code = facts.code.bind(self.py);
        // A module is all of its file, and long.
        if code.named("co_name").ok()?.extract::<String>().ok()? == "<module>" {
            return None;
        }
        let (first, last) = lines(code).ok()?;
        Some((facts.source.clone(), first, last))
    }

    pub(super) fn code_lines(&mut self, frame: FrameId) -> Result<(Line, Line), Refusal> {
        let code = self.frame(frame)?.named("f_code").and_then(|code| lines(&code));
        code.map_err(|error| self.refuse(error))
    }

    /// The source that a frame's code comes from.
    pub(super) fn source_of(&mut self, frame: &Bound<'py, PyAny>) -> Option<SourceFile> {
        Some(self.facts(frame)?.source.clone())
    }
}

/// The line and the instruction at which each frame of a traceback raised.
fn traceback_places(exception: &Bound<'_, PyAny>) -> HashMap<usize, (Line, i32)> {
    let place = |entry: &Bound<'_, PyAny>| -> PyResult<(usize, (Line, i32))> {
        let frame = entry.named("tb_frame")?.as_ptr() as usize;
        Ok((frame, (entry.named("tb_lineno")?.extract()?, entry.named("tb_lasti")?.extract()?)))
    };
    exceptions::entries(exception).filter_map(|entry| place(&entry).ok()).collect()
}

/// The first and the last line of a code object.
fn lines(code: &Bound<'_, PyAny>) -> PyResult<(Line, Line)> {
    let first: Line = code.named("co_firstlineno")?.extract()?;
    let lines = code.call_named0("co_lines")?.try_iter()?;
    let last = lines.flatten().filter_map(|entry| entry.extract::<(u32, u32, Option<Line>)>().ok()?.2).max();
    Ok((first, last.unwrap_or(first).max(first)))
}

/// `__name__` of a frame's globals.
fn module_name(frame: &Bound<'_, PyAny>) -> Option<String> {
    let globals = frame.named("f_globals").ok()?.cast_into::<PyDict>().ok()?;
    let name = globals.get_item("__name__").ok()??;
    name.cast_exact::<PyString>().ok().map(|name| name.to_string_lossy().into_owned())
}
