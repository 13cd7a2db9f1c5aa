//! The requests by which pausa has what Java's debug interface has, as an editor uses them: frames restarted and ended, threads
//! ended, functions as breakpoints, reads, locks, code replaced.

use serde_json::{Value, json};

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;

use crate::{adapter, check, launching_of, line, same, stopped_at};

const PROGRAM: &str = "java.py";

/// Where the stopped thread stands: its id, the innermost frame's id and line.
fn place(editor: &mut Editor, stopped: &Value) -> Result<(Value, Value, Value)> {
    let thread = stopped["threadId"].clone();
    let stack = editor.done("stackTrace", json!({ "threadId": thread }))?;
    let frame = &stack["stackFrames"][0];
    Ok((thread, frame["id"].clone(), frame["line"].clone()))
}

/// The next stop: its reason, and where it is.
fn next_stop(editor: &mut Editor) -> Result<(Value, Value, Value, Value)> {
    let stopped = editor.event("stopped")?;
    let (thread, frame, line) = place(editor, &stopped)?;
    Ok((stopped["reason"].clone(), thread, frame, line))
}

fn evaluated(editor: &mut Editor, frame: &Value, expression: &str) -> Result<Value> {
    let answer = editor.done("evaluate", json!({ "expression": expression, "frameId": frame }))?;
    Ok(answer["result"].clone())
}

/// The program, stopped in the first call of `deposit`.
fn in_deposit(marker: &str) -> Result<(Editor, Value, Value)> {
    let mut editor = stopped_at(PROGRAM, marker, json!({}))?;
    let (thread, frame, _) = place(&mut editor, &json!({ "threadId": 1 }))?;
    Ok((editor, thread, frame))
}

#[test]
fn a_frame_is_restarted_with_its_variables() -> Result<()> {
    let (mut editor, thread, frame) = in_deposit("return")?;
    editor.done("restartFrame", json!({ "frameId": frame }))?;
    let (reason, _, frame, at) = next_stop(&mut editor)?;
    same((reason, at), (json!("restart"), json!(line(PROGRAM, "deposit")?)))?;
    same(evaluated(&mut editor, &frame, "self.balance")?, json!("6"))?;
    let stack = editor.done("stackTrace", json!({ "threadId": thread }))?;
    let why = editor.refused("restartFrame", json!({ "frameId": stack["stackFrames"][1]["id"] }))?;
    check(why.contains("only the newest frame"), || why.clone())
}

#[test]
fn a_function_returns_or_raises_at_once() -> Result<()> {
    let (mut editor, thread, frame) = in_deposit("deposit")?;
    let why = editor.refused("pausa/forceReturn", json!({ "threadId": thread, "expression": "undefined" }))?;
    check(why.contains("NameError"), || why.clone())?;
    editor.done("pausa/forceReturn", json!({ "threadId": thread, "expression": "amount * 100" }))?;
    let (reason, ..) = next_stop(&mut editor)?;
    same(reason, json!("step"))?;
    editor.done("continue", json!({ "threadId": thread }))?;
    let (_, _, frame_of_second, _) = next_stop(&mut editor)?;
    check(frame != frame_of_second, || "the same frame".to_owned())?;
    same(evaluated(&mut editor, &frame_of_second, "self.balance, first")?, json!("(1, 500)"))?;
    editor.done("setExceptionBreakpoints", json!({ "filters": ["uncaught"] }))?;
    editor.done("pausa/throw", json!({ "threadId": thread, "expression": "KeyError('made up')" }))?;
    let (reason, ..) = next_stop(&mut editor)?;
    same(reason, json!("exception"))
}

#[test]
fn a_thread_is_ended_and_the_main_one_is_not() -> Result<()> {
    let mut editor = stopped_at(PROGRAM, "first", json!({}))?;
    let threads = editor.done("threads", Value::Null)?;
    let id = |name: &str| {
        let all = threads["threads"].as_array().cloned().unwrap_or_default();
        all.into_iter().find(|thread| thread["name"] == name).map(|thread| thread["id"].clone())
    };
    let (holder, main) = (id("holder").ok_or("no holder")?, id("MainThread").ok_or("no main thread")?);
    let why = editor.refused("terminateThreads", json!({ "threadIds": [main] }))?;
    check(why.contains("main thread"), || why.clone())?;
    editor.done("terminateThreads", json!({ "threadIds": [holder] }))?;
    editor.done("continue", json!({ "threadId": main }))?;
    editor.event("terminated").map(drop)
}

