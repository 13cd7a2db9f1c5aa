//! The variables of a frame: reading and assigning them. Called by `inspection` and `evaluate`.
//!
//! Invariant: reading changes nothing in the frame. Assigning reaches the running function: through the proxy that
//! `f_locals` is from 3.13 on, by `PyFrame_LocalsToFast` before, where only the assigned name is changed and the snapshot
//! is taken afresh, because a stale one would undo what closures wrote meanwhile.

mod native;
mod scope;

use pyo3::prelude::*;

pub(crate) use native::Native;
pub(crate) use scope::Scope;

use crate::named::Named;
use crate::values::is_dunder;

/// A variable of a frame.
#[derive(Debug)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Py<PyAny>,
    /// True for a parameter of the frame's function.
    pub is_argument: bool,
    /// True for a variable of a function around the frame's.
    pub is_captured: bool,
}

/// The variables of a frame that have a value: arguments, locals, cells, captured ones, then what was added at the
/// prompt. At module and class level the names of that scope.
pub fn read(frame: &Bound<'_, PyAny>) -> PyResult<Vec<Local>> {
    let scope = Scope::of(frame)?;
    let mut found = Vec::new();
    for (index, name) in scope.variables.iter().enumerate() {
        if name == "__class__" {
            // What `super()` uses: not in the source.
            continue;
        }
        if let Some(value) = scope.variable(name) {
            let is_argument = index < scope.arguments;
            let is_captured = scope.captured.contains(name);
            found.push(Local { name: name.clone(), value: value.unbind(), is_argument, is_captured });
        }
    }
    let others = scope.others()?.into_iter().filter(|(name, _)| !is_dunder(name));
    found.extend(others.map(|(name, value)| plain(name, value)));
    Ok(found)
}

/// The global variables that a frame sees, without the module's own `__names__`.
pub fn globals(frame: &Bound<'_, PyAny>) -> PyResult<Vec<Local>> {
    let globals = scope::globals(frame)?;
    let named = crate::values::named_entries(&globals).into_iter().filter(|(name, _)| !is_dunder(name));
    Ok(named.map(|(name, value)| plain(name, value)).collect())
}

/// A global variable that a frame sees, by its name.
pub fn global<'py>(frame: &Bound<'py, PyAny>, name: &str) -> Option<Bound<'py, PyAny>> {
    scope::globals(frame).ok()?.get_item(name).ok()?
}

/// True if a frame has a variable of its own of this name, which hides a global one.
pub fn hides_global(frame: &Bound<'_, PyAny>, name: &str) -> bool {
    let own = |attribute| {
        let names = frame.named("f_code").and_then(|code| scope::names(&code, attribute));
        names.is_ok_and(|names| names.iter().any(|own| own == name))
    };
    ["co_varnames", "co_cellvars", "co_freevars"].into_iter().any(own)
}

fn plain(name: String, value: Bound<'_, PyAny>) -> Local {
    Local { name, value: value.unbind(), is_argument: false, is_captured: false }
}

/// Assigns a variable of a frame, as an assignment in its code would.
pub fn assign(frame: &Bound<'_, PyAny>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    Scope::of(frame)?.assign(name, value)
}
