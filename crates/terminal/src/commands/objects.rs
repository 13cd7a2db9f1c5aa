//! `instances`, `referrers`, `sizeof`.
//!
//! Part of the table of commands. Invariant: as many are printed as were asked for, and how many there are is said.

use pausa_dap::extensions::{self, ObjectsArguments, SizeArguments};
use pausa_report::help;
use pausa_report::objects::{self, LISTED, option};

use super::{Command, Takes, needed};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["instances"],
        usage: help::INSTANCES.usage,
        takes: Takes::Expression,
        resumes: false,
        help: help::INSTANCES.text,
        run: instances,
    },
    Command {
        names: &["referrers"],
        usage: help::REFERRERS.usage,
        takes: Takes::Expression,
        resumes: false,
        help: help::REFERRERS.text,
        run: referrers,
    },
    Command {
        names: &["sizeof"],
        usage: help::SIZEOF.usage,
        takes: Takes::Expression,
        resumes: false,
        help: help::SIZEOF.text,
        run: size,
    },
];

fn arguments(session: &mut Session, expression: &str, only: bool) -> Outcome<ObjectsArguments> {
    let frame_id = session.stopped()?.frame_id();
    Ok(ObjectsArguments { frame_id, expression: expression.to_owned(), only, start: None, count: Some(LISTED) })
}

fn instances(session: &mut Session, text: &str) -> Outcome {
    let (only, class) = option(needed(text, "a class")?, "only");
    let arguments = arguments(session, class, only)?;
    let found = session.client()?.request::<extensions::Instances>(arguments)?;
    session.say(objects::instances(&found))
}

fn referrers(session: &mut Session, text: &str) -> Outcome {
    let arguments = arguments(session, needed(text, "an expression")?, false)?;
    let found = session.client()?.request::<extensions::Referrers>(arguments)?;
    session.say(objects::referrers(&found))
}

fn size(session: &mut Session, text: &str) -> Outcome {
    let (deep, expression) = option(needed(text, "an expression")?, "deep");
    let frame_id = session.stopped()?.frame_id();
    let arguments = SizeArguments { frame_id, expression: expression.to_owned(), deep };
    let size = session.client()?.request::<extensions::Size>(arguments)?;
    session.say([objects::size(&size)])
}
