//! What is not the debugger: `pausa events` and `pausa costs`, which show what the interpreter tells and at what price.
//!
//! Called by `main` if the first word is one of the two; a program of that name is debugged as `./events`. Invariant:
//! both measure with native callbacks of ours, on the user's own interpreter.

mod costs;
mod events;
mod measured;
mod table;

use std::ffi::OsString;

use clap::Parser;
use pausa_hub::pythons::Python;

/// The tools.
#[derive(Debug, Parser)]
#[command(name = "pausa", version, max_term_width = 100)]
pub enum Tool {
    /// Show which events of sys.monitoring fire in a program: where, how often, at what cost.
    Events(events::Arguments),
    /// Measure what sys.monitoring costs: its functions, and one event of each kind.
    Costs(costs::Arguments),
}

/// True if a command line is one of a tool.
pub fn are_asked_for(words: &[OsString]) -> bool {
    words.first().is_some_and(|word| word == "events" || word == "costs")
}

/// Runs one; the exit code.
pub fn run(tool: Tool) -> Result<i32, String> {
    match tool {
        Tool::Events(arguments) => events::run(&arguments),
        Tool::Costs(arguments) => costs::run(&arguments),
    }
}

/// The version that brought `sys.monitoring`.
fn check(python: &Python, command: &str) -> Result<(), String> {
    let (major, minor, micro) = python.version;
    if (major, minor) >= (3, 12) {
        return Ok(());
    }
    Err(format!(
        "Python {major}.{minor}.{micro} has no sys.monitoring, which came with 3.12; name a later one: \
         `pausa {command} 3.13`"
    ))
}
