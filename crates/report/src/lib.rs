//! Answers of the agent in words, where the specification has no place for them: locks, objects, reloaded files.
//!
//! Called by the terminal and by the hub, for the debug consoles of editors. Invariant: both say the same, line for line;
//! nothing is asked and nothing printed here.

pub mod expressions;
pub mod help;
pub mod locks;
pub mod objects;
pub mod reload;

use std::path::Path;

use pausa_dap::types::StackFrame;

/// A path as users see it: relative to a folder where it is below that.
#[must_use]
pub fn path(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

/// `FILE:LINE in FUNCTION`.
#[must_use]
pub fn place(folder: &Path, frame: &StackFrame) -> String {
    format!("{}:{} in {}", path(folder, Path::new(path_of(frame))), frame.line, frame.name)
}

/// The path of a frame's file, or what stands for one.
#[must_use]
pub fn path_of(frame: &StackFrame) -> &str {
    let source = frame.source.as_ref();
    source.and_then(|source| source.path.as_deref().or(source.name.as_deref())).unwrap_or("<unknown>")
}
