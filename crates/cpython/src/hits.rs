//! A breakpoint's line is reached: condition, hit count, log message, in this order. Called by the backend.
//!
//! Invariant: a condition that raises stops the thread with the error shown, and harms nothing; hits are counted only
//! when the condition holds.

use std::rc::Rc;

use pausa_engine::log_message::{self, Part};
use pausa_engine::stop::StopReason;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::code::record::{ArmedBreakpoint, ArmedLine, Record};
use crate::debugger::Debugger;
use crate::evaluate::{self, Compiled};
use crate::frames;

/// The breakpoints of a line that stop its thread now; `text` is set if a condition failed.
pub fn hit(
    py: Python<'_>,
    debugger: &Debugger,
    record: &Record,
    line: u32,
    armed: &ArmedLine,
    text: &mut Option<String>,
) -> Vec<StopReason> {
    let mut reasons = Vec::new();
    for breakpoint in armed.iter() {
        let fault = match holds(py, debugger, breakpoint) {
            Ok(true) => None,
            Ok(false) => continue,
            Err(fault) => Some(fault),
        };
        let hits = breakpoint.hits.count();
        if fault.is_none() && breakpoint.hit_condition.is_some_and(|condition| !condition.holds(hits)) {
            continue;
        }
        match &breakpoint.log_message {
            Some(message) if fault.is_none() => log(py, debugger, record, line, message),
            _ => {
                if let Some(fault) = &fault {
                    let condition = breakpoint.condition.as_deref().unwrap_or_default();
                    *text = Some(format!("condition '{condition}' failed: {fault}"));
                }
                reasons.push(StopReason::Breakpoint(breakpoint.id, fault));
            }
        }
    }
    reasons
}

/// Whether a breakpoint's condition holds in this thread's innermost frame.
fn holds(py: Python<'_>, debugger: &Debugger, breakpoint: &ArmedBreakpoint) -> Result<bool, String> {
    let Some(condition) = &breakpoint.condition else { return Ok(true) };
    let Some(frame) = frames::current(py) else { return Ok(true) };
    let compiled = breakpoint.compiled.borrow().clone();
    let compiled = match compiled {
        Some(compiled) => compiled,
        None => {
            let compiled = match compile(condition, &frame) {
                Ok(compiled) => Rc::new(compiled),
                Err(fault) if fault.contains("maximum recursion depth") => return Ok(false),
                Err(fault) => return Err(fault),
            };
            *breakpoint.compiled.borrow_mut() = Some(compiled.clone());
            compiled
        }
    };
    match evaluate::holds(py, debugger.symbols, &compiled, &frame).map_err(|raised| raised.text) {
        // The program is at its recursion limit, and has no frame left for a condition either. More room cannot be made
        // in every frame of a recursion: it would never end.
        Err(fault) if fault.starts_with("RecursionError") => Ok(false),
        outcome => outcome,
    }
}

fn compile(condition: &str, frame: &Bound<'_, PyAny>) -> Result<Compiled, String> {
    let fault = |error: PyErr| error.to_string();
    let globals =
        frame.getattr("f_globals").map_err(fault)?.cast_into::<PyDict>().map_err(|_| "no globals".to_owned())?;
    let code = frame.getattr("f_code").map_err(fault)?;
    evaluate::compile_condition(condition, &code, &globals)
}

/// Prints a log message, `{expression}` in it evaluated in the frame.
fn log(py: Python<'_>, debugger: &Debugger, record: &Record, line: u32, message: &str) {
    let frame = frames::current(py);
    let mut text = String::new();
    for part in log_message::parts(message) {
        match (part, &frame) {
            (Part::Text(part), _) => text.push_str(&part),
            (Part::Expression(expression), Some(frame)) => text.push_str(&evaluate::spoken(frame, &expression)),
            (Part::Expression(_), None) => {}
        }
    }
    text.push('\n');
    debugger.listener.output(&text, &record.facts.file, line);
}
