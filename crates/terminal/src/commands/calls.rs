//! `calls`, `smart`, and `step CALL`.
//!
//! Part of the table of commands. Invariant: a call that is listed can be stepped into by its number in the list, or by its
//! name where no other one has it.

use pausa_dap::extensions::{NextCall, NextCallArguments};
use pausa_dap::types::StepInTarget;
use pausa_dap::{requests, types};

use super::{Command, Takes};
use crate::fault::Outcome;
use crate::session::Session;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        names: &["calls"],
        usage: "",
        takes: Takes::Nothing,
        resumes: false,
        help: "Lists the calls of this line that are yet to be made and can be entered, for `step CALL`.",
        run: calls,
    },
    Command {
        names: &["smart"],
        usage: "",
        takes: Takes::Nothing,
        resumes: true,
        help: "Runs into the next function of the program that is called, past lines that call none.",
        run: smart,
    },
];

fn calls(session: &mut Session, _arguments: &str) -> Outcome {
    let targets = targets(session)?;
    if targets.is_empty() {
        return session.say(["No call of this line can be entered."]);
    }
    session.say(listed(&targets))
}

fn listed(targets: &[StepInTarget]) -> Vec<String> {
    targets.iter().zip(1..).map(|(target, number)| format!("{number}  {}", target.label)).collect()
}

fn targets(session: &mut Session) -> Outcome<Vec<StepInTarget>> {
    let frame_id = session.frame()?.id;
    Ok(session.client()?.request::<requests::StepInTargets>(types::StepInTargetsArguments { frame_id })?.targets)
}

fn smart(session: &mut Session, _arguments: &str) -> Outcome {
    let thread_id = session.stopped()?.thread;
    session.resume::<NextCall>(NextCallArguments { thread_id })
}

/// Steps into the call that a number or a name means.
pub(super) fn step_into(session: &mut Session, wanted: &str) -> Outcome {
    if session.stopped()?.selected != 0 {
        return Err("only the newest frame can step: go `down` to it".into());
    }
    let targets = targets(session)?;
    let target = chosen(&targets, wanted)?;
    let thread_id = session.stopped()?.thread;
    let arguments = types::StepInArguments { thread_id, target_id: Some(target), ..Default::default() };
    session.resume::<requests::StepIn>(arguments)
}

fn chosen(targets: &[StepInTarget], wanted: &str) -> Outcome<i64> {
    if let Ok(number) = wanted.parse::<usize>() {
        let found = number.checked_sub(1).and_then(|at| targets.get(at));
        return found
            .map(|target| target.id)
            .ok_or_else(|| format!("there is no call {number}: `calls` lists them").into());
    }
    let is_whole = |target: &&StepInTarget| target.label == wanted || callee(&target.label) == wanted;
    let is_end = |target: &&StepInTarget| callee(&target.label).rsplit('.').next() == Some(wanted);
    let whole: Vec<_> = targets.iter().filter(is_whole).collect();
    let found = if whole.is_empty() { targets.iter().filter(is_end).collect() } else { whole };
    match found.as_slice() {
        [only] => Ok(only.id),
        [] if targets.is_empty() => Err("no call of this line can be entered".into()),
        [] => {
            Err(format!("no call of '{wanted}' can be entered here: there are {}", listed(targets).join(", ")).into())
        }
        _ => {
            Err(format!("'{wanted}' is called more than once: choose by number, {}", listed(targets).join(", ")).into())
        }
    }
}

/// What is called: all before the parenthesis that the last one closes.
fn callee(call: &str) -> &str {
    let mut depth = 0_usize;
    for (at, c) in call.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth == 1 => return call.get(..at).unwrap_or(call),
            '(' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    call
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(id: i64, label: &str) -> StepInTarget {
        StepInTarget { id, label: label.into(), ..Default::default() }
    }

    #[test]
    fn a_call_is_chosen_by_number_or_name() {
        let targets = [target(7, "f(1)"), target(8, "a.g(f(1), 2)"), target(9, "f(2)")];
        let id = |wanted| chosen(&targets, wanted).ok();
        assert_eq!([id("2"), id("g"), id("a.g"), id("a.g(f(1), 2)")], [Some(8); 4]);
        assert_eq!([id("f"), id("h"), id("0"), id("4")], [None; 4]);
        assert_eq!([id("3"), id("f(2)")], [Some(9); 2]);
    }
}
