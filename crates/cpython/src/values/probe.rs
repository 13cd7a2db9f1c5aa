//! Lets the tests in `crates/cpython/tests` call values, locals and evaluation from Python, with the feature `probe`.
//!
//! Invariant: in no build that is shipped; a thin layer without behaviour of its own.

use std::time::Instant;

use pausa_engine::port::{EvaluateMode, Filter, Page};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use super::Limits;
use crate::code::opcodes::Opcodes;
use crate::code::record::Records;
use crate::evaluate::{self, Compiled, Raised, Run, Verdict};
use crate::layout::Layout;
use crate::named::Named;
use crate::symbols::Symbols;
use crate::{frames, locals};

fn refused(raised: Raised) -> PyErr {
    PyRuntimeError::new_err(raised.text)
}

fn limits(chars: usize) -> Limits {
    Limits { chars, items: 10_000, depth: 100, hex: false }
}

/// The layout, found once.
fn native(py: Python<'_>) -> PyResult<&'static Layout> {
    static NATIVE: PyOnceLock<Layout> = PyOnceLock::new();
    let find = || -> Result<Layout, String> {
        let symbols = Symbols::find()?;
        let records = Records::request(symbols).ok_or("no slot is left in code objects")?;
        let opcodes = Opcodes::read(py).map_err(|error| error.to_string())?;
        Ok(Layout::find(py, records, &opcodes).ok_or("the layout of frames does not hold")?)
    };
    NATIVE.get_or_try_init(py, || find().map_err(PyRuntimeError::new_err))
}

/// Asks a condition in the calling frame.
fn ask(py: Python<'_>, layout: &Layout, compiled: &Compiled) -> PyResult<Option<bool>> {
    // SAFETY: the GIL is held; the callers have no frame of their own, so the innermost is that of their caller, whose
    // code the condition was compiled for.
    unsafe {
        let frame = layout.current().ok_or_else(|| PyRuntimeError::new_err("no frame"))?;
        if compiled.ask_at_once(layout, frame).is_some_and(|at_once| {
            compiled.ask(Run { layout, frame }) != Verdict::Holds(at_once)
                || compiled.shortcut().is_some_and(|shortcut| shortcut.fails(layout, frame) && at_once)
        }) {
            return Err(PyRuntimeError::new_err("what is seen at once is not what the plan says"));
        }
        match compiled.ask(Run { layout, frame }) {
            Verdict::Holds(holds) => Ok(Some(holds)),
            Verdict::Raised => Err(PyErr::fetch(py)),
            Verdict::Unknown => Ok(None),
        }
    }
}

/// The functions, as a module that Python imports.
#[pymodule]
pub mod probe {
    use super::*;

    type Listed = Vec<(String, Option<Py<PyAny>>, Option<String>)>;

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
        let path = |child: &super::super::Child| child.path.as_ref().map(|path| path.of(""));
        found.map(|child| (path(&child), child)).map(|(path, child)| (child.name, child.value, path)).collect()
    }

    #[pyfunction]
    fn set_child(value: &Bound<'_, PyAny>, name: &str, new: &Bound<'_, PyAny>) -> PyResult<()> {
        let key = super::super::key_of(value, name).map_err(PyRuntimeError::new_err)?;
        super::super::set_child(value, &key, new)
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
        evaluate::evaluate(frame.py(), Some(frame), text, mode, &evaluate::Given::default()).map_err(refused)
    }

    #[pyfunction]
    fn set_expression(frame: &Bound<'_, PyAny>, target: &str, text: &str) -> PyResult<Py<PyAny>> {
        evaluate::set_expression(frame, target, text).map_err(refused)
    }

    #[pyfunction]
    fn holds(frame: &Bound<'_, PyAny>, condition: &str) -> PyResult<bool> {
        let globals = frame.named("f_globals")?.cast_into::<PyDict>()?;
        let compiled = evaluate::compile_condition(condition, &frame.named("f_code")?, &globals);
        let compiled = compiled.map_err(PyRuntimeError::new_err)?;
        let symbols = Symbols::find().map_err(PyRuntimeError::new_err)?;
        evaluate::holds(frame.py(), symbols, &compiled, frame).map_err(refused)
    }

    /// A condition asked in the calling frame: as a plan or as a function, None if it cannot be asked in that way.
    #[pyfunction]
    fn ask(py: Python<'_>, condition: &str, way: &str) -> PyResult<Option<bool>> {
        let layout = native(py)?;
        let frame = frames::current(py).ok_or_else(|| PyRuntimeError::new_err("no frame"))?;
        let globals = frame.named("f_globals")?.cast_into::<PyDict>()?;
        let compiled = evaluate::compile_condition(condition, &frame.named("f_code")?, &globals);
        let compiled = compiled.map_err(PyRuntimeError::new_err)?.in_one_way(way == "plan");
        super::ask(py, layout, &compiled)
    }

    /// A condition compiled once, to be asked in frames of the code that it was made in.
    #[pyclass(unsendable)]
    struct Condition(super::Compiled);

    #[pymethods]
    impl Condition {
        #[new]
        fn new(py: Python<'_>, text: &str) -> PyResult<Self> {
            let frame = frames::current(py).ok_or_else(|| PyRuntimeError::new_err("no frame"))?;
            let globals = frame.named("f_globals")?.cast_into::<PyDict>()?;
            let compiled = evaluate::compile_condition(text, &frame.named("f_code")?, &globals);
            compiled.map(Self).map_err(PyRuntimeError::new_err)
        }

        fn ask(&self, py: Python<'_>) -> PyResult<Option<bool>> {
            super::ask(py, native(py)?, &self.0)
        }

        /// Nanoseconds to ask it so often in the calling frame, as a line's event does.
        fn time(&self, py: Python<'_>, count: u64) -> PyResult<u64> {
            let layout = native(py)?;
            let began = Instant::now();
            for _ in 0..count {
                // SAFETY: as for `ask`.
                let answer = unsafe {
                    let frame = layout.current().ok_or_else(|| PyRuntimeError::new_err("no frame"))?;
                    match self.0.ask_at_once(layout, frame) {
                        Some(holds) => Verdict::Holds(holds),
                        None => self.0.ask(Run { layout, frame }),
                    }
                };
                if answer != Verdict::Holds(false) {
                    return Err(PyRuntimeError::new_err("the condition holds, or cannot be asked"));
                }
            }
            Ok(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX))
        }

        /// Its answer without running anything, if it has one.
        fn ask_at_once(&self, py: Python<'_>) -> PyResult<Option<bool>> {
            let layout = native(py)?;
            // SAFETY: as for `ask`.
            Ok(unsafe { layout.current().and_then(|frame| self.0.ask_at_once(layout, frame)) })
        }
    }

    /// What `co_lines` tells.
    #[pyfunction]
    fn lines(code: &Bound<'_, PyAny>) -> PyResult<Vec<(usize, usize, Option<u32>)>> {
        crate::code::line_table::stretches(code)
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
