//! `columns`.
//!
//! Part of the table of commands. Invariant: what is listed can be given to `break` as it is.

use std::path::PathBuf;

use pausa_dap::{requests, types};

use super::{Command, Takes};
use crate::fault::Outcome;
use crate::locations::Place;
use crate::render::source;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[Command {
    names: &["columns"],
    usage: "[LINE | FILE:LINE]",
    takes: Takes::Location,
    resumes: false,
    help: "Lists where on a line a breakpoint can stand: its statements, calls, lambdas and comprehensions, each with the \
        column for `break LINE:COLUMN`.",
    run: columns,
}];

fn columns(session: &mut Session, arguments: &str) -> Outcome {
    let (file, line) = match arguments {
        "" => (session.stopped()?.file(), session.frame()?.line),
        text => match session.surroundings().place(text)? {
            Place::Line(file, line) => (Some(file), line),
            _ => return Err(format!("'{text}' is no line: write LINE or FILE:LINE").into()),
        },
    };
    let file: PathBuf = file.unwrap_or_default();
    let source = types::Source { path: Some(file.display().to_string()), ..Default::default() };
    let arguments = types::BreakpointLocationsArguments { source: source.clone(), line, ..Default::default() };
    let places = session.client()?.request::<requests::BreakpointLocations>(arguments)?.breakpoints;
    if places.is_empty() {
        return Err(format!("line {line} has no code to stop at").into());
    }
    let text = session.text_of(&types::StackFrame { source: Some(source), ..Default::default() });
    let told = places.iter().filter_map(|place| {
        let column = place.column?;
        let end = place.end_column.filter(|_| place.end_line == Some(line));
        Some(format!("{line}:{column}  {}", source::part(&text, line, column, end)))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        Err("this Python does not tell columns: it takes 3.11 or later".into())
    } else {
        session.say(told)
    }
}
