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

/// The command line of a tool.
#[derive(Debug, Parser)]
#[command(name = "pausa", version, max_term_width = 100)]
pub struct Tools {
    /// The Python to use: a version such as 3.13, a command, or a path.
    #[arg(long, value_name = "PYTHON", global = true)]
    python: Option<OsString>,
    #[command(subcommand)]
    tool: Tool,
}

#[derive(Debug, clap::Subcommand)]
enum Tool {
    /// Show which events of sys.monitoring fire in a program: where, how often, at what cost.
    Events(events::Arguments),
    /// Measure what sys.monitoring costs: its functions, and one event of each kind.
    Costs(costs::Arguments),
}

/// True if a command line is one of a tool. Before its name there may be which Python to use, as `python -m pausa` says.
pub fn are_asked_for(words: &[OsString]) -> bool {
    let name = match words {
        [option, _, name, ..] if option == "--python" => name,
        [option, name, ..] if option.as_encoded_bytes().starts_with(b"--python=") => name,
        [name, ..] => name,
        [] => return false,
    };
    name == "events" || name == "costs"
}

/// Runs one; the exit code.
pub fn run(Tools { python, tool }: Tools) -> Result<i32, String> {
    match tool {
        Tool::Events(arguments) => events::run(&arguments, python.as_deref()),
        Tool::Costs(arguments) => costs::run(&arguments, python.as_deref()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_the_first_word_that_is_no_choice_of_a_python() {
        let asked = |line: &str| are_asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in ["events a.py", "costs", "--python 3.13 costs", "--python=3.13 events a.py"] {
            assert!(asked(line), "{line}");
        }
        for line in ["", "./events", "a.py events", "-m events", "--python events a.py", "-v costs"] {
            assert!(!asked(line), "{line}");
        }
    }

    #[test]
    fn the_definition_holds() {
        use clap::CommandFactory;
        Tools::command().debug_assert();
        let parsed = Tools::try_parse_from(["pausa", "events", "--python", "3.13", "a.py", "--python", "x"]);
        assert_eq!(parsed.unwrap().python, Some("3.13".into()));
    }
}
