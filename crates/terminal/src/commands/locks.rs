//! `locks`.
//!
//! Part of the table of commands. Invariant: what is not known is said to be unknown.

use pausa_dap::extensions;
use pausa_report::help;

use super::{Command, Takes};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["locks"],
    usage: help::LOCKS.usage,
    takes: Takes::Nothing,
    resumes: false,
    help: help::LOCKS.text,
    run: locks,
}];

fn locks(session: &mut Session, _arguments: &str) -> Outcome {
    session.stopped()?;
    let found = session.client()?.request::<extensions::Locks>(())?;
    let lines = pausa_report::locks::lines(&session.screen.look.directory, &found);
    session.say(lines)
}
