//! Programs of all kinds on all Pythons: attached to, stopped, looked at, left.

use std::time::Instant;

use pausa_testkit::Result;
use pausa_testkit::pythons::Backend;
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

/// The program runs afterwards as it did before: no instruction is another one, no event is set, no callback is registered, no
/// thread has a tracer, no loop tells. That is found by looking into the interpreter, and it is looked whether the look finds
/// what is there while a breakpoint is set.
#[test]
fn nothing_is_armed_when_it_is_left() -> Result<()> {
    for python in all_pythons()? {
        for kind in ["busy", "threads"] {
            let failed = |error: String| format!("{kind} on {}: {error}", python.label());
            let mut target = Target::start(&python.path, kind)?;
            same(target.armed().map_err(failed)?, json!({})).map_err(failed)?;
            // What it has imported for that may have opened something.
            target.look_again()?;
            let mut editor = attached(target.pid(), json!({ "stopOnEntry": true })).map_err(failed)?;
            let source = json!({ "path": program("target.py") });
            let breakpoints = json!([{ "line": line("target.py", "count")?, "condition": "total < 0" }]);
            editor.done("setBreakpoints", json!({ "source": source, "breakpoints": breakpoints }))?;
            editor.done("setExceptionBreakpoints", json!({ "filters": ["uncaught"] }))?;
            editor.done("configurationDone", Value::Null)?;
            let thread = editor.event("stopped")?["threadId"].clone();
            editor.done("next", json!({ "threadId": thread }))?;
            let thread = editor.event("stopped")?["threadId"].clone();
            editor.done("continue", json!({ "threadId": thread }))?;
            let found = target.armed().map_err(failed)?;
            let is_found = match python.backend == Backend::Monitoring {
                true => found["tool"] == "pausa" && found["instrumented"].to_string().contains("\"work\""),
                false => found["tracers"].as_u64().is_some_and(|tracers| tracers > 0),
            };
            check(is_found, || failed(format!("while it is debugged: {found}")))?;
            editor.done("disconnect", Value::Null)?;
            target.is_as_it_was().map_err(failed)?;
            same(target.armed().map_err(failed)?, json!({})).map_err(failed)?;
        }
    }
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
        for kind in ["contending", "threads"] {
            let failed = |error: String| format!("{kind} on {}: {error}", python.label());
            let target = Target::start(&python.path, kind)?;
            for round in 0..6 {
                // It is attached to again, or gets a signal, as soon as it was left.
                stop_once(&target)
                    .and_then(|()| stop_once(&target))
                    .and_then(|()| goes_on(&target))
                    .map_err(|error| failed(format!("round {round}: {error}")))?;
            }
            target.is_as_it_was().map_err(failed)?;
        }
    }
    Ok(())
}

/// A value that a step has shown belongs to the program alone when it is left there.
#[test]
fn what_was_shown_goes_as_it_would() -> Result<()> {
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let target = Target::start(&python.path, "giving")?;
        let mut editor = attached(target.pid(), json!({}))?;
        editor.set_breakpoints(&program("target.py"), &[line("target.py", "given")?])?;
        editor.done("configurationDone", Value::Null)?;
        let stopped = editor.event("stopped")?;
        editor.done("next", json!({ "threadId": stopped["threadId"] }))?;
        same(&editor.event("stopped")?["reason"], &json!("step"))?;
        editor.done("disconnect", Value::Null)?;
        // It may be asked while it has one itself.
        let deadline = Instant::now() + DEADLINE;
        while target.number("alive").map_err(failed)? != 0 {
            check(Instant::now() < deadline, || failed("a value that was shown stays".into()))?;
        }
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}

/// A thread that evaluates, and gives the interpreter away, when its session ends, and while the next ones come and go: what
/// it is in is given back only when it is out.
#[test]
fn it_is_left_in_the_middle_of_a_condition() -> Result<()> {
    for python in all_pythons()? {
        for kind in ["busy", "threads"] {
            let failed = |error: String| format!("{kind} on {}: {error}", python.label());
            let target = Target::start(&python.path, kind)?;
            for _ in 0..3 {
                let mut editor = attached(target.pid(), json!({})).map_err(failed)?;
                // It is false, after a while.
                let condition = "__import__('os').write(1, b'asked' + bytes([10])) and __import__('time').sleep(0.2)";
                let breakpoints = json!([{ "line": line("target.py", "count")?, "condition": condition }]);
                let source = json!({ "path": program("target.py") });
                editor.done("setBreakpoints", json!({ "source": source, "breakpoints": breakpoints }))?;
                editor.done("configurationDone", Value::Null)?;
                same(target.line().map_err(failed)?, "asked".to_owned())?;
                editor.done("disconnect", Value::Null).map_err(failed)?;
                stop_once(&target).map_err(failed)?;
                stop_once(&target).map_err(failed)?;
            }
            // What it wrote meanwhile is no answer.
            target.forget_lines();
            goes_on(&target).map_err(failed)?;
            target.is_as_it_was().map_err(failed)?;
        }
    }
    Ok(())
}

fn goes_on(target: &Target) -> Result<()> {
    let before = target.count()?;
    let deadline = Instant::now() + DEADLINE;
    while target.count()? == before {
        check(Instant::now() < deadline, || "it stands still".into())?;
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

/// One that waits for a lock in a stack that its program made small is not asked to run anything there.
#[test]
fn a_small_stack_is_left_alone() -> Result<()> {
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let target = Target::start(&python.path, "small_stacks")?;
        for _ in 0..4 {
            stop_once(&target).map_err(failed)?;
        }
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}

#[test]
fn a_real_time_signal_arrives_while_it_is_attached_to() -> Result<()> {
    for python in all_pythons()? {
        let failed = |error: String| format!("{}: {error}", python.label());
        let target = Target::start(&python.path, "real_time_signals")?;
        for _ in 0..6 {
            stop_once(&target).map_err(failed)?;
        }
        // It sends them to itself all the time, and says so if one has not come.
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}
