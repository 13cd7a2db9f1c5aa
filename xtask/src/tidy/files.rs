//! The project's text files.
//!
//! Used by every rule. Invariant: ignored files (build results) are never looked at; paths are relative, with `/`.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A text file of the project.
pub struct File {
    /// Where it is, from the workspace's root.
    pub path: String,
    /// What it holds.
    pub text: String,
}

impl File {
    /// Whether it is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether all of it is a test or helps one.
    pub fn is_test(&self) -> bool {
        self.path.starts_with("crates/testkit/")
            || self.path.ends_with("/tests.rs")
            || self.path.split('/').any(|folder| folder == "tests")
    }
}

/// All text files that git tracks or would take.
pub fn list(workspace: &Path) -> Result<Vec<File>, String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace)
        .output()
        .map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        return Err("git cannot list the project's files: run this in a clone".into());
    }
    let names = String::from_utf8_lossy(&output.stdout);
    // What cannot be read as text is a picture or was just deleted: nothing here to check.
    let read = |path: &str| Some(File { path: path.into(), text: fs::read_to_string(workspace.join(path)).ok()? });
    Ok(names.split_terminator('\0').filter_map(read).collect())
}
