//! The code of a source file that has not been imported: compiled aside, to tell where its breakpoints will stand.
//!
//! Called by `debugger` when breakpoints are set. Invariant: no line of the file is run, nothing of it is kept but the
//! facts, and no warning of the compiler is shown twice.

use crate::named::Named;
use pyo3::prelude::*;

use pausa_engine::code::CodeFacts;

use super::opcodes::Opcodes;
use super::registry::CodeKey;
use super::{facts, qualname};

/// What a source file holds.
pub enum Source {
    /// Its codes.
    Codes(Vec<CodeFacts>),
    /// It cannot be read: it is not there, or not yet.
    Missing,
    /// It does not compile; the text says why and where.
    Faulty(String),
}

/// Compiles a file's text and reads the facts of all the code in it.
pub fn read(py: Python<'_>, path: &str, opcodes: &Opcodes) -> Source {
    let text = match std::fs::read(path) {
        // An archive is a file with modules in it, and has no lines of its own.
        Ok(text) if !text.contains(&0) => text,
        _ => return Source::Missing,
    };
    match compile_quietly(py, &text, path) {
        Ok(code) => {
            let tree = facts::tree(&code);
            if qualname::must_be_learnt(py) {
                qualname::learn(&code, "<module>");
            }
            let all = tree.iter().filter_map(|code| facts::read(code, path, opcodes).ok()).collect();
            tree.iter().for_each(|code| qualname::forget(CodeKey::of(code)));
            Source::Codes(all)
        }
        Err(error) => {
            let value = error.value(py);
            let line: u32 = value.named("lineno").and_then(|line| line.extract()).unwrap_or(0);
            let reason: String = value.named("msg").and_then(|m| m.extract()).unwrap_or_else(|_| error.to_string());
            Source::Faulty(format!("line {line} does not compile: {reason}"))
        }
    }
}

/// Compiles with warnings off: Python shows them when the program imports the file.
fn compile_quietly<'py>(py: Python<'py>, text: &[u8], path: &str) -> PyResult<Bound<'py, PyAny>> {
    let bytes = pyo3::types::PyBytes::new(py, text);
    crate::quiet::without_warnings(py, || {
        // compile(source, filename, mode, flags=0, dont_inherit=True)
        crate::evaluate::builtins(py)?.as_any().get_item("compile")?.call1((bytes, path, "exec", 0, true))
    })
}
