//! Assigning to variables, items and attributes. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: an assignment does what the same one in the program would do, and reaches the running function; where it
//! cannot, it is refused with the reason.

use pausa_engine::port::{EvaluateMode, Format, FrameId, Handle, Refusal, Value};
use pyo3::prelude::*;

use super::Inspection;
use super::targets::{Origin, Target};
use crate::evaluate::Raised;
use crate::values::Key;
use crate::{frames, locals, values};

impl<'py> Inspection<'py> {
    pub(super) fn set_variable(
        &mut self,
        of: Handle,
        name: &str,
        expression: &str,
        format: Format,
    ) -> Result<Value, Refusal> {
        let target = self.target(of)?;
        let frame = match &target {
            Target::Locals(frame) | Target::Closure(frame) | Target::Globals(frame) => Some(frame.clone_ref(self.py)),
            Target::Value(_, origin) | Target::Portion(_, origin, ..) | Target::Computed(_, _, origin) => {
                origin.clone_ref(self.py).frame
            }
            Target::Return(..) => return Err(Refusal("a return value cannot be changed here".into())),
            Target::Exception(..) => return Err(Refusal("the exception on its way cannot be replaced".into())),
        };
        let frame = frame.map(|frame| frame.into_bound(self.py)).or_else(|| frames::current(self.py));
        let (debugger, py) = (self.debugger, self.py);
        let evaluate = || crate::evaluate::evaluate(py, frame.as_ref(), expression, EvaluateMode::Expression, None);
        let new = debugger.evaluating(py, evaluate).map_err(|raised| Refusal(raised.text))?;
        let new = new.ok_or_else(|| Refusal(format!("'{expression}' has no value")))?.into_bound(py);
        let raised = |error: PyErr| Refusal(Raised::of(py, error).text);
        match target {
            Target::Locals(frame) | Target::Closure(frame) => {
                locals::assign(frame.bind(py), name, &new).map_err(raised)?;
            }
            Target::Globals(frame) => {
                let globals = frame.bind(py).getattr("f_globals").map_err(raised)?;
                globals.set_item(name, &new).map_err(raised)?;
            }
            Target::Value(value, _) | Target::Portion(value, ..) => {
                let value = value.into_bound(py);
                let key = values::key_of(&value, name).map_err(Refusal)?;
                if let Key::Fixed(why) = key {
                    return Err(Refusal(why.into()));
                }
                debugger.evaluating(py, || values::set_child(&value, &key, &new)).map_err(raised)?;
            }
            Target::Computed(owner, attribute, _) => {
                debugger.evaluating(py, || owner.bind(py).setattr(attribute.as_str(), &new)).map_err(raised)?;
            }
            Target::Return(..) | Target::Exception(..) => {}
        }
        Ok(self.value(&new, None, Origin { expression: None, frame: frame.map(Bound::unbind) }, format))
    }

    pub(super) fn set_expression(
        &mut self,
        frame: Option<FrameId>,
        target: &str,
        expression: &str,
        format: Format,
    ) -> Result<Value, Refusal> {
        let frame = self.optional_frame(frame)?.or_else(|| frames::current(self.py));
        let frame = frame.ok_or_else(|| Refusal("there is no frame to assign in".into()))?;
        let debugger = self.debugger;
        let value = debugger.evaluating(self.py, || crate::evaluate::set_expression(&frame, target, expression));
        let value = value.map_err(|raised| Refusal(raised.text))?.into_bound(self.py);
        Ok(self.value(&value, None, Origin::evaluated(target, Some(&frame)), format))
    }
}
