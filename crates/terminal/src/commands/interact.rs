//! `interact`: Python's own prompt in the selected frame.
//!
//! Part of the table of commands. Invariant: nothing typed there is taken for a command.

use super::{Command, Takes, python};
use crate::fault::{Fault, Outcome};
use crate::input::{Prompt, Typed};
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["interact"],
    usage: "",
    takes: Takes::Nothing,
    resumes: false,
    help: "Takes all that follows as Python, in the selected frame, up to `exit()` or Ctrl-D.",
    run: interact,
}];

fn interact(session: &mut Session, _arguments: &str) -> Outcome {
    session.frame()?;
    session.say(["Python in this frame; `exit()` or Ctrl-D leads back."])?;
    loop {
        match session.next_line(Prompt::Python) {
            Typed::Line(line) => match line.trim() {
                "" => {}
                "exit()" | "quit()" | "exit" | "quit" => return Ok(()),
                _ => match python::run(session, &line) {
                    Err(Fault::Gone) => return Err(Fault::Gone),
                    Err(fault) => session.screen.error(&fault),
                    Ok(()) => {}
                },
            },
            Typed::Interrupted => {}
            Typed::End => return session.say([""]),
        }
    }
}
