//! The debug adapter as editors meet it: `pausa dap`, `pausa --listen`, `pausa.listen()`.
//!
//! Each message that leaves is held against the official schema, where that is at hand. The sessions show what a user
//! sees of a program; here is what editors see of the protocol: its phases, its ends, and what they send by mistake.

mod alone;
mod asking;
mod attaching;
mod cancelling;
mod children;
mod conformance;
mod console;
mod control;
mod data;
mod fields;
mod fuzzed;
mod java;
mod launching;
mod leaving;
mod phases;
mod requests;
mod robustness;
mod watching;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

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

/// `pausa` with these arguments, with the environment of no other test.
fn pausa(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(built()?.join("pausa"));
    command.args(arguments).env_remove("PAUSA_TOKEN").env_remove("PYTHONUNBUFFERED").env_remove("PYTHONPATH");
    Ok(command)
}

/// An adapter on standard streams.
fn adapter() -> Result<Editor> {
    Editor::start(pausa(&["dap"])?)
}

/// A program of this folder.
fn program(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/adapter").join(name).display().to_string()
}

/// The line of a marker in a program of this folder.
fn line(name: &str, marker: &str) -> Result<u32> {
    let path = PathBuf::from(program(name));
    let source = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut markers = Markers::default();
    markers.add(&path, &source)?;
    markers.line(marker).ok_or_else(|| format!("no marker @{marker} in {name}"))
}

/// The arguments of a launch of a program with the newest Python, with others added.
fn launching_of(name: &str, others: Value) -> Result<Value> {
    let mut arguments = json!({ "program": program(name), "python": python()?.path });
    if let (Some(arguments), Value::Object(others)) = (arguments.as_object_mut(), others) {
        arguments.extend(others);
    }
    Ok(arguments)
}

/// An adapter whose program stands at a marker.
fn stopped_at(name: &str, marker: &str, others: Value) -> Result<Editor> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of(name, others)?)?;
    editor.set_breakpoints(&program(name), &[line(name, marker)?])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    Ok(editor)
}

/// Checks a fact; `what` tells what was found instead.
fn check(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Checks that two values are the same.
fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<()> {
    check(found == expected, || format!("found {found:?}, expected {expected:?}"))
}

/// What the program has written so far.
fn output(editor: &Editor, category: &str) -> String {
    let events = editor.passed_over("output").into_iter().filter(|body| body["category"] == category);
    events.filter_map(|body| body["output"].as_str()).collect()
}

/// Waits for what nobody tells of.
fn until(what: &str, mut holds: impl FnMut() -> bool) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        check(Instant::now() < deadline, || format!("waited in vain for {what}"))?;
        std::thread::park_timeout(Duration::from_millis(5));
    }
    Ok(())
}

/// Whether a process is there and no zombie.
fn is_alive(pid: &Value) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| !rest.trim().is_empty() && !rest.trim_start().starts_with(['Z', 'X']))
}
