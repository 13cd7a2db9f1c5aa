//! `reload`.
//!
//! Part of the table of commands. Invariant: what was done to each function is said, and why nothing was.

use pausa_dap::extensions::{self, ReloadArguments, ReloadEntry};

use super::{Command, Takes};
use crate::fault::{Fault, Outcome};
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["reload"],
    usage: "[FILE | MODULE]",
    takes: Takes::Nothing,
    resumes: false,
    help: "Puts the functions of an edited file in place of those that the program has, for calls to come: the current file \
        unless another one is named. Breakpoints move with their lines; new functions, classes and methods are defined. What \
        runs goes on in the old code. Statements outside functions are not run again, nor are decorators and computed default \
        values of functions that exist. All of the file is reloaded, or nothing, with the reasons.",
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
        session.screen.error(&Fault::Text(format!("nothing of {name} was replaced:")));
        return session.say(found.entries.iter().map(|entry| format!("  {}", line(entry))));
    }
    for carried in &found.carried {
        session.kept.breakpoints.carry(carried.id, carried.line);
    }
    session.take_standings(found.breakpoints.clone());
    let (told, others): (Vec<_>, Vec<_>) =
        found.entries.iter().partition(|entry| !["running", "missing"].contains(&entry.deed.as_str()));
    let mut lines = vec![match (told.is_empty(), found.moved) {
        (true, 0) => format!("Nothing of {name} has changed."),
        (_, 0) => format!("Reloaded {name}:"),
        (true, 1) => format!("Reloaded {name}: 1 function only stands at another line."),
        (true, moved) => format!("Reloaded {name}: {moved} functions only stand at other lines."),
        (false, 1) => format!("Reloaded {name}; 1 function only stands at another line:"),
        (false, moved) => format!("Reloaded {name}; {moved} functions only stand at other lines:"),
    }];
    lines.extend(told.into_iter().chain(others).map(|entry| format!("  {}", line(entry))));
    session.say(lines)
}

fn line(entry: &ReloadEntry) -> String {
    let at = entry.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let note = entry.note.as_deref().unwrap_or_default();
    match entry.deed.as_str() {
        "running" if note == "suspended" => format!("goes on in the old code: {}{at}, suspended", entry.name),
        "running" => format!("goes on in the old code: {}{at}, in {note}", entry.name),
        "missing" => {
            format!("not there: {}, as the statement in line {} was not run", entry.name, entry.line.unwrap_or(0))
        }
        "refused" => format!("{}{at}: {note}", entry.name),
        deed if note.is_empty() => format!("{deed} {}{at}", entry.name),
        deed => format!("{deed} {}{at}: {note}", entry.name),
    }
}
