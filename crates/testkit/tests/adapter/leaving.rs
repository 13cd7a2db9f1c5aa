//! Ends: by the client's word, without one, and by the program; nothing is left running.

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use serde_json::{Value, json};

use crate::{adapter, all_pythons, check, is_alive, launching_of, line, pausa, program, same, stopped_at};

/// An adapter whose program runs, and the program's id.
fn running(others: Value) -> Result<(Editor, Value)> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of("forever.py", others)?)?;
    editor.done("configurationDone", Value::Null)?;
    editor.written("ready")?;
    let pid = editor.passed_over("process").first().map(|body| body["systemProcessId"].clone());
    Ok((editor, pid.ok_or("no process event")?))
}

#[test]
fn a_launched_program_ends_with_its_client() -> Result<()> {
    let (mut editor, pid) = running(json!({}))?;
    editor.done("disconnect", Value::Null)?;
    check(!is_alive(&pid), || "it lives".into())?;
    // That it has ended is told before the goodbye is answered.
    same(editor.passed_over("exited").len(), 1)?;
    editor.closed()?;
    same(editor.adapter_ended()?, Some(0))?;

    let (mut editor, pid) = running(json!({}))?;
    editor.hang_up();
    same(editor.adapter_ended()?, Some(0))?;
    check(!is_alive(&pid), || "it lives".into())
}

#[test]
fn a_launched_program_in_a_terminal_ends_with_its_client() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({ "console": "integratedTerminal" }))?;
    let pid = editor.event("process")?["systemProcessId"].clone();
    editor.hang_up();
    same(editor.adapter_ended()?, Some(0))?;
    check(!is_alive(&pid), || "it lives".into())
}

#[test]
fn a_program_that_is_terminated_may_say_its_last_word() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    editor.done("terminate", Value::Null)?;
    same(&editor.event("exited")?["exitCode"], &json!(128 + 15))?;
    editor.event("terminated")?;
    editor.done("terminate", Value::Null)?;
    editor.done("disconnect", Value::Null)?;
    same(editor.adapter_ended()?, Some(0))
}

#[test]
fn a_program_that_is_left_runs_on_to_its_end() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    editor.done("disconnect", json!({ "terminateDebuggee": false }))?;
    editor.closed()?;
    // The adapter waits for it: it holds the other ends of its output.
    same(editor.adapter_ended()?, Some(0))
}

/// By `sys.settrace`, ours has stood in the place of the program's tracer.
#[test]
fn a_program_that_is_left_has_its_own_tracer_alone() -> Result<()> {
    for python in all_pythons()? {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let told = folder.path().join("told");
        let mut command = pausa(&["dap"])?;
        command.env("PAUSA_BACKEND", "settrace");
        let mut editor = Editor::start(command)?;
        editor.initialize()?;
        let launch = json!({ "program": program("traced.py"), "python": python.path, "args": [told] });
        editor.begin("launch", launch)?;
        editor.set_breakpoints(&program("traced.py"), &[line("traced.py", "value")?])?;
        editor.done("configurationDone", Value::Null)?;
        editor.event("stopped")?;
        editor.done("disconnect", json!({ "terminateDebuggee": false }))?;
        // The adapter waits for the program.
        same(editor.adapter_ended()?, Some(0))?;
        let told = std::fs::read_to_string(&told).map_err(|error| format!("{}: {error}", python.version))?;
        same((python.version.as_str(), told.trim_end()), (python.version.as_str(), "True 4 8 None"))?;
    }
    Ok(())
}

#[test]
fn a_start_can_be_given_up() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    let attach = editor.send("attach", json!({ "listen": { "port": 0 } }));
    let waits = editor.send("threads", Value::Null);
    editor.done("disconnect", Value::Null)?;
    check(editor.answer_to(attach)?["success"] == false, || "attached".into())?;
    check(editor.answer_to(waits)?["success"] == false, || "answered".into())?;
    same(editor.adapter_ended()?, Some(0))
}

#[test]
fn what_waits_for_the_start_can_be_cancelled() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.send("attach", json!({ "listen": { "port": 0 } }));
    let waits = editor.send("threads", Value::Null);
    editor.done("cancel", json!({ "requestId": waits }))?;
    same(&editor.answer_to(waits)?["message"], &json!("cancelled"))?;
    editor.done("disconnect", Value::Null).map(drop)
}

#[test]
fn an_evaluation_can_be_cancelled() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    let endless = "print('evaluating', flush=True)\nwhile True: pass";
    let evaluation = editor.send("evaluate", json!({ "expression": endless, "context": "repl" }));
    editor.written("evaluating")?;
    editor.done("cancel", json!({ "requestId": evaluation }))?;
    check(editor.answer_to(evaluation)?["success"] == false, || "it ended by itself".into())?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    editor.event("terminated").map(drop)
}
