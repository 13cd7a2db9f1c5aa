//! `pausa events`: counts events instead of debugging, and leaves the counts in a file.
//!
//! Called by `start` for an address `file:PATH`; `_costs.py` takes single callbacks. Invariant: the file named `report`
//! is there only if the program ended by itself, and then it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use pausa_cpython::tally::{self, CountedFunction, Selection};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use serde_json::{Value, json};

/// The name of the report, beside the settings.
const REPORT: &str = "report";

/// Counts what the settings at `path` say: `{"only": [NAME, …], "where": GLOB or null}`.
pub fn start(py: Python<'_>, path: &str) -> PyResult<()> {
    let failed = |error: &dyn std::fmt::Display| PyRuntimeError::new_err(format!("cannot read what to count: {error}"));
    let text = fs::read_to_string(path).map_err(|error| failed(&error))?;
    let settings: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    let names = settings.get("only").and_then(Value::as_array).into_iter().flatten();
    let selection = Selection {
        only: names.filter_map(|name| Some(name.as_str()?.to_owned())).collect(),
        files: settings.get("where").and_then(Value::as_str).map(str::to_owned),
    };
    let folder = Path::new(path).parent().map(PathBuf::from).unwrap_or_default();
    tally::count_events(py, &selection, move |functions| leave(&folder, &functions))
}

/// The builtin that counts events of this name, to be registered by who measures it.
#[pyfunction]
pub fn counting_callback<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    tally::counting_callback(py, name)
}

/// A builtin that does nothing, to be registered by who measures what being told costs.
#[pyfunction]
pub fn empty_callback(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    tally::empty_callback(py)
}

/// Writes the report under another name first: who looks sees nothing or all of it.
fn leave(folder: &Path, functions: &[CountedFunction]) {
    let (unfinished, report) = (folder.join("unfinished"), folder.join(REPORT));
    let text = Value::from(functions.iter().map(shown).collect::<Vec<_>>()).to_string();
    // Should it fail, the front end finds no report and says so.
    let _ = fs::write(&unfinished, text).and_then(|()| fs::rename(&unfinished, &report));
}

fn shown(function: &CountedFunction) -> Value {
    let CountedFunction { file, name, line, places } = function;
    let places = places.iter().map(|at| json!({"event": at.event, "line": at.line, "count": at.count}));
    json!({"file": file, "name": name, "line": line, "places": places.collect::<Vec<_>>()})
}
