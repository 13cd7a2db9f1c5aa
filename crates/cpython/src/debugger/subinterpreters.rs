//! Code in other interpreters of the process (PEP 684, PEP 734) is not debugged: events, code objects and the GIL belong to
//! one interpreter. Called at the program's exit.
//!
//! Invariant: a breakpoint that waited for code in vain is not left without a word, if that may be why.

use crate::named::Named;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Debugger;

/// The modules that make interpreters, by the versions' names for it.
const MAKERS: [&str; 2] = ["_interpreters", "_xxsubinterpreters"];

const WHY: &str =
    "its code was never run by the main interpreter; code that runs in a subinterpreter cannot be debugged by pausa";

impl Debugger {
    /// Says of breakpoints that still wait why they may have waited in vain.
    pub(super) fn tell_of_subinterpreters(&self, py: Python<'_>) {
        if !makes_interpreters(py) {
            return;
        }
        let told = {
            let mut state = self.state();
            state.breakpoints.refuse_pending(WHY)
        };
        for breakpoint in told {
            self.listener.breakpoint_changed(&breakpoint);
        }
    }
}

/// True if the program has imported what makes interpreters.
fn makes_interpreters(py: Python<'_>) -> bool {
    let modules = crate::modules::import(py, "sys").and_then(|sys| sys.named("modules"));
    let modules = modules.ok().and_then(|modules| modules.cast_into_exact::<PyDict>().ok());
    modules.is_some_and(|modules| MAKERS.iter().any(|name| modules.contains(name).unwrap_or(false)))
}
