//! `alias`, `unalias`.
//!
//! Part of the table of commands. Invariant: an alias is kept as it was written.

use super::breakpoints::first_word;
use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["alias"],
        usage: "[NAME [COMMAND]]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Makes NAME stand for COMMAND, in which %1 to %9 are its arguments and %* all of them. Without COMMAND, \
            shows what NAME stands for; without both, lists all.",
        run: alias,
    },
    Command {
        names: &["unalias"],
        usage: "NAME",
        takes: Takes::Nothing,
        resumes: false,
        help: "Forgets an alias.",
        run: unalias,
    },
];

fn alias(session: &mut Session, arguments: &str) -> Outcome {
    let (name, meaning) = first_word(arguments);
    if !meaning.is_empty() {
        session.kept.aliases.set(name, meaning);
        return Ok(());
    }
    let aliases = &session.kept.aliases;
    let lines: Vec<_> = match name {
        "" => aliases.iter().map(|(name, meaning)| format!("{name} = {meaning}")).collect(),
        name => {
            let meaning = aliases.get(name).ok_or_else(|| no_alias(name))?;
            vec![format!("{name} = {meaning}")]
        }
    };
    session.say(lines)
}

fn unalias(session: &mut Session, arguments: &str) -> Outcome {
    let name = needed(arguments, "the name of an alias")?;
    if session.kept.aliases.remove(name) { Ok(()) } else { Err(no_alias(name).into()) }
}

fn no_alias(name: &str) -> String {
    format!("there is no alias '{name}'")
}
