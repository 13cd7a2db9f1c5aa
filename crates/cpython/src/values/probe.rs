//! Lets the tests in `crates/cpython/tests` call values, locals and evaluation from Python, with the feature `probe`.
//!
//! Invariant: in no build that is shipped; a thin layer without behaviour of its own.

use pausa_engine::port::{EvaluateMode, Filter, Page};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Limits;
use crate::evaluate::{self, Raised};
use crate::{locals, symbols};

fn refused(raised: Raised) -> PyErr {
    PyRuntimeError::new_err(raised.text)
}

fn limits(chars: usize) -> Limits {
    Limits { chars, items: 10_000, depth: 100 }
}

/// The functions, as a module that Python imports.
#[pymodule]
pub mod probe {
    use super::*;

    type Listed = Vec<(String, Py<PyAny>, Option<String>)>;

    #[pyfunction]
    fn describe(value: &Bound<'_, PyAny>, chars: usize) -> String {
        super::super::describe(value, &limits(chars))
    }

    #[pyfunction]
    fn repr(value: &Bound<'_, PyAny>, chars: usize) -> PyResult<String> {
        super::super::repr(value, &limits(chars)).map_err(refused)
    }

    #[pyfunction]
    fn type_name(value: &Bound<'_, PyAny>) -> String {
        super::super::type_name(value)
    }

    #[pyfunction]
    fn counts(value: &Bound<'_, PyAny>) -> (usize, usize) {
        super::super::counts(value)
    }

    #[pyfunction]
    fn children(value: &Bound<'_, PyAny>, start: usize, count: usize) -> Listed {
        let page = Page { filter: Filter::All, start, count };
        let found = super::super::children(value, page).into_iter();
        found.map(|child| (child.name, child.value, child.evaluate_suffix)).collect()
    }

    #[pyfunction]
    fn set_child(value: &Bound<'_, PyAny>, name: &str, new: &Bound<'_, PyAny>) -> PyResult<()> {
        let found = super::super::children(value, Page::default()).into_iter().find(|child| child.name == name);
        let child = found.ok_or_else(|| PyRuntimeError::new_err("no such child"))?;
        super::super::set_child(value, &child.key, new)
    }

    #[pyfunction]
    fn read(frame: &Bound<'_, PyAny>) -> PyResult<Vec<(String, Py<PyAny>, bool)>> {
        Ok(locals::read(frame)?.into_iter().map(|local| (local.name, local.value, local.is_argument)).collect())
    }

    #[pyfunction]
    fn assign(frame: &Bound<'_, PyAny>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        locals::assign(frame, name, value)
    }

    #[pyfunction]
    fn run(frame: &Bound<'_, PyAny>, text: &str, mode: &str) -> PyResult<Option<Py<PyAny>>> {
        let mode = match mode {
            "statement" => EvaluateMode::Statement,
            "quiet" => EvaluateMode::Quiet,
            _ => EvaluateMode::Expression,
        };
        evaluate::evaluate(frame.py(), Some(frame), text, mode).map_err(refused)
    }

    #[pyfunction]
    fn set_expression(frame: &Bound<'_, PyAny>, target: &str, text: &str) -> PyResult<Py<PyAny>> {
        evaluate::set_expression(frame, target, text).map_err(refused)
    }

    #[pyfunction]
    fn holds(frame: &Bound<'_, PyAny>, condition: &str) -> PyResult<bool> {
        let globals = frame.getattr("f_globals")?.cast_into::<PyDict>()?;
        let compiled = evaluate::compile_condition(condition, &frame.getattr("f_code")?, &globals);
        let compiled = compiled.map_err(PyRuntimeError::new_err)?;
        let symbols = symbols::Symbols::find().map_err(PyRuntimeError::new_err)?;
        evaluate::holds(frame.py(), symbols, &compiled, frame).map_err(refused)
    }

    #[pyfunction]
    fn whatis(value: &Bound<'_, PyAny>) -> String {
        evaluate::whatis(value)
    }

    #[pyfunction]
    fn pretty(value: &Bound<'_, PyAny>, chars: usize) -> PyResult<String> {
        evaluate::pretty(value, &limits(chars)).map_err(refused)
    }

    #[pyfunction]
    fn completions(frame: &Bound<'_, PyAny>, text: &str) -> Vec<String> {
        let found = evaluate::completions(frame.py(), Some(frame), text, text.chars().count());
        found.into_iter().map(|completion| completion.text).collect()
    }

    #[pyfunction]
    fn check_syntax(py: Python<'_>, text: &str) -> Option<String> {
        evaluate::check_syntax(py, text).err()
    }
}
