//! Each request of the specification: in its phase, in wrong ones, and with wrong arguments.
//!
//! A group of requests a file. Invariant: each request of the specification is a case of one group, and after each answer the
//! session goes on.

mod breakpoints;
mod flags;
mod looking;
mod running;
mod session;
mod values;

use std::collections::BTreeSet;

use pausa_dap::requests::COMMANDS;
use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use serde_json::{Value, json};

use crate::{adapter, check, launching_of, line, program, same};

const NAME: &str = "requests.py";

/// A request, and how it is tried.
pub(crate) struct Case {
    command: &'static str,
    /// Where the program stands: a marker; at `raises` by the filter `raised`.
    at: &'static str,
    /// Arguments with which it succeeds.
    right: fn(&mut Scene) -> Result<Value>,
    /// What its answer holds.
    holds: fn(&Value) -> bool,
    /// Arguments with which it is refused, and a word of the reason.
    wrong: fn(&mut Scene) -> Vec<(Value, &'static str)>,
    /// What follows the answer.
    then: Then,
    /// What a program answers that runs.
    running: Running,
}

/// What follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Nothing,
    /// The program stops.
    Stops,
}

/// What is answered while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Running {
    /// It succeeds all the same.
    Done,
    /// It is refused, with a reason.
    Refused,
}

impl Case {
    fn new(command: &'static str, right: fn(&mut Scene) -> Result<Value>, holds: fn(&Value) -> bool) -> Self {
        let wrong = |_: &mut Scene| vec![(json!(3), "3")];
        Self { command, at: "stop", right, holds, wrong, then: Then::Nothing, running: Running::Refused }
    }

    fn at(self, at: &'static str) -> Self {
        Self { at, ..self }
    }

    fn wrong(self, wrong: fn(&mut Scene) -> Vec<(Value, &'static str)>) -> Self {
        Self { wrong, ..self }
    }

    fn stops(self) -> Self {
        Self { then: Then::Stops, ..self }
    }

    fn runs_anyway(self) -> Self {
        Self { running: Running::Done, ..self }
    }
}

/// A program that stands somewhere.
pub(crate) struct Scene {
    editor: Editor,
    thread: Value,
}

impl Scene {
    fn at(marker: &str) -> Result<Self> {
        let mut editor = adapter()?;
        editor.initialize_as(json!({
            "adapterID": "pausa", "supportsVariableType": true, "supportsMemoryReferences": true,
            "supportsInvalidatedEvent": true, "supportsMemoryEvent": true, "supportsProgressReporting": true,
        }))?;
        editor.begin("launch", launching_of(NAME, json!({}))?)?;
        if marker == "raises" {
            editor.done("setExceptionBreakpoints", json!({ "filters": ["raised"] }))?;
        } else {
            editor.set_breakpoints(&program(NAME), &[line(NAME, marker)?])?;
        }
        editor.done("configurationDone", Value::Null)?;
        let thread = editor.event("stopped")?["threadId"].clone();
        Ok(Self { editor, thread })
    }

    fn source(&self) -> Value {
        json!({ "path": program(NAME) })
    }

    fn frame(&mut self) -> Result<Value> {
        let stack = self.editor.done("stackTrace", json!({ "threadId": self.thread }))?;
        Ok(stack["stackFrames"][0].clone())
    }

    fn locals(&mut self) -> Result<Value> {
        let frame = self.frame()?["id"].clone();
        let scopes = self.editor.done("scopes", json!({ "frameId": frame }))?;
        Ok(scopes["scopes"][0]["variablesReference"].clone())
    }

    fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let frame = self.frame()?["id"].clone();
        self.editor.done("evaluate", json!({ "expression": expression, "frameId": frame, "context": "watch" }))
    }
}

fn all() -> Vec<Case> {
    let groups = [session::cases(), breakpoints::cases(), running::cases(), looking::cases(), values::cases()];
    groups.into_iter().flatten().collect()
}

/// Requests that end or begin what the others are asked in: `session` has tests of their own.
const TESTED_ALONE: &[&str] = &[
    "initialize",
    "launch",
    "attach",
    "configurationDone",
    "disconnect",
    "terminate",
    "restart",
    // What a client is asked.
    "runInTerminal",
    "startDebugging",
];

#[test]
fn each_request_has_a_case() {
    let cases: BTreeSet<&str> = all().iter().map(|case| case.command).chain(TESTED_ALONE.iter().copied()).collect();
    assert_eq!(cases, COMMANDS.iter().copied().collect());
}

