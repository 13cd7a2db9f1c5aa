//! A step from expression to expression: the values of a frame's expressions as they come to be. Called at the events of the frame
//! that steps.
//!
//! Between two instructions of a frame the value of what the first one has completed is on top of its stack. Invariant: only the
//! frame that steps is looked at; what is kept are references of our own, and they go when the program runs on.

use std::cell::{Cell, RefCell};

use pausa_engine::expressions::{Begun, Expression, Expressions};
use pausa_engine::places::Span;
use pausa_engine::port::{Columns, Line, Refusal};
use pausa_engine::stepping::FrameKey;
use pyo3::ffi;
use pyo3::prelude::*;

use super::Debugger;
use crate::code::registry::{CodeKey, real_path};
use crate::code::{expressions, places, stack_depth};
use crate::{call_site, columns, frames};

/// How many characters of an expression are shown.
const LONGEST: usize = 60;

/// The step under way, and what is known from the last one.
#[derive(Default)]
pub struct Computing {
    /// The frame object that steps so, by address; 0 for none.
    frame: Cell<usize>,
    /// Its way, also while it is stopped.
    way: RefCell<Option<Way>>,
}

/// The way of a frame through its code.
struct Way {
    frame: usize,
    /// The instruction that it was seen at last, by its place among them.
    at: usize,
    expressions: Expressions,
    begun: Begun,
    /// How many variables lie below the frame's stack.
    variables: usize,
    found: Vec<(Expression, Py<PyAny>)>,
}

/// An expression of the source, and its value.
pub struct Computed {
    /// Its text, on one line.
    pub text: String,
    /// Its value.
    pub value: Py<PyAny>,
    /// Its line.
    pub line: Line,
    /// Where it is on it, if its file is there.
    pub columns: Option<Columns>,
}

impl Debugger {
    /// A step from expression to expression of this frame is about to begin.
    pub(super) fn begin_computing(&self, frame: &Bound<'_, PyAny>) -> Result<(), Refusal> {
        let py = frame.py();
        places::are_told(py).map_err(|why| Refusal(format!("expressions are not told apart, as {why}")))?;
        let unknown = || Refusal("where the values of expressions lie is not known of this interpreter".into());
        if crate::version::minor(py) > 11 && self.layout.is_none() {
            return Err(unknown());
        }
        let code = frames::code(frame).ok_or_else(unknown)?;
        let known = expressions::of(&code, self.opcodes).ok_or_else(unknown)?;
        let at = frames::instruction(frame).and_then(|at| known.index(at)).unwrap_or(0);
        let address = frame.as_ptr().addr();
        let computing = &self.computing;
        let mut way = computing.way.borrow_mut();
        if way.as_ref().is_none_or(|way| (way.frame, way.at) != (address, at)) {
            let variables = stack_depth::variables(&code).ok_or_else(unknown)?;
            let (begun, found) = (Begun::default(), Vec::new());
            *way = Some(Way { frame: address, at, expressions: known, begun, variables, found });
        }
        computing.frame.set(address);
        Ok(())
    }

    /// This thread's innermost frame is at an instruction: true if an expression of the frame that steps has got its value.
    pub fn has_computed(&self, py: Python<'_>, frame: FrameKey, offset: u32) -> bool {
        let computing = &self.computing;
        if computing.frame.get() != frame.0 {
            return false;
        }
        let mut way = computing.way.borrow_mut();
        let Some(way) = way.as_mut() else { return false };
        let Some(at) = way.expressions.index(offset) else { return false };
        let from = std::mem::replace(&mut way.at, at);
        if from == at {
            return false;
        }
        let passed = way.expressions.passed(from, at, &mut way.begun);
        let depth = way.expressions.depth(at);
        if passed.is_empty() || !self.is_so_deep(way.variables, depth) {
            return false;
        }
        let Some(value) = self.on_top(py, way.variables, depth) else { return false };
        way.found.extend(passed.into_iter().map(|expression| (expression, value.clone().unbind())));
        true
    }

    /// The same where a line begins, whose event comes before that of its instruction.
    pub fn has_computed_at_line(&self, py: Python<'_>) -> bool {
        if self.computing.frame.get() == 0 {
            return false;
        }
        let frame = frames::current(py);
        let at = frame.as_ref().and_then(|frame| Some((frames::key(frame), frames::instruction(frame)?)));
        at.is_some_and(|(frame, offset)| self.has_computed(py, frame, offset))
    }

    /// The value on top of the innermost frame's stack, which is so deep.
    fn on_top<'py>(&self, py: Python<'py>, variables: usize, depth: Option<usize>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: called at an event of the innermost frame with the GIL held, by the tracer on 3.11; the frame's code has
        // so many variables, and the depth is that of the instruction it is at.
        let top = unsafe {
            match &self.layout {
                Some(layout) if crate::version::minor(py) > 11 => layout.top(layout.current()?, variables, depth),
                _ => call_site::top(&frames::current(py)?),
            }
        };
        // SAFETY: a value on the stack of a running frame is alive; a reference is taken.
        Some(unsafe { Bound::from_borrowed_ptr(py, top?.as_ptr().cast::<ffi::PyObject>()) })
    }

    /// True if the innermost frame does not say otherwise; from 3.14 on it says so at each instruction.
    fn is_so_deep(&self, variables: usize, depth: Option<usize>) -> bool {
        let Some(layout) = self.layout.as_ref().filter(|layout| layout.always_knows_depth()) else { return true };
        // SAFETY: as above.
        unsafe { layout.current().is_some_and(|frame| layout.depth(frame, variables) == depth) }
    }

    /// The step is over: names what was computed.
    pub(super) fn end_computing(&self, frame: &Bound<'_, PyAny>) {
        self.computing.frame.set(0);
        let found = self.computing.way.borrow_mut().as_mut().map(|way| std::mem::take(&mut way.found));
        let found = found.filter(|found| !found.is_empty());
        let (Some(found), Some(code)) = (found, frames::code(frame)) else { return };
        let known = self.state().registry.file(CodeKey::of(&code)).map(str::to_owned);
        let file = known.unwrap_or_else(|| real_path(&frames::file_name(frame)));
        let named = found.into_iter().map(|(expression, value)| {
            let line = expression.span.start.0;
            let offset = i32::try_from(expression.offset).unwrap_or(-1);
            let text =
                columns::text(&code, expression.offset as usize, &file).map(|text| shown(&text, expression.span));
            let text = text.unwrap_or_else(|| format!("the expression at column {}", expression.span.start.1 + 1));
            Computed { text, value, line, columns: columns::of(&code, offset, line, &file) }
        });
        let old = self.computed.replace(named.collect());
        drop(old);
    }
}

impl Computing {
    /// The program runs on: where no step goes on from here, nothing is kept.
    pub fn forget(&self) {
        if self.frame.get() == 0 {
            self.way.take();
        }
    }
}

/// The text of an expression that is on its first line, or as much of it as is shown.
fn shown(text: &str, span: Span) -> String {
    let end = text.char_indices().nth(LONGEST).map(|(end, _)| end);
    if end.is_none() && span.start.0 == span.end.0 {
        return text.to_owned();
    }
    format!("{}…", text.get(..end.unwrap_or(text.len())).unwrap_or_default().trim_end())
}
