//! The beginning and the end of a session, and what is between client and adapter only.

use pausa_testkit::Result;
use serde_json::{Value, json};

use super::{Case, NAME, Scene, refusal};
use crate::{adapter, check, launching_of, line, program, same};

pub(super) fn cases() -> Vec<Case> {
    vec![
        // What is answered already cannot be cancelled, which is no fault.
        Case::new("cancel", |_| Ok(json!({ "requestId": 1 })), Value::is_null)
            .wrong(|_| vec![(json!({ "requestId": "x" }), "cancel")])
            .runs_anyway(),
    ]
}

#[test]
fn initialize_comes_once_and_first() -> Result<()> {
    let mut editor = adapter()?;
    refusal(&editor.ask("initialize", json!(3))?)?;
    refusal(&editor.ask("initialize", json!({}))?)?;
    let capabilities = editor.initialize()?;
    check(capabilities["supportsSingleThreadExecutionRequests"] == true, || capabilities.to_string())?;
    let again = editor.ask("initialize", json!({ "adapterID": "x" }))?;
    check(refusal(&again)?.contains("already"), || again.to_string())?;
    editor.done("disconnect", Value::Null).map(drop)
}

#[test]
fn launch_and_attach_come_once() -> Result<()> {
    let mut scene = Scene::at("stop")?;
    for command in ["launch", "attach"] {
        let again = scene.editor.ask(command, launching_of(NAME, json!({}))?)?;
        check(refusal(&again)?.contains("already"), || again.to_string())?;
        let wrong = scene.editor.ask(command, json!(3))?;
        refusal(&wrong)?;
    }
    let mut editor = adapter()?;
    editor.initialize()?;
    for (command, arguments, word) in [
        ("launch", json!(3), "launch"),
        ("launch", json!({ "program": [] }), "launch"),
        ("launch", json!({}), "program"),
        ("attach", json!({}), "connect"),
        ("attach", json!({ "connect": { "port": "x" } }), "port"),
        ("attach", json!({ "processId": "x" }), "processId"),
        ("attach", json!(3), "attach"),
    ] {
        let answer = editor.ask(command, arguments)?;
        check(refusal(&answer)?.contains(word), || answer.to_string())?;
    }
    editor.done("disconnect", Value::Null).map(drop)
}

#[test]
fn configuration_done_starts_the_program_once() -> Result<()> {
    let mut editor = adapter()?;
    refusal(&editor.ask("configurationDone", Value::Null)?)?;
    editor.initialize()?;
    refusal(&editor.ask("configurationDone", Value::Null)?)?;
    editor.begin("launch", launching_of(NAME, json!({}))?)?;
    editor.set_breakpoints(&program(NAME), &[line(NAME, "stop")?])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    // A second one changes nothing.
    editor.done("configurationDone", Value::Null)?;
    let threads = editor.done("threads", Value::Null)?;
    same(&threads["threads"][0]["id"], &json!(1))?;
    editor.done("stackTrace", json!({ "threadId": 1 }))?;
    editor.done("disconnect", Value::Null).map(drop)
}

#[test]
fn terminate_restart_and_disconnect_in_each_phase() -> Result<()> {
    let mut editor = adapter()?;
    for command in ["terminate", "restart"] {
        same(&editor.ask(command, Value::Null)?["body"]["error"]["id"], &json!(20))?;
    }
    editor.initialize()?;
    editor.done("terminate", Value::Null)?;
    refusal(&editor.ask("restart", Value::Null)?)?;
    editor.begin("launch", launching_of(NAME, json!({}))?)?;
    editor.set_breakpoints(&program(NAME), &[line(NAME, "stop")?])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    editor.done("restart", Value::Null)?;
    editor.event("stopped")?;
    editor.done("terminate", json!({ "restart": false }))?;
    same(&editor.event("exited")?["exitCode"], &json!(128 + 15))?;
    editor.event("terminated")?;
    editor.done("terminate", Value::Null)?;
    editor.done("disconnect", json!({ "restart": false, "terminateDebuggee": true }))?;
    editor.closed()?;
    same(editor.adapter_ended()?, Some(0))
}

/// `disconnect` is no request that can fail: a client that says it goes.
#[test]
fn disconnect_with_wrong_arguments_disconnects() -> Result<()> {
    let mut scene = Scene::at("stop")?;
    scene.editor.done("disconnect", json!(3))?;
    scene.editor.closed()
}

/// What is asked of clients is unknown here, and `runInTerminal` is asked of those that can.
#[test]
fn requests_of_adapters_are_refused_to_clients() -> Result<()> {
    let mut scene = Scene::at("stop")?;
    for command in ["runInTerminal", "startDebugging", "pausa/release", "noSuchRequest"] {
        for arguments in [Value::Null, json!({}), json!({ "args": ["x"], "cwd": "/" })] {
            let answer = scene.editor.ask(command, arguments)?;
            refusal(&answer)?;
            same((command, &answer["body"]["error"]["id"]), (command, &json!(2)))?;
        }
    }
    scene.editor.done("threads", Value::Null).map(drop)
}
