//! Which Python this is. Called wherever versions differ.
//!
//! Invariant: the interpreter is asked once, as it writes its version as a text each time.

use std::sync::OnceLock;

use pyo3::prelude::*;

/// The minor version of this Python 3.
pub fn minor(py: Python<'_>) -> u8 {
    static MINOR: OnceLock<u8> = OnceLock::new();
    *MINOR.get_or_init(|| py.version_info().minor)
}
