//! Runs something of ours without the warnings that it would make the interpreter show. Called by `code`, `inspection` and
//! `reload`.
//!
//! Invariant: the program's warning filters are as before. They are one list for the whole program, so nothing here gives
//! another thread a chance to look: `warnings.catch_warnings` would, being Python.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

/// Runs `work` with all warnings ignored.
///
/// # Errors
/// That of `work`, or of the interpreter if it cannot ignore warnings.
pub fn without_warnings<'py, T>(py: Python<'py>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let warnings = crate::modules::import(py, "warnings")?;
    let name = intern!(py, "filters");
    let filters = warnings.getattr(name)?;
    // (action, message, category, module, line), as `warnings.simplefilter("ignore")` makes it.
    let warning = py.get_type::<pyo3::exceptions::PyWarning>();
    let ignored = PyList::new(py, [("ignore", py.None(), warning, py.None(), 0)])?;
    // What is ignored is not remembered for its place (Python/_warnings.c), so no registry has to be told of the change.
    warnings.setattr(name, ignored)?;
    let result = work();
    warnings.setattr(name, filters)?;
    result
}
