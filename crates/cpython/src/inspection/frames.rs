//! Threads and their stacks, and moving a frame to another line. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: the frames that a flying exception has left stand above the thread's own, with the lines that raised.

use std::collections::HashMap;

use pausa_engine::port::{Frame, FrameId, Line, Refusal, Thread, ThreadId};
use pyo3::prelude::*;

use super::Inspection;
use crate::code::registry::real_path;
use crate::frames;
use crate::threads::{self, innermost_frames, own_identity};

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
        let entries = std::iter::successors(traceback_entry(exception.bind(self.py), "__traceback__"), |entry| {
            traceback_entry(entry, "tb_next")
        });
        let mut frames: Vec<_> = entries.filter_map(|entry| entry.getattr("tb_frame").ok()).collect();
        if let Some(innermost) = innermost {
            let own = frames.iter().position(|frame| frame.is(innermost));
            frames.drain(..own.map_or(frames.len(), |at| at + 1));
        }
        frames.reverse();
        frames
    }

    pub(super) fn describe_frame(&mut self, frame: &Bound<'py, PyAny>, line: Line) -> Option<Frame> {
        let code = frames::code(frame)?;
        let name = crate::code::qualname::of(&code);
        let path = real_path(&frames::file_name(frame));
        let on_disk = std::path::Path::new(&path).is_file();
        Some(Frame { id: self.frame_id(frame), name, on_disk, line, in_scope: self.debugger.is_in_scope(frame), path })
    }

    pub(super) fn stack(&mut self, thread: ThreadId) -> Result<Vec<Frame>, Refusal> {
        let innermost = match self.innermost(thread) {
            Ok(innermost) => Some(innermost),
            // The exception has left the last frame.
            Err(_) if Some(thread) == self.stopped && self.exception.is_some() => None,
            Err(refusal) => return Err(refusal),
        };
        let left = if Some(thread) == self.stopped { self.left_frames(innermost.as_ref()) } else { Vec::new() };
        let lines: HashMap<usize, Line> = match &self.exception {
            Some(exception) => traceback_lines(exception.bind(self.py)),
            None => HashMap::new(),
        };
        let mut stack = Vec::new();
        for frame in left.into_iter().chain(innermost.into_iter().flat_map(frames::stack)) {
            if self.debugger.is_hidden_frame(&frame) {
                continue;
            }
            let raised_at = lines.get(&(frame.as_ptr() as usize)).copied();
            let line = raised_at.unwrap_or_else(|| frames::line(&frame));
            stack.extend(self.describe_frame(&frame, line));
        }
        Ok(stack)
    }

    pub(super) fn code_lines(&mut self, frame: FrameId) -> Result<(Line, Line), Refusal> {
        let read = |frame: &Bound<'_, PyAny>| -> PyResult<(Line, Line)> {
            let code = frame.getattr("f_code")?;
            let first: Line = code.getattr("co_firstlineno")?.extract()?;
            let lines = code.call_method0("co_lines")?.try_iter()?;
            let last = lines.flatten().filter_map(|entry| entry.extract::<(u32, u32, Option<Line>)>().ok()?.2).max();
            Ok((first, last.unwrap_or(first).max(first)))
        };
        read(&self.frame(frame)?).map_err(|error| Refusal(error.to_string()))
    }

    pub(super) fn jump(&mut self, thread: ThreadId, line: Line) -> Result<(), Refusal> {
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
}

fn traceback_entry<'py>(of: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    of.getattr(name).ok().filter(|entry| !entry.is_none())
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
