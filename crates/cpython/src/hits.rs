//! A breakpoint's line is reached: condition, hit count, log message, in this order. Called by the backend.
//!
//! Invariant: a condition that raises stops the thread with the error shown, and harms nothing; hits are counted only
//! when the condition holds.

use std::sync::Arc;

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
                Ok(compiled) => Arc::new(compiled),
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
    for part in parts(message) {
        match (part, &frame) {
            (Part::Text(part), _) => text.push_str(&part),
            (Part::Expression(expression), Some(frame)) => text.push_str(&evaluate::spoken(frame, &expression)),
            (Part::Expression(_), None) => {}
        }
    }
    text.push('\n');
    debugger.listener.output(&text, &record.facts.file, line);
}

/// A piece of a log message.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Expression(String),
}

/// Splits a log message at its braces; `{{` and `}}` are braces.
fn parts(message: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            text.push_str(&tail[..1]);
            rest = after;
            continue;
        }
        match matching(tail) {
            Some(end) if tail.starts_with('{') => {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Expression(tail[1..end].to_owned()));
                rest = &tail[end + 1..];
            }
            _ => {
                text.push_str(&tail[..1]);
                rest = &tail[1..];
            }
        }
    }
    text.push_str(rest);
    parts.push(Part::Text(text));
    parts.retain(|part| *part != Part::Text(String::new()));
    parts
}

/// The offset of the brace that closes the one at the start.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    #[test]
    fn braces_hold_expressions() {
        let text = |text: &str| Part::Text(text.into());
        let expression = |text: &str| Part::Expression(text.into());
        assert_eq!(
            parts("i={i}, {d['k']}!"),
            [text("i="), expression("i"), text(", "), expression("d['k']"), text("!")]
        );
        assert_eq!(parts("{{i}} {({1: 2}[1])}"), [text("{i} "), expression("({1: 2}[1])")]);
        assert_eq!(parts("open { brace"), [text("open { brace")]);
    }
}
