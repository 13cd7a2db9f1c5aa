//! `force_return`, `throw`.
//!
//! Part of the table of commands. Invariant: only the newest frame of the thread that stopped is ended.

use pausa_dap::extensions::{EndingArguments, ForceReturn, Throw};

use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["force_return"],
        usage: "[EXPRESSION]",
        takes: Takes::Expression,
        resumes: true,
        help: "Has this function return at once, the value of EXPRESSION or None, and stops in its caller. Refused within \
            `with` and `finally`, whose ends would not run.",
        run: force_return,
    },
    Command {
        names: &["throw"],
        usage: "EXCEPTION",
        takes: Takes::Expression,
        resumes: true,
        help: "Raises an exception, given as a class or an instance, at this line, and stops where the thread comes to next: \
            handlers, `finally` and `with` run as for any other.",
        run: throw,
    },
];

fn force_return(session: &mut Session, expression: &str) -> Outcome {
    let expression = if expression.trim().is_empty() { "None" } else { expression.trim() };
    let arguments = arguments(session, expression)?;
    session.resume::<ForceReturn>(arguments)
}

fn throw(session: &mut Session, expression: &str) -> Outcome {
    let arguments = arguments(session, needed(expression, "an exception")?)?;
    session.resume::<Throw>(arguments)
}

fn arguments(session: &mut Session, expression: &str) -> Outcome<EndingArguments> {
    let stop = session.stopped()?;
    if stop.selected != 0 {
        return Err("only the newest frame can be ended: go `down` to it".into());
    }
    Ok(EndingArguments { thread_id: stop.thread, expression: expression.to_owned() })
}
