//! `processes`, `process`.
//!
//! Part of the table of commands. Invariant: looking at another process leaves the one looked at before as it is.

use super::{Command, Takes, count, needed, show_selected};
use crate::fault::Outcome;
use crate::session::{Origin, Running, Session};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["processes"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists the processes of the program, and whether they run. Those that it starts are debugged as it is.",
        run: processes,
    },
    Command {
        names: &["process"],
        usage: "[NUMBER]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Looks at another process, which is paused if it runs: all commands are about that one from then on.",
        run: process,
    },
];

fn processes(session: &mut Session, _arguments: &str) -> Outcome {
    // Those that have come, or gone, since the prompt was shown.
    session.notice();
    let Some(running) = &session.running else { return session.say(["No program runs."]) };
    let state = |running: &Running, stopped: bool| match (running.is_mute, stopped) {
        (true, _) if running.is_undebugged => "runs undebugged: it has closed pausa's connection",
        (true, _) => "runs another program",
        (false, true) => "has stopped",
        (false, false) => "runs",
    };
    let line = |mark: &str, running: &Running, stopped: bool| {
        let pid = running.process.pid().map(|pid| format!("pid {pid}  ")).unwrap_or_default();
        (running.number, format!("{mark} {}  {pid}{}  ({})", running.number, named(running), state(running, stopped)))
    };
    let others = session.others.iter().map(|other| line(" ", &other.running, other.is_stopped()));
    let mut lines: Vec<_> = others.chain([line(">", running, session.stop.is_some())]).collect();
    lines.sort_by_key(|(number, _)| *number);
    session.say(lines.into_iter().map(|(_, line)| line))
}

/// What a process is, for people.
fn named(running: &Running) -> &str {
    match running.process {
        Origin::Ours(..) | Origin::Foreign => "the program",
        Origin::Child(_) => &running.python,
    }
}

fn process(session: &mut Session, arguments: &str) -> Outcome {
    session.notice();
    let present = session.running.as_ref().ok_or("no program runs")?.number;
    match count(needed(arguments, "the number of a process")?, present)? {
        number if number == present => show_selected(session),
        number => session.look_at_process(number),
    }
}
