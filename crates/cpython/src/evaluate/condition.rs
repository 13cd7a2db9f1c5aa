//! Breakpoints' conditions: compiled once to a function of the variables they use. Called by `hits` and `inspection`.
//!
//! Invariant: what a condition gives is what evaluating its text in the frame would give; where the function cannot
//! promise that (an unbound variable, other globals, a class body), the text is evaluated.

use std::ffi::CString;

use pausa_engine::port::EvaluateMode;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyTuple};

use super::{Raised, library, raised};
use crate::symbols::Symbols;

/// A condition, ready to be asked.
pub struct Compiled {
    text: String,
    /// The variables that the function takes, in its order.
    names: Vec<CString>,
    /// None if the text has to be evaluated.
    function: Option<Py<PyAny>>,
    /// The globals it was compiled for, if it uses any.
    globals: Option<Py<PyDict>>,
}

/// A reason to refuse a condition: what the compiler says, and the text.
pub fn check_syntax(py: Python<'_>, condition: &str) -> Result<(), String> {
    library::call(py, "parse_expression", (condition,)).map(drop).map_err(|error| fault(py, &error, condition))
}

/// Compiles a condition for the frames of a code object.
pub fn compile_condition(text: &str, code: &Bound<'_, PyAny>, globals: &Bound<'_, PyDict>) -> Result<Compiled, String> {
    let py = code.py();
    let compile = || -> PyResult<Compiled> {
        let compiled = library::call(py, "condition", (text, code, globals))?;
        let (names, function, uses_globals): (Vec<String>, Option<Py<PyAny>>, bool) = compiled.extract()?;
        let names = names.into_iter().map(|name| Ok(CString::new(name)?)).collect::<PyResult<_>>()?;
        // A function holds its globals. Those of a module live as long as it does; others would hold, through the code
        // object that this is armed in, themselves: a cycle that nobody collects.
        let function = function.filter(|_| is_module_namespace(globals));
        let globals = uses_globals.then(|| globals.clone().unbind());
        let globals = globals.filter(|_| function.is_some());
        Ok(Compiled { text: text.to_owned(), names, function, globals })
    };
    compile().map_err(|error| fault(py, &error, text))
}

/// True for the namespace of a module that is in `sys.modules` under the name it has there.
fn is_module_namespace(globals: &Bound<'_, PyDict>) -> bool {
    let find = || -> PyResult<bool> {
        let Some(name) = globals.get_item("__name__")? else { return Ok(false) };
        let modules = crate::modules::import(globals.py(), "sys")?.getattr("modules")?.cast_into::<PyDict>()?;
        let Some(module) = modules.get_item(name)? else { return Ok(false) };
        Ok(module.cast_exact::<PyModule>().is_ok_and(|module| module.dict().is(globals)))
    };
    find().unwrap_or(false)
}

/// Whether a condition holds in a frame.
pub fn holds(py: Python<'_>, symbols: Symbols, compiled: &Compiled, frame: &Bound<'_, PyAny>) -> Result<bool, Raised> {
    let value = match call(py, symbols, compiled, frame) {
        Some(value) => value.map_err(|error| Raised::of(py, error))?,
        None => {
            let value = super::evaluate(py, Some(frame), &compiled.text, EvaluateMode::Expression)?;
            return value.map_or(Ok(false), |value| truth(value.bind(py)));
        }
    };
    truth(&value)
}

fn truth(value: &Bound<'_, PyAny>) -> Result<bool, Raised> {
    value.is_truthy().map_err(|error| Raised::of(value.py(), error))
}

/// Calls the function with the frame's variables; None if the text has to be evaluated instead.
fn call<'py>(
    py: Python<'py>,
    symbols: Symbols,
    compiled: &Compiled,
    frame: &Bound<'py, PyAny>,
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let function = compiled.function.as_ref()?.bind(py);
    if let Some(globals) = &compiled.globals {
        let other = frame.getattr(pyo3::intern!(py, "f_globals")).ok()?;
        if !other.is(globals) {
            return None;
        }
    }
    let mut values = Vec::with_capacity(compiled.names.len());
    for name in &compiled.names {
        let value = match symbols.frame_get_var {
            // SAFETY: `frame` is a frame object, as for all of this crate's functions that take one; the name ends in
            // NUL. The result is a new reference, or null with NameError set, which `take` clears.
            Some(get) => unsafe {
                Bound::from_owned_ptr_or_opt(py, get(frame.as_ptr().cast::<ffi::PyFrameObject>(), name.as_ptr()))
            },
            None => frame.getattr(pyo3::intern!(py, "f_locals")).and_then(|locals| locals.get_item(name)).ok(),
        };
        match value {
            Some(value) => values.push(value),
            None => {
                drop(PyErr::take(py));
                return None;
            }
        }
    }
    let arguments = match PyTuple::new(py, values) {
        Ok(arguments) => arguments,
        Err(error) => return Some(Err(error)),
    };
    Some(function.call1(arguments))
}

fn fault(py: Python<'_>, error: &PyErr, text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "the condition is empty".to_owned();
    }
    let message = raised::message(py, error).unwrap_or_else(|| error.to_string());
    format!("{} in '{text}'", message.lines().next().unwrap_or_default())
}
