//! A breakpoint's line is reached: condition, hit count, log message, in this order. Called by the backend.
//!
//! Invariant: a condition that raises stops the thread with the error shown, and harms nothing; hits are counted only
//! when the condition holds; a condition is evaluated once a hit, be it in [`glance`] or in [`hit`].

use pausa_engine::log_message::{self, Part};
use pausa_engine::stop::StopReason;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::code::record::{ArmedBreakpoint, ArmedLine, Record, Spoken};
use crate::debugger::Debugger;
use crate::evaluate::{self, Compiled, Given, Run, Verdict};
use crate::frames;
use crate::layout::{Frame, Layout};
use crate::named::Named;
use crate::tasks;

/// What a look at a line's breakpoint has found, before anything that needs Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glance {
    /// The program runs on.
    Passes,
    /// It stops or speaks: the condition holds and the hit is counted.
    Hits,
    /// Its condition raised: the interpreter's error is set.
    Failed,
    /// Nothing was evaluated and nothing counted.
    Unknown,
}

/// What is armed at a line, and what is known of the hit.
pub struct Arrival {
    armed: ArmedLine,
    known: Option<Result<bool, String>>,
}

impl Arrival {
    /// Nothing is known.
    pub fn at(armed: ArmedLine) -> Self {
        Self { armed, known: None }
    }

    /// What a glance at the same line has found; takes the interpreter's error if the condition raised.
    pub fn after(py: Python<'_>, armed: ArmedLine, glance: Glance) -> Self {
        let known = match glance {
            Glance::Passes => Some(Ok(false)),
            Glance::Hits => Some(Ok(true)),
            Glance::Failed => Some(without_recursion(Err(evaluate::fault_of(py).text))),
            Glance::Unknown => None,
        };
        Self { armed, known }
    }
}

/// Looks at the breakpoint of a line, if it has only one, as far as nothing runs and no reference is taken. The frame is
/// asked for only by a condition.
///
/// # Safety
/// As [`glance`].
#[inline(always)]
pub unsafe fn glance_at_once<'a>(armed: &ArmedLine, native: impl FnOnce() -> Option<(&'a Layout, Frame)>) -> Glance {
    let [breakpoint] = armed.as_slice() else { return Glance::Unknown };
    if breakpoint.receiver.is_some() || breakpoint.tasks.is_any() {
        return Glance::Unknown;
    }
    if breakpoint.condition.is_some() {
        let asked = breakpoint.compiled.get().and_then(|compiled| {
            let (layout, frame) = native()?;
            // SAFETY: by the contract.
            unsafe { compiled.ask_at_once(layout, frame) }
        });
        match asked {
            Some(true) => {}
            Some(false) => return Glance::Passes,
            None => return Glance::Unknown,
        }
    }
    if counts(breakpoint) { Glance::Hits } else { Glance::Passes }
}

/// Looks at the breakpoint of a line, if it has only one: natively, without a frame object, without a lock.
///
/// # Safety
/// Only from an event of the innermost frame, which is `frame` and whose code the line is armed in; the GIL is held.
#[inline]
pub unsafe fn glance(debugger: &Debugger, frame: Option<Frame>, armed: &ArmedLine) -> Glance {
    let [breakpoint] = armed.as_slice() else { return Glance::Unknown };
    if breakpoint.receiver.is_some() || breakpoint.tasks.is_any() {
        return Glance::Unknown;
    }
    if breakpoint.condition.is_some() {
        let (Some(layout), Some(frame), Some(compiled)) = (&debugger.layout, frame, breakpoint.compiled.get()) else {
            return Glance::Unknown;
        };
        // SAFETY: by the contract.
        let verdict = unsafe { compiled.ask(Run { layout, frame }) };
        match verdict {
            Verdict::Holds(true) => {}
            Verdict::Holds(false) => return Glance::Passes,
            Verdict::Raised => return Glance::Failed,
            Verdict::Unknown => return Glance::Unknown,
        }
    }
    if counts(breakpoint) { Glance::Hits } else { Glance::Passes }
}

/// Counts a hit; true if it is one of those that the user wants.
#[inline]
fn counts(breakpoint: &ArmedBreakpoint) -> bool {
    let hits = breakpoint.hits.count();
    breakpoint.hit_condition.is_none_or(|condition| condition.holds(hits))
}

