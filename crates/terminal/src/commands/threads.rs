//! `threads`, `thread`, `alone`, `end_thread`.
//!
//! Part of the table of commands. Invariant: looking at another thread moves none.

use pausa_dap::{requests, types};

use super::looking::show_selected;
use super::{Command, Takes, count, needed};
use crate::fault::Outcome;
use crate::session::{Session, is_label, is_subtle};

/// How far down a thread's stack the overview looks for a frame of the program.
const FRAMES: i64 = 20;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["threads"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists the threads and where they are.",
        run: threads,
    },
    Command {
        names: &["thread"],
        usage: "[NUMBER]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Looks at another thread: its stack, its variables, and steps are its own.",
        run: thread,
    },
    Command {
        names: &["alone"],
        usage: "[NUMBER] [COMMAND]",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs this thread, or the one with this number, while all others are held where they are, to the next stop. \
            COMMAND is how far: `next`, `step`, `return` or `continue`, which it is without one. A thread that waits for one \
            that is held gets no further: Ctrl-C stops it.",
        run: alone,
    },
    Command {
        names: &["end_thread"],
        usage: "NUMBER",
        takes: Takes::Nothing,
        resumes: false,
        help: "Ends a thread by SystemExit, as soon as it runs Python code again. The main thread ends with the program.",
        run: end_thread,
    },
];

fn threads(session: &mut Session, _arguments: &str) -> Outcome {
    let selected = session.stopped()?.thread;
    let alive = session.client()?.request::<requests::Threads>(())?.threads;
    session.threads.update(alive);
    let threads: Vec<_> =
        session.threads.numbered().into_iter().map(|(number, thread)| (number, thread.clone())).collect();
    for (number, thread) in threads {
        let mark = if thread.id == selected { ">" } else { " " };
        let place = place(session, thread.id).map(|place| format!("  {place}")).unwrap_or_default();
        session.say([format!("{mark} {number}  {}{place}", thread.name)])?;
    }
    Ok(())
}

/// Where a thread is: in the program if it can be said, else anywhere.
fn place(session: &Session, thread_id: i64) -> Option<String> {
    let arguments = types::StackTraceArguments { thread_id, levels: Some(FRAMES), ..Default::default() };
    let frames = session.client().ok()?.request::<requests::StackTrace>(arguments).ok()?.stack_frames;
    let own = frames
        .iter()
        .find(|frame| !is_label(frame) && (session.settings.all_code || !is_subtle(frame)))
        .or(frames.first())?;
    Some(session.screen.look.place(own))
}

fn thread(session: &mut Session, arguments: &str) -> Outcome {
    let present = session.stopped()?.thread;
    let id = match count(arguments, 0)? {
        0 => present,
        number => match session.threads.by_number(number) {
            Some(thread) => thread.id,
            None => return Err(format!("there is no thread {number}: see `threads`").into()),
        },
    };
    if id != present {
        session.select_thread(id)?;
    }
    show_selected(session)
}

fn alone(session: &mut Session, arguments: &str) -> Outcome {
    let mut words = arguments.split_whitespace().peekable();
    let mut thread_id = session.stopped()?.thread;
    if let Some(number) = words.next_if(|word| word.starts_with(|first: char| first.is_ascii_digit())) {
        let alive = session.client()?.request::<requests::Threads>(())?.threads;
        session.threads.update(alive);
        thread_id = numbered(session, number)?;
    }
    let command = words.next().unwrap_or("continue");
    if let Some(more) = words.next() {
        return Err(format!("'{more}' is too much: `alone [NUMBER] [COMMAND]`").into());
    }
    let single_thread = Some(true);
    match command {
        "c" | "cont" | "continue" => {
            session.resume::<requests::Continue>(types::ContinueArguments { thread_id, single_thread })
        }
        "n" | "next" => {
            session.resume::<requests::Next>(types::NextArguments { thread_id, single_thread, ..Default::default() })
        }
        "s" | "step" => session.resume::<requests::StepIn>(types::StepInArguments {
            thread_id,
            single_thread,
            ..Default::default()
        }),
        "r" | "return" | "finish" => session.resume::<requests::StepOut>(types::StepOutArguments {
            thread_id,
            single_thread,
            ..Default::default()
        }),
        other => Err(format!("'{other}' cannot be run alone: `next`, `step`, `return` and `continue` can").into()),
    }
}

/// The thread of a number that the user has typed.
fn numbered(session: &Session, number: &str) -> Outcome<i64> {
    let thread = session.threads.by_number(count(number, 0)?).map(|thread| thread.id);
    thread.ok_or_else(|| format!("there is no thread {number}: see `threads`").into())
}

fn end_thread(session: &mut Session, arguments: &str) -> Outcome {
    session.stopped()?;
    let number = count(needed(arguments, "the number of a thread")?, 0)?;
    let thread = session.threads.by_number(number).cloned();
    let thread = thread.ok_or_else(|| format!("there is no thread {number}: see `threads`"))?;
    let arguments = types::TerminateThreadsArguments { thread_ids: Some(vec![thread.id]) };
    session.client()?.request::<requests::TerminateThreads>(arguments)?;
    session.say([format!("{} ends when it runs on.", thread.name)])
}
