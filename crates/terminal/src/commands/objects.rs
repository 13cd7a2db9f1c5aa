//! `instances`, `referrers`, `sizeof`.
//!
//! Part of the table of commands. Invariant: as many are printed as were asked for, and how many there are is said.

use pausa_dap::extensions::{self, Object, ObjectsArguments, SizeArguments};

use super::breakpoints::first_word;
use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::session::Session;

/// How many are listed.
const LISTED: i64 = 20;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["instances"],
        usage: "[only] CLASS",
        takes: Takes::Expression,
        resumes: false,
        help: "Lists the instances of a class, and of those that derive from it unless only its own are wanted.",
        run: instances,
    },
    Command {
        names: &["referrers"],
        usage: "EXPRESSION",
        takes: Takes::Expression,
        resumes: false,
        help: "Lists what refers to an object: variables, attributes, items.",
        run: referrers,
    },
    Command {
        names: &["sizeof"],
        usage: "[deep] EXPRESSION",
        takes: Takes::Expression,
        resumes: false,
        help: "Says how many bytes an object takes. With `deep` also what can be reached from it, each once, without \
            classes, functions and modules.",
        run: size,
    },
];

/// A word that may stand before the expression.
fn option<'a>(arguments: &'a str, word: &str) -> (bool, &'a str) {
    match first_word(arguments.trim()) {
        (first, rest) if first == word && !rest.is_empty() => (true, rest),
        _ => (false, arguments.trim()),
    }
}

fn arguments(session: &mut Session, expression: &str, only: bool) -> Outcome<ObjectsArguments> {
    let frame_id = session.stopped()?.frame_id();
    Ok(ObjectsArguments { frame_id, expression: expression.to_owned(), only, start: None, count: Some(LISTED) })
}

fn instances(session: &mut Session, text: &str) -> Outcome {
    let (only, class) = option(needed(text, "a class")?, "only");
    let arguments = arguments(session, class, only)?;
    let found = session.client()?.request::<extensions::Instances>(arguments)?;
    let noun = if found.total == 1 { "instance" } else { "instances" };
    let mut lines = vec![format!("{} {noun}", found.total)];
    lines.extend(found.instances.iter().map(|object| format!("  {}", shown(object))));
    lines.extend(more(found.total, found.instances.len()));
    session.say(lines)
}

fn referrers(session: &mut Session, text: &str) -> Outcome {
    let arguments = arguments(session, needed(text, "an expression")?, false)?;
    let found = session.client()?.request::<extensions::Referrers>(arguments)?;
    let noun = if found.total == 1 { "referrer" } else { "referrers" };
    let mut lines = vec![format!("{} {noun}", found.total)];
    lines.extend(found.referrers.iter().map(|own| match &own.holder {
        Some(holder) => format!("  {} {}", own.how, shown(holder)),
        None => format!("  {}", own.how),
    }));
    lines.extend(more(found.total, found.referrers.len()));
    session.say(lines)
}

fn size(session: &mut Session, text: &str) -> Outcome {
    let (deep, expression) = option(needed(text, "an expression")?, "deep");
    let frame_id = session.stopped()?.frame_id();
    let arguments = SizeArguments { frame_id, expression: expression.to_owned(), deep };
    let size = session.client()?.request::<extensions::Size>(arguments)?;
    session.say([match size.reachable {
        Some(reachable) => {
            format!("{} bytes; with what it holds {reachable} bytes in {} objects", size.own, size.objects)
        }
        None => format!("{} bytes", size.own),
    }])
}

fn shown(object: &Object) -> &str {
    &object.value
}

fn more(total: i64, listed: usize) -> Option<String> {
    let left = total.saturating_sub(i64::try_from(listed).unwrap_or(i64::MAX));
    (left > 0).then(|| format!("  … and {left} more"))
}
