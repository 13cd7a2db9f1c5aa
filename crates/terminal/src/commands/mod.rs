//! The commands: one table, from which running, help and completion all come.
//!
//! Called by the session with one command at a time. Invariant: a name or abbreviation means one command only; what is no
//! command is Python.

mod aliases;
mod breakpoints;
pub mod bytecode;
mod calls;
mod data;
mod displays;
mod ending;
mod exceptions;
mod expressions;
mod help;
mod interact;
mod listing;
mod locks;
mod looking;
mod objects;
mod places;
mod processes;
mod python;
mod reload;
mod running;
mod scripts;
mod stepping;
mod tasks;
mod threads;
mod watch;

pub use looking::show_selected;

use crate::fault::Outcome;
use crate::parse::{self, Parsed};
use crate::session::Session;

/// What a command's arguments are, which is what completion offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing, or something that cannot be guessed.
    Nothing,
    /// A place for a breakpoint.
    Location,
    /// A Python expression.
    Expression,
    /// A command's name.
    Command,
}

/// A command.
pub struct Command {
    /// Its names, the shortest first, as in pdb.
    pub names: &'static [&'static str],
    /// What may follow the name.
    pub usage: &'static str,
    /// What its arguments are.
    pub takes: Takes,
    /// True if it lets the program run, which ends a breakpoint's commands.
    pub resumes: bool,
    /// What it does, for `help`: the first sentence is also its line in the overview.
    pub help: &'static str,
    run: fn(&mut Session, &str) -> Outcome,
}

/// All commands, in the order of the overview.
pub const TABLES: &[(&str, &[Command])] = &[
    ("Breakpoints", breakpoints::COMMANDS),
    ("", places::COMMANDS),
    ("", watch::COMMANDS),
    ("", scripts::COMMANDS),
    ("Exceptions", exceptions::COMMANDS),
    ("Running", stepping::COMMANDS),
    ("", calls::COMMANDS),
    ("", expressions::COMMANDS),
    ("", bytecode::COMMANDS),
    ("", running::COMMANDS),
    ("", ending::COMMANDS),
    ("", reload::COMMANDS),
    ("Looking", looking::COMMANDS),
    ("", listing::COMMANDS),
    ("Values", data::COMMANDS),
    ("", objects::COMMANDS),
    ("", displays::COMMANDS),
    ("", interact::COMMANDS),
    ("Threads", threads::COMMANDS),
    ("", processes::COMMANDS),
    ("", locks::COMMANDS),
    ("", tasks::COMMANDS),
    ("Others", aliases::COMMANDS),
    ("", help::COMMANDS),
];

/// All commands.
pub fn all() -> impl Iterator<Item = &'static Command> {
    TABLES.iter().flat_map(|(_, commands)| commands.iter())
}

/// The command of this name.
pub fn find(name: &str) -> Option<&'static Command> {
    all().find(|command| command.names.contains(&name))
}

/// Takes a line apart into commands. An alias is defined with all that follows it.
pub fn parts(line: &str) -> Vec<&str> {
    match read(line) {
        Parsed::Word("alias", _) => vec![line.trim()],
        _ => parse::split_commands(line),
    }
}

/// Tells a command from Python.
pub fn read(line: &str) -> Parsed<'_> {
    match parse::parse(line, |word| find(word).is_some_and(|command| command.takes == Takes::Expression)) {
        Parsed::Word(word, _) if find(word).is_none() => Parsed::Python(line.trim()),
        parsed => parsed,
    }
}

/// True if the last command of a line lets the program run.
pub fn resumes(line: &str) -> bool {
    parts(line).last().is_some_and(|last| match read(last) {
        Parsed::Word(word, _) => find(word).is_some_and(|command| command.resumes),
        _ => false,
    })
}

/// Runs one command.
pub fn run(session: &mut Session, line: &str) -> Outcome {
    match read(line) {
        Parsed::Empty => Ok(()),
        Parsed::Word(word, arguments) => match find(word) {
            Some(command) => (command.run)(session, arguments),
            None => Ok(()),
        },
        Parsed::Python(text) => python::run(session, text),
    }
}

/// A number from the user, or what stands for none.
fn count(text: &str, default: usize) -> Outcome<usize> {
    match text.trim() {
        "" => Ok(default),
        text => text.parse().map_err(|_| format!("'{text}' is no number").into()),
    }
}

/// What must be there.
fn needed<'a>(text: &'a str, what: &str) -> Outcome<&'a str> {
    let text = text.trim();
    if text.is_empty() { Err(format!("{what} is missing").into()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_means_one_command() {
        let mut seen = HashSet::new();
        for command in all() {
            for name in command.names {
                assert!(seen.insert(*name), "{name} twice");
            }
            assert!(command.help.ends_with('.'), "{:?}", command.names);
        }
    }

    #[test]
    fn the_vocabulary_of_pdb_is_there() {
        let vocabulary = "a alias args b break bt c cl clear commands condition cont continue d disable display down \
            enable exit h help ignore interact j jump l list ll longlist n next p pp q quit r restart return retval run \
            rv s source step tbreak u unalias undisplay unt until up w whatis where finish locals globals frame \
            threads thread info catch uncatch exceptions";
        for name in vocabulary.split_whitespace() {
            assert!(find(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_resuming_command_is_known_by_any_name_and_at_a_line_s_end() {
        for line in ["c", "continue", "p x;; c", "s", "n", "r", "unt 5", "j 3"] {
            assert!(resumes(line), "{line}");
        }
        for line in ["p c", "c = 3", "w", "silent", "alias x c"] {
            assert!(!resumes(line), "{line}");
        }
    }

    #[test]
    fn unknown_words_are_python() {
        assert_eq!(read("line"), Parsed::Python("line"));
        assert_eq!(read("import os"), Parsed::Python("import os"));
        assert_eq!(read("b 6"), Parsed::Word("b", "6"));
        assert_eq!(parts("alias x s;;s"), ["alias x s;;s"]);
    }
}
