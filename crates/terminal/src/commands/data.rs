//! `p`, `pp`, `whatis`, `args`, `locals`, `globals`, `retval`.
//!
//! Part of the table of commands. Invariant: values are shown as the agent gives them, which bounds their size.

use pausa_dap::types::{Variable, VariablePresentationHintAttribute};

use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::session::{Context, Session};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["p"],
        usage: "EXPRESSION",
        takes: Takes::Expression,
        resumes: false,
        help: "Prints the value of an expression.",
        run: print,
    },
    Command {
        names: &["pp"],
        usage: "EXPRESSION",
        takes: Takes::Expression,
        resumes: false,
        help: "Prints the value of an expression, laid out over lines.",
        run: pretty_print,
    },
    Command {
        names: &["whatis"],
        usage: "EXPRESSION",
        takes: Takes::Expression,
        resumes: false,
        help: "Says what an expression's value is.",
        run: what_is,
    },
    Command {
        names: &["a", "args"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows the arguments of this function.",
        run: arguments,
    },
    Command {
        names: &["locals"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows the local variables.",
        run: locals,
    },
    Command {
        names: &["globals"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows the module's variables, but for those that Python makes.",
        run: globals,
    },
    Command {
        names: &["rv", "retval"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Shows what the last function returned, or each call of the line that a step went over.",
        run: return_value,
    },
];

fn print(session: &mut Session, arguments: &str) -> Outcome {
    evaluate(session, arguments, Context::Expression)
}

fn pretty_print(session: &mut Session, arguments: &str) -> Outcome {
    evaluate(session, arguments, Context::Pretty)
}

fn what_is(session: &mut Session, arguments: &str) -> Outcome {
    evaluate(session, arguments, Context::WhatIs)
}

fn evaluate(session: &mut Session, arguments: &str, context: Context) -> Outcome {
    let value = session.evaluate(needed(arguments, "an expression")?, context)?;
    session.say([value.trim_end_matches('\n')])
}

fn arguments(session: &mut Session, _arguments: &str) -> Outcome {
    let variables = session.variables("locals")?.unwrap_or_default();
    show(session, variables.iter().filter(|variable| is_argument(variable)))
}

fn is_argument(variable: &Variable) -> bool {
    let attributes = variable.presentation_hint.as_ref().and_then(|hint| hint.attributes.as_ref());
    let argument = VariablePresentationHintAttribute::from("argument");
    attributes.is_some_and(|attributes| attributes.contains(&argument))
}

/// A module's own variables are its globals.
fn locals(session: &mut Session, arguments: &str) -> Outcome {
    match session.variables("locals")? {
        Some(mut variables) => {
            variables.extend(session.variables("closure")?.unwrap_or_default());
            show(session, variables.iter().filter(|variable| !is_made_by_python(variable)))
        }
        None => globals(session, arguments),
    }
}

fn globals(session: &mut Session, _arguments: &str) -> Outcome {
    let variables = session.variables("globals")?.unwrap_or_default();
    show(session, variables.iter().filter(|variable| !is_made_by_python(variable)))
}

fn is_made_by_python(variable: &Variable) -> bool {
    variable.name.starts_with("__") && variable.name.ends_with("__")
}

fn return_value(session: &mut Session, _arguments: &str) -> Outcome {
    let returned = session.variables("return value")?.unwrap_or_default();
    match returned.as_slice() {
        [] => Err("no function has returned yet".into()),
        [only] => session.say([&only.value]),
        several => session.say(several.iter().map(|own| format!("{}() -> {}", own.name, own.value))),
    }
}

fn show<'a>(session: &mut Session, variables: impl Iterator<Item = &'a Variable>) -> Outcome {
    session.say(variables.map(|variable| format!("{} = {}", variable.name, variable.value)))
}