/// The same, for the task that runs if the breakpoint counts by tasks; what is in none counts together.
fn counts_here(py: Python<'_>, debugger: &Debugger, breakpoint: &ArmedBreakpoint) -> bool {
    if !breakpoint.tasks.counts_each {
        return counts(breakpoint);
    }
    let task = tasks::current(py).and_then(|task| debugger.state().tasks.of(&task));
    let hits = breakpoint.hits.count_in(task.map_or(0, |task| task.0));
    breakpoint.hit_condition.is_none_or(|condition| condition.holds(hits))
}

/// The breakpoints of a line that stop its thread now; `text` is set if a condition failed.
pub fn hit(
    py: Python<'_>,
    debugger: &Debugger,
    record: &Record,
    line: u32,
    arrival: Arrival,
    text: &mut Option<String>,
) -> Vec<StopReason> {
    let mut reasons = Vec::new();
    let Arrival { armed, mut known } = arrival;
    for breakpoint in armed.iter() {
        let outcome = match known.take() {
            Some(known) => known,
            None => holds(py, debugger, record, line, breakpoint)
                .map(|holds| holds && counts_here(py, debugger, breakpoint)),
        };
        let fault = match outcome {
            Ok(true) => None,
            Ok(false) => continue,
            Err(fault) => Some(fault),
        };
        if fault.is_some() {
            breakpoint.hits.count();
        }
        match &breakpoint.log_message {
            Some(message) if fault.is_none() => log(py, debugger, record, line, breakpoint, message),
            _ => {
                if let Some(fault) = &fault {
                    *text = Some(condition_failed(breakpoint, fault));
                }
                reasons.push(StopReason::Breakpoint(breakpoint.id, fault));
            }
        }
    }
    reasons
}

/// What a stop says of a condition that could not be evaluated.
pub fn condition_failed(breakpoint: &ArmedBreakpoint, fault: &str) -> String {
    let condition = breakpoint.condition.as_deref().unwrap_or_default();
    format!("condition '{condition}' failed: {fault}")
}

/// Whether a breakpoint stops at the end of the innermost frame's call; counts the hit if its condition holds, or fails.
pub fn holds_at_end<'py>(
    py: Python<'py>,
    debugger: &Debugger,
    record: &Record,
    breakpoint: &ArmedBreakpoint,
    given: &Given<'py>,
) -> Result<bool, String> {
    let condition = breakpoint.condition.as_deref().filter(|condition| given.concerns(condition));
    let holds = match (condition, frames::current(py)) {
        (Some(condition), Some(frame)) if is_meant(py, debugger, breakpoint) => {
            without_recursion(evaluate::test(py, &frame, condition, given).map_err(|raised| raised.text))
        }
        (Some(_), _) => Ok(false),
        // No line of the code has this condition to itself.
        (None, _) => holds(py, debugger, record, 0, breakpoint),
    };
    match holds {
        Ok(holds) => Ok(holds && counts_here(py, debugger, breakpoint)),
        Err(fault) => {
            breakpoint.hits.count();
            Err(fault)
        }
    }
}

/// True in the tasks, and for the object or class, that the breakpoint is limited to.
fn is_meant(py: Python<'_>, debugger: &Debugger, breakpoint: &ArmedBreakpoint) -> bool {
    if breakpoint.tasks.name.is_some() {
        let task = tasks::current(py).map(|task| task.name());
        if !breakpoint.tasks.admits(task.as_deref()) {
            return false;
        }
    }
    let Some(receiver) = &breakpoint.receiver else { return true };
    frames::current(py).is_some_and(|frame| receiver.admits(py, debugger.layout.as_ref(), &frame))
}

/// Whether a breakpoint's condition holds in this thread's innermost frame.
fn holds(
    py: Python<'_>,
    debugger: &Debugger,
    record: &Record,
    line: u32,
    breakpoint: &ArmedBreakpoint,
) -> Result<bool, String> {
    if !is_meant(py, debugger, breakpoint) {
        return Ok(false);
    }
    let Some(condition) = &breakpoint.condition else { return Ok(true) };
    let Some(frame) = frames::current(py) else { return Ok(true) };
    let compiled = match breakpoint.compiled.get() {
        Some(compiled) => compiled,
        None => match compile(condition, &frame) {
            // Another thread may have been faster.
            Ok(compiled) => {
                let compiled = breakpoint.compiled.get_or_init(|| compiled);
                record.learn_shortcut(line);
                compiled
            }
            Err(fault) if fault.contains("maximum recursion depth") => return Ok(false),
            Err(fault) => return Err(fault),
        },
    };
    without_recursion(ask(py, debugger, compiled, &frame))
}

