//! Each way in which a Python program starts another program, and what it is given so that it can be followed.
//!
//! Called by `methods` on the calling thread. Invariant: should anything about a call be not as expected, it is made as it
//! came, and says itself what is wrong with it; no exception of ours reaches the program.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::arguments::Arguments;
use super::environment::{self, Environment};
use super::interpreters::{self, WithoutSite};
use super::{EXECS, Relay, relay, unfit};
use crate::debugger::Debugger;
use crate::named::Named;

/// A builtin that starts a program, or ends this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// `fork_exec(args, executables, close_fds, pass_fds, cwd, env, …)`: `subprocess`, `multiprocessing`.
    ForkExec,
    /// `execv(path, argv)`: this process becomes another program.
    Exec,
    /// `execve(path, argv, env)`.
    ExecWithEnvironment,
    /// `posix_spawn(path, argv, env, …)`.
    Spawn,
    /// `posix_spawnp(path, argv, env, …)`.
    SpawnByName,
    /// `system(command)`.
    System,
    /// `_exit(status)`: no other program, but the last moment at which this one can say something.
    Exit,
}

impl Call {
    /// All, by their index.
    pub const ALL: [Self; 7] = [
        Self::ForkExec,
        Self::Exec,
        Self::ExecWithEnvironment,
        Self::Spawn,
        Self::SpawnByName,
        Self::System,
        Self::Exit,
    ];

    /// Its module and its name there.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::ForkExec => ("_posixsubprocess", "fork_exec"),
            Self::Exec => ("posix", "execv"),
            Self::ExecWithEnvironment => ("posix", "execve"),
            Self::Spawn => ("posix", "posix_spawn"),
            Self::SpawnByName => ("posix", "posix_spawnp"),
            Self::System => ("posix", "system"),
            Self::Exit => ("posix", "_exit"),
        }
    }
}

/// Makes a call: `make` runs the builtin with the arguments as they came, or with these.
pub fn lead<'py>(
    index: usize,
    mut arguments: Arguments<'py>,
    make: impl FnOnce(Option<&Arguments<'py>>) -> *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the builtin was called with the GIL held.
    let py = unsafe { Python::assume_attached() };
    let (Some(call), Some(relay)) = (Call::ALL.get(index).copied(), relay()) else { return make(None) };
    let mut without_site = None;
    let changed = match call {
        Call::Exit => {
            settle(py);
            false
        }
        Call::Exec => match exec_with_environment(py, &arguments, &relay) {
            Some(result) => return result,
            None => false,
        },
        _ => change(py, call, &mut arguments, &relay, &mut without_site).is_ok_and(|changed| changed),
    };
    let outer = EXECS.replace(call == Call::ForkExec);
    let result = make(changed.then_some(&arguments));
    EXECS.set(outer);
    if without_site.is_some()
        && !result.is_null()
        // SAFETY: the builtin has returned it; it is only looked at.
        && let Ok(pid) = unsafe { Bound::from_borrowed_ptr(py, result) }.extract::<i64>()
    {
        py.detach(|| unfit::say(&relay, pid, WithoutSite::REASON));
    }
    result
}

/// What log points have said is sent before the process ends without a word.
fn settle(py: Python<'_>) {
    if let Some(debugger) = Debugger::enter_from_any_interpreter().filter(|debugger| debugger.is_own_process()) {
        let listener = &debugger.listener;
        py.detach(|| listener.settle());
    }
}

