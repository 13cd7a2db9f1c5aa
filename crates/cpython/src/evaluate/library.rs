//! The Python half of evaluation, `evaluate.py`: compiled once, in a namespace that the program does not see.
//!
//! Used by the other files here, and by `values` for a namespace of its own. Invariant: it runs on a copy of `builtins`,
//! so what the program replaces there later does not reach it.

use crate::named::Named;
use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyDictMethods};

const TEXT: &str = concat!(include_str!("evaluate.py"), "\0");

static NAMESPACE: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// Calls one of the functions of `evaluate.py`.
pub fn call<'py>(py: Python<'py>, function: &str, arguments: impl PyCallArgs<'py>) -> PyResult<Bound<'py, PyAny>> {
    let namespace = NAMESPACE.get_or_try_init(py, || load(py).map(Bound::unbind))?.bind(py);
    let function = namespace.get_item(function)?.ok_or_else(|| PyRuntimeError::new_err(function.to_owned()))?;
    function.call1(arguments)
}

static BUILTINS: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// The builtins as they were when this was first called: at the debugger's start, before the program can replace any.
pub fn builtins(py: Python<'_>) -> PyResult<&Bound<'_, PyDict>> {
    let copy = || {
        Ok::<_, PyErr>(
            crate::modules::import(py, "builtins")?.named("__dict__")?.cast_into::<PyDict>()?.copy()?.unbind(),
        )
    };
    Ok(BUILTINS.get_or_try_init(py, copy)?.bind(py))
}

static AST: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// What has to be taken before the program can change it: builtins, and a module whose import would use them.
pub fn prepare(py: Python<'_>) -> PyResult<()> {
    builtins(py)?;
    let take = || -> PyResult<Py<PyAny>> {
        let modules = crate::modules::import(py, "sys")?.named("modules")?;
        let was_there = modules.contains("_ast")?;
        let module = crate::modules::import(py, "_ast")?;
        if !was_there {
            modules.del_item("_ast")?;
        }
        Ok(module.into_any().unbind())
    };
    AST.get_or_try_init(py, take).map(drop)
}

/// An empty namespace with a copy of the builtins.
pub(crate) fn private_namespace(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let builtins = builtins(py)?.copy()?;
    let namespace = PyDict::new(py);
    namespace.set_item("__builtins__", builtins)?;
    namespace.set_item("__name__", "pausa")?;
    Ok(namespace)
}

/// The same with the types of syntax trees.
pub(crate) fn namespace_with_ast(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let namespace = private_namespace(py)?;
    prepare(py)?;
    namespace.set_item("_ast", AST.get(py))?;
    Ok(namespace)
}

fn load(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let namespace = namespace_with_ast(py)?;
    namespace.set_item("sys", crate::modules::import(py, "sys")?)?;
    namespace.set_item("assign", wrap_pyfunction!(assign, py)?)?;
    namespace.set_item("qualname", wrap_pyfunction!(qualname, py)?)?;
    // SAFETY: the GIL is held; the text and the name end in NUL, and both calls give a new reference or raise.
    unsafe {
        let code = ffi::Py_CompileString(TEXT.as_ptr().cast(), c"<pausa>".as_ptr(), ffi::Py_file_input);
        let code = Bound::from_owned_ptr_or_err(py, code)?;
        let result = ffi::PyEval_EvalCode(code.as_ptr(), namespace.as_ptr(), namespace.as_ptr());
        Bound::from_owned_ptr_or_err(py, result)?;
    }
    Ok(namespace)
}

#[pyfunction]
fn assign(frame: &Bound<'_, PyAny>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    crate::locals::assign(frame, name, value)
}

#[pyfunction]
fn qualname(code: &Bound<'_, PyAny>) -> String {
    crate::code::qualname::of(code)
}
