//! `locks`.
//!
//! Part of the table of commands. Invariant: what is not known is said to be unknown.

use pausa_dap::extensions;

use super::{Command, Takes};
use crate::fault::Outcome;
use crate::render;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["locks"],
    usage: "",
    takes: Takes::Nothing,
    resumes: false,
    help: "Lists the locks that are waited for or known to be held: who holds, who waits, and which threads are deadlocked. \
        Python records the owner of an RLock and of an import; whoever is in a `with` of a Lock is found by that, and who \
        has called its acquire() is unknown.",
    run: locks,
}];

fn locks(session: &mut Session, _arguments: &str) -> Outcome {
    session.stopped()?;
    let found = session.client()?.request::<extensions::Locks>(())?;
    if found.locks.is_empty() {
        return session.say(["No thread waits for a lock, and none is known to be held."]);
    }
    let lines: Vec<_> = found.locks.iter().flat_map(|lock| render::locks::entry(&session.screen.look, lock)).collect();
    session.say(lines)?;
    session.say(render::locks::report(&found))
}
