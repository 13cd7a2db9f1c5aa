//! `reload`.
//!
//! Part of the table of commands. Invariant: what was done to each function is said, and why nothing was.

use pausa_dap::extensions::{self, ReloadArguments};
use pausa_report as report;

use super::{Command, Takes};
use crate::fault::{Fault, Outcome};
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["reload"],
    usage: report::help::RELOAD.usage,
    takes: Takes::Nothing,
    resumes: false,
    help: report::help::RELOAD.text,
    run: reload,
}];

fn reload(session: &mut Session, arguments: &str) -> Outcome {
    session.stopped()?;
    let file = match arguments.trim() {
        "" => session.stopped()?.file().ok_or("no file is current: name one, or a module")?.display().to_string(),
        text if text.contains('/') || text.ends_with(".py") => session.surroundings().file(text).display().to_string(),
        module => module.to_owned(),
    };
    let found = session.client()?.request::<extensions::Reload>(ReloadArguments { file })?;
    let name = session.screen.look.path(found.path.as_ref());
    if !found.done {
        session.screen.error(&Fault::Text(report::reload::refusal(&name)));
        return session.say(report::reload::reasons(&found));
    }
    for carried in &found.carried {
        session.kept.breakpoints.carry(carried.id, carried.line);
    }
    session.take_standings(found.breakpoints.clone());
    session.say(report::reload::done(&found, &name))
}
