//! JUMP: the end of a loop's turn. Armed only where a breakpoint is on a line that holds a whole loop, as such a loop's
//! turns are told by no line event. Called by `callbacks`.
//!
//! Invariant: a jump to another line is none of ours: the line event tells of it.

use pyo3::prelude::*;

use super::callbacks::Arguments;
use crate::debugger::Debugger;
use crate::events::Answer;
use crate::events::line::reach;
use crate::hits::Arrival;

pub fn on_jump(py: Python<'_>, debugger: &Debugger, arguments: Arguments<'_>) -> Answer {
    if debugger.world.needs_attention() && debugger.heed(py) {
        return Answer::Keep;
    }
    let Some(record) = debugger.record(arguments.code()) else { return Answer::Disable };
    let target = arguments.integer(2) as usize;
    let turn = record.turns.iter().find(|turn| turn.target == target && !turn.is_comprehension);
    match turn.and_then(|turn| Some((turn.line, record.at(turn.line)?))) {
        Some((line, armed)) => reach(py, debugger, record, line, Some(Arrival::at(armed)), false),
        None => {
            record.has_disabled.set(true);
            Answer::Disable
        }
    }
}
