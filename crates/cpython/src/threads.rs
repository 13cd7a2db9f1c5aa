//! Threads as users know them: their numbers, names and innermost frames. Called by `debugger` and `inspection`.
//!
//! Invariant: names are read from `threading`'s own table without running code of the program; a thread that
//! `threading` does not know has a name too.

use crate::named::Named;
use std::collections::HashMap;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use pausa_engine::port::{Thread, ThreadId};

/// The identity of the calling thread, as `threading.get_ident()` gives it.
pub fn own_identity() -> u64 {
    // SAFETY: needs no GIL and changes nothing.
    unsafe { ffi::PyThread_get_thread_ident() as u64 }
}

/// The identity of the main thread: the calling one where that cannot be told, as before any other exists.
pub fn main_identity(py: Python<'_>) -> u64 {
    let named = |module: &str, path: &[&str]| -> Option<Bound<'_, PyAny>> {
        let modules = crate::modules::import(py, "sys").ok()?.named("modules").ok()?.cast_into::<PyDict>().ok()?;
        path.iter().try_fold(modules.get_item(module).ok()??, |object, name| object.named(name).ok())
    };
    // From 3.13 on the interpreter tells; before, `threading` knows if the program has it.
    let told = named("_thread", &["_get_main_thread_ident"]).and_then(|function| function.call0().ok());
    let told = told.or_else(|| named("threading", &["_main_thread", "_ident"]));
    told.and_then(|identity| identity.extract().ok()).unwrap_or_else(own_identity)
}

/// Small numbers for threads' identities; the first thread seen is the main one.
#[derive(Debug, Default)]
pub struct ThreadNumbers {
    numbers: HashMap<u64, ThreadId>,
}

impl ThreadNumbers {
    /// The number of a thread.
    pub fn of(&mut self, identity: u64) -> ThreadId {
        let next = ThreadId(self.numbers.len() as i64 + 1);
        *self.numbers.entry(identity).or_insert(next)
    }

    /// The identity behind a number.
    pub fn identity(&self, id: ThreadId) -> Option<u64> {
        self.numbers.iter().find(|(_, number)| **number == id).map(|(identity, _)| *identity)
    }
}

/// The innermost frame of each thread that runs Python code, by identity.
pub fn innermost_frames(py: Python<'_>) -> Vec<(u64, Py<PyAny>)> {
    let frames = crate::modules::import(py, "sys")
        .and_then(|sys| sys.named("_current_frames"))
        .and_then(|function| function.call0());
    let Some(frames) = frames.ok().and_then(|frames| frames.cast_into::<PyDict>().ok()) else { return Vec::new() };
    let mut found: Vec<_> =
        frames.iter().filter_map(|(identity, frame)| Some((identity.extract().ok()?, frame.unbind()))).collect();
    found.sort_by_key(|(identity, _)| *identity);
    found
}

/// A thread's name, from `threading._active` if that module is there.
pub fn name(py: Python<'_>, identity: u64, id: ThreadId) -> String {
    known_name(py, identity).unwrap_or_else(|| if id.0 == 1 { "MainThread".into() } else { format!("thread {}", id.0) })
}

fn known_name(py: Python<'_>, identity: u64) -> Option<String> {
    let modules = crate::modules::import(py, "sys").ok()?.named("modules").ok()?.cast_into::<PyDict>().ok()?;
    let threading = modules.get_item("threading").ok()??;
    let active = threading.named("__dict__").ok()?.get_item("_active").ok()?.cast_into::<PyDict>().ok()?;
    let thread = active.get_item(identity).ok()??;
    // The instance's dictionary, not the attribute: a subclass may define anything.
    let attributes = py.get_type::<PyAny>().named("__getattribute__").ok()?.call1((thread, "__dict__")).ok()?;
    attributes.cast_into::<PyDict>().ok()?.get_item("_name").ok()??.extract().ok()
}

/// A thread for the user.
pub fn describe(py: Python<'_>, identity: u64, id: ThreadId) -> Thread {
    Thread { id, name: name(py, identity, id) }
}
