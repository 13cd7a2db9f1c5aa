//! What the handles of a stop stand for. Used by the other files here.
//!
//! Invariant: a handle that is not known belongs to a stop that is over, and is refused.

use pausa_engine::port::{Handle, Refusal};
use pyo3::prelude::*;

use super::Inspection;

/// How a value was come by.
#[derive(Default)]
pub(super) struct Origin {
    /// An expression that gives it in `frame`.
    pub expression: Option<String>,
    /// The frame in which expressions about it are evaluated.
    pub frame: Option<Py<PyAny>>,
}

impl Origin {
    /// What an evaluated text gave; the text may be any expression, and what is put behind it is to apply to all of it.
    pub fn evaluated(text: &str, frame: Option<&Bound<'_, PyAny>>) -> Self {
        let is_name = |text: &str| text.split('.').all(crate::values::is_identifier);
        let text = text.trim();
        let expression = if is_name(text) { text.to_owned() } else { format!("({text})") };
        Self { expression: Some(expression), frame: frame.map(|frame| frame.clone().unbind()) }
    }

    pub fn clone_ref(&self, py: Python<'_>) -> Self {
        Self { expression: self.expression.clone(), frame: self.frame.as_ref().map(|frame| frame.clone_ref(py)) }
    }
}

/// What a handle stands for.
pub(super) enum Target {
    /// The local variables of a frame.
    Locals(Py<PyAny>),
    /// Those of the functions around it.
    Closure(Py<PyAny>),
    /// Those of its module.
    Globals(Py<PyAny>),
    /// What functions have returned.
    Returned,
    /// The exception of the stop, in a frame.
    Exception(Py<PyAny>, Py<PyAny>),
    /// A value.
    Value(Py<PyAny>, Origin),
    /// Items of a value: the first one's index, and how many.
    Portion(Py<PyAny>, Origin, usize, usize),
    /// The attribute of this name, which the object's class computes.
    Computed(Py<PyAny>, String, Origin),
}

impl Target {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Locals(frame) => Self::Locals(frame.clone_ref(py)),
            Self::Closure(frame) => Self::Closure(frame.clone_ref(py)),
            Self::Globals(frame) => Self::Globals(frame.clone_ref(py)),
            Self::Returned => Self::Returned,
            Self::Exception(exception, frame) => Self::Exception(exception.clone_ref(py), frame.clone_ref(py)),
            Self::Value(value, origin) => Self::Value(value.clone_ref(py), origin.clone_ref(py)),
            Self::Portion(value, origin, start, count) => {
                Self::Portion(value.clone_ref(py), origin.clone_ref(py), *start, *count)
            }
            Self::Computed(owner, name, origin) => {
                Self::Computed(owner.clone_ref(py), name.clone(), origin.clone_ref(py))
            }
        }
    }
}

impl<'py> Inspection<'py> {
    pub(super) fn handle(&mut self, target: Target) -> Handle {
        let handle = Handle(self.new_id());
        self.targets.insert(handle, target);
        handle
    }

    pub(super) fn target(&self, handle: Handle) -> Result<Target, Refusal> {
        let target = self.targets.get(&handle).map(|target| target.clone_ref(self.py));
        target.ok_or_else(|| Refusal("that value belongs to a stop that is over".into()))
    }

    /// The value that a handle stands for.
    pub(super) fn value_of(&self, handle: Handle) -> Result<Bound<'py, PyAny>, Refusal> {
        match self.target(handle)? {
            Target::Value(value, _) => Ok(value.into_bound(self.py)),
            _ => Err(Refusal("that is no value".into())),
        }
    }
}
