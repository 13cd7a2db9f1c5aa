//! `break`, `tbreak`, `clear`, `disable`, `enable`, `ignore`, `condition`.
//!
//! Part of the table of commands. Invariant: what the agent refuses changes nothing here.

use super::{Command, Takes, needed};
use crate::breakpoints::Standing;
use crate::fault::Outcome;
use crate::render::breakpoints as render;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["b", "break"],
        usage: "[LOCATION [task NAME] [if CONDITION]]",
        takes: Takes::Location,
        resumes: false,
        help: "Sets a breakpoint, or lists all. LOCATION is LINE, FILE:LINE, either with :COLUMN for one of \
            several calls or statements on a line, FUNCTION (also Class.method and module.Class.method) or \
            FILE:FUNCTION; `LOCATION, CONDITION` means the same as with `if`. FUNCTION may be a pattern (test_*, Class.*), a method of one object or class at hand (account.deposit), and be followed by \
            `return` or `raise`: stops when it returns, or an exception leaves it; and by `only`: not for classes that \
            inherit the method. CONDITION may use __return__ and __exception__ then. With `task NAME` it stops only in tasks of \
            asyncio with that name, or pattern of names.",
        run: set,
    },
    Command {
        names: &["tbreak"],
        usage: "[LOCATION [task NAME] [if CONDITION]]",
        takes: Takes::Location,
        resumes: false,
        help: "Sets a breakpoint that goes away with its first stop.",
        run: set_temporary,
    },
    Command {
        names: &["cl", "clear", "delete"],
        usage: "[NUMBER... | LOCATION]",
        takes: Takes::Location,
        resumes: false,
        help: "Removes breakpoints: all, those of these numbers, or those at a place.",
        run: clear,
    },
    Command {
        names: &["disable"],
        usage: "[NUMBER...]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Keeps breakpoints but does not stop at them: those of these numbers, or all.",
        run: disable,
    },
    Command {
        names: &["enable"],
        usage: "[NUMBER...]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Stops at disabled breakpoints again: those of these numbers, or all.",
        run: enable,
    },
    Command {
        names: &["ignore"],
        usage: "NUMBER [COUNT [per task]]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Passes over the next COUNT hits of a breakpoint, or the first COUNT of each task. Only hits whose condition \
            holds are counted.",
        run: ignore,
    },
    Command {
        names: &["condition"],
        usage: "NUMBER [CONDITION]",
        takes: Takes::Expression,
        resumes: false,
        help: "Makes a breakpoint stop only where CONDITION is true, or always.",
        run: condition,
    },
];

fn set(session: &mut Session, arguments: &str) -> Outcome {
    if arguments.is_empty() {
        return list(session);
    }
    session.set_breakpoint(arguments, false)?;
    show_newest(session)
}

fn set_temporary(session: &mut Session, arguments: &str) -> Outcome {
    if arguments.is_empty() {
        return list(session);
    }
    session.set_breakpoint(arguments, true)?;
    show_newest(session)
}

fn show_newest(session: &mut Session) -> Outcome {
    if let Some(number) = session.kept.breakpoints.newest() {
        session.show_breakpoint(number);
    }
    Ok(())
}

fn list(session: &mut Session) -> Outcome {
    let look = &session.screen.look;
    let lines: Vec<_> = session.kept.breakpoints.iter().map(|breakpoint| render::listed(look, breakpoint)).collect();
    if lines.is_empty() { session.say(["No breakpoints."]) } else { session.say(lines) }
}

fn clear(session: &mut Session, arguments: &str) -> Outcome {
    let numbers = match arguments {
        "" => session.kept.breakpoints.iter().map(|breakpoint| breakpoint.number).collect(),
        _ if arguments.contains(':') || numbers(session, arguments).is_err() => {
            let place = session.surroundings().place(arguments)?;
            let found = session.kept.breakpoints.at_place(&place);
            if found.is_empty() {
                return Err(format!("there is no breakpoint at {arguments}").into());
            }
            found
        }
        _ => numbers(session, arguments)?,
    };
    if numbers.is_empty() {
        return session.say(["No breakpoints."]);
    }
    for number in numbers {
        let group = session.kept.breakpoints.group_of(number);
        let Some(breakpoint) = session.kept.breakpoints.remove(number) else { continue };
        let named = render::named(&session.screen.look, &breakpoint);
        session.say([format!("Deleted {named}")])?;
        if let Some(group) = group {
            session.send_group(&group)?;
        }
    }
    Ok(())
}

