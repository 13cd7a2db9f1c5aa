//! `step`, `next`, `return`, `continue`, `until`, `jump`.
//!
//! Part of the table of commands. Invariant: a step is one of the selected thread.

use pausa_dap::extensions::{FrameCode, FrameCodeArguments, Until, UntilArguments};
use pausa_dap::{requests, types};

use super::{Command, Takes, calls, needed};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["s", "step"],
        usage: "[CALL]",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs to the next line, also into functions that are called; with the number or name of one of the line's \
            `calls` into that one.",
        run: step,
    },
    Command {
        names: &["n", "next"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs to the next line of this function.",
        run: next,
    },
    Command {
        names: &["r", "return", "finish"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs until this function has returned, to the next line of its caller.",
        run: finish,
    },
    Command {
        names: &["unt", "until"],
        usage: "[LINE]",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs to a line greater than this one, or to LINE or beyond: out of a loop.",
        run: until,
    },
    Command {
        names: &["c", "cont", "continue"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs until something stops the program.",
        run: proceed,
    },
    Command {
        names: &["j", "jump"],
        usage: "LINE",
        takes: Takes::Nothing,
        resumes: true,
        help: "Makes LINE of this function the one that runs next.",
        run: jump,
    },
    Command {
        names: &["restart_frame"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs this function again from its first line. Nothing that it did is undone, and its variables keep their \
            values; refused within `with` and `finally`, whose ends would not run.",
        run: restart_frame,
    },
];

fn step(session: &mut Session, arguments: &str) -> Outcome {
    if !arguments.is_empty() {
        return calls::step_into(session, arguments);
    }
    let thread_id = session.stopped()?.thread;
    session.resume::<requests::StepIn>(types::StepInArguments { thread_id, ..Default::default() })
}

fn next(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    session.resume::<requests::Next>(types::NextArguments { thread_id, ..Default::default() })
}

fn finish(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    session.resume::<requests::StepOut>(types::StepOutArguments { thread_id, ..Default::default() })
}

fn proceed(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    session.resume::<requests::Continue>(types::ContinueArguments { thread_id, ..Default::default() })
}

fn until(session: &mut Session, arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    let line = if arguments.is_empty() { None } else { Some(line(arguments)?) };
    let current = session.frame()?.line;
    if let Some(line) = line
        && line <= current
    {
        return Err(format!("line {line} is not after line {current}").into());
    }
    session.resume::<Until>(UntilArguments { thread_id, line })
}

fn restart_frame(session: &mut Session, _arguments: &str) -> Outcome {
    let frame_id = session.frame()?.id;
    session.resume::<requests::RestartFrame>(types::RestartFrameArguments { frame_id })
}

fn jump(session: &mut Session, arguments: &str) -> Outcome {
    let line = line(needed(arguments, "the line to jump to")?)?;
    let thread_id = session.stopped()?.thread;
    if session.stopped()?.selected != 0 {
        return Err("only the newest frame can jump: go `down` to it".into());
    }
    let frame = session.frame()?;
    let source = frame.source.unwrap_or_default();
    let arguments = types::GotoTargetsArguments { source, line, column: None };
    let client = session.client()?;
    let targets = client.request::<requests::GotoTargets>(arguments)?.targets;
    let Some(target) = targets.first() else {
        let code = client.request::<FrameCode>(FrameCodeArguments { frame_id: frame.id })?;
        let (first, last, name) = (code.first_line, code.last_line, frame.name);
        return Err(format!("line {line} has no code of {name}, whose lines are {first} to {last}").into());
    };
    session.resume::<requests::Goto>(types::GotoArguments { thread_id, target_id: target.id })
}

fn line(text: &str) -> Outcome<i64> {
    text.parse().map_err(|_| format!("'{text}' is no line").into())
}
