//! Assigning to variables, items and attributes. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: an assignment does what the same one in the program would do, and reaches the running function; where it
//! cannot, it is refused with the reason.

use pausa_engine::port::{EvaluateMode, Format, FrameId, Handle, Refusal, Value};
use pyo3::prelude::*;

use super::Inspection;
use super::targets::{Origin, Target};
use crate::evaluate::Given;
use crate::named::Named;
use crate::values::Key;
use crate::{frames, locals, values};

/// Where a value is to be put.
enum Place<'py> {
    /// A variable of a frame, its own or one of the functions around it.
    Variable(Bound<'py, PyAny>),
    /// A variable of a frame's module.
    Global(Bound<'py, PyAny>),
    /// A child of a value.
    Child(Bound<'py, PyAny>, Key),
}

impl<'py> Inspection<'py> {
    pub(super) fn set_variable(
        &mut self,
        of: Handle,
        name: &str,
        expression: &str,
        format: Format,
    ) -> Result<Value, Refusal> {
        // First the place: what cannot be assigned runs no expression either.
        let (place, frame) = self.place(of, name)?;
        let frame = frame.map(|frame| frame.into_bound(self.py)).or_else(|| frames::current(self.py));
        let (debugger, py) = (self.debugger, self.py);
        let evaluate =
            || crate::evaluate::evaluate(py, frame.as_ref(), expression, EvaluateMode::Expression, &Given::default());
        let new = debugger.evaluating(py, evaluate).map_err(|raised| Refusal(raised.text))?;
        let new = new.ok_or_else(|| Refusal(format!("'{expression}' has no value")))?.into_bound(py);
        let assigned = match &place {
            Place::Variable(frame) => locals::assign(frame, name, &new),
            Place::Global(frame) => frame.named("f_globals").and_then(|globals| globals.set_item(name, &new)),
            Place::Child(parent, key) => self.asked(|| values::set_child(parent, key, &new)),
        };
        assigned.map_err(|error| self.refuse(error))?;
        Ok(self.value(&new, None, Origin { expression: None, frame: frame.map(Bound::unbind) }, format))
    }

    /// Where the child of this name is, and the frame in which expressions about it are evaluated.
    fn place(&self, of: Handle, name: &str) -> Result<(Place<'py>, Option<Py<PyAny>>), Refusal> {
        let py = self.py;
        match self.target(of)? {
            Target::Locals(frame) | Target::Closure(frame) => {
                Ok((Place::Variable(frame.bind(py).clone()), Some(frame)))
            }
            Target::Globals(frame) => Ok((Place::Global(frame.bind(py).clone()), Some(frame))),
            Target::Value(value, origin) | Target::Portion(value, origin, ..) => {
                let value = value.into_bound(py);
                match values::key_of(&value, name).map_err(Refusal)? {
                    Key::Fixed(why) => Err(Refusal(why.into())),
                    key => Ok((Place::Child(value, key), origin.frame)),
                }
            }
            Target::Computed(owner, attribute, origin) => {
                Ok((Place::Child(owner.into_bound(py), Key::Attribute(attribute)), origin.frame))
            }
            Target::Returned => Err(Refusal("a return value cannot be changed here".into())),
            Target::Exception(..) => Err(Refusal("the exception on its way cannot be replaced".into())),
        }
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
