//! `launch`: what runs, with what, and where its output goes.

use std::process::{Command, Stdio};

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use pausa_testkit::session::install_package;
use serde_json::{Value, json};

use crate::{adapter, all_pythons, built, check, launching_of, line, output, program, python, same, stopped_at};

/// Launches and runs to the end.
fn run(arguments: Value) -> Result<Editor> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", arguments)?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("terminated")?;
    Ok(editor)
}

#[test]
fn a_program_runs_as_it_was_asked_for() -> Result<()> {
    for python in all_pythons()? {
        let mut editor = adapter()?;
        editor.initialize()?;
        let arguments = json!({
            "program": program("hello.py"), "python": [python.path, "-X", "dev"], "args": ["a b", "$X"], "cwd": "/",
            "env": { "PAUSA_TEST_VARIABLE": "set" },
        });
        editor.begin("launch", arguments)?;
        let answer = editor.set_breakpoints(&program("hello.py"), &[line("hello.py", "result")?])?;
        check(answer["breakpoints"][0]["verified"] == true, || answer.to_string())?;
        editor.done("configurationDone", Value::Null)?;
        same(editor.stop()?, (program("hello.py"), line("hello.py", "result")?.into()))?;
        // What was printed before the stop was shown before it.
        same(output(&editor, "stdout"), "arguments ['a b', '$X']\nfolder \nvariable set\nours []\n".to_owned())?;
        editor.done("continue", json!({ "threadId": 1 }))?;
        same(&editor.event("exited")?["exitCode"], &json!(7))?;
        check(output(&editor, "stdout").ends_with("total 6\n"), || output(&editor, "stdout"))?;
        same(output(&editor, "stderr"), "a word of error\n".to_owned())?;
        editor.event("terminated")?;
        check(editor.passed_over("process").len() == 1, || "no process event".into())?;
        editor.done("disconnect", Value::Null)?;
        same(editor.adapter_ended()?, Some(0))?;
    }
    Ok(())
}

#[test]
fn a_module_and_code_run_too() -> Result<()> {
    let folder = std::path::PathBuf::from(program(""));
    let python = &python()?.path;
    let mut editor = run(json!({ "module": "hello", "python": python, "cwd": folder }))?;
    same(&editor.event("exited")?["exitCode"], &json!(7))?;
    let editor = run(json!({ "code": ["x = 1", "print('code', x)"], "python": python }))?;
    same(output(&editor, "stdout"), "code 1\n".to_owned())
}

#[test]
fn a_program_may_stop_at_its_first_line() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of("hello.py", json!({ "stopOnEntry": true }))?)?;
    editor.done("configurationDone", Value::Null)?;
    same(editor.stop()?, (program("hello.py"), 1))
}

#[test]
fn a_program_runs_in_the_editor_s_terminal() -> Result<()> {
    for (console, args) in [("integratedTerminal", json!(["a b"])), ("externalTerminal", json!("'a b' $((1 + 1))"))] {
        let mut editor = stopped_at("hello.py", "result", json!({ "console": console, "args": args }))?;
        let stack = editor.done("stackTrace", json!({ "threadId": 1 }))?;
        let frame = &stack["stackFrames"][1]["id"];
        let shown = editor.done("evaluate", json!({ "expression": "sys.argv[1:]", "frameId": frame }))?;
        same(&shown["result"], &json!(if args.is_array() { "['a b']" } else { "['a b', '2']" }))?;
        editor.done("continue", json!({ "threadId": 1 }))?;
        same(&editor.event("exited")?["exitCode"], &json!(7))?;
        editor.event("terminated")?;
        editor.done("disconnect", Value::Null)?;
    }
    Ok(())
}

#[test]
fn an_editor_without_terminals_is_told_where_the_output_is() -> Result<()> {
    let mut editor = adapter()?;
    editor.done("initialize", json!({ "adapterID": "pausa" }))?;
    editor.begin("launch", launching_of("hello.py", json!({ "console": "integratedTerminal" }))?)?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("terminated")?;
    check(output(&editor, "console").contains("no terminal"), || output(&editor, "console"))?;
    check(output(&editor, "stdout").contains("total 6"), || output(&editor, "stdout"))
}

#[test]
fn a_program_runs_without_debugging() -> Result<()> {
    for console in ["internalConsole", "integratedTerminal"] {
        let mut editor = adapter()?;
        editor.initialize()?;
        editor.begin("launch", launching_of("hello.py", json!({ "noDebug": true, "console": console }))?)?;
        let answer = editor.set_breakpoints(&program("hello.py"), &[1])?;
        check(answer["breakpoints"][0]["verified"] == false, || answer.to_string())?;
        editor.done("configurationDone", Value::Null)?;
        same(&editor.event("exited")?["exitCode"], &json!(7))?;
        editor.event("terminated")?;
    }
    Ok(())
}

