//! Texts of the user: evaluated, assigned, completed. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: an interrupt that was not for the evaluation is passed on to the program.

use pausa_engine::port::{Completion, EvaluateMode, FrameId, Refusal, Value};
use pyo3::prelude::*;

use super::Inspection;
use crate::frames;
use crate::values;

impl<'py> Inspection<'py> {
    pub(super) fn evaluated(&mut self, text: &str, mode: EvaluateMode, value: Py<PyAny>) -> Result<Value, Refusal> {
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

    pub(super) fn evaluate(
        &mut self,
        frame: Option<FrameId>,
        text: &str,
        mode: EvaluateMode,
    ) -> Result<Value, Refusal> {
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

    pub(super) fn set_expression(
        &mut self,
        frame: Option<FrameId>,
        target: &str,
        expression: &str,
    ) -> Result<Value, Refusal> {
        let frame = self.optional_frame(frame)?.or_else(|| frames::current(self.py));
        let frame = frame.ok_or_else(|| Refusal("there is no frame to assign in".into()))?;
        let debugger = self.debugger;
        let value = debugger.evaluating(self.py, || crate::evaluate::set_expression(&frame, target, expression));
        let value = value.map_err(|raised| Refusal(raised.text))?.into_bound(self.py);
        Ok(self.value(&value, None, Some(target.to_owned())))
    }

    pub(super) fn completions(&mut self, frame: Option<FrameId>, text: &str, column: usize) -> Vec<Completion> {
        let Ok(frame) = self.optional_frame(frame) else { return Vec::new() };
        crate::evaluate::completions(self.py, frame.as_ref(), text, column)
    }
}
