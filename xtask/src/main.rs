//! Chores: code generation and checks that a linter cannot express.
//!
//! Run by people and by CI as `cargo xtask CHORE`. Invariant: a chore that fails says so in one line per fault on
//! standard error and exits with 1; a usage error exits with 2.

mod codegen;
mod tidy;

use std::path::PathBuf;
use std::process::ExitCode;

/// What went wrong, a line each.
type Faults = Vec<String>;

const USAGE: &str = "\
usage: cargo xtask codegen [--check] --schema PATH
           write (or only compare) crates/dap/src/generated from the official debugAdapterProtocol.json
       cargo xtask tidy
           check what a linter cannot: who imports whom, headers of modules, where unsafe may be, sleeps, paths";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["codegen", "--schema", path] => codegen::write(path.as_ref(), &workspace()),
        ["codegen", "--check", "--schema", path] => codegen::check(path.as_ref(), &workspace()),
        ["tidy"] => tidy::run(&workspace()),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            for fault in faults {
                eprintln!("error: {fault}");
            }
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root: the folder above this crate's.
fn workspace() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}
