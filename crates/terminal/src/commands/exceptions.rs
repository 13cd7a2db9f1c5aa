//! `catch`, `uncatch`, `exceptions`.
//!
//! Part of the table of commands. Invariant: what the agent refuses changes nothing here; looking at another exception
//! moves no thread.

use pausa_dap::extensions::{
    ExceptionLink, ExceptionStack, ExceptionStackArguments, Exceptions, ExceptionsArguments, LinkedException,
};

use super::looking::show_selected;
use super::{Command, Takes, count};
use crate::catches::Catch;
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["catch"],
        usage: "[[FILTER] [TYPES] [in MODULES] [hit N] [if CONDITION]]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Stops at exceptions, or lists where it does. FILTER is `raised` (the default: in your code, caught or \
            not), `uncaught`, `userUnhandled` (your code does not catch it), `test` (it fails a test of pytest or unittest), \
            `unraisable` (it leaves a destructor) or `task` (asyncio reports that nobody has asked for it). TYPES are names \
            such as `KeyError, app.Missing, !TimeoutError`, MODULES patterns such as `app.*`, of the code that raises; \
            CONDITION is Python, with the exception as `__exception__`.",
        run: catch,
    },
    Command {
        names: &["uncatch"],
        usage: "[NUMBER...]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Stops at exceptions no more: those of these numbers of `catch`, or all.",
        run: uncatch,
    },
    Command {
        names: &["exceptions"],
        usage: "[NUMBER]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists the exception and what it comes from or holds: causes, contexts, members of groups. With a number: \
            looks at the frames that one was in, with their variables; 0 is the exception of the stop, with the thread.",
        run: exceptions,
    },
];

fn catch(session: &mut Session, arguments: &str) -> Outcome {
    if arguments.trim().is_empty() {
        return list(session);
    }
    let catch = session.kept.catches.add(arguments.trim());
    if let Err(fault) = session.send_catches(Some(catch.number)) {
        session.kept.catches.take_back(catch.number);
        session.send_catches(None)?;
        return Err(fault);
    }
    session.say([format!("Catch {}", line(&catch))])
}

fn list(session: &mut Session) -> Outcome {
    let lines: Vec<_> = session.kept.catches.all().iter().map(line).collect();
    match lines.is_empty() {
        true => session.say(["No catches: no exception stops the program."]),
        false => session.say(lines),
    }
}

fn line(catch: &Catch) -> String {
    let separator = if catch.limits.is_empty() { "" } else { "  " };
    format!("{}  {}{separator}{}", catch.number, catch.filter, catch.limits)
}

fn uncatch(session: &mut Session, arguments: &str) -> Outcome {
    let all = || session.kept.catches.all().iter().map(|catch| catch.number.to_string()).collect::<Vec<_>>();
    let words = match arguments.trim() {
        "" => all(),
        text => text.split_whitespace().map(str::to_owned).collect(),
    };
    for word in words {
        let number = word.parse().ok().and_then(|number| session.kept.catches.remove(number));
        let catch = number.ok_or_else(|| format!("there is no catch {word} (`catch` lists them)"))?;
        session.send_catches(None)?;
        session.say([format!("Deleted catch {}", line(&catch))])?;
    }
    Ok(())
}

fn exceptions(session: &mut Session, arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    let chosen = session.stopped()?.exception;
    let exceptions = session.client()?.request::<Exceptions>(ExceptionsArguments { thread_id })?.exceptions;
    if exceptions.is_empty() {
        return Err("the thread is not stopped at an exception".into());
    }
    if arguments.trim().is_empty() {
        let lines = exceptions.iter().enumerate().map(|(number, exception)| entry(number, exception, number == chosen));
        return session.say(lines.collect::<Vec<_>>());
    }
    let number = count(arguments, 0)?;
    if number == 0 {
        session.select_thread(thread_id)?;
        return show_selected(session);
    }
    let arguments = ExceptionStackArguments { thread_id, exception: number };
    let frames = session.client()?.request::<ExceptionStack>(arguments)?.stack_frames;
    if frames.is_empty() {
        return Err(format!("exception {number} was never raised: it has no frames").into());
    }
    session.select_exception(number, frames)?;
    show_selected(session)
}

/// `> 1    cause: KeyError: 'missing'`.
fn entry(number: usize, exception: &LinkedException, is_chosen: bool) -> String {
    let link = match (exception.link, exception.member) {
        (ExceptionLink::Itself, _) => String::new(),
        (ExceptionLink::Cause, _) => "cause: ".to_owned(),
        (ExceptionLink::Context, _) => "context: ".to_owned(),
        (ExceptionLink::Member, member) => format!("member {}: ", member.unwrap_or_default()),
    };
    let message = exception.message.lines().next().unwrap_or_default();
    let separator = if message.is_empty() { "" } else { ": " };
    let (mark, indent) = (if is_chosen { ">" } else { " " }, "  ".repeat(exception.depth));
    format!("{mark} {number}  {indent}{link}{}{separator}{message}", exception.type_name)
}
