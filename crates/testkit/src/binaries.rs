//! What is tested: builds `pausa` and its agent, so that a test never runs yesterday's.
//!
//! `suite` and the protocol tests call it before they start. Invariant: the binaries are of the test's own build
//! folder and profile.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// By which way the prompt comes to its program: not its own, but `launch` (by `pausa dap`) or `connect`.
pub const WAY: &str = "PAUSA_TEST_WAY";

/// Builds the command and the agent, and returns the folder that they are in: that of a test's build.
pub fn build() -> Result<PathBuf> {
    build_in(own_folder(2)?)
}

/// The same for a binary that is not a test: beside it.
pub fn build_beside() -> Result<PathBuf> {
    build_in(own_folder(1)?)
}

fn build_in(folder: PathBuf) -> Result<PathBuf> {
    let profile = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "-p", "pausa-cli", "-p", "pausa-agent"]).current_dir(root());
    cargo.args(["--profile", if profile == "debug" { "dev" } else { profile }]);
    if env::var_os(WAY).is_some() {
        cargo.args(["--features", "pausa-cli/ways"]);
    }
    if let Some(target) = folder.parent() {
        cargo.arg("--target-dir").arg(target);
    }
    let status = cargo.status().map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !status.success() {
        return Err("`cargo build -p pausa-cli -p pausa-agent` failed: see its messages above".to_owned());
    }
    Ok(folder)
}

/// The folder of this repository.
pub fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// `target/debug` of the running `target/debug/deps/sessions-…` (2 up) or `target/debug/pausa-bench` (1 up).
fn own_folder(up: usize) -> Result<PathBuf> {
    let own = env::current_exe().map_err(|error| format!("the program does not know its own path: {error}"))?;
    let folder = own.ancestors().nth(up).ok_or("the program is not in a build folder")?;
    Ok(folder.to_owned())
}