#[test]
fn what_cannot_be_launched_is_said_and_something_else_may_be_tried() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    for (arguments, why) in [
        (json!({}), "needs"),
        (json!({ "program": "/no/such.py", "python": python()?.path }), "no such file: /no/such.py"),
        (launching_of("hello.py", json!({ "python": "/no/python" }))?, "no Python is at /no/python"),
        (launching_of("hello.py", json!({ "python": "/bin/true" }))?, "before the debugger could connect"),
        (launching_of("hello.py", json!({ "cwd": "/no/folder" }))?, "no folder"),
        (launching_of("hello.py", json!({ "sudo": true }))?, "sudo"),
        (launching_of("hello.py", json!({ "args": 3 }))?, "launch"),
        (launching_of("hello.py", json!({ "pythonArgs": ["-I"] }))?, "-I"),
    ] {
        let text = editor.refused("launch", arguments)?;
        check(text.contains(why), || format!("{text:?} does not say {why:?}"))?;
    }
    editor.begin("launch", launching_of("hello.py", json!({}))?)?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("terminated").map(drop)
}

#[test]
fn what_is_not_honoured_is_said() -> Result<()> {
    let editor = run(launching_of("hello.py", json!({ "subProcess": true, "django": true, "jinja": false }))?)?;
    let said = output(&editor, "console");
    check(said.contains("child processes") && said.contains("Django") && !said.contains("Jinja"), || said.clone())
}

#[test]
fn an_environment_file_is_read() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("env");
    std::fs::write(&file, "PAUSA_TEST_VARIABLE='from a file'\n").map_err(|error| error.to_string())?;
    let editor = run(launching_of("hello.py", json!({ "envFile": file }))?)?;
    check(output(&editor, "stdout").contains("variable from a file"), || output(&editor, "stdout"))
}

#[test]
fn a_restart_keeps_breakpoints_and_their_numbers() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    editor.begin("launch", launching_of("hello.py", json!({}))?)?;
    // So that the numbers of the second program are others.
    editor.set_breakpoints(&program("forever.py"), &[line("forever.py", "pause")?])?;
    let answer = editor.set_breakpoints(&program("hello.py"), &[line("hello.py", "result")?])?;
    editor.set_breakpoints(&program("forever.py"), &[])?;
    editor.done("configurationDone", Value::Null)?;
    let first = editor.event("stopped")?;
    same(&first["hitBreakpointIds"][0], &answer["breakpoints"][0]["id"])?;

    editor.done("restart", json!({ "arguments": launching_of("hello.py", json!({ "args": ["again"] }))? }))?;
    // VS Code shows the first program's stop for as long as nothing else is said of its thread.
    same(&editor.event("continued")?["allThreadsContinued"], &json!(true))?;
    let second = editor.event("stopped")?;
    same(&second["hitBreakpointIds"], &first["hitBreakpointIds"])?;
    check(output(&editor, "stdout").contains("arguments ['again']"), || output(&editor, "stdout"))?;
    check(editor.passed_over("terminated").is_empty(), || "the restart was told as an end".into())?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    same(&editor.event("exited")?["exitCode"], &json!(7))
}

#[test]
fn the_adapter_starts_as_debugpys_does() -> Result<()> {
    let package = tempfile::tempdir().map_err(|error| error.to_string())?;
    install_package(package.path(), built()?)?;
    let python = &python()?.path;
    let folder = package.path().join("pausa/adapter");
    // As VS Code does, by the folder and in an environment without pausa; as nvim-dap-python does, by the module.
    for (arguments, path) in [
        ([folder.as_os_str(), "--log-dir".as_ref(), "/tmp".as_ref()].as_slice(), None),
        (["-m".as_ref(), "pausa.adapter".as_ref()].as_slice(), Some(package.path())),
    ] {
        let mut command = Command::new(python);
        command.args(arguments).env("PAUSA_BINARY", built()?.join("pausa")).stderr(Stdio::null());
        command.env_remove("PYTHONPATH").envs(path.map(|path| ("PYTHONPATH", path)));
        let mut editor = Editor::start(command)?;
        editor.initialize()?;
        // Without a word about the Python, it is the one that the adapter was started with.
        editor.begin("launch", json!({ "code": "import sys; print(sys.executable)" }))?;
        editor.done("configurationDone", Value::Null)?;
        editor.event("terminated")?;
        same(output(&editor, "stdout").trim_end(), &*python.to_string_lossy())?;
    }
    Ok(())
}
