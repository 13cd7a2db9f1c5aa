//! `cargo xtask codegen`: the protocol's types, from the official JSON schema.
//!
//! Called by `main`. The schema itself is not part of the project and none of its prose is taken over. Invariant: the
//! output depends on the schema alone, so that a comparison tells whether the committed files are fresh.

mod emit;
mod names;
mod rustfmt;
mod schema;

use std::fs;
use std::path::Path;

use crate::Faults;

const FOLDER: &str = "crates/dap/src/generated";

/// Writes the generated files.
pub fn write(schema: &Path, workspace: &Path) -> Result<(), Faults> {
    for (name, text) in generate(schema, workspace)? {
        let path = workspace.join(FOLDER).join(name);
        fs::write(&path, text).map_err(|error| vec![format!("cannot write {FOLDER}/{name}: {error}")])?;
    }
    Ok(())
}

/// Compares the committed files with what would be written.
pub fn check(schema: &Path, workspace: &Path) -> Result<(), Faults> {
    let mut faults = Faults::new();
    for (name, text) in generate(schema, workspace)? {
        match fs::read_to_string(workspace.join(FOLDER).join(name)) {
            Ok(committed) if committed == text => {}
            Ok(_) => {
                faults.push(format!("{FOLDER}/{name} is stale: run `cargo xtask codegen --schema PATH` and commit"))
            }
            Err(error) => faults.push(format!("cannot read {FOLDER}/{name}: {error}")),
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn generate(schema: &Path, workspace: &Path) -> Result<Vec<(&'static str, String)>, Faults> {
    let protocol = fs::read_to_string(schema)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))
        .and_then(|json| schema::read(&json))
        .map_err(|error| vec![format!("cannot use the schema {}: {error}", schema.display())])?;
    let drafts = [
        ("types.rs", emit::types(&protocol)),
        ("requests.rs", emit::requests(&protocol)),
        ("events.rs", emit::events(&protocol)),
    ];
    drafts
        .into_iter()
        .map(|(name, draft)| Ok((name, rustfmt::format(&draft, workspace).map_err(|error| vec![error])?)))
        .collect()
}
