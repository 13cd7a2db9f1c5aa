//! `singleThread`: one thread runs while all others are held, on each Python.

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use pausa_testkit::pythons;
use serde_json::{Value, json};

use crate::control::with_backend;
use crate::{check, line, program, same};

const NAME: &str = "turning.py";

/// The program before its first spin.
fn ready(python: &pythons::Python, others: &Value) -> Result<Editor> {
    let mut editor = Editor::start(with_backend(python)?)?;
    editor.initialize()?;
    let mut arguments = json!({ "program": program(NAME), "python": python.path });
    if let (Some(arguments), Value::Object(others)) = (arguments.as_object_mut(), others.clone()) {
        arguments.extend(others);
    }
    editor.begin("launch", arguments)?;
    editor.set_breakpoints(&program(NAME), &[line(NAME, "first")?, line(NAME, "join")?])?;
    editor.done("configurationDone", Value::Null)?;
    same(editor.stop()?, (program(NAME), line(NAME, "first")?.into()))?;
    Ok(editor)
}

fn value(editor: &mut Editor, expression: &str) -> Result<String> {
    let frame = editor.done("stackTrace", json!({ "threadId": 1 }))?["stackFrames"][0]["id"].clone();
    let shown = editor.done("evaluate", json!({ "expression": expression, "frameId": frame }))?;
    Ok(shown["result"].as_str().unwrap_or_default().to_owned())
}

/// A step, and how many turns the other thread had meanwhile.
fn step(editor: &mut Editor, arguments: Value, variable: &str) -> Result<String> {
    editor.done("next", arguments)?;
    editor.stop()?;
    value(editor, variable)
}

#[test]
fn a_step_may_run_its_thread_alone() -> Result<()> {
    for python in &pythons::find().with_all_backends() {
        let told = |error: String| format!("{}: {error}", python.label());
        let mut editor = ready(python, &json!({})).map_err(told)?;
        same(step(&mut editor, json!({ "threadId": 1, "singleThread": true }), "first")?.as_str(), "0")?;
        check(step(&mut editor, json!({ "threadId": 1 }), "second")? != "0", || "all run if nothing is said".into())?;
        let refused = editor.refused("continue", json!({ "threadId": 99, "singleThread": true }))?;
        check(refused.contains("no thread 99"), || refused.clone())?;
        let answer = editor.done("continue", json!({ "threadId": 1, "singleThread": true }))?;
        same(&answer["allThreadsContinued"], &json!(false))?;
        // The turn that it waits for cannot come: a pause stops the thread that the user waits for.
        editor.done("pause", json!({ "threadId": 1 }))?;
        let stopped = editor.event("stopped").map_err(told)?;
        same((&stopped["reason"], &stopped["threadId"]), (&json!("pause"), &json!(1)))?;
        let answer = editor.done("continue", json!({ "threadId": 1 }))?;
        same(&answer["allThreadsContinued"], &json!(true))?;
        same(editor.stop()?, (program(NAME), line(NAME, "join")?.into()))?;
        editor.done("continue", json!({ "threadId": 1 }))?;
        same(&editor.event("exited")?["exitCode"], &json!(0))?;
    }
    Ok(())
}

#[test]
fn steps_run_alone_for_who_has_said_so_at_launch() -> Result<()> {
    let python = crate::python()?;
    let mut editor = ready(python, &json!({ "steppingResumesAllThreads": false }))?;
    same(step(&mut editor, json!({ "threadId": 1 }), "first")?.as_str(), "0")?;
    check(step(&mut editor, json!({ "threadId": 1, "singleThread": false }), "second")? != "0", || "said".into())?;
    let answer = editor.done("continue", json!({ "threadId": 1 }))?;
    same(&answer["allThreadsContinued"], &json!(true))?;
    same(editor.stop()?, (program(NAME), line(NAME, "join")?.into()))
}
