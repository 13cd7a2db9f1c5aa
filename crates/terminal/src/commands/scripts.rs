//! `commands`: what runs when a breakpoint stops.
//!
//! Part of the table of commands. Invariant: as in pdb, a command that lets the program run is the last one.

use super::breakpoints::number;
use super::{Command, Takes};
use crate::fault::{Fault, Outcome};
use crate::input::{Prompt, Typed};
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["commands"],
        usage: "[NUMBER]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Gives a breakpoint commands, one a line, up to `end` or to one that lets the program run. `silent` among \
            them leaves out what is printed at a stop; only `end` takes the commands away.",
        run: commands,
    },
    Command {
        names: &["silent"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Among a breakpoint's commands: its stops are not printed.",
        run: nothing,
    },
    Command {
        names: &["end"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Ends a breakpoint's commands.",
        run: nothing,
    },
];

fn nothing(_session: &mut Session, _arguments: &str) -> Outcome {
    Ok(())
}

fn commands(session: &mut Session, arguments: &str) -> Outcome {
    let number = match arguments {
        "" => session.kept.breakpoints.newest().ok_or("there are no breakpoints")?,
        text => number(session, text)?,
    };
    let mut lines = Vec::new();
    loop {
        match session.next_line(Prompt::Script) {
            Typed::Line(line) => {
                let line = line.trim().to_owned();
                if line == "end" {
                    break;
                }
                let last = super::resumes(&line);
                if !line.is_empty() {
                    lines.push(line);
                }
                if last {
                    break;
                }
            }
            Typed::Interrupted => return Err(Fault::from("the commands are as they were")),
            Typed::End => break,
        }
    }
    if let Some(breakpoint) = session.kept.breakpoints.get_mut(number) {
        breakpoint.commands = lines;
    }
    Ok(())
}
