//! Replaces the code of functions in the running program by that of their edited file. Called by `inspection`.
//!
//! `reload.py` plans, checks and does it; here is what it needs to know of the program. Invariant: all of a file or nothing of
//! it; what runs goes on in the code that it began with.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyModule};

use crate::code::registry::real_path;
use crate::debugger::Debugger;
use crate::named::Named;
use crate::{frames, threads, values};

const TEXT: &str = include_str!("reload.py");

static NAMESPACE: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

/// What a reload does to one function or class: the deed, the name, a line, a note.
pub type Entry = (String, String, Option<u32>, Option<String>);

/// A reload that was planned.
pub struct Plan<'py>(Bound<'py, PyAny>);

fn call<'py>(
    py: Python<'py>,
    function: &str,
    arguments: impl pyo3::call::PyCallArgs<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let load = || {
        let namespace = crate::evaluate::namespace_with_ast(py)?;
        namespace.set_item("sys", crate::modules::import(py, "sys")?)?;
        namespace.set_item("qualname", wrap_pyfunction!(qualname, py)?)?;
        let compile = crate::evaluate::builtins(py)?.as_any().get_item("compile")?;
        let code = compile.call1((TEXT, frames::OWN_FILE, "exec", 0, true))?;
        crate::evaluate::builtins(py)?.as_any().get_item("exec")?.call1((code, &namespace))?;
        Ok::<_, PyErr>(namespace.unbind())
    };
    NAMESPACE.get_or_try_init(py, load)?.bind(py).as_any().get_item(function)?.call1(arguments)
}

#[pyfunction]
fn qualname(code: &Bound<'_, PyAny>) -> String {
    crate::code::qualname::of(code)
}

/// The namespaces of the modules that were made from a file, given by its real path.
pub fn namespaces<'py>(py: Python<'py>, file: &str) -> Vec<Bound<'py, PyDict>> {
    let modules = crate::modules::import(py, "sys").and_then(|sys| sys.named("modules"));
    let Some(modules) = modules.ok().and_then(|modules| modules.cast_into::<PyDict>().ok()) else { return Vec::new() };
    let mut found: Vec<Bound<'py, PyDict>> = Vec::new();
    for (_, module) in values::entries(&modules, 0, usize::MAX) {
        let Ok(module) = module.cast_into::<PyModule>() else { continue };
        let namespace = module.dict();
        let own = namespace.get_item("__file__").ok().flatten().and_then(|path| values::exact_text(&path));
        if own.is_some_and(|path| real_path(&path) == file) && !found.iter().any(|known| known.is(&namespace)) {
            found.push(namespace);
        }
    }
    found
}

/// Plans a reload of a file of which this code is alive.
pub fn prepare<'py>(
    py: Python<'py>,
    debugger: &Debugger,
    text: &[u8],
    file: &str,
    codes: &[Bound<'py, PyAny>],
) -> PyResult<Plan<'py>> {
    let objects = crate::modules::import(py, "gc")?.named("get_objects")?.call0()?.cast_into::<PyList>()?;
    let mut running = Vec::new();
    for (identity, innermost) in threads::innermost_frames(py) {
        let id = debugger.state().threads.of(identity);
        let name = threads::name(py, identity, id);
        let stack = frames::stack(innermost.into_bound(py)).filter(|frame| !debugger.is_hidden_frame(frame));
        running.extend(stack.map(|frame| (frame, name.clone())));
    }
    // The name that the code of the file has, which is what tracebacks show.
    let known = codes.first().and_then(|code| code.named("co_filename").ok()?.extract::<String>().ok());
    let name = known.unwrap_or_else(|| file.to_owned());
    let arguments = (PyBytes::new(py, text), name, namespaces(py, file), objects, codes.to_vec(), running);
    crate::quiet::without_warnings(py, || call(py, "prepare", arguments)).map(Plan)
}

impl<'py> Plan<'py> {
    /// Why it cannot be done; empty if it can.
    pub fn faults(&self) -> PyResult<Vec<Entry>> {
        self.0.named("faults")?.extract()
    }

    /// What it does.
    pub fn entries(&self) -> PyResult<Vec<Entry>> {
        self.0.named("entries")?.extract()
    }

    /// How many functions only stand at other lines.
    pub fn moved(&self) -> PyResult<usize> {
        self.0.named("moved")?.extract()
    }

    /// Does it. What is new is defined by running its `def`.
    pub fn carry_out(&self) -> PyResult<()> {
        let py = self.0.py();
        crate::quiet::without_warnings(py, || call(py, "carry_out", (&self.0,))).map(drop)
    }

    /// The codes that are no function's any more.
    pub fn gone(&self) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.0.named("gone")?.extract()
    }

    /// The codes of the file's new text, as far as anything of it is used.
    pub fn codes(&self) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.0.named("codes")?.extract()
    }
}
