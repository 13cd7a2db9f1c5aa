//! Data and sources through the adapter: every message is as the schema has it, wrong arguments are refused with a body.
//!
//! What the answers say is tested in `tests/data`, against the agent.

use serde_json::{Value, json};

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;

use crate::{adapter, check, launching_of, line, program, same};

const VALUES: &str = "../data/values.py";

/// A program that stands at a marker, for a client that knows everything.
fn stopped_at(name: &str, marker: &str) -> Result<(Editor, i64, i64)> {
    let mut editor = adapter()?;
    editor.done(
        "initialize",
        json!({
            "adapterID": "pausa", "supportsInvalidatedEvent": true, "supportsMemoryEvent": true,
            "supportsMemoryReferences": true, "supportsProgressReporting": true, "supportsVariablePaging": true,
            "supportsVariableType": true, "supportsANSIStyling": true,
        }),
    )?;
    editor.begin("launch", launching_of(name, json!({}))?)?;
    if marker.is_empty() {
        editor.done("setExceptionBreakpoints", json!({ "filters": ["uncaught"] }))?;
    } else {
        editor.set_breakpoints(&program(name), &[line(name, marker)?])?;
    }
    editor.done("configurationDone", Value::Null)?;
    let thread = editor.event("stopped")?["threadId"].as_i64().ok_or("no thread")?;
    let stack = editor.done("stackTrace", json!({ "threadId": thread }))?;
    let frame = stack["stackFrames"][0]["id"].as_i64().ok_or("no frame")?;
    Ok((editor, thread, frame))
}

/// Opens everything below a reference; how many variables there were.
fn open(editor: &mut Editor, reference: &Value, depth: usize) -> Result<usize> {
    let hex = depth.is_multiple_of(2);
    let arguments = json!({ "variablesReference": reference, "start": 0, "count": 50, "format": { "hex": hex } });
    let variables = editor.done("variables", arguments)?["variables"].clone();
    let mut count = 0;
    for variable in variables.as_array().into_iter().flatten() {
        count += 1;
        if let Some(memory) = variable.get("memoryReference") {
            editor.done("readMemory", json!({ "memoryReference": memory, "count": 8, "offset": 1 }))?;
        }
        if let Some(place) = variable.get("valueLocationReference") {
            editor.ask("locations", json!({ "locationReference": place }))?;
        }
        if depth > 0 && variable["variablesReference"] != 0 {
            count += open(editor, &variable["variablesReference"], depth - 1)?;
        }
    }
    Ok(count)
}

#[test]
fn all_that_is_told_of_data_is_as_the_schema_has_it() -> Result<()> {
    let (mut editor, thread, frame) = stopped_at(VALUES, "stop")?;
    let scopes = editor.done("scopes", json!({ "frameId": frame }))?["scopes"].clone();
    let mut count = 0;
    for scope in scopes.as_array().into_iter().flatten() {
        count += open(&mut editor, &scope["variablesReference"], 2)?;
    }
    check(count > 200, || format!("only {count} variables"))?;
    let locals = &scopes[0]["variablesReference"];
    for context in ["repl", "watch", "hover", "clipboard", "variables"] {
        for expression in ["million", "account", "outer", "data", "1 / 0", "nowhere"] {
            editor.ask("evaluate", json!({ "expression": expression, "frameId": frame, "context": context }))?;
        }
    }
    editor.done("setVariable", json!({ "variablesReference": locals, "name": "number", "value": "[1]" }))?;
    editor.done("setExpression", json!({ "expression": "table['x']", "value": "data", "frameId": frame }))?;
    editor.event("invalidated")?;
    editor.done("completions", json!({ "text": "acc", "column": 4, "frameId": frame }))?;
    let modules = editor.done("modules", json!({}))?;
    check(modules["modules"].as_array().is_some_and(|modules| modules.len() > 10), || modules.to_string())?;
    editor.done("loadedSources", json!({}))?;
    let format = json!({ "parameters": true, "parameterNames": true, "line": true, "module": true });
    editor.done("stackTrace", json!({ "threadId": thread, "levels": 1, "format": format }))?;
    let (mut editor, thread, _) = stopped_at("../data/chain.py", "")?;
    editor.done("exceptionInfo", json!({ "threadId": thread }))?;
    Ok(())
}

