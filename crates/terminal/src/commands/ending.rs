//! `force_return`, `throw`.
//!
//! Part of the table of commands. Invariant: only the newest frame of the thread that stopped is ended.

use pausa_dap::extensions::{EndingArguments, ForceReturn, Throw};
use pausa_report::help;

use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["force_return"],
        usage: help::FORCE_RETURN.usage,
        takes: Takes::Expression,
        resumes: true,
        help: help::FORCE_RETURN.text,
        run: force_return,
    },
    Command {
        names: &["throw"],
        usage: help::THROW.usage,
        takes: Takes::Expression,
        resumes: true,
        help: help::THROW.text,
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
