//! The committed protocol types are what the generator makes of the official schema.
//!
//! The schema is not part of the project: `DAP_SCHEMA` names it, or it lies beside the checkout. Where it is absent the
//! test is counted as ignored and the reason is printed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};

const BESIDE: &str = "../shared/data/debugAdapterProtocol.json";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let schema = schema();
    if schema.is_none() && !arguments.list {
        eprintln!("skipped: generated types are not compared, there is no schema at DAP_SCHEMA nor at {BESIDE}");
    }
    let skipped = schema.is_none();
    let fresh = Trial::test("generated_types_are_fresh", move || schema.map_or(Ok(()), |path| compare(&path)));
    libtest_mimic::run(&arguments, vec![fresh.with_ignored_flag(skipped)]).exit_code()
}

fn compare(schema: &Path) -> Result<(), Failed> {
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let output = Command::new(xtask).args(["codegen", "--check", "--schema"]).arg(schema).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}

/// A schema that is asked for has to be there; one that lies beside the checkout may be.
fn schema() -> Option<PathBuf> {
    if let Some(path) = env::var_os("DAP_SCHEMA") {
        return Some(path.into());
    }
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(BESIDE);
    beside.exists().then_some(beside)
}
