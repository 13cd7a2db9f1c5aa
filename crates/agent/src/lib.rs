//! The library that lives inside the debuggee: `pausa._agent`. Wires fence, engine and session; owns the threads.
//!
//! Loaded by `python/pausa/_launch/sitecustomize.py` before the program starts, or in a program that runs by
//! `pausa.breakpoint()` or `python/pausa/_enter.py`. Invariant: one session a process; docs/threads.md says what each thread may do.

mod conversation;
mod luggage;
mod tally;

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use pausa_cpython::{Beginning, Debugger, ForkHooks, Relay};
use pausa_session::{ClientFacts, Policy, Presence, Session, Voice};
use pyo3::exceptions::{PyNotImplementedError, PyRuntimeError};
use pyo3::prelude::*;

use luggage::Luggage;

/// How often a wait looks whether the program is to be interrupted.
const INTERRUPTIBLE: Duration = Duration::from_millis(100);

/// Whether a client attends; one for all sessions of this process, one after another. Locked with the GIL held only, so
/// that it is free in a forked child.
static PRESENCE: LazyLock<Mutex<Arc<Presence>>> = LazyLock::new(Mutex::default);

fn presence() -> Arc<Presence> {
    PRESENCE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Dials the front end at `unix:PATH`, serves it, and returns when it has said that the program may run. At `file:PATH`
/// there is none: the file says which events to count (`pausa events`). A program that is attached to runs on meanwhile:
/// then this returns at once. `isolated` is the option that a child was started without, to be found here.
#[pyfunction]
#[pyo3(signature = (address, backend=None, *, attached=false, read_only=false, audit_log=None, isolated=None))]
fn start(
    py: Python<'_>,
    address: &str,
    backend: Option<&str>,
    attached: bool,
    read_only: bool,
    audit_log: Option<PathBuf>,
    isolated: Option<&str>,
) -> PyResult<()> {
    let failed = |text: String| PyRuntimeError::new_err(text);
    if let Some(settings) = address.strip_prefix("file:") {
        return tally::start(py, settings);
    }
    if is_active() {
        return Err(failed("it is being debugged already; only one debugger can run in a process".into()));
    }
    if let Some(option) = isolated {
        pausa_cpython::set_flags(py, option)?;
    }
    // Of another type than what goes wrong between us and the front end: this Python cannot be debugged so.
    Debugger::check(py, backend).map_err(|error| PyNotImplementedError::new_err(error.0))?;
    let policy = Policy::new(read_only, audit_log.as_deref()).map_err(failed)?;
    let beginning = if attached { Beginning::Running } else { Beginning::Held };
    debug(py, address, backend, policy, beginning).map_err(failed)
}

/// Dials, serves, and waits until the program may run, or says why not.
fn debug(
    py: Python<'_>,
    address: &str,
    backend: Option<&str>,
    policy: Policy,
    beginning: Beginning,
) -> Result<(), String> {
    let path = address.strip_prefix("unix:").ok_or_else(|| format!("'{address}' is no address"))?;
    Debugger::check(py, backend).map_err(|error| error.0)?;
    let socket = UnixStream::connect(path).map_err(|error| format!("nobody answers at {path}: {error}"))?;
    let lost = |error: std::io::Error| format!("the connection to the front end failed: {error}");
    let (requests, outgoing) = conversation::split(socket).map_err(lost)?;
    let client = Arc::new(ClientFacts::default());
    let voice = Voice::new(
        outgoing.clone(),
        |send| pausa_cpython::spawn("pausa-log", send),
        Box::new(conversation::abandon),
        client.clone(),
    );
    let debugger = Debugger::start(py, backend, Arc::new(voice), beginning).map_err(|error| error.0)?;
    if policy.is_read_only() {
        debugger.only_look();
    }
    let hooks = ForkHooks { suspend: conversation::suspend, resume: conversation::resume, begin: begin_child };
    Debugger::set_fork_hooks(hooks);
    let session = Session::new(Box::new(debugger.clone()), outgoing, presence(), client, policy);
    // Without it the program's breakpoint() is pdb's, and all else works. Before anybody is served: a client that goes at once
    // has it given back.
    let _ = pausa_cpython::take_breakpoint(py);
    if !conversation::begin(session, requests, Luggage::beside(path)) {
        debugger.leave(py);
        return Err("the system gives no thread".into());
    }
    if beginning == Beginning::Running {
        return Ok(());
    }
    debugger.wait_for_configuration(py);
    if !Debugger::is_there() {
        return Err("the front end went away before the program started".into());
    }
    Ok(())
}

/// A forked child reports to be debugged as well. Where nobody hears it, it runs on undebugged: its parent's front end has
/// gone, or does not want it.
fn begin_child(py: Python<'_>, relay: &Relay) {
    *PRESENCE.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
    let policy = conversation::inherited();
    let _ = debug(py, &relay.address, relay.backend.as_deref(), policy, Beginning::Held);
}

/// True while a front end debugs this process.
#[pyfunction]
fn is_active() -> bool {
    Debugger::is_there()
}

/// True while a client attends: an editor may have left a program that it can come back to.
#[pyfunction]
fn is_client_connected() -> bool {
    is_active() && presence().attends()
}

/// Waits until a client attends, or until nobody can come any more.
#[pyfunction]
fn wait_for_client(py: Python<'_>) -> PyResult<()> {
    let presence = presence();
    while is_active() && !py.detach(|| presence.wait(INTERRUPTIBLE)) {
        py.check_signals()?;
    }
    Ok(())
}

/// The module `pausa._agent`.
#[pymodule]
fn _agent(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_function(wrap_pyfunction!(start, module)?)?;
    module.add_function(wrap_pyfunction!(is_active, module)?)?;
    module.add_function(wrap_pyfunction!(is_client_connected, module)?)?;
    module.add_function(wrap_pyfunction!(wait_for_client, module)?)?;
    module.add_function(wrap_pyfunction!(tally::counting_callback, module)?)?;
    module.add_function(wrap_pyfunction!(tally::empty_callback, module)?)?;
    module.add("breakpoint", pausa_cpython::breakpoint_function(py)?)?;
    module.add("dbg", pausa_cpython::dbg_function(py)?)?;
    Ok(())
}
