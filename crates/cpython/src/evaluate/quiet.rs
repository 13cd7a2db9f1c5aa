//! Expressions that are shown unasked (a hover, a pane): names, attributes, items, constants. Called by `evaluate`.
//!
//! Invariant: runs no code of the program. What would (a property, a call, an operator) is refused with the reason.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList, PyString, PyTuple};

use super::{Raised, library};
use crate::locals::Scope;
use crate::named::Named;
use crate::values::{named_entries, static_attribute, type_name};

/// The value of such an expression in a frame, or in `__main__`.
pub fn evaluate<'py>(
    py: Python<'py>,
    frame: Option<&Bound<'py, PyAny>>,
    text: &str,
) -> Result<Bound<'py, PyAny>, Raised> {
    let tree = library::call(py, "parse_expression", (text,)).and_then(|tree| tree.named("body"));
    let frame = frame.map(Scope::of).transpose().map_err(|error| Raised::of(py, error))?;
    value(py, frame.as_ref(), &tree.map_err(|error| Raised::of(py, error))?)
}

fn value<'py>(
    py: Python<'py>,
    scope: Option<&Scope<'py>>,
    node: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>, Raised> {
    let part = |name: &str| node.named(name).map_err(|error| Raised::of(py, error));
    let name = |field: &str| -> Result<String, Raised> {
        let name = part(field)?.extract().map_err(|error| Raised::of(py, error))?;
        Ok(mangled(py, scope, name))
    };
    match type_name(node).rsplit('.').next().unwrap_or_default() {
        "Constant" => part("value"),
        "Name" => {
            let name = name("id")?;
            lookup(py, scope, &name).ok_or_else(|| refusal(format!("NameError: name '{name}' is not defined")))
        }
        "Attribute" => {
            let (owner, name) = (value(py, scope, &part("value")?)?, name("attr")?);
            match static_attribute(&owner, &name) {
                Ok(Some(found)) => Ok(found),
                Ok(None) => {
                    Err(refusal(format!("AttributeError: '{}' object has no attribute '{name}'", type_name(&owner))))
                }
                Err(()) => Err(refusal(format!("'{name}' is computed by the program: evaluate it to see it"))),
            }
        }
        "Subscript" => item(&value(py, scope, &part("value")?)?, &index(py, scope, &part("slice")?)?),
        _ => Err(may_run_code()),
    }
}

fn refusal(text: String) -> Raised {
    Raised { text }
}

fn may_run_code() -> Raised {
    refusal("this expression may run code of the program: evaluate it to see its value".to_owned())
}

/// A key: as any other expression, or a negative number.
fn index<'py>(
    py: Python<'py>,
    scope: Option<&Scope<'py>>,
    node: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>, Raised> {
    if !type_name(node).ends_with("UnaryOp") {
        return value(py, scope, node);
    }
    let is_minus = node.named("op").is_ok_and(|operator| type_name(&operator).ends_with("USub"));
    let operand = node.named("operand").and_then(|operand| operand.named("value"));
    let number = operand.and_then(|operand| operand.extract::<i64>());
    let number = number.ok().filter(|_| is_minus).and_then(i64::checked_neg).ok_or_else(may_run_code)?;
    number.into_pyobject(py).map(Bound::into_any).map_err(|_| may_run_code())
}

/// An item of a plain container, by a key that compares without running anything.
fn item<'py>(owner: &Bound<'py, PyAny>, key: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Raised> {
    let is_plain_key = key.is_exact_instance_of::<PyInt>() || key.is_exact_instance_of::<PyString>();
    let is_sequence = owner.is_exact_instance_of::<PyList>()
        || owner.is_exact_instance_of::<PyTuple>()
        || owner.is_exact_instance_of::<PyString>();
    if !is_plain_key || !(is_sequence || owner.is_exact_instance_of::<PyDict>()) {
        return Err(may_run_code());
    }
    owner.get_item(key).map_err(|error| Raised::of(owner.py(), error))
}

/// What a name means to the code of a frame. A variable without a value hides the global of its name.
fn lookup<'py>(py: Python<'py>, scope: Option<&Scope<'py>>, name: &str) -> Option<Bound<'py, PyAny>> {
    let Some(scope) = scope else {
        let main = crate::modules::import(py, "__main__").ok()?.dict();
        return in_dict(&main, name).or_else(|| in_dict(&crate::modules::import(py, "builtins").ok()?.dict(), name));
    };
    let is_variable = scope.variables.iter().any(|variable| variable == name);
    if let Some(found) = scope.variable(name).filter(|_| is_variable) {
        return Some(found);
    }
    if is_variable && scope.is_function {
        return None;
    }
    let other = || scope.others().ok()?.into_iter().find_map(|(other, value)| (other == name).then_some(value));
    let builtin = || in_dict(scope.frame.named("f_builtins").ok()?.cast::<PyDict>().ok()?, name);
    other().or_else(|| in_dict(&scope.globals, name)).or_else(builtin)
}

/// By walking: looking a name up could ask keys of the program's own classes if they are equal to it.
fn in_dict<'py>(dict: &Bound<'py, PyDict>, name: &str) -> Option<Bound<'py, PyAny>> {
    named_entries(dict).into_iter().find_map(|(other, value)| (other == name).then_some(value))
}

/// A private name as the code of the frame would have it.
fn mangled(py: Python<'_>, scope: Option<&Scope<'_>>, name: String) -> String {
    let is_private = name.starts_with("__") && !name.ends_with("__");
    let Some(scope) = scope.filter(|_| is_private) else { return name };
    let class = library::call(py, "private_prefix", (&scope.code,)).and_then(|class| class.extract::<Option<String>>());
    match class {
        Ok(Some(class)) => format!("_{class}{name}"),
        _ => name,
    }
}
