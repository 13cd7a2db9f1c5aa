//! `run`, `detach`, `quit`.
//!
//! Part of the table of commands. Invariant: breakpoints, displays and aliases outlive the program.

use std::ffi::OsString;

use super::{Command, Takes};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["run", "restart"],
        usage: "[ARGUMENTS]",
        takes: Takes::Nothing,
        resumes: true,
        help: "Starts the program again, with its breakpoints, and with other arguments if some are given.",
        run,
    },
    Command {
        names: &["detach"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Leaves the program, which runs on without pausa. Nothing of pausa stays in it.",
        run: detach,
    },
    Command {
        names: &["q", "quit", "exit", "EOF"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Ends the program and pausa. A program that pausa was attached to runs on.",
        run: quit,
    },
];

fn run(session: &mut Session, arguments: &str) -> Outcome {
    let arguments = if arguments.is_empty() { None } else { Some(split(arguments)?) };
    session.restart(arguments)
}

fn detach(session: &mut Session, _arguments: &str) -> Outcome {
    session.detach()
}

fn quit(session: &mut Session, _arguments: &str) -> Outcome {
    session.quit();
    Ok(())
}

/// Takes a command line apart as a shell would: quotes and backslashes, nothing else.
fn split(text: &str) -> Outcome<Vec<OsString>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(mark) = quote {
        return Err(format!("a {mark} is not closed").into());
    }
    words.extend(word);
    Ok(words.into_iter().map(OsString::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_as_in_a_shell() {
        assert_eq!(split(r#"a 'b c' "d\"e" f\ g '' "#).unwrap(), ["a", "b c", "d\"e", "f g", ""]);
        assert!(split("'a").is_err());
    }
}
