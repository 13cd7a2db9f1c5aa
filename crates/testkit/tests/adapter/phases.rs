//! Every request is answered in every phase, and the session goes on.

use pausa_dap::ErrorBody;
use pausa_dap::requests::COMMANDS;
use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use serde_json::{Value, json};

use crate::{adapter, check, launching_of, program, same, stopped_at};

/// Requests that would end what the test looks at, or that a client never sends.
const LATER: &[&str] = &["initialize", "launch", "attach", "disconnect", "terminate", "restart"];
/// Requests that make the program run.
const RESUMING: &[&str] =
    &["continue", "next", "stepIn", "stepOut", "stepBack", "reverseContinue", "restartFrame", "goto"];

/// Asks everything, without arguments and with those that many requests have.
fn ask_everything(editor: &mut Editor, but: &[&str]) -> Result<usize> {
    let mut succeeded = 0;
    for command in
        COMMANDS.iter().chain(&["pausa/noSuchRequest", "", "pausa/release"]).filter(|name| !but.contains(name))
    {
        for arguments in
            [Value::Null, json!({}), json!({ "threadId": 99, "frameId": 99, "variablesReference": 99 }), json!(3)]
        {
            let answer = editor.ask(command, arguments)?;
            if answer["success"] == true {
                succeeded += 1;
            } else {
                let error = &answer["body"]["error"];
                check(error["format"].as_str().is_some_and(|text| !text.is_empty()), || {
                    format!("no reason: {answer}")
                })?;
            }
        }
    }
    Ok(succeeded)
}

#[test]
fn nothing_but_initialize_comes_first() -> Result<()> {
    let mut editor = adapter()?;
    let succeeded = ask_everything(&mut editor, &["initialize", "disconnect"])?;
    same(succeeded, 0)?;
    let capabilities = editor.initialize()?;
    check(capabilities["supportsConfigurationDoneRequest"] == true, || capabilities.to_string())?;
    check(editor.refused("initialize", json!({ "adapterID": "x" }))?.contains("already"), || "twice".into())?;
    editor.done("disconnect", Value::Null)?;
    editor.closed()?;
    same(editor.adapter_ended()?, Some(0))
}

#[test]
fn every_request_is_answered_before_there_is_a_program() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    ask_everything(&mut editor, &["initialize", "disconnect"])?;
    // And a program may come after all of that.
    editor.begin("launch", launching_of("hello.py", json!({}))?)?;
    editor.done("configurationDone", Value::Null)?;
    same(&editor.event("exited")?["exitCode"], &json!(7))
}

#[test]
fn every_request_is_answered_while_the_program_runs() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of("forever.py", json!({}))?)?;
    editor.done("configurationDone", Value::Null)?;
    ask_everything(&mut editor, &[LATER, &["pause"]].concat())?;
    editor.done("disconnect", Value::Null)?;
    same(editor.adapter_ended()?, Some(0))
}

#[test]
fn every_request_is_answered_at_a_stop() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    ask_everything(&mut editor, &[LATER, RESUMING].concat())?;
    let stack = editor.done("stackTrace", json!({ "threadId": 1 }))?;
    same(&stack["stackFrames"][0]["source"]["path"], &json!(program("hello.py")))?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    same(&editor.event("exited")?["exitCode"], &json!(7))
}

#[test]
fn every_request_is_answered_after_the_end() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of("hello.py", json!({}))?)?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("terminated")?;
    // The program's end is told before the session knows of it.
    ask_everything(&mut editor, &["disconnect"])?;
    editor.done("disconnect", Value::Null)?;
    same(editor.adapter_ended()?, Some(0))
}

#[test]
fn what_is_asked_while_the_program_starts_is_answered_when_it_is_there() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    let launch = editor.send("launch", launching_of("hello.py", json!({}))?);
    let breakpoints = json!({ "source": { "path": program("hello.py") }, "breakpoints": [] });
    let (first, threads) = (editor.send("setBreakpoints", breakpoints), editor.send("threads", Value::Null));
    check(editor.answer_to(launch)?["success"] == true, || "launch".into())?;
    check(editor.answer_to(first)?["success"] == true, || "setBreakpoints".into())?;
    check(editor.answer_to(threads)?["success"] == true, || "threads".into())?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("terminated").map(drop)
}

/// Capabilities, each with a request that stands behind it.
const BEHIND: &[(&str, &str)] = &[
    ("supportsConfigurationDoneRequest", "configurationDone"),
    ("supportsFunctionBreakpoints", "setFunctionBreakpoints"),
    ("supportsEvaluateForHovers", "evaluate"),
    ("supportsStepBack", "stepBack"),
    ("supportsStepBack", "reverseContinue"),
    ("supportsSetVariable", "setVariable"),
    ("supportsRestartFrame", "restartFrame"),
    ("supportsGotoTargetsRequest", "gotoTargets"),
    ("supportsGotoTargetsRequest", "goto"),
    ("supportsStepInTargetsRequest", "stepInTargets"),
    ("supportsCompletionsRequest", "completions"),
    ("supportsModulesRequest", "modules"),
    ("supportsRestartRequest", "restart"),
    ("supportsExceptionInfoRequest", "exceptionInfo"),
    ("supportsLoadedSourcesRequest", "loadedSources"),
    ("supportsTerminateThreadsRequest", "terminateThreads"),
    ("supportsSetExpression", "setExpression"),
    ("supportsTerminateRequest", "terminate"),
    ("supportsDataBreakpoints", "dataBreakpointInfo"),
    ("supportsDataBreakpoints", "setDataBreakpoints"),
    ("supportsReadMemoryRequest", "readMemory"),
    ("supportsWriteMemoryRequest", "writeMemory"),
    ("supportsDisassembleRequest", "disassemble"),
    ("supportsInstructionBreakpoints", "setInstructionBreakpoints"),
    ("supportsCancelRequest", "cancel"),
    ("supportsBreakpointLocationsRequest", "breakpointLocations"),
];

#[test]
fn what_is_claimed_is_there_and_what_is_there_is_claimed() -> Result<()> {
    let mut editor = adapter()?;
    let capabilities = editor.initialize()?;
    editor.begin("launch", launching_of("forever.py", json!({}))?)?;
    for (capability, command) in BEHIND {
        if ["configurationDone", "terminate", "restart"].contains(command) {
            check(capabilities[capability] == true, || format!("{capability} is not claimed"))?;
            continue;
        }
        let answer = editor.ask(command, json!({}))?;
        let known = answer["body"]["error"]["id"] != ErrorBody::UNKNOWN;
        same((*capability, capabilities[capability] == true), (*capability, known))?;
    }
    editor.done("disconnect", Value::Null).map(drop)
}
