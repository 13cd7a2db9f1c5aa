//! `breakpoint()` and `dbg()`: stops that the program itself asks for. Registered by `agent`.
//!
//! Invariant: builtins without a Python frame, so the calling frame is the one that stops.

use pausa_engine::breakpoints::Place;
use pausa_engine::stop::StopReason;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyCFunction;

use crate::code::registry::real_path;
use crate::debugger::{Debugger, Where};
use crate::frames;
use crate::named::Named;

static HOOK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Makes Python's `breakpoint()` ours, unless the user said by PYTHONBREAKPOINT what it is to do ("0": nothing).
///
/// # Errors
/// If the interpreter cannot make the function.
pub fn take_breakpoint(py: Python<'_>) -> PyResult<()> {
    if std::env::var_os("PYTHONBREAKPOINT").is_some_and(|hook| !hook.is_empty()) {
        return Ok(());
    }
    let hook = HOOK.get_or_try_init(py, || Ok::<_, PyErr>(breakpoint_function(py)?.into_any().unbind()))?;
    crate::modules::import(py, "sys")?.setattr("breakpointhook", hook)
}

/// Gives Python's `breakpoint()` back, if it is ours still.
pub fn give_breakpoint_back(py: Python<'_>) -> PyResult<()> {
    let sys = crate::modules::import(py, "sys")?;
    let is_ours = HOOK.get(py).is_some_and(|hook| sys.named("breakpointhook").is_ok_and(|own| own.is(hook)));
    if is_ours { sys.setattr("breakpointhook", sys.named("__breakpointhook__")?) } else { Ok(()) }
}

/// A `sys.breakpointhook` that stops in the calling frame; takes and ignores any arguments, as pdb's does headers.
///
/// # Errors
/// If the interpreter cannot make the function.
pub fn breakpoint_function(py: Python<'_>) -> PyResult<Bound<'_, PyCFunction>> {
    PyCFunction::new_closure(py, Some(c"breakpoint"), Some(c"Stops in the calling frame."), |arguments, _| {
        if let Some(debugger) = Debugger::enter() {
            debugger.stop(arguments.py(), vec![StopReason::Call], None, Where::Elsewhere);
        }
    })
}

/// `dbg()`: stops in the calling frame if a breakpoint stands at its line and has not just stopped there.
///
/// # Errors
/// If the interpreter cannot make the function.
pub fn dbg_function(py: Python<'_>) -> PyResult<Bound<'_, PyCFunction>> {
    PyCFunction::new_closure(py, Some(c"dbg"), Some(c"Stops if a breakpoint is set at this line."), |arguments, _| {
        if let Some(debugger) = Debugger::enter() {
            dbg(arguments.py(), &debugger);
        }
    })
}

/// Where line events reach, a breakpoint has stopped the thread before the call is made: only code without lines of its
/// own in the line table is left for the call.
fn dbg(py: Python<'_>, debugger: &Debugger) {
    let Some(innermost) = frames::current(py) else { return };
    let Some(frame) = frames::stack(innermost).find(|frame| !debugger.is_hidden_frame(frame)) else { return };
    let told = frames::code(&frame)
        .and_then(|code| debugger.records.get(code.as_ptr()))
        .is_some_and(|record| record.at(frames::line(&frame)).is_some());
    if told {
        return;
    }
    let (file, line) = (real_path(&frames::file_name(&frame)), frames::line(&frame));
    let reasons: Vec<StopReason> = {
        let state = debugger.state();
        let here = state.breakpoints.in_file(&file).iter().filter(|&&id| {
            state.breakpoints.get(id).is_some_and(|b| b.wanted.place == Place::Line(file.clone(), line))
        });
        here.map(|&id| StopReason::Breakpoint(id, None)).collect()
    };
    if !reasons.is_empty() {
        debugger.stop(py, reasons, None, Where::Elsewhere);
    }
}
