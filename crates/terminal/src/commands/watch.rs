//! `watch`: stops when data changes. The other breakpoint commands apply to watchpoints too.
//!
//! Part of the table of commands. Invariant: what is watched is the object that the expression names now, in the frame
//! that is selected.

use pausa_dap::{requests, types};

use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::locations::{Access, Data, Place};
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["watch"],
        usage: "[-m] EXPRESSION [if CONDITION]",
        takes: Takes::Expression,
        resumes: false,
        help: "Stops when a variable, attribute or item comes to refer to another value, or an expression has another. \
            With -m (--mutation) when the object itself changes: its items or attributes. CONDITION is evaluated where the \
            change was made, and may use __old__ and __new__.",
        run: watch,
    },
    Command {
        names: &["rwatch"],
        usage: "OBJECT.ATTRIBUTE [if CONDITION]",
        takes: Takes::Expression,
        resumes: false,
        help: "Stops before an attribute of an object is read by your code: where that names the attribute. What reads by \
            getattr(), vars() or from C is not seen.",
        run: rwatch,
    },
    Command {
        names: &["awatch"],
        usage: "OBJECT.ATTRIBUTE [if CONDITION]",
        takes: Takes::Expression,
        resumes: false,
        help: "Stops when an attribute of an object changes, and before it is read.",
        run: awatch,
    },
];

fn rwatch(session: &mut Session, arguments: &str) -> Outcome {
    set(session, needed(arguments, "what to watch")?, false, Access::Reads)
}

fn awatch(session: &mut Session, arguments: &str) -> Outcome {
    set(session, needed(arguments, "what to watch")?, false, Access::Both)
}

fn watch(session: &mut Session, arguments: &str) -> Outcome {
    let text = needed(arguments, "what to watch")?;
    let (mutation, text) = match text.split_once(char::is_whitespace) {
        Some(("-m" | "--mutation", rest)) => (true, rest.trim()),
        _ => (false, text),
    };
    set(session, text, mutation, Access::Changes)
}

fn set(session: &mut Session, text: &str, mutation: bool, access: Access) -> Outcome {
    let (expression, condition) = split_condition(text)?;
    let expression = needed(expression, "what to watch")?;
    let frame_id = session.stopped()?.frame_id();
    let mode = if mutation { "mutation" } else { "rebinding" };
    let info = session.client()?.request::<requests::DataBreakpointInfo>(types::DataBreakpointInfoArguments {
        name: expression.to_owned(),
        frame_id,
        mode: Some(mode.into()),
        ..Default::default()
    })?;
    let Some(id) = info.data_id else { return Err(info.description.into()) };
    let lasts = info.can_persist.unwrap_or_default();
    let data = Data { expression: expression.to_owned(), mutation, access, id, lasts };
    session.add_breakpoint(Place::Data(data), condition.map(str::to_owned), false)?;
    if let Some(number) = session.kept.breakpoints.newest() {
        session.show_breakpoint(number);
    }
    Ok(())
}

/// Splits `EXPRESSION if CONDITION` at the first `if` that is within no brackets and no string.
fn split_condition(text: &str) -> Outcome<(&str, Option<&str>)> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ' ') if depth == 0 => {
                let Some(rest) = text[at..].strip_prefix(" if").filter(|rest| !rest.starts_with(is_part_of_name))
                else {
                    continue;
                };
                return Ok((text[..at].trim(), Some(needed(rest, "the condition")?)));
            }
            _ => {}
        }
    }
    Ok((text.trim(), None))
}

fn is_part_of_name(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_begins_outside_brackets_and_strings() {
        let split = |text| split_condition(text).unwrap();
        assert_eq!(split("x"), ("x", None));
        assert_eq!(split("x if x > 3"), ("x", Some("x > 3")));
        assert_eq!(split("d[\"a, b if c\"] if __new__ is None"), ("d[\"a, b if c\"]", Some("__new__ is None")));
        assert_eq!(split("(a if b else c)"), ("(a if b else c)", None));
        assert_eq!(split("f(a, b)"), ("f(a, b)", None));
        assert_eq!(split("x iffy"), ("x iffy", None));
        assert!(split_condition("x if").is_err());
    }
}
