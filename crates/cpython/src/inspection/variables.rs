//! Scopes, values and their children, and assigning to them. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: listing runs no code of the program.

use pausa_engine::port::{EvaluateMode, FrameId, Handle, Page, Refusal, Scope, Value, Variable};
use pyo3::prelude::*;

use super::Inspection;
use crate::frames;
use crate::locals::{self, Local};
use crate::values::{self, Key};

/// What a handle stands for.
pub(super) enum Target {
    Locals(Py<PyAny>),
    Globals(Py<PyAny>),
    Return(String, Py<PyAny>),
    Value { value: Py<PyAny>, expression: Option<String> },
}

impl<'py> Inspection<'py> {
    pub(super) fn handle(&mut self, target: Target) -> Handle {
        let handle = Handle(self.new_id());
        self.targets.insert(handle, target);
        handle
    }

    /// A value for a pane, or with the text that an evaluation gave it.
    pub(super) fn value(
        &mut self,
        value: &Bound<'py, PyAny>,
        text: Option<String>,
        expression: Option<String>,
    ) -> Value {
        let text = text.unwrap_or_else(|| values::describe(value, &values::PANE));
        let (named, indexed) = values::counts(value);
        let has_children = named + indexed > 0;
        let target = Target::Value { value: value.clone().unbind(), expression };
        let handle = has_children.then(|| self.handle(target));
        Value { text, type_name: values::type_name(value), handle, named, indexed }
    }

    pub(super) fn local(&mut self, local: Local) -> Variable {
        let value = self.value(local.value.bind(self.py), None, Some(local.name.clone()));
        Variable { evaluate_name: Some(local.name.clone()), name: local.name, value, is_argument: local.is_argument }
    }

    pub(super) fn locals_page(&mut self, locals: Vec<Local>, page: Page) -> Vec<Variable> {
        let count = if page.count == 0 { usize::MAX } else { page.count };
        locals.into_iter().skip(page.start).take(count).map(|local| self.local(local)).collect()
    }

    pub(super) fn scopes(&mut self, frame: FrameId) -> Result<Vec<Scope>, Refusal> {
        let frame = self.frame(frame)?;
        let refuse = |error: PyErr| Refusal(error.to_string());
        let mut scopes = Vec::new();
        if let Some((function, value)) = self.debugger.return_value(self.py) {
            let handle = self.handle(Target::Return(function, value));
            scopes.push(Scope { name: "Return value".into(), handle, count: 1, expensive: false });
        }
        let count = locals::read(&frame).map_err(refuse)?.len();
        let handle = self.handle(Target::Locals(frame.clone().unbind()));
        scopes.insert(0, Scope { name: "Locals".into(), handle, count, expensive: false });
        let count = locals::globals(&frame).map_err(refuse)?.len();
        let handle = self.handle(Target::Globals(frame.unbind()));
        scopes.push(Scope { name: "Globals".into(), handle, count, expensive: true });
        Ok(scopes)
    }

    pub(super) fn variables(&mut self, of: Handle, page: Page) -> Result<Vec<Variable>, Refusal> {
        let refuse = |error: PyErr| Refusal(error.to_string());
        let target =
            self.targets.get(&of).ok_or_else(|| Refusal("that value belongs to a stop that is over".into()))?;
        match target {
            Target::Locals(frame) => {
                let found = locals::read(frame.bind(self.py)).map_err(refuse)?;
                Ok(self.locals_page(found, page))
            }
            Target::Globals(frame) => {
                let found = locals::globals(frame.bind(self.py)).map_err(refuse)?;
                Ok(self.locals_page(found, page))
            }
            Target::Return(function, value) => {
                let (name, value) = (function.clone(), value.bind(self.py).clone());
                let value = self.value(&value, None, None);
                Ok(vec![Variable { name, evaluate_name: None, value, is_argument: false }])
            }
            Target::Value { value, expression } => {
                let (value, expression) = (value.bind(self.py).clone(), expression.clone());
                let children = values::children(&value, page);
                Ok(children
                    .into_iter()
                    .map(|child| {
                        let suffix = child.evaluate_suffix;
                        let name = expression.as_ref().zip(suffix).map(|(base, suffix)| format!("{base}{suffix}"));
                        let value = self.value(child.value.bind(self.py), None, name.clone());
                        Variable { name: child.name, evaluate_name: name, value, is_argument: false }
                    })
                    .collect())
            }
        }
    }

    pub(super) fn set_variable(&mut self, of: Handle, name: &str, expression: &str) -> Result<Value, Refusal> {
        let refuse = |error: PyErr| Refusal(error.to_string());
        let target =
            self.targets.get(&of).ok_or_else(|| Refusal("that value belongs to a stop that is over".into()))?;
        let frame = match target {
            Target::Locals(frame) | Target::Globals(frame) => Some(frame.bind(self.py).clone()),
            _ => frames::current(self.py),
        };
        let debugger = self.debugger;
        let mode = EvaluateMode::Expression;
        let new = debugger.evaluating(self.py, || crate::evaluate::evaluate(self.py, frame.as_ref(), expression, mode));
        let new = new.map_err(|raised| Refusal(raised.text))?;
        let new = new.ok_or_else(|| Refusal(format!("'{expression}' has no value")))?.into_bound(self.py);
        match target {
            Target::Locals(frame) => locals::assign(frame.bind(self.py), name, &new).map_err(refuse)?,
            Target::Globals(frame) => {
                let globals = frame.bind(self.py).getattr("f_globals").map_err(refuse)?;
                globals.set_item(name, &new).map_err(refuse)?;
            }
            Target::Return(..) => return Err(Refusal("a return value cannot be changed here".into())),
            Target::Value { value, .. } => {
                let value = value.bind(self.py).clone();
                let key = key_of_child(&value, name)?;
                debugger.evaluating(self.py, || values::set_child(&value, &key, &new)).map_err(refuse)?;
            }
        }
        Ok(self.value(&new, None, None))
    }
}

fn key_of_child(value: &Bound<'_, PyAny>, name: &str) -> Result<Key, Refusal> {
    let children = values::children(value, Page::default());
    let child = children.into_iter().find(|child| child.name == name);
    child.map(|child| child.key).ok_or_else(|| Refusal(format!("it has no child '{name}'")))
}