/// Puts what leads to us into the arguments; false if nothing is to be changed.
fn change<'py>(
    py: Python<'py>,
    call: Call,
    arguments: &mut Arguments<'py>,
    relay: &Relay,
    without_site: &mut Option<WithoutSite>,
) -> PyResult<bool> {
    if call == Call::System {
        return prefix_command(py, arguments, relay);
    }
    let (at, name) = if call == Call::ForkExec { (5, "") } else { (2, "env") };
    let Some(given) = arguments.get(at, name) else { return Ok(false) };
    let mut environment = match (given.is_none(), call) {
        (true, _) => Environment::own(),
        (false, Call::ForkExec) => Environment::from_list(given)?,
        (false, _) => Environment::from_mapping(given)?,
    };
    if environment.leads_to_us() {
        return Ok(false);
    }
    let (words_at, words_name) = if call == Call::ForkExec { (0, "") } else { (1, "argv") };
    if let Some(words) = arguments.get(words_at, words_name) {
        match interpreters::without_isolation(words, executable(call, arguments), &mut environment)? {
            Ok(Some(plain)) => arguments.set(words_at, words_name, plain),
            Ok(None) => {}
            Err(without) => *without_site = Some(without),
        }
    }
    environment.lead(relay);
    let led = if call == Call::ForkExec { environment.to_list(py)? } else { environment.to_mapping(py)? };
    arguments.set(at, name, led);
    Ok(true)
}

/// The program that a call runs.
fn executable<'py>(call: Call, arguments: &Arguments<'py>) -> Option<Bound<'py, PyAny>> {
    match call {
        // The names that are tried, of which the first is as good as any to tell what it is.
        Call::ForkExec => arguments.get(1, "")?.get_item(0).ok(),
        _ => arguments.get(0, "path").cloned(),
    }
}

/// `execv` as the `execve` that it stands for. None if it cannot be, and nothing has happened.
fn exec_with_environment(py: Python<'_>, arguments: &Arguments<'_>, relay: &Relay) -> Option<*mut ffi::PyObject> {
    let prepare = || -> PyResult<Option<_>> {
        let mut environment = Environment::own();
        let (Some(path), Some(words)) = (arguments.get(0, ""), arguments.get(1, "")) else { return Ok(None) };
        if environment.leads_to_us() {
            return Ok(None);
        }
        // A Python without `site` is what it is; this process's end is told like that of any program.
        let plain = interpreters::without_isolation(words, Some(path.clone()), &mut environment)?.ok().flatten();
        environment.lead(relay);
        let execve = crate::modules::import(py, "posix")?.named("execve")?;
        let given =
            PyTuple::new(py, [path.clone(), plain.unwrap_or_else(|| words.clone()), environment.to_mapping(py)?])?;
        Ok(Some((execve, given)))
    };
    let (execve, given) = prepare().ok()??;
    // SAFETY: both are alive; it raises, or does not return.
    Some(unsafe { ffi::PyObject_CallObject(execve.as_ptr(), given.as_ptr()) })
}

/// A shell's command, which sets what leads to us itself: our own environment, that it would inherit, stays as it is.
fn prefix_command<'py>(py: Python<'py>, arguments: &mut Arguments<'py>, relay: &Relay) -> PyResult<bool> {
    let Some(command) = arguments.get(0, "command") else { return Ok(false) };
    let mut environment = Environment::own();
    if environment.leads_to_us() {
        return Ok(false);
    }
    let command = environment::encoded(command)?;
    let before = Environment::own();
    let command = interpreters::command_without_isolation(&command, &mut environment).unwrap_or(command);
    environment.lead(relay);
    let (set, unset) = environment.changes_since(&before);
    let mut text = Vec::new();
    for name in unset {
        text.extend_from_slice(b"unset ");
        text.extend_from_slice(&name);
        text.extend_from_slice(b"; ");
    }
    text.extend_from_slice(b"export");
    for (name, value) in set {
        text.push(b' ');
        text.extend_from_slice(&name);
        text.extend_from_slice(b"='");
        text.extend_from_slice(&value.iter().fold(Vec::new(), |mut quoted, &byte| {
            match byte {
                b'\'' => quoted.extend_from_slice(b"'\\''"),
                byte => quoted.push(byte),
            }
            quoted
        }));
        text.push(b'\'');
    }
    // On the same line, so that the shell's own messages name the lines that they would.
    text.extend_from_slice(b"; ");
    text.extend_from_slice(&command);
    arguments.set(0, "command", pyo3::types::PyBytes::new(py, &text).into_any());
    Ok(true)
}