#[test]
fn wrong_arguments_are_refused_with_a_body() -> Result<()> {
    let (mut editor, thread, frame) = stopped_at(VALUES, "stop")?;
    let wrong = [
        ("stackTrace", json!({ "threadId": "one" })),
        ("stackTrace", json!({ "threadId": thread, "startFrame": -1 })),
        ("stackTrace", json!({ "threadId": thread, "levels": -1 })),
        ("scopes", json!({})),
        ("variables", json!({ "variablesReference": null })),
        ("variables", json!({ "variablesReference": 1, "count": -5 })),
        ("variables", json!({ "variablesReference": 1, "filter": "odd" })),
        ("evaluate", json!({ "frameId": frame })),
        ("setVariable", json!({ "variablesReference": 1, "name": "x" })),
        ("setExpression", json!([])),
        ("threads", json!([])),
        ("setBreakpoints", json!([{ "path": "/a.py" }, []])),
        ("completions", json!({ "text": "x", "column": 0 })),
        ("readMemory", json!({ "memoryReference": "1", "count": -1 })),
        ("writeMemory", json!({ "memoryReference": "1", "data": "!" })),
        ("modules", json!({ "startModule": -1 })),
        ("locations", json!({})),
        ("exceptionInfo", json!({ "threadId": [] })),
        ("source", json!({})),
    ];
    for (command, arguments) in wrong {
        let answer = editor.ask(command, arguments.clone())?;
        let error = &answer["body"]["error"];
        let is_whole = error["format"].is_string() && error["showUser"].is_boolean();
        check(error["id"] == 1 && is_whole, || format!("{command} {arguments}: {answer}"))?;
    }
    // What is over, or never was, is refused too, each with a word.
    for (command, arguments) in [
        ("scopes", json!({ "frameId": 1_000_000 })),
        ("variables", json!({ "variablesReference": 1_000_000 })),
        ("evaluate", json!({ "expression": "1", "frameId": 1_000_000 })),
        ("readMemory", json!({ "memoryReference": "0x10", "count": 1 })),
        ("locations", json!({ "locationReference": 1_000_000 })),
        ("source", json!({ "sourceReference": 1_000_000 })),
        ("stackTrace", json!({ "threadId": 1_000_000 })),
        ("exceptionInfo", json!({ "threadId": thread })),
    ] {
        let why = editor.refused(command, arguments)?;
        check(why.len() > 10, || format!("{command}: {why}"))?;
    }
    Ok(())
}

/// The adapter numbers requests anew; progress is told, and cancelled, by the client's numbers.
#[test]
fn progress_is_of_the_clients_request() -> Result<()> {
    let (mut editor, _, frame) = stopped_at(VALUES, "stop")?;
    let endless = json!({ "expression": "while True: pass", "frameId": frame, "context": "repl" });
    let request = editor.send("evaluate", endless);
    let begun = editor.event("progressStart")?;
    same(begun["requestId"].as_i64(), Some(request))?;
    editor.done("cancel", json!({ "progressId": begun["progressId"] }))?;
    same(editor.answer_to(request)?["message"].as_str(), Some("cancelled"))?;
    same(editor.event("progressEnd")?["progressId"].clone(), begun["progressId"].clone())
}

/// Lines and columns are counted as the client says.
#[test]
fn a_client_may_count_from_zero() -> Result<()> {
    let mut editor = adapter()?;
    editor.done("initialize", json!({ "adapterID": "pausa", "linesStartAt1": false, "columnsStartAt1": false }))?;
    editor.begin("launch", launching_of(VALUES, json!({}))?)?;
    let at = line(VALUES, "stop")? - 1;
    let set = editor.set_breakpoints(&program(VALUES), &[at])?;
    same(set["breakpoints"][0]["line"].as_i64(), Some(at.into()))?;
    editor.done("configurationDone", Value::Null)?;
    let thread = editor.event("stopped")?["threadId"].clone();
    let frame = editor.done("stackTrace", json!({ "threadId": thread }))?["stackFrames"][0].clone();
    same(frame["line"].as_i64(), Some(at.into()))?;
    // `stop = "here"`, of which the text is loaded first.
    same((frame["column"].as_i64(), frame["endColumn"].as_i64()), (Some(15), Some(21)))?;
    let completions = json!({ "text": "accou", "column": 5, "frameId": frame["id"] });
    let found = editor.done("completions", completions)?["targets"].clone();
    same((found[0]["start"].as_i64(), found[0]["length"].as_i64()), (Some(0), Some(5)))
}