/// The text of a refusal, which has a body for every client.
fn refusal(answer: &Value) -> Result<&str> {
    let error = &answer["body"]["error"];
    let text = error["format"].as_str().unwrap_or_default();
    let is_whole = answer["success"] == false && error["id"].as_i64() > Some(0) && !text.is_empty();
    check(is_whole && answer["message"].is_string(), || format!("no proper refusal: {answer}"))?;
    Ok(text)
}

#[test]
fn each_request_does_what_it_says_and_refuses_what_it_cannot() -> Result<()> {
    all_told(all().iter().map(|case| (case.command, try_at_stop(case))))
}

fn try_at_stop(case: &Case) -> Result<()> {
    let mut scene = Scene::at(case.at)?;
    for (arguments, word) in (case.wrong)(&mut scene) {
        let answer = scene.editor.ask(case.command, arguments.clone())?;
        let text = refusal(&answer).map_err(|error| format!("{arguments}: {error}"))?;
        check(text.contains(word), || format!("{text:?} does not say {word:?} of {arguments}"))?;
        scene.editor.done("threads", Value::Null)?;
    }
    let arguments = (case.right)(&mut scene)?;
    let answer = scene.editor.ask(case.command, arguments)?;
    if TWO_WAY.contains(&case.command) {
        refusal(&answer)?;
    } else {
        check(answer["success"] == true && (case.holds)(&answer["body"]), || answer.to_string())?;
    }
    if case.then == Then::Stops {
        scene.editor.event("stopped")?;
    }
    scene.editor.done("threads", Value::Null)?;
    scene.editor.done("disconnect", Value::Null).map(drop)
}

/// All that went wrong.
fn all_told<'a>(outcomes: impl Iterator<Item = (&'a str, Result<()>)>) -> Result<()> {
    let wrong: Vec<_> = outcomes.filter_map(|(name, outcome)| Some(format!("{name}: {}", outcome.err()?))).collect();
    check(wrong.is_empty(), || wrong.join("\n"))
}

/// What Python cannot do is refused, with the reason.
const TWO_WAY: &[&str] = &["stepBack", "reverseContinue"];

#[test]
fn each_request_is_answered_while_the_program_runs() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of("forever.py", json!({}))?)?;
    editor.done("configurationDone", Value::Null)?;
    let mut scene = Scene::at("stop")?;
    let cases: Vec<_> = all().into_iter().filter(|case| case.command != "pause" && case.at == "stop").collect();
    all_told(cases.iter().map(|case| {
        let outcome = (case.right)(&mut scene).and_then(|arguments| editor.ask(case.command, arguments));
        let outcome = outcome.and_then(|answer| match case.running {
            Running::Done => check(answer["success"] == true, || answer.to_string()),
            Running::Refused => refusal(&answer).map(drop),
        });
        (case.command, outcome)
    }))?;
    check(editor.passed_over("stopped").is_empty(), || "it has stopped".into())?;
    editor.done("disconnect", Value::Null).map(drop)
}

#[test]
fn each_request_is_refused_before_there_is_a_program_and_after_its_end() -> Result<()> {
    let mut scene = Scene::at("stop")?;
    let mut early = adapter()?;
    for case in all() {
        let answer = early.ask(case.command, (case.right)(&mut scene)?)?;
        same((case.command, &answer["body"]["error"]["id"]), (case.command, &json!(20)))?;
    }
    early.initialize()?;
    for case in all() {
        let answer = early.ask(case.command, (case.right)(&mut scene)?)?;
        match case.command {
            "cancel" => check(answer["success"] == true, || answer.to_string())?,
            command => same((command, &answer["body"]["error"]["id"]), (command, &json!(20)))?,
        }
    }
    early.begin("launch", launching_of(NAME, json!({}))?)?;
    early.done("configurationDone", Value::Null)?;
    same(&early.event("exited")?["exitCode"], &json!(3))?;
    early.event("terminated")?;
    for case in all() {
        let answer = early.ask(case.command, (case.right)(&mut scene)?)?;
        match case.command {
            "cancel" => check(answer["success"] == true, || answer.to_string())?,
            command => same((command, &answer["body"]["error"]["id"]), (command, &json!(21)))?,
        }
    }
    early.done("disconnect", Value::Null).map(drop)
}
