//! Texts of the user: evaluated and completed. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: an interrupt that was not for the evaluation is passed on to the program.

use pausa_engine::port::{Completion, EvaluateMode, Format, FrameId, Refusal, Value};
use pyo3::prelude::*;

use super::Inspection;
use super::targets::Origin;
use crate::evaluate::{Given, Raised};
use crate::values::{self, Limits};

impl<'py> Inspection<'py> {
    pub(super) fn evaluate(
        &mut self,
        frame: Option<FrameId>,
        text: &str,
        mode: EvaluateMode,
        format: Format,
    ) -> Result<Value, Refusal> {
        let frame = self.optional_frame(frame)?;
        let (debugger, py) = (self.debugger, self.py);
        let given = Given {
            exception: self.exception.as_ref().map(|exception| exception.bind(py).clone()),
            returned: debugger.returned(py).pop().map(|(_, value)| value.into_bound(py)),
            change: None,
        };
        let result = debugger.evaluating(py, || crate::evaluate::evaluate(py, frame.as_ref(), text, mode, &given));
        if result.as_ref().is_err_and(|raised| raised.text.starts_with("KeyboardInterrupt")) {
            debugger.was_interrupted();
        }
        match result.map_err(|raised| Refusal(raised.text))? {
            Some(value) => self.evaluated(text, mode, &value.into_bound(py), frame.as_ref(), format),
            None => Ok(Value::default()),
        }
    }

    fn evaluated(
        &mut self,
        text: &str,
        mode: EvaluateMode,
        value: &Bound<'py, PyAny>,
        frame: Option<&Bound<'py, PyAny>>,
        format: Format,
    ) -> Result<Value, Refusal> {
        let (debugger, py) = (self.debugger, self.py);
        let refuse = |raised: Raised| Refusal(raised.text);
        let repr = |limits: Limits| {
            debugger.evaluating(py, || values::repr(value, &limits.in_form(format))).map(Some).map_err(refuse)
        };
        let shown = match mode {
            EvaluateMode::Quiet | EvaluateMode::Watch => None,
            EvaluateMode::Expression | EvaluateMode::Statement => repr(values::PROMPT)?,
            EvaluateMode::Full => repr(values::FULL)?,
            EvaluateMode::Pretty => {
                Some(debugger.evaluating(py, || crate::evaluate::pretty(value, &values::PROMPT)).map_err(refuse)?)
            }
            EvaluateMode::WhatIs => Some(crate::evaluate::whatis(value)),
            EvaluateMode::Source => Some(debugger.evaluating(py, || crate::evaluate::source(value)).map_err(refuse)?),
        };
        let mut origin = Origin::evaluated(text, frame);
        // The value of the last of several statements has no expression of its own.
        if mode == EvaluateMode::Statement && crate::evaluate::check_syntax(py, text).is_err() {
            origin.expression = None;
        }
        Ok(self.value(value, shown, origin, format))
    }

    pub(super) fn completions(&mut self, frame: Option<FrameId>, text: &str, column: usize) -> Vec<Completion> {
        let Ok(frame) = self.optional_frame(frame) else { return Vec::new() };
        crate::evaluate::completions(self.py, frame.as_ref(), text, column)
    }
}