/// Numbers of breakpoints that exist.
fn numbers(session: &Session, text: &str) -> Outcome<Vec<u32>> {
    let words = needed(text, "the number of a breakpoint")?.split(|c: char| c.is_whitespace() || c == ',');
    words.filter(|word| !word.is_empty()).map(|word| number(session, word)).collect()
}

pub(super) fn number(session: &Session, text: &str) -> Outcome<u32> {
    let number = text.parse().map_err(|_| format!("'{text}' is not the number of a breakpoint"))?;
    match session.kept.breakpoints.get(number) {
        Some(_) => Ok(number),
        None => Err(format!("there is no breakpoint {number}").into()),
    }
}

fn disable(session: &mut Session, arguments: &str) -> Outcome {
    switch(session, arguments, false)
}

fn enable(session: &mut Session, arguments: &str) -> Outcome {
    switch(session, arguments, true)
}

fn switch(session: &mut Session, arguments: &str, enabled: bool) -> Outcome {
    let numbers = match arguments {
        "" => session.kept.breakpoints.iter().map(|breakpoint| breakpoint.number).collect(),
        arguments => numbers(session, arguments)?,
    };
    for number in numbers {
        let Some(breakpoint) = session.kept.breakpoints.get_mut(number) else { continue };
        breakpoint.enabled = enabled;
        session.send_breakpoint(number)?;
        let Some(breakpoint) = session.kept.breakpoints.get(number) else { continue };
        let how = if enabled { "Enabled" } else { "Disabled" };
        let line = format!("{how} {}", render::named(&session.screen.look, breakpoint));
        session.say([line])?;
    }
    Ok(())
}

fn ignore(session: &mut Session, arguments: &str) -> Outcome {
    let (first, rest) = first_word(needed(arguments, "the number of a breakpoint")?);
    let number = number(session, first)?;
    let (rest, per_task) = match rest.strip_suffix("per task") {
        Some(rest) => (rest.trim_end(), true),
        None => (rest, false),
    };
    let hits = match rest {
        "" => 0,
        text => text.parse().map_err(|_| format!("'{text}' is no number of hits"))?,
    };
    if let Some(breakpoint) = session.kept.breakpoints.get_mut(number) {
        breakpoint.set_ignore(hits, per_task);
    }
    session.send_breakpoint(number)?;
    session.say([match hits {
        0 => format!("Will stop next time breakpoint {number} is reached."),
        hits if per_task => format!("Will ignore the first {hits} crossings of breakpoint {number} by each task."),
        1 => format!("Will ignore next 1 crossing of breakpoint {number}."),
        hits => format!("Will ignore next {hits} crossings of breakpoint {number}."),
    }])
}

fn condition(session: &mut Session, arguments: &str) -> Outcome {
    let (first, rest) = first_word(needed(arguments, "the number of a breakpoint")?);
    let number = number(session, first)?;
    let condition = (!rest.is_empty()).then(|| rest.to_owned());
    let Some(breakpoint) = session.kept.breakpoints.get_mut(number) else { return Ok(()) };
    let before = breakpoint.clone();
    breakpoint.set_condition(condition.clone());
    session.send_breakpoint(number)?;
    if let Some(breakpoint) = session.kept.breakpoints.get_mut(number)
        && let Standing::Refused(why) = &breakpoint.standing
    {
        let why = why.clone();
        *breakpoint = before;
        session.send_breakpoint(number)?;
        return Err(why.into());
    }
    session.say([match condition {
        Some(_) => format!("New condition set for breakpoint {number}."),
        None => format!("Breakpoint {number} is now unconditional."),
    }])
}

pub(super) fn first_word(text: &str) -> (&str, &str) {
    text.split_once(char::is_whitespace).map_or((text, ""), |(first, rest)| (first, rest.trim()))
}
