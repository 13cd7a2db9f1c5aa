//! `display`, `undisplay`.
//!
//! Part of the table of commands. Invariant: what is displayed was shown once.

use super::{Command, Takes};
use crate::fault::{Fault, Outcome};
use crate::session::{Context, Session};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["display"],
        usage: "[EXPRESSION]",
        takes: Takes::Expression,
        resumes: false,
        help: "Shows the value of an expression now, and again at each stop where it has changed. Without one, lists all.",
        run: display,
    },
    Command {
        names: &["undisplay"],
        usage: "[EXPRESSION]",
        takes: Takes::Expression,
        resumes: false,
        help: "Displays an expression no longer, or none.",
        run: undisplay,
    },
];

fn display(session: &mut Session, arguments: &str) -> Outcome {
    if arguments.is_empty() {
        let all = session.kept.displays.iter();
        let lines: Vec<_> = all
            .map(|display| match &display.shown {
                Some(value) => format!("display {}: {value}", display.expression),
                None => format!("display {}", display.expression),
            })
            .collect();
        return if lines.is_empty() { session.say(["Nothing is displayed."]) } else { session.say(lines) };
    }
    match session.evaluate(arguments, Context::Expression) {
        Ok(value) => {
            session.say([format!("display {arguments}: {value}")])?;
            session.kept.displays.add(arguments, Some(value));
        }
        // It may mean something elsewhere.
        Err(Fault::Text(why)) => {
            session.screen.error(&Fault::Text(why));
            session.kept.displays.add(arguments, None);
        }
        Err(fault) => return Err(fault),
    }
    Ok(())
}

fn undisplay(session: &mut Session, arguments: &str) -> Outcome {
    if arguments.is_empty() {
        session.kept.displays.clear();
        return Ok(());
    }
    match session.kept.displays.remove(arguments) {
        true => Ok(()),
        false => Err(format!("'{arguments}' is not displayed").into()),
    }
}
