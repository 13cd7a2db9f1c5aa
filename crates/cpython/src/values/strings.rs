//! Strings and bytes as text: only as much of them is looked at as is shown. Called by `render`.
//!
//! Invariant: works on the storage of builtin strings and their subclasses; runs no code of the program.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};

use super::facts::short_class_name;
use super::render::{Renderer, native_text};

/// The length of a string or of bytes.
pub fn length(value: &Bound<'_, PyAny>) -> Option<usize> {
    if value.is_instance_of::<PyString>() {
        // SAFETY: it is a string.
        return usize::try_from(unsafe { ffi::PyUnicode_GetLength(value.as_ptr()) }).ok();
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Some(bytes.as_bytes().len());
    }
    value.cast::<PyByteArray>().ok().map(|bytes| bytes.len())
}

/// A copy of the first characters as an exact string.
pub fn prefix<'py>(value: &Bound<'py, PyAny>, count: usize) -> PyResult<Bound<'py, PyAny>> {
    let end = length(value).unwrap_or_default().min(count);
    // SAFETY: it is a string, and `end` is within it.
    unsafe {
        let text = ffi::PyUnicode_Substring(value.as_ptr(), 0, end.cast_signed());
        Bound::from_owned_ptr_or_err(value.py(), text)
    }
}

impl Renderer<'_> {
    /// Writes a string's `repr`.
    pub(super) fn string(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let text = native_text(&prefix(value, self.out.left() + 1)?)?;
        self.out.push(&text);
        Ok(())
    }

    /// Writes the `repr` of bytes.
    pub(super) fn bytes(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Ok(bytes) = value.cast::<PyBytes>() else { return Ok(()) };
        let shown = bytes.as_bytes().get(..self.out.left() + 1).unwrap_or(bytes.as_bytes());
        let text = native_text(PyBytes::new(value.py(), shown).as_any())?;
        self.out.push(&text);
        Ok(())
    }

    /// Writes the `repr` of a byte array.
    pub(super) fn byte_array(&mut self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Ok(bytes) = value.cast::<PyByteArray>() else { return Ok(()) };
        let shown = bytes.len().min(self.out.left() + 1);
        // SAFETY: the GIL is held and nothing runs before the copy is made, so the storage neither moves nor changes.
        let copy = unsafe { bytes.as_bytes()[..shown].to_vec() };
        self.out.push(&format!("{}(", short_class_name(&value.get_type())));
        let text = native_text(PyBytes::new(value.py(), &copy).as_any())?;
        self.out.push(&text);
        self.out.push(")");
        Ok(())
    }
}
