//! What can be said of a value besides its `repr`: what it is, its source, its text over several lines.
//!
//! Called by `inspection`. Invariant: `whatis` runs no code of the program; the others may, because the user asked.

use pyo3::prelude::*;

use super::{Raised, library, raised};
use crate::values::{self, Limits};

/// What a value is, in pdb's words.
pub fn whatis(value: &Bound<'_, PyAny>) -> String {
    let found = library::call(value.py(), "whatis", (value,)).ok();
    let text = found.and_then(|text| values::text_of(&text));
    text.unwrap_or_else(|| format!("<class '{}'>", values::type_name(value)))
}

/// The source text of a function, class or module.
pub fn source(value: &Bound<'_, PyAny>) -> Result<String, Raised> {
    text_from(value.py(), library::call(value.py(), "source", (value,)))
}

/// A value laid out as `pprint` does it; large containers are cut before.
pub fn pretty(value: &Bound<'_, PyAny>, limits: &Limits) -> Result<String, Raised> {
    let arguments = (value, limits.items, limits.depth, limits.chars);
    let text = text_from(value.py(), library::call(value.py(), "pretty", arguments))?;
    Ok(raised::bounded(&text, limits.chars))
}

fn text_from(py: Python<'_>, text: PyResult<Bound<'_, PyAny>>) -> Result<String, Raised> {
    let text = text.map_err(|error| Raised::of(py, error))?;
    Ok(values::text_of(&text).unwrap_or_default())
}

/// The first line of a class in a source text, by its qualified name.
pub fn class_line(py: Python<'_>, text: &str, name: &str) -> PyResult<Option<u32>> {
    library::call(py, "class_line", (text, name))?.extract()
}
