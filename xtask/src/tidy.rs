//! `cargo xtask tidy`: what the project holds to and no linter checks.
//!
//! Called by `main`. Invariant: a rule looks at the files that git knows or would take, and each fault is one line that
//! says where it is and what to do.

mod files;
mod imports;
mod rules;
mod source;

use std::path::Path;

use crate::Faults;

/// Runs every check; warnings are printed, faults are returned.
pub fn run(workspace: &Path) -> Result<(), Faults> {
    let files = files::list(workspace).map_err(|error| vec![error])?;
    let packages = imports::packages(workspace).map_err(|error| vec![error])?;
    let faults = [
        imports::check(&packages),
        imports::check_document(&files),
        rules::headers(&files),
        rules::unsafe_code(&files),
        rules::sleeps(&files),
        rules::machine_paths(&files),
    ]
    .concat();
    for warning in rules::long_files(&files) {
        eprintln!("warning: {warning}");
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
