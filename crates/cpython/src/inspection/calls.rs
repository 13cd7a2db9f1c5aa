//! The calls of a line that are yet to be made, and which of them can be entered. Called by the port's implementation.
//!
//! Invariant: no code of the program runs for it: what is called is found as far as names and plain attributes lead, and a
//! call of which nothing can be said is offered.

use pausa_engine::places::{Part, PartKind, Place};
use pausa_engine::port::{FrameId, Line, Refusal, ThreadId};
use pausa_engine::targets::CallTarget;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::Inspection;
use crate::code::registry::CodeKey;
use crate::code::{facts, places};
use crate::evaluate;
use crate::frames;
use crate::named::Named;
use crate::values::{self, static_attribute};

/// `CO_GENERATOR`, `CO_COROUTINE`, `CO_ASYNC_GENERATOR` of Include/cpython/code.h: a call of these runs nothing yet.
const LAZY: u32 = 0x20 | 0x80 | 0x200;

/// A call that a step may go into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where the call instruction is.
    pub offset: u32,
    /// The lines of its statement.
    pub lines: (Line, Line),
    /// What is called, if that is known.
    pub code: Option<CodeKey>,
    /// What is called runs later than the call.
    pub is_lazy: bool,
}

/// What calling a value leads to.
enum Callee {
    /// Nothing of the user's.
    Closed,
    /// This code.
    Code(CodeKey, bool),
    /// Nobody can say before it happens.
    Open,
}

impl<'py> Inspection<'py> {
    pub(super) fn call_targets(&mut self, frame: FrameId) -> Result<Vec<CallTarget>, Refusal> {
        let frame = self.frame(frame)?;
        let py = self.py;
        places::are_told(py).map_err(|why| Refusal(format!("calls on a line are not told apart, as {why}")))?;
        let source = self.source_of(&frame).ok_or_else(|| Refusal("that frame has no code".into()))?;
        let text = self.source(&source.path)?;
        let opcodes = self.debugger.opcodes;
        let told = places::of_text(py, &text, &source.path, opcodes).map_err(|error| self.refuse(error))?;
        let read = frames::code(&frame).and_then(|code| Some((places::Code::read(&code, opcodes).ok()?, code)));
        let (read, code) = read.ok_or_else(|| Refusal("that frame has no code".into()))?;
        let here = Here { at: frames::instruction(&frame).unwrap_or(0), line: frames::line(&frame) };
        let turns = facts::Bytecode::read(&code).map(|code| code.turns(opcodes)).unwrap_or_default();
        let mut found = Vec::new();
        for (place, last) in here.calls(&told, &read) {
            let offset = read.offsets(&place.part).into_iter().find(|&offset| {
                let is_ahead = offset >= here.at;
                let (offset, at) = (offset as usize, here.at as usize);
                is_ahead || turns.iter().any(|turn| turn.offset >= at && (turn.target..turn.offset).contains(&offset))
            });
            let PartKind::Call(callee_end) = place.part.kind else { continue };
            let span = place.part.span;
            let (callee, whole) = (between(&text, span.start, callee_end), between(&text, span.start, span.end));
            let (Some(offset), Some(callee), Some(label)) = (offset, callee, whole) else { continue };
            let (code, is_lazy) = match self.callee(&frame, &callee) {
                Callee::Closed => continue,
                Callee::Code(code, is_lazy) => (Some(code), is_lazy),
                Callee::Open => (None, false),
            };
            let id = self.new_id();
            let lines = (place.part.span.start.0.min(here.line), last.max(here.line));
            self.calls.insert(id, Call { offset, lines, code, is_lazy });
            found.push((offset, CallTarget { id, label, line: place.line, columns: place.columns }));
        }
        found.sort_by_key(|(offset, _)| *offset);
        Ok(found.into_iter().map(|(_, target)| target).collect())
    }

    pub(super) fn step_into_target(&mut self, thread: ThreadId, target: i64) -> Result<(), Refusal> {
        let call = self.calls.get(&target).copied();
        let call = call.ok_or_else(|| Refusal(format!("there is no call {target} at this stop to step into")))?;
        let innermost = self.innermost(thread)?;
        let task = self.task_on_stack(thread, &innermost);
        self.debugger.prepare_step_into(thread, innermost, task.as_ref(), call)
    }

    fn callee(&self, frame: &Bound<'py, PyAny>, text: &str) -> Callee {
        match evaluate::quietly(self.py, Some(frame), text) {
            Ok(value) => self.what_runs(&value, 0),
            Err(_) => Callee::Open,
        }
    }

