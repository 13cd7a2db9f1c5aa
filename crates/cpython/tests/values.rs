//! Values, locals, evaluation and conditions on every installed Python: the scripts beside this, with the crate loaded as a
//! module.
//!
//! The module is built without libpython, as the shipped one is, in a build folder of its own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use pausa_testkit::pythons;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[test]
fn on_every_python() -> Outcome<()> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir()?;
    std::fs::copy(build(own)?, folder.path().join("probe.so"))?;
    let found = pythons::find().found;
    assert!(!found.is_empty(), "no CPython that pausa supports was found; name some in PAUSA_TEST_PYTHONS");
    let mut failed = Vec::new();
    let values = found.iter().map(|python| (python, "tests/values_test.py"));
    let conditions = found.iter().map(|python| (python, "tests/conditions_test.py"));
    for (python, script) in values.chain(conditions) {
        let mut command = Command::new(&python.path);
        let output = command.arg(own.join(script)).env("PYTHONPATH", folder.path()).output()?;
        println!("{}: {}", python.version, String::from_utf8_lossy(&output.stdout).trim());
        if !output.status.success() {
            failed.push(format!("{} ({})\n{}", python.version, output.status, String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

fn build(own: &Path) -> Outcome<PathBuf> {
    let test = env::current_exe()?;
    let target = test.ancestors().nth(3).ok_or("the test is not in a build folder")?.join("probe");
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--example", "probe", "--features", "probe"]).current_dir(own);
    cargo.arg("--target-dir").arg(&target).env("PYO3_BUILD_EXTENSION_MODULE", "1");
    if !cargo.status()?.success() {
        return Err("the module does not build: see above".into());
    }
    Ok(target.join("debug/examples/libprobe.so"))
}
