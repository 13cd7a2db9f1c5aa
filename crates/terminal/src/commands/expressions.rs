//! `stepe`.
//!
//! Part of the table of commands. Invariant: no code of the program runs to show a value.

use pausa_dap::extensions::{StepExpression, StepExpressionArguments};
use pausa_report::help;

use super::{Command, Takes};
use crate::fault::Outcome;
use crate::session::{By, Session};

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["se", "stepe"],
    usage: help::STEPE.usage,
    takes: Takes::Nothing,
    resumes: true,
    help: help::STEPE.text,
    run: stepe,
}];

fn stepe(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    session.goes_by(By::Expressions);
    session.resume::<StepExpression>(StepExpressionArguments { thread_id })
}
