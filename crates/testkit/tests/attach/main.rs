//! `pausa attach`, `pausa ps` and `pausa stack` on programs that run already and know nothing of pausa.
//!
//! Every program says on its standard output when it is ready, and on SIGUSR1 what is left in it of a debugger; what is
//! left of one in the process (descriptors, threads, mappings, files) is seen from outside.

mod commands;
mod endurance;
mod hindrances;
mod kinds;
mod places;
mod server;
mod target;
mod waiting;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pausa_testkit::editor::Editor;
use pausa_testkit::markers::Markers;
use pausa_testkit::pythons::{self, Python, Pythons};
use pausa_testkit::{Result, binaries};
use serde_json::{Value, json};

/// The folder of the binaries, built once.
fn built() -> Result<&'static Path> {
    static FOLDER: OnceLock<Result<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(binaries::build).as_deref().map_err(Clone::clone)
}

fn all_pythons() -> Result<&'static [Python]> {
    static PYTHONS: OnceLock<Pythons> = OnceLock::new();
    match PYTHONS.get_or_init(pythons::find).found.as_slice() {
        [] => Err("no CPython that pausa supports was found; name some in PAUSA_TEST_PYTHONS".to_owned()),
        some => Ok(some),
    }
}

/// The newest Python, for what does not depend on it.
fn python() -> Result<&'static Python> {
    all_pythons()?.last().ok_or_else(|| "no Python".to_owned())
}

/// `pausa` with these arguments.
fn pausa(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(built()?.join("pausa"));
    command.args(arguments).env_remove("PAUSA_TOKEN").env_remove("PYTHONPATH").env_remove("PAUSA_BACKEND");
    Ok(command)
}

/// What `pausa` prints with these arguments, and on standard error, and its exit code.
fn said(arguments: &[&str]) -> Result<(String, String, Option<i32>)> {
    let output = pausa(arguments)?.output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&output.stdout), text(&output.stderr), output.status.code()))
}

/// An editor that has attached to a process and set no breakpoint yet.
fn attached(pid: u32, others: Value) -> Result<Editor> {
    let mut editor = Editor::start(pausa(&["dap"])?)?;
    editor.initialize()?;
    let mut arguments = json!({ "processId": pid });
    if let (Some(arguments), Value::Object(others)) = (arguments.as_object_mut(), others) {
        arguments.extend(others);
    }
    editor.begin("attach", arguments)?;
    Ok(editor)
}

/// A program of this folder.
fn program(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attach").join(name).display().to_string()
}

/// The line of a marker in a program of this folder.
fn line(name: &str, marker: &str) -> Result<u32> {
    let path = PathBuf::from(program(name));
    let source = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut markers = Markers::default();
    markers.add(&path, &source)?;
    markers.line(marker).ok_or_else(|| format!("no marker @{marker} in {name}"))
}

/// Checks a fact; `what` tells what was found instead.
fn check(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Checks that two values are the same.
fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<()> {
    check(found == expected, || format!("found {found:?}, expected {expected:?}"))
}
