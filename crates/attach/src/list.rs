//! The Python processes of this machine. Called by `pausa ps`.
//!
//! Invariant: a process that ends while it is looked at is left out; one that cannot be looked into is told by its name.

use std::fs;
use std::io::ErrorKind;

use crate::doctor::{self, Hindrance};
use crate::interpreter::{self, Version, Way};
use crate::memory::Memory;
use crate::process::Process;

/// A Python process.
pub struct Listed {
    /// The process.
    pub process: Process,
    /// Its version, if that could be seen.
    pub version: Option<Version>,
    /// How it would be entered, or why it cannot be.
    pub way: Result<Way, Hindrance>,
}

/// All that there are, but for our own process.
#[must_use]
pub fn pythons() -> Vec<Listed> {
    let own = std::process::id().cast_signed();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut ids: Vec<i32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    ids.sort_unstable();
    ids.into_iter().filter(|pid| *pid != own).filter_map(look).collect()
}

fn look(pid: i32) -> Option<Listed> {
    let process = Process::find(pid).ok().filter(|process| !process.has_ended())?;
    if !is_python(&process)? {
        return None;
    }
    let (version, way) = match doctor::examine(pid) {
        Ok(examined) => (Some(examined.version), Ok(examined.way)),
        Err(Hindrance::NoProcess(_) | Hindrance::Ended(_) | Hindrance::NotPython { .. }) => return None,
        Err(hindrance) => (version(&process), Err(hindrance)),
    };
    Some(Listed { process, version, way })
}

/// By what is mapped, or where we may not see that, by what was started. None if it has gone.
fn is_python(process: &Process) -> Option<bool> {
    let is_named =
        |name: &str| interpreter::is_named_python(name) || name.starts_with("pypy") || name.starts_with("libpypy");
    match process.modules() {
        Ok(modules) => Some(modules.iter().any(|module| is_named(&module.name()))),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            let command = process.command_line();
            let program = command.first().map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
            Some(is_named(program.rsplit('/').next().unwrap_or_default()) || is_named(process.name()))
        }
        Err(_) => None,
    }
}

fn version(process: &Process) -> Option<Version> {
    let memory = Memory::open(process.pid()).ok()?;
    interpreter::find(&memory, &process.modules().ok()?).ok().map(|interpreter| interpreter.version)
}
