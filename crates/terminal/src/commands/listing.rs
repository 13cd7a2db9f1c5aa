//! `list`, `longlist`, `source`.
//!
//! Part of the table of commands. Invariant: a list goes on where the last one of this frame ended.

use pausa_dap::extensions::{FrameCode, FrameCodeArguments};

use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::render::path_of;
use crate::render::source::{Marks, Text, listing};
use crate::session::{Context, Session};

/// How many lines a list has, as in pdb.
const LINES: i64 = 11;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["l", "list"],
        usage: "[. | LINE | FIRST, LAST]",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists 11 lines of the source: around this one, then on from there; `.` starts over, LINE is the middle. \
            With FIRST, LAST, these lines; a LAST less than FIRST is a count.",
        run: list,
    },
    Command {
        names: &["ll", "longlist"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists the whole function.",
        run: long_list,
    },
    Command {
        names: &["source"],
        usage: "EXPRESSION",
        takes: Takes::Expression,
        resumes: false,
        help: "Shows the source of a function, class or module.",
        run: source,
    },
];

fn list(session: &mut Session, arguments: &str) -> Outcome {
    let frame = session.frame()?;
    let text = session.text_of(&frame);
    let listed = session.stopped()?.listed;
    let (first, last) = window(arguments, frame.line, listed)?;
    if text.len() == 0 {
        return Err(format!("there is no source of {}", path_of(&frame)).into());
    }
    if first > text.len() {
        session.stopped()?.listed = Some(text.len());
        return session.say(["[EOF]"]);
    }
    show(session, &text, first, last.min(text.len()))?;
    session.stopped()?.listed = Some(last.min(text.len()));
    Ok(())
}

/// The lines that `list` shows.
fn window(arguments: &str, current: i64, listed: Option<i64>) -> Outcome<(i64, i64)> {
    let around = |line: i64| {
        let first = (line - LINES / 2).max(1);
        (first, first + LINES - 1)
    };
    let number = |text: &str| match text.trim() {
        "." => Ok(current),
        text => text.parse::<i64>().map_err(|_| format!("'{text}' is no line")),
    };
    Ok(match (arguments, arguments.split_once(','), listed) {
        ("", _, Some(last)) => (last + 1, last + LINES),
        ("" | ".", _, _) => around(current),
        (_, Some((first, last)), _) => {
            let (first, last) = (number(first)?, number(last)?);
            (first, if last < first { first + last } else { last })
        }
        (line, None, _) => around(number(line)?),
    })
}

fn show(session: &mut Session, text: &Text, first: i64, last: i64) -> Outcome {
    let frame = session.frame()?;
    let breakpoints = session.kept.breakpoints.lines_in(path_of(&frame).as_ref());
    let marks = Marks { current: Some(frame.line), breakpoints };
    let lines = listing(&session.screen.look, text, first.max(1)..=last, &marks);
    session.say(lines)
}

fn long_list(session: &mut Session, _arguments: &str) -> Outcome {
    let frame = session.frame()?;
    let text = session.text_of(&frame);
    let code = session.client()?.request::<FrameCode>(FrameCodeArguments { frame_id: frame.id })?;
    if text.len() == 0 {
        return Err(format!("there is no source of {}", path_of(&frame)).into());
    }
    show(session, &text, code.first_line, code.last_line.min(text.len()))
}

fn source(session: &mut Session, arguments: &str) -> Outcome {
    let source = session.evaluate(needed(arguments, "an expression")?, Context::Source)?;
    let text = Text::new(&source, &session.screen.look);
    session.say((1..=text.len()).filter_map(|line| text.shown(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_go_on_and_start_over() {
        assert_eq!(window("", 20, None), Ok((15, 25)));
        assert_eq!(window("", 20, Some(25)), Ok((26, 36)));
        assert_eq!(window(".", 20, Some(25)), Ok((15, 25)));
        assert_eq!(window("", 2, None), Ok((1, 11)));
        assert_eq!(window("30", 20, None), Ok((25, 35)));
        assert_eq!(window("3, 5", 20, None), Ok((3, 5)));
        assert_eq!(window("30,3", 20, None), Ok((30, 33)));
        assert!(window("x", 20, None).is_err());
    }
}
