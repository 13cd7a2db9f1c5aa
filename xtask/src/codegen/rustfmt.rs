//! Formats generated text as `cargo fmt` would, so that the committed files satisfy both.
//!
//! Called by `codegen`. Invariant: text in, text out; no file is touched.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The text as rustfmt lays it out by the workspace's `rustfmt.toml`.
pub fn format(text: &str, workspace: &Path) -> Result<String, String> {
    run(text, workspace)
        .map_err(|error| format!("rustfmt failed ({error}): install it with `rustup component add rustfmt`"))
}

fn run(text: &str, workspace: &Path) -> Result<String, String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(workspace)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    // rustfmt reads all of its input before it writes, so the two pipes cannot wait for each other.
    if let Some(mut input) = rustfmt.stdin.take() {
        input.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    }
    let output = rustfmt.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(output.status.to_string());
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
