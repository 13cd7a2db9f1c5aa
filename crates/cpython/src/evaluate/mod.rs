//! Runs texts that a user typed, in a frame of the program. Called by `inspection` and `hits`.
//!
//! `evaluate.py` does the running, `condition` the breakpoints' conditions, `completions` what could be typed,
//! `describe` what is said of a value, `quiet` what is shown unasked. Invariant: nothing here leaves an exception set, changes `sys.exc_info()` of the
//! frame, or keeps a frame alive after the call.

mod completions;
mod condition;
mod describe;
mod library;
mod quiet;
mod raised;

use pausa_engine::port::EvaluateMode;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt};

pub use completions::completions;
pub use condition::{
    Compiled, Run, Shortcut, Verdict, check_syntax, compile_condition, compile_expression, compile_value, fault_of,
    holds, value,
};
pub use describe::{class_line, pretty, source, whatis};
pub use library::{builtins, prepare};
pub(crate) use library::{namespace_with_ast, private_namespace};
pub use raised::Raised;

use crate::values;

/// The name by which texts refer to the exception that the thread is stopped at.
pub const EXCEPTION: &str = "__exception__";

/// The name by which they refer to what the function returns at whose return the thread is stopped, or that a step has left.
pub const RETURNED: &str = "__return__";

/// The names by which the condition of a data breakpoint refers to the value before the change and after it.
pub const OLD: &str = "__old__";
/// See [`OLD`].
pub const NEW: &str = "__new__";

/// What texts may name beyond the variables of their frame.
#[derive(Clone, Debug, Default)]
pub struct Given<'py> {
    /// See [`EXCEPTION`].
    pub exception: Option<Bound<'py, PyAny>>,
    /// See [`RETURNED`].
    pub returned: Option<Bound<'py, PyAny>>,
    /// See [`OLD`] and [`NEW`].
    pub change: Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
}

impl<'py> Given<'py> {
    /// True if a text may use any of it.
    pub fn concerns(&self, text: &str) -> bool {
        self.all().any(|(name, _)| text.contains(name))
    }

    fn all(&self) -> impl Iterator<Item = (&'static str, &Bound<'py, PyAny>)> {
        let (old, new) = self.change.as_ref().map(|(old, new)| (old, new)).unzip();
        let named = [(EXCEPTION, self.exception.as_ref()), (RETURNED, self.returned.as_ref()), (OLD, old), (NEW, new)];
        named.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    fn names(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let names = PyDict::new(py);
        for (name, value) in self.all() {
            names.set_item(name, value)?;
        }
        Ok(names)
    }
}

/// Evaluates a text in a frame, or in `__main__`: statements in `EvaluateMode::Statement`, else an expression. None
/// where there is nothing to show.
pub fn evaluate<'py>(
    py: Python<'py>,
    frame: Option<&Bound<'py, PyAny>>,
    text: &str,
    mode: EvaluateMode,
    given: &Given<'py>,
) -> Result<Option<Py<PyAny>>, Raised> {
    if mode == EvaluateMode::Quiet {
        return quiet::evaluate(py, frame, text).map(|value| Some(value.unbind()));
    }
    let is_statement = mode == EvaluateMode::Statement;
    let function = if is_statement { "execute" } else { "evaluate" };
    let value = given.names(py).and_then(|given| library::call(py, function, (frame, text, given)));
    let value = value.map_err(|error| Raised::of(py, error))?;
    Ok((!is_statement || !value.is_none()).then(|| value.unbind()))
}

/// Whether an expression is true, with the names given.
pub fn test<'py>(py: Python<'py>, frame: &Bound<'py, PyAny>, text: &str, given: &Given<'py>) -> Result<bool, Raised> {
    let value = evaluate(py, Some(frame), text, EvaluateMode::Expression, given)?;
    let truth = value.map_or(Ok(false), |value| value.bind(py).is_truthy());
    truth.map_err(|error| Raised::of(py, error))
}

/// The value of a name, an attribute or an item, found without running code of the program.
pub fn quietly<'py>(
    py: Python<'py>,
    frame: Option<&Bound<'py, PyAny>>,
    text: &str,
) -> Result<Bound<'py, PyAny>, Raised> {
    quiet::evaluate(py, frame, text)
}

/// Runs a little code, in which a pending asynchronous `KeyboardInterrupt` is raised and caught.
pub fn absorb_interruption(py: Python<'_>) -> PyResult<()> {
    library::call(py, "absorb_interruption", ()).map(drop)
}

/// Assigns the value of an expression to a variable, an attribute or an item, and gives that value.
pub fn set_expression(frame: &Bound<'_, PyAny>, target: &str, expression: &str) -> Result<Py<PyAny>, Raised> {
    let py = frame.py();
    let value = library::call(py, "set_expression", (frame, target, expression));
    value.map(Bound::unbind).map_err(|error| Raised::of(py, error))
}

/// The value of an expression in a frame.
pub fn expression<'py>(py: Python<'py>, frame: &Bound<'py, PyAny>, text: &str) -> Result<Bound<'py, PyAny>, Raised> {
    let value = evaluate(py, Some(frame), text, EvaluateMode::Expression, &Given::default())?;
    Ok(value.map_or_else(|| py.None().into_bound(py), |value| value.into_bound(py)))
}

/// What an expression names: its kind (`name`, `attribute`, `item`, `expression`), the text of the object whose part it
/// is, and the part.
pub fn watched(
    frame: Option<&Bound<'_, PyAny>>,
    py: Python<'_>,
    text: &str,
) -> Result<(String, Option<String>, Option<String>), Raised> {
    let parts = library::call(py, "watched", (frame, text)).and_then(|parts| parts.extract());
    parts.map_err(|error| Raised::of(py, error))
}

/// What a log message says for an expression that could not be compiled, or not be asked: `str` of its value, or what it
/// raised.
pub fn spoken(frame: &Bound<'_, PyAny>, expression: &str) -> String {
    let py = frame.py();
    as_spoken(py, library::call(py, "spoken", (frame, expression)))
}

/// What a log message says for a value.
pub fn as_spoken(py: Python<'_>, value: PyResult<Bound<'_, PyAny>>) -> String {
    let text = value.and_then(|value| {
        if let Some(number) = value.cast_exact::<PyInt>().ok().and_then(|number| number.extract::<i64>().ok()) {
            return Ok(number.to_string());
        }
        // `str` of a large container would be made in full, for each time the line is reached.
        if values::is_large(&value, &values::PROMPT) {
            return Ok(values::describe(&value, &values::PROMPT));
        }
        Ok(values::text_of(value.str()?.as_any()).unwrap_or_default())
    });
    match text {
        Ok(text) => raised::bounded(&text, values::PROMPT.chars),
        Err(error) => format!("<{}>", Raised::of(py, error).text),
    }
}
