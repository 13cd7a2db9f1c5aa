//! Programs of all kinds on all Pythons: attached to, stopped, looked at, left.

use std::time::Instant;

use pausa_testkit::Result;
use serde_json::{Value, json};

use crate::target::{DEADLINE, Target};
use crate::{all_pythons, attached, check, line, program, same};

const KINDS: &[&str] = &[
    "busy",
    "sleeping",
    "waiting_for_a_lock",
    "reading",
    "threads",
    "idle_threads",
    "asyncio_idle",
    "asyncio_busy",
    "subinterpreter",
];

#[test]
#[ignore = "on 3.12 a program with a subinterpreter has hung once, in 26 runs; by hand: -- --ignored"]
fn any_program_stops_and_is_left_as_it_was() -> Result<()> {
    for python in all_pythons()? {
        for kind in KINDS {
            stop_and_leave(python.path.as_path(), kind)
                .map_err(|error| format!("{kind} on {}: {error}", python.label()))?;
        }
    }
    Ok(())
}

fn stop_and_leave(python: &std::path::Path, kind: &str) -> Result<()> {
    let target = Target::start(python, kind)?;
    for _ in 0..2 {
        let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
        editor.done("configurationDone", Value::Null)?;
        let stopped = editor.event("stopped")?;
        same(&stopped["reason"], &json!("pause"))?;
        let threads = editor.done("threads", Value::Null)?;
        let names: Vec<&str> =
            threads["threads"].as_array().into_iter().flatten().filter_map(|thread| thread["name"].as_str()).collect();
        check(names.contains(&"MainThread"), || format!("{names:?}"))?;
        let stack = editor.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
        let hidden = stack["stackFrames"].to_string().contains("_pausa");
        check(!hidden && stack["totalFrames"] != 0, || stack.to_string())?;
        editor.done("disconnect", Value::Null)?;
        target.is_as_it_was()?;
    }
    Ok(())
}

#[test]
fn code_that_is_running_meets_breakpoints() -> Result<()> {
    for python in all_pythons()? {
        for kind in ["busy", "threads", "asyncio_busy"] {
            let target = Target::start(&python.path, kind)?;
            let failed = |error: String| format!("{kind} on {}: {error}", python.label());
            meet(&target).and_then(|()| target.is_as_it_was()).map_err(failed)?;
        }
    }
    Ok(())
}

fn meet(target: &Target) -> Result<()> {
    let mut editor = attached(target.pid(), json!({}))?;
    editor.set_breakpoints(&program("target.py"), &[line("target.py", "count")?])?;
    editor.done("configurationDone", Value::Null)?;
    let stopped = editor.event("stopped")?;
    same(&stopped["reason"], &json!("breakpoint"))?;
    let stack = editor.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
    same(&stack["stackFrames"][0]["line"], &json!(line("target.py", "count")?))?;
    let frame = stack["stackFrames"][0]["id"].clone();
    let total = editor.done("evaluate", json!({ "expression": "total", "frameId": frame }))?;
    same(&total["result"], &json!("19900"))?;
    // Other threads would stop there meanwhile.
    editor.set_breakpoints(&program("target.py"), &[])?;
    editor.done("next", json!({ "threadId": stopped["threadId"] }))?;
    same(&editor.event("stopped")?["reason"], &json!("step"))?;
    editor.done("disconnect", Value::Null)?;
    Ok(())
}

#[test]
fn a_call_that_keeps_the_interpreter_is_waited_for() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "in_c")?;
        let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
        editor.done("configurationDone", Value::Null)?;
        editor.event("stopped")?;
        editor.done("disconnect", Value::Null)?;
        target.is_as_it_was().map_err(|error| format!("{}: {error}", python.label()))?;
    }
    Ok(())
}

#[test]
fn threads_that_contend_for_the_interpreter_go_on() -> Result<()> {
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let target = Target::start(&python.path, "contending")?;
        for round in 0..6 {
            let failed = |error: String| failed(format!("round {round}: {error}"));
            stop_once(&target).map_err(failed)?;
            let before = target.count().map_err(failed)?;
            let deadline = Instant::now() + DEADLINE;
            while target.count().map_err(failed)? == before {
                check(Instant::now() < deadline, || failed("it stands still".into()))?;
            }
        }
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}

fn stop_once(target: &Target) -> Result<()> {
    let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    editor.done("disconnect", Value::Null)?;
    Ok(())
}
