//! What an evaluation raised, as text for the user. Made by the other files here and by `values`.
//!
//! Invariant: the exception is gone when its text is made; if the program keeps it, our frames are not in its traceback.

use pyo3::exceptions::{PyRecursionError, PySyntaxError};
use pyo3::ffi;
use pyo3::prelude::*;

use crate::frames::OWN_FILE;
use crate::named::Named;
use crate::values;

/// How many characters of an exception's text are shown.
const SHOWN: usize = 2_000;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// As the last line of Python's traceback: `NameError: name 'x' is not defined`.
    pub text: String,
}

impl Raised {
    /// Takes an exception apart; its `__str__` may run code of the program.
    pub fn of(py: Python<'_>, error: PyErr) -> Self {
        drop_own_frames(py, &error);
        if error.is_instance_of::<PyRecursionError>(py) {
            // At the limit there may be no frame left to ask it for its text.
            let message = message(py, &error).unwrap_or_else(|| "maximum recursion depth exceeded".into());
            return Self { text: format!("RecursionError: {}", bounded(&message, SHOWN)) };
        }
        let value = error.value(py);
        let type_name = values::type_name(value.as_any());
        let type_name = type_name.strip_prefix("__main__.").unwrap_or(&type_name);
        let text = match message(py, &error) {
            Some(message) if message.is_empty() => type_name.to_owned(),
            Some(message) => format!("{type_name}: {}", bounded(&message, SHOWN)),
            None => format!("{type_name}: <exception str() failed>"),
        };
        Self { text }
    }
}

/// The text, or as much as is allowed of it and `…`.
pub fn bounded(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `str` of an exception; of a syntax error in what was typed, without the name we gave it.
pub fn message(py: Python<'_>, error: &PyErr) -> Option<String> {
    let value = error.value(py);
    if error.get_type(py).is_subclass_of::<PySyntaxError>().unwrap_or(false) {
        let is_typed = value.named("filename").is_ok_and(|name| name.eq(OWN_FILE).unwrap_or(false));
        if is_typed || value.named("filename").is_ok_and(|name| name.is_none()) {
            return value.named("msg").ok().and_then(|text| values::text_of(&text));
        }
    }
    values::text_of(value.str().ok()?.as_any())
}

/// Takes what we and the typed text added to a traceback from its start.
fn drop_own_frames(py: Python<'_>, error: &PyErr) {
    let mut entry = error.traceback(py).map(Bound::into_any);
    while let Some(found) = entry.take_if(|entry| is_own(entry)) {
        entry = found.named("tb_next").ok().filter(|next| !next.is_none());
    }
    let rest = entry.unwrap_or_else(|| py.None().into_bound(py));
    // SAFETY: the GIL is held; the first is an exception and the second a traceback or None, of which the function takes
    // a reference of its own. Unlike an assignment of `__traceback__` it runs no `__setattr__` of the program.
    unsafe { ffi::PyException_SetTraceback(error.value(py).as_ptr(), rest.as_ptr()) };
}

fn is_own(entry: &Bound<'_, PyAny>) -> bool {
    entry.named("tb_frame").is_ok_and(|frame| crate::frames::file_name(&frame) == OWN_FILE)
}
