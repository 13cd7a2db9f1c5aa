//! Shell scripts in the place of interpreters, for the tests of this crate.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Writes an executable script. Another process does: were the file open for writing here, a test in another thread
/// that starts a process at that moment would keep it open, and the script could not be run ("text file busy").
pub(crate) fn write(path: &Path, body: &str) {
    let text = path.with_extension("text");
    fs::write(&text, format!("#!/bin/sh\n{body}\n")).unwrap();
    assert!(Command::new("install").args(["-m", "755"]).args([&text, path]).status().unwrap().success());
    fs::remove_file(text).unwrap();
}
