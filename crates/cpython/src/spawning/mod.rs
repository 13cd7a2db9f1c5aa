//! Children that are other programs: what a Python among them needs in order to be debugged from its first line.
//!
//! Turned on and off by `debugger` as the client wants it. The functions of the interpreter by which a process starts
//! another one, or becomes one, add to the new one's environment what its `sitecustomize.py` takes back
//! (python/pausa/_launch). Invariant: our own environment is never changed; the functions stay the objects that they are,
//! and do what they did, as soon as nothing is to be followed.

mod arguments;
mod calls;
mod environment;
mod interpreters;
mod methods;
mod starters;
mod unfit;

use crate::named::Named;
use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;

pub use interpreters::set_flags;

/// How a child finds the front end, and our files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Where its agent dials.
    pub address: String,
    /// The agent's library.
    pub agent: String,
    /// The folder that holds our `sitecustomize.py`.
    pub folder: String,
    /// The backend that the user has chosen.
    pub backend: Option<String>,
}

impl Relay {
    /// From the files that this process has loaded. None if they are not known, and children cannot be followed.
    pub fn new(py: Python<'_>, address: String, backend: Option<String>) -> Option<Self> {
        let file = |module: &str| -> PyResult<String> {
            let modules = crate::modules::import(py, "sys")?.named("modules")?;
            modules.get_item(module)?.named("__file__")?.extract()
        };
        let (package, agent) = (file("pausa").ok()?, file("pausa._agent").ok()?);
        let folder = std::path::Path::new(&package).parent()?.join("_launch").to_str()?.to_owned();
        Some(Self { address, agent, folder, backend })
    }
}

/// Locked with the GIL held only, so that it is free in a forked child.
static RELAY: Mutex<Option<Relay>> = Mutex::new(None);

fn relay_slot() -> MutexGuard<'static, Option<Relay>> {
    RELAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How children find the front end, if they are followed.
pub fn relay() -> Option<Relay> {
    relay_slot().clone()
}

/// Follows children from now on, or no longer.
pub fn follow(py: Python<'_>, relay: Option<Relay>) {
    let is_on = relay.is_some();
    *relay_slot() = relay;
    if is_on {
        methods::install(py);
    } else {
        methods::uninstall();
    }
}

thread_local! {
    /// Set while this thread is in `_posixsubprocess.fork_exec`: what it forks becomes another program at once. What another
    /// thread forks meanwhile, as the function runs code of the program to convert what it is given, does not.
    static EXECS: Cell<bool> = const { Cell::new(false) };
}

/// True if a fork that happens now is only the first half of starting another program.
pub fn is_about_to_exec() -> bool {
    EXECS.get()
}