    fn what_runs(&self, value: &Bound<'py, PyAny>, depth: usize) -> Callee {
        let kind = value.get_type();
        let is = |names: &[&str]| {
            let types = crate::modules::import(self.py, "types");
            types.is_ok_and(|types| names.iter().any(|name| types.named(name).is_ok_and(|own| own.is(&kind))))
        };
        let builtin = ["BuiltinFunctionType", "MethodWrapperType", "WrapperDescriptorType", "MethodDescriptorType"];
        if depth > 3 {
            return Callee::Open;
        }
        if is(&["FunctionType"]) {
            let own = value.named("__code__").map_or(Callee::Open, |code| self.of_code(&code));
            return if matches!(own, Callee::Closed) { self.what_is_wrapped(value, depth) } else { own };
        }
        if is(&["MethodType"]) {
            return value.named("__func__").map_or(Callee::Open, |function| self.what_runs(&function, depth + 1));
        }
        if is(&builtin) || is(&["ClassMethodDescriptorType"]) {
            return Callee::Closed;
        }
        if let Ok(class) = value.cast::<PyType>() {
            return self.what_class_runs(class, depth);
        }
        let Ok(Some(call)) = static_attribute(kind.as_any(), "__call__") else { return Callee::Open };
        let own = self.what_runs(&call, depth + 1);
        if matches!(own, Callee::Closed) { self.what_is_wrapped(value, depth) } else { own }
    }

    /// What a wrapper that is not the user's passes a call on to: `functools.wraps` and `lru_cache` keep it in `__wrapped__`,
    /// `partial` in `func`.
    fn what_is_wrapped(&self, value: &Bound<'py, PyAny>, depth: usize) -> Callee {
        let partial = || {
            let partial = values::imported(self.py, "functools", "partial")?;
            if value.get_type().is(&partial) { values::field(value, "func") } else { None }
        };
        let kept = values::instance_dict(value).and_then(|dict| dict.get_item("__wrapped__").ok().flatten());
        kept.or_else(partial).map_or(Callee::Closed, |inner| self.what_runs(&inner, depth + 1))
    }

    /// `__init__`, or else `__new__`, if it is a function of the user's.
    fn what_class_runs(&self, class: &Bound<'py, PyType>, depth: usize) -> Callee {
        if !class.get_type().is(self.py.get_type::<PyType>()) {
            return Callee::Open;
        }
        let constructor = |name: &str| match static_attribute(class.as_any(), name) {
            Ok(Some(found)) => self.what_runs(&found, depth + 1),
            _ => Callee::Closed,
        };
        match constructor("__init__") {
            Callee::Closed => constructor("__new__"),
            known => known,
        }
    }

    fn of_code(&self, code: &Bound<'py, PyAny>) -> Callee {
        let key = CodeKey::of(code);
        let flags: u32 = code.named("co_flags").and_then(|flags| flags.extract()).unwrap_or(0);
        if self.debugger.is_code_in_scope(key) { Callee::Code(key, flags & LAZY != 0) } else { Callee::Closed }
    }
}

/// Where a frame is.
struct Here {
    at: u32,
    line: Line,
}

impl Here {
    /// The calls of the statements that the frame's line belongs to, each with the last line of its statement that has one.
    fn calls<'a>(&self, told: &'a [Place], code: &places::Code) -> Vec<(&'a Place, Line)> {
        let own: Vec<&Place> = told.iter().filter(|place| code.is_home_of(&place.part)).collect();
        let span = code.instructions.iter().rfind(|it| it.offset <= self.at).and_then(|instruction| instruction.span);
        let wholes: Vec<&&Place> = own.iter().filter(|place| place.part.kind == PartKind::Whole).collect();
        let smallest = |contains: &dyn Fn(&Part) -> bool| {
            let around = wholes.iter().filter(|place| contains(&place.part));
            around.max_by_key(|place| (place.part.span.start, std::cmp::Reverse(place.part.span.end))).copied()
        };
        let current = span.and_then(|span| smallest(&|part| part.span.contains(&span)));
        let is_here = |whole: &Place| {
            whole.line == self.line || current.is_some_and(|current| current.part.span == whole.part.span)
        };
        let calls = own.iter().filter(|place| place.part.kind != PartKind::Whole);
        let calls = calls
            .filter(|call| smallest(&|part| part.span.contains(&call.part.span)).is_some_and(|whole| is_here(whole)));
        let calls: Vec<&Place> = calls.copied().collect();
        let last = calls.iter().map(|call| call.part.span.end.0).max().unwrap_or(self.line);
        calls.into_iter().map(|call| (call, last)).collect()
    }
}

/// A part of a text, on one line.
fn between(text: &str, (first, start): (Line, u32), (last, end): (Line, u32)) -> Option<String> {
    let index = |number: u32| usize::try_from(number).ok();
    let mut found = String::new();
    for (number, line) in (first..=last).zip(text.lines().skip(index(first)?.checked_sub(1)?)) {
        let from = if number == first { index(start)? } else { 0 };
        let to = if number == last { index(end)? } else { line.len() };
        found.push_str(line.get(from..to)?.trim());
    }
    Some(found)
}
