//! A call ends, by a value or by an exception, and a breakpoint waits for that. Called by `events`.
//!
//! Invariant: as `hits` does at a line: receiver, condition, hit count, in this order. The value is `__return__` in
//! conditions, the exception `__exception__`.

use pausa_engine::breakpoints::BreakpointId;
use pausa_engine::function_breakpoints::Moment;
use pausa_engine::stop::StopReason;
use pyo3::prelude::*;

use crate::code::qualname;
use crate::code::record::Record;
use crate::debugger::{Debugger, Where};
use crate::evaluate::Given;
use crate::frames;
use crate::hits;
use crate::values;

/// How a call ends.
#[derive(Clone)]
pub enum Ending<'py> {
    /// By this value.
    Value(Bound<'py, PyAny>),
    /// By this exception.
    Exception(Bound<'py, PyAny>),
    /// By an exception that the interpreter does not name.
    Unnamed,
}

impl<'py> Ending<'py> {
    fn moment(&self) -> Moment {
        match self {
            Self::Value(_) => Moment::Return,
            Self::Exception(_) | Self::Unnamed => Moment::Raise,
        }
    }

    /// The names that a condition may use for it.
    pub fn given(&self) -> Given<'py> {
        match self {
            Self::Value(value) => Given { returned: Some(value.clone()), ..Given::default() },
            Self::Exception(exception) => Given { exception: Some(exception.clone()), ..Given::default() },
            Self::Unnamed => Given::default(),
        }
    }

    /// `f() -> 42`, `f() raises ValueError: no`.
    fn text(&self, name: &str) -> String {
        match self {
            Self::Value(value) => format!("{name}() -> {}", values::describe(value, &values::PANE)),
            Self::Exception(exception) => {
                let (kind, text) = (values::type_name(exception), values::exception_text(exception, &values::PANE));
                let separator = if text.is_empty() { "" } else { ": " };
                format!("{name}() raises {kind}{separator}{text}")
            }
            Self::Unnamed => format!("{name}() raises an exception"),
        }
    }
}

/// The innermost frame's call ends: stops the thread if a breakpoint waits for that.
pub fn reach(py: Python<'_>, debugger: &Debugger, record: &Record, ending: &Ending<'_>) {
    let Some(frame) = frames::current(py) else { return };
    let mut text = None;
    let mut reasons = Vec::new();
    for breakpoint in record.endings().iter().filter(|(moment, _)| *moment == ending.moment()).map(|(_, own)| own) {
        match hits::holds_at_end(py, debugger, record, breakpoint, &ending.given()) {
            Ok(false) => {}
            Ok(true) => reasons.push(reason(breakpoint.id, None)),
            Err(fault) => {
                text = Some(hits::condition_failed(breakpoint, &fault));
                reasons.push(reason(breakpoint.id, Some(fault)));
            }
        }
    }
    if reasons.is_empty() {
        return;
    }
    let name = frames::code(&frame).map(|code| qualname::of(&code)).unwrap_or_default();
    reasons.push(StopReason::Ending(ending.text(name.rsplit("<locals>.").next().unwrap_or_default())));
    debugger.keep_ending(&name, ending);
    debugger.stop(py, reasons, text, Where::Elsewhere);
}

fn reason(id: BreakpointId, fault: Option<String>) -> StopReason {
    StopReason::Breakpoint(id, fault)
}