#[test]
fn functions_stop_at_their_ends() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of(PROGRAM, json!({}))?)?;
    let wanted = json!({ "breakpoints": [
        { "name": "Account.deposit return", "condition": "__return__ > 6" },
        { "name": "refuse raise" },
        { "name": "Account.deposit sideways" },
    ] });
    let answer = editor.done("setFunctionBreakpoints", wanted)?;
    same(answer["breakpoints"][2]["verified"].clone(), json!(false))?;
    editor.done("configurationDone", Value::Null)?;
    for (at, description) in [(0, "deposit() -> 12"), (1, "refuse() raises ValueError: 12")] {
        let stopped = editor.event("stopped")?;
        same(stopped["reason"].clone(), json!("function breakpoint"))?;
        same(stopped["hitBreakpointIds"].clone(), json!([answer["breakpoints"][at]["id"]]))?;
        let told = stopped["description"].as_str().unwrap_or_default();
        check(told.ends_with(description), || told.to_owned())?;
        editor.done("continue", json!({ "threadId": stopped["threadId"] }))?;
    }
    editor.event("terminated").map(drop)
}

#[test]
fn a_read_stops_before_it_happens() -> Result<()> {
    let mut editor = stopped_at(PROGRAM, "first", json!({}))?;
    let (thread, frame, _) = place(&mut editor, &json!({ "threadId": 1 }))?;
    let info = editor.done("dataBreakpointInfo", json!({ "name": "account.balance", "frameId": frame }))?;
    same(info["accessTypes"].clone(), json!(["write", "read", "readWrite"]))?;
    let wanted = json!({ "breakpoints": [{ "dataId": info["dataId"], "accessType": "read" }] });
    editor.done("setDataBreakpoints", wanted)?;
    editor.done("continue", json!({ "threadId": thread }))?;
    let stopped = editor.event("stopped")?;
    let told = (stopped["reason"].clone(), stopped["description"].clone());
    same(told, (json!("data breakpoint"), json!("account.balance is read: 1")))?;
    let (.., at) = place(&mut editor, &stopped)?;
    same(at, json!(line(PROGRAM, "deposit")?))
}

#[test]
fn locks_name_who_holds_them() -> Result<()> {
    let mut editor = stopped_at(PROGRAM, "first", json!({}))?;
    let answer = editor.done("pausa/locks", Value::Null)?;
    let lock = answer["locks"].as_array().and_then(|locks| locks.iter().find(|lock| lock["name"] == "lock").cloned());
    let lock = lock.ok_or_else(|| answer.to_string())?;
    let found = (lock["kind"].clone(), lock["holder"].clone(), lock["heldBy"]["name"].clone());
    same(found, (json!("Lock"), json!("thread"), json!("holder")))?;
    same(lock["heldBy"]["frame"]["name"].clone(), json!("hold"))?;
    same(answer["deadlocks"].clone(), json!([]))
}

#[test]
fn a_file_is_reloaded_and_its_breakpoints_move() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("pausa-reload-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let path = folder.join("edited.py");
    let write = |text: &str| std::fs::write(&path, text).map_err(|error| error.to_string());
    write("def value():\n    return 1\n\n\nfirst = value()\nprint(first, value())\n")?;
    let path = path.display().to_string();
    let mut editor = adapter()?;
    editor.initialize()?;
    let arguments = launching_of(PROGRAM, json!({ "program": path }))?;
    editor.begin("launch", arguments)?;
    let set = editor.set_breakpoints(&path, &[2, 6])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    editor.event("stopped")?;
    editor.done("loadedSources", Value::Null)?;
    write("# one line more\ndef value():\n    return 2\n\n\nfirst = value()\nprint(first, value())\n")?;
    let answer = editor.done("pausa/reload", json!({ "file": path }))?;
    same((answer["done"].clone(), answer["entries"][0]["deed"].clone()), (json!(true), json!("replaced")))?;
    let changed = editor.event("loadedSource")?;
    same(changed["reason"].clone(), json!("changed"))?;
    let moved = editor.event("breakpoint")?["breakpoint"].clone();
    same((moved["id"].clone(), moved["line"].clone()), (set["breakpoints"][0]["id"].clone(), json!(3)))?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    let (_, _, _, at) = next_stop(&mut editor)?;
    same(at, json!(3))?;
    std::fs::write(folder.join("edited.py"), "def value(:\n").map_err(|error| error.to_string())?;
    let why = editor.refused("pausa/reload", json!({ "file": path }))?;
    check(why.contains("line 1 does not compile"), || why.clone())?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    editor.event("terminated")?;
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}