fn ask(py: Python<'_>, debugger: &Debugger, compiled: &Compiled, frame: &Bound<'_, PyAny>) -> Result<bool, String> {
    // SAFETY: called at an event of the innermost frame, with the GIL held.
    let native = unsafe { debugger.layout.as_ref().and_then(|layout| Some((layout, layout.current()?))) };
    let verdict = native.map_or(Verdict::Unknown, |(layout, native)| {
        // SAFETY: as above; a line is armed in the code that its event is about.
        unsafe { compiled.ask(Run { layout, frame: native }) }
    });
    match verdict {
        Verdict::Holds(holds) => Ok(holds),
        Verdict::Raised => Err(evaluate::fault_of(py).text),
        Verdict::Unknown => evaluate::holds(py, debugger.symbols, compiled, frame).map_err(|raised| raised.text),
    }
}

/// The program is at its recursion limit, and has no frame left for a condition either. More room cannot be made in every
/// frame of a recursion: it would never end.
fn without_recursion(outcome: Result<bool, String>) -> Result<bool, String> {
    match outcome {
        Err(fault) if fault.starts_with("RecursionError") => Ok(false),
        outcome => outcome,
    }
}

fn compile(condition: &str, frame: &Bound<'_, PyAny>) -> Result<Compiled, String> {
    let fault = |error: PyErr| error.to_string();
    let globals =
        frame.named("f_globals").map_err(fault)?.cast_into::<PyDict>().map_err(|_| "no globals".to_owned())?;
    let code = frame.named("f_code").map_err(fault)?;
    evaluate::compile_condition(condition, &code, &globals)
}

/// Prints a log message, `{expression}` in it evaluated in the frame. A client that takes it too slowly holds up this thread
/// only, and only when as much is waiting for it as the session keeps.
fn log(py: Python<'_>, debugger: &Debugger, record: &Record, line: u32, breakpoint: &ArmedBreakpoint, message: &str) {
    let Some(frame) = frames::current(py) else { return };
    let parts = breakpoint.spoken.get().unwrap_or_else(|| {
        let parts = compile_message(message, &frame);
        // Another thread may have been faster.
        breakpoint.spoken.get_or_init(|| parts)
    });
    let mut text = String::new();
    for part in parts {
        match part {
            Spoken::Text(part) => text.push_str(part),
            Spoken::Expression(expression, compiled) => {
                let value = compiled.as_ref().and_then(|compiled| value(py, debugger, compiled));
                text.push_str(&match value {
                    Some(value) => evaluate::as_spoken(py, value),
                    None => evaluate::spoken(&frame, expression),
                });
            }
        }
    }
    text.push('\n');
    if !debugger.listener.output(&text, &record.facts.file, line) {
        py.detach(|| debugger.listener.settle());
    }
}

fn compile_message(message: &str, frame: &Bound<'_, PyAny>) -> Vec<Spoken> {
    let parts = log_message::parts(message).into_iter();
    let compiled = |expression: &str| {
        let globals = frame.named("f_globals").ok()?.cast_into::<PyDict>().ok()?;
        evaluate::compile_value(expression, &frame.named("f_code").ok()?, &globals).ok()
    };
    let part = |part| match part {
        Part::Text(text) => Spoken::Text(text),
        Part::Expression(expression) => {
            let compiled = compiled(&expression);
            Spoken::Expression(expression, compiled)
        }
    };
    parts.map(part).collect()
}

fn value<'py>(py: Python<'py>, debugger: &Debugger, compiled: &Compiled) -> Option<PyResult<Bound<'py, PyAny>>> {
    let layout = debugger.layout.as_ref()?;
    // SAFETY: called at an event of the innermost frame, of the code that the message was compiled for; the GIL is held.
    unsafe { compiled.value(py, Run { layout, frame: layout.current()? }) }
}
