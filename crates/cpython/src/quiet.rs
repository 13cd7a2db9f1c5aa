//! Runs something of ours without the warnings that it would make the interpreter show. Called by `code` and `inspection`.
//!
//! Invariant: the program's warning filters are as before.

use crate::named::Named;
use pyo3::prelude::*;

/// Runs `work` with all warnings ignored.
pub fn without_warnings<'py, T>(py: Python<'py>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let warnings = crate::modules::import(py, "warnings")?;
    let aside = warnings.call_named0("catch_warnings")?;
    aside.call_named0("__enter__")?;
    let result = warnings.call_named1("simplefilter", ("ignore",)).and_then(|_| work());
    aside.call_named1("__exit__", (py.None(), py.None(), py.None()))?;
    result
}
