//! The commands of an editor's debug console, and what an editor is told without asking: a deadlock at a pause.

use serde_json::{Value, json};

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;

use crate::{adapter, check, launching_of, line, output, program, same, stopped_at};

const PROGRAM: &str = "java.py";
const DEADLOCK: &str = "deadlock.py";

/// How often a program is paused until its threads wait.
const TRIES: usize = 1000;

/// The innermost frame of the main thread.
fn frame(editor: &mut Editor) -> Result<Value> {
    let stack = editor.done("stackTrace", json!({ "threadId": 1 }))?;
    Ok(stack["stackFrames"][0].clone())
}

fn typed(editor: &mut Editor, text: &str) -> Result<String> {
    let frame = frame(editor)?;
    let wanted = json!({ "expression": text, "context": "repl", "frameId": frame["id"] });
    let answer = editor.done("evaluate", wanted)?;
    Ok(answer["result"].as_str().unwrap_or_default().to_owned())
}

fn refused(editor: &mut Editor, text: &str) -> Result<String> {
    editor.refused("evaluate", json!({ "expression": text, "context": "repl" }))
}

/// The program, stopped, after a line that has it run on.
fn runs_on(editor: &mut Editor, text: &str) -> Result<(Value, Value)> {
    same(typed(editor, text)?, String::new())?;
    let told = editor.event("continued")?;
    same(told["allThreadsContinued"].clone(), json!(true))?;
    let stopped = editor.event("stopped")?;
    Ok((stopped["reason"].clone(), frame(editor)?["line"].clone()))
}

#[test]
fn objects_and_locks_are_told_in_the_words_of_the_prompt() -> Result<()> {
    let mut editor = stopped_at(PROGRAM, "deposit", json!({}))?;
    let locks = typed(&mut editor, "%locks")?;
    check(locks.contains("Lock lock, held by holder  ") && locks.contains("in hold"), || locks.clone())?;
    let instances = typed(&mut editor, " %instances only Account")?;
    check(instances.starts_with("1 instance\n  <"), || instances.clone())?;
    let referrers = typed(&mut editor, "%referrers self")?;
    check(referrers.contains("account"), || referrers.clone())?;
    let size = typed(&mut editor, "%sizeof deep self")?;
    check(size.contains(" bytes; with what it holds "), || size.clone())?;
    // A modulo is no command, and elsewhere than in the console a line is an expression.
    same(typed(&mut editor, "7 %4")?, "3".to_owned())?;
    editor.refused("evaluate", json!({ "expression": "%locks", "context": "watch" })).map(drop)
}

#[test]
fn functions_are_ended_and_expressions_stepped_over() -> Result<()> {
    let mut editor = stopped_at(PROGRAM, "deposit", json!({}))?;
    let (reason, at) = runs_on(&mut editor, "%force_return amount * 100")?;
    same((reason, at), (json!("step"), json!(line(PROGRAM, "first")? + 1)))?;
    same(typed(&mut editor, "first")?, "500".to_owned())?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    editor.event("stopped")?;
    let (_, at) = runs_on(&mut editor, "%stepe")?;
    same(at, json!(line(PROGRAM, "return")?))?;
    runs_on(&mut editor, "%stepe")?;
    // Its answers come in order: what was told at the stop is there.
    let told = output(&editor, "console");
    check(told.contains("self.balance = 7\n"), || told.clone())?;
    let why = refused(&mut editor, "%throw KeyError('made up')")?;
    check(why.contains("the beginning of a line"), || why.clone())?;
    editor.done("next", json!({ "threadId": 1 }))?;
    editor.event("stopped")?;
    editor.done("setExceptionBreakpoints", json!({ "filters": ["uncaught"] }))?;
    let (reason, _) = runs_on(&mut editor, "%throw KeyError('made up')")?;
    same(reason, json!("exception"))
}

#[test]
fn what_is_no_command_is_explained() -> Result<()> {
    let mut editor = stopped_at(PROGRAM, "first", json!({}))?;
    let help = typed(&mut editor, "%help")?;
    check(help.contains("%reload [FILE | MODULE]"), || help.clone())?;
    let help = typed(&mut editor, "%help throw")?;
    check(help.starts_with("%throw EXCEPTION\nRaises"), || help.clone())?;
    same(refused(&mut editor, "%lock")?, "there is no command %lock: %help lists them".to_owned())?;
    let why = refused(&mut editor, "%sizeof undefined")?;
    check(why.contains("NameError"), || why.clone())?;
    let found = editor.done("completions", json!({ "text": "%re", "column": 4 }))?;
    let labels: Vec<_> =
        found["targets"].as_array().into_iter().flatten().map(|target| target["label"].clone()).collect();
    same(labels, vec![json!("%referrers"), json!("%reload")])
}

#[test]
fn the_current_file_is_reloaded() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("pausa-console-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let path = folder.join("edited.py");
    let write = |text: &str| std::fs::write(&path, text).map_err(|error| error.to_string());
    write("def value():\n    return 1\n\n\nfirst = value()\nprint(first, value())\n")?;
    let mut editor = adapter()?;
    editor.initialize()?;
    let path = path.display().to_string();
    editor.begin("launch", launching_of(PROGRAM, json!({ "program": path, "cwd": folder }))?)?;
    editor.set_breakpoints(&path, &[6])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    write("def value():\n    return 2\n\n\nfirst = value()\nprint(first, value())\n")?;
    same(typed(&mut editor, "%reload")?, "Reloaded edited.py:\n  replaced value, line 1".to_owned())?;
    same(typed(&mut editor, "value()")?, "2".to_owned())?;
    same(typed(&mut editor, "%reload edited.py")?, "Nothing of edited.py has changed.".to_owned())?;
    write("def value(:\n")?;
    let why = refused(&mut editor, "%reload")?;
    check(why.contains("line 1 does not compile"), || why.clone())?;
    editor.done("disconnect", json!({ "terminateDebuggee": true }))?;
    std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())
}

#[test]
fn a_pause_that_finds_a_deadlock_tells_of_it() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of(DEADLOCK, json!({}))?)?;
    editor.set_breakpoints(&program(DEADLOCK), &[line(DEADLOCK, "both")?])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    for _ in 0..TRIES {
        editor.done("continue", json!({ "threadId": 1 }))?;
        editor.done("pause", json!({ "threadId": 1 }))?;
        editor.event("stopped")?;
        // The threads may be on their way to it still.
        let locks = editor.done("pausa/locks", Value::Null)?;
        if locks["deadlocks"] != json!([]) {
            let told = output(&editor, "console");
            return check(told.contains("pausa: Deadlock: "), || told.clone());
        }
    }
    Err("the threads never waited for each other".to_owned())
}
