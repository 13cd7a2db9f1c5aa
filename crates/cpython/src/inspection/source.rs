//! Source text that is not on disk. Called by the port's implementation in `mod.rs`.
//!
//! Invariant: what the disk has comes first, as it is what the user edits.

use crate::named::Named;
use pausa_engine::port::Refusal;
use pyo3::prelude::*;

use super::Inspection;

impl<'py> Inspection<'py> {
    pub(super) fn source(&mut self, path: &str) -> Result<String, Refusal> {
        if let Ok(text) = std::fs::read_to_string(path) {
            return Ok(text);
        }
        if let Some(text) = text_in_archive(self.py, path) {
            return Ok(text);
        }
        let debugger = self.debugger;
        let lines = debugger.evaluating(self.py, || -> PyResult<Vec<String>> {
            crate::modules::import(self.py, "linecache")?.call_named1("getlines", (path,))?.extract()
        });
        match lines {
            Ok(lines) if !lines.is_empty() => Ok(lines.concat()),
            _ => Err(Refusal(format!("there is no source text for {path}"))),
        }
    }
}

/// The text of a file in an archive that modules are imported from.
fn text_in_archive(py: Python<'_>, path: &str) -> Option<String> {
    let archive = std::path::Path::new(path).ancestors().skip(1).find(|ancestor| ancestor.is_file())?;
    let archive = archive.to_str()?;
    let importer = crate::modules::import(py, "zipimport").ok()?.named("zipimporter").ok()?.call1((archive,)).ok()?;
    let bytes: Vec<u8> = importer.call_named1("get_data", (path,)).ok()?.extract().ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
