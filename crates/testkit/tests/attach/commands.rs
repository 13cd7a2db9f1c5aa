//! The commands as a user meets them: `pausa attach` at its prompt, `pausa ps`, `pausa stack`.

use std::io::Write;
use std::process::Stdio;

use pausa_testkit::Result;
use serde_json::{Value, json};

use crate::target::Target;
use crate::{all_pythons, attached, check, line, pausa, program, python, said, same};

#[test]
fn the_prompt_stops_looks_and_detaches() -> Result<()> {
    for python in all_pythons()? {
        for kind in ["busy", "sleeping"] {
            let target = Target::start(&python.path, kind)?;
            let (text, error, code) = said(&["attach", &target.id(), "-c", "p kind.__name__", "-c", "detach"])?;
            let said = format!("{text}{error}");
            check(text.starts_with("Paused: ") && text.contains(&format!("'{kind}'")), || said.clone())?;
            check(text.ends_with("Detached: the program runs on without pausa.\n"), || said.clone())?;
            same(code, Some(0))?;
            target.is_as_it_was().map_err(|error| format!("{kind} on {}: {error}", python.label()))?;
        }
    }
    Ok(())
}

#[test]
fn with_breakpoints_the_program_runs_to_them_and_the_end_of_input_leaves_it() -> Result<()> {
    let target = Target::start(&python()?.path, "busy")?;
    let place = format!("{}:work", program("target.py"));
    let mut command = pausa(&["attach", &target.id(), "-b", &place])?;
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    check(text.starts_with("Breakpoint 1: ") && text.contains("Detached"), || text.clone())?;
    target.is_as_it_was()
}

#[test]
fn quit_leaves_a_program_that_was_attached_to() -> Result<()> {
    let mut target = Target::start(&python()?.path, "busy")?;
    let (text, _, code) = said(&["attach", &target.id(), "-c", "q"])?;
    check(text.contains("Detached") && code == Some(0), || text.clone())?;
    target.is_as_it_was()?;
    check(target.is_alive(), || "it has ended".into())
}

#[test]
fn a_second_debugger_is_told_of_the_first() -> Result<()> {
    let target = Target::start(&python()?.path, "busy")?;
    let mut editor = attached(target.pid(), json!({ "stopOnEntry": true }))?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    let (error, _, code) = said(&["attach", &target.id()])?;
    check(error.contains("being debugged by pausa already") && code == Some(2), || error.clone())?;
    editor.done("disconnect", Value::Null)?;
    target.is_as_it_was()
}

#[test]
fn check_says_how_and_touches_nothing() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "busy")?;
        let (text, _, code) = said(&["attach", "--check", &target.id()])?;
        check(text.contains(&format!("runs Python {}", python.minor)) && code == Some(0), || text.clone())?;
        target.is_as_it_was()?;
    }
    Ok(())
}

#[test]
fn ps_lists_what_can_be_attached_to() -> Result<()> {
    let targets: Result<Vec<Target>> =
        all_pythons()?.iter().map(|python| Target::start(&python.path, "sleeping")).collect();
    let targets = targets?;
    let (text, _, _) = said(&["ps", "--json"])?;
    let listed: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    for (target, python) in targets.iter().zip(all_pythons()?) {
        let found = listed.iter().find(|process| process["pid"] == target.pid());
        let found = found.ok_or_else(|| format!("{} is not listed: {text}", target.pid()))?;
        check(found["version"].as_str().is_some_and(|version| version.starts_with(&python.minor)), || {
            found.to_string()
        })?;
        same(&found["attachable"], &json!(true))?;
        same(&found["command"][2], &json!("sleeping"))?;
    }
    let (table, _, _) = said(&["ps"])?;
    check(table.contains("target.py sleeping"), || table.clone())
}

#[test]
fn stack_shows_all_threads_and_leaves() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "idle_threads")?;
        let failed = |error: String| format!("{}: {error}", python.label());
        let (text, error, code) = said(&["stack", &target.id(), "--locals"])?;
        let said_all = format!("{text}{error}");
        same(code, Some(0)).map_err(|error| failed(format!("{error}: {said_all}")))?;
        // How long that is depends on the machine.
        let held =
            text.lines().next().and_then(|line| line.split_once("held for ")?.1.strip_suffix(" ms")?.parse().ok());
        check(held.is_some_and(|held: f64| held > 0.0), || failed(format!("not told for how long: {said_all}")))?;
        for wanted in [
            "(MainThread)",
            "(sleeper 0)",
            "(sleeper 2)",
            "in sleeping",
            "in idle_threads",
            "workers = [<threading.Thread",
        ] {
            check(text.contains(wanted), || failed(format!("no {wanted:?} in {said_all}")))?;
        }
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}

#[test]
fn stack_shows_tasks() -> Result<()> {
    for python in all_pythons()? {
        let target = Target::start(&python.path, "asyncio_idle")?;
        let (text, error, _) = said(&["stack", &target.id(), "--all"])?;
        check(text.contains("(sleeper)") && text.contains("asyncio_idle.<locals>.main"), || {
            format!("{}: {text}{error}", python.label())
        })?;
        target.is_as_it_was()?;
    }
    Ok(())
}

#[test]
fn who_only_looks_runs_and_changes_nothing() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let log = folder.path().join("audit");
    let target = Target::start(&python()?.path, "busy")?;
    let options = json!({ "stopOnEntry": true, "readOnly": true, "auditLog": log });
    let mut editor = attached(target.pid(), options)?;
    editor.done("configurationDone", Value::Null)?;
    let stopped = editor.event("stopped")?;
    let stack = editor.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
    let frame = stack["stackFrames"][0]["id"].clone();
    let scopes = editor.done("scopes", json!({ "frameId": frame }))?;
    let locals = scopes["scopes"][0]["variablesReference"].clone();
    editor.done("variables", json!({ "variablesReference": locals }))?;
    let source = json!({ "path": program("target.py") });
    for (request, arguments) in [
        ("evaluate", json!({ "expression": "1", "frameId": frame })),
        ("setVariable", json!({ "variablesReference": locals, "name": "total", "value": "1" })),
        ("setExpression", json!({ "expression": "total", "value": "1", "frameId": frame })),
        ("setBreakpoints", json!({ "source": source, "breakpoints": [{ "line": 1, "condition": "f()" }] })),
    ] {
        let text = editor.refused(request, arguments)?;
        check(text.contains("--read-only"), || format!("{request}: {text}"))?;
    }
    editor.done("disconnect", Value::Null)?;
    target.is_as_it_was()?;
    let text = std::fs::read_to_string(&log).map_err(|error| error.to_string())?;
    let lines: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    same(lines.len(), 4)?;
    same(&lines[0]["arguments"]["expression"], &json!("1"))?;
    check(lines.iter().all(|line| line["allowed"] == false && line["pid"] == target.pid()), || text)
}

#[test]
fn each_evaluation_is_a_line_of_the_log() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let log = folder.path().join("audit");
    let target = Target::start(&python()?.path, "busy")?;
    let name = log.display().to_string();
    said(&["attach", &target.id(), "--audit-log", &name, "-c", "p 6 * 7", "-c", "detach"])?;
    let read = || std::fs::read_to_string(&log).map_err(|error| error.to_string());
    let text = read()?;
    check(text.contains("6 * 7") && text.contains("\"allowed\":true"), || text)?;
    let mut editor = attached(target.pid(), json!({ "auditLog": log }))?;
    let breakpoints = json!([{ "line": line("target.py", "count")?, "condition": "total > 0" }]);
    editor.done("setBreakpoints", json!({ "source": { "path": program("target.py") }, "breakpoints": breakpoints }))?;
    editor.done("configurationDone", Value::Null)?;
    let stopped = editor.event("stopped")?;
    let stack = editor.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
    let frame = stack["stackFrames"][0]["id"].clone();
    for context in ["watch", "hover", "repl"] {
        editor
            .done("evaluate", json!({ "expression": format!("'{context}'"), "context": context, "frameId": frame }))?;
    }
    let scopes = editor.done("scopes", json!({ "frameId": frame }))?;
    let locals = scopes["scopes"][0]["variablesReference"].clone();
    editor.done("setVariable", json!({ "variablesReference": locals, "name": "total", "value": "3 - 2" }))?;
    editor.done("disconnect", Value::Null)?;
    target.is_as_it_was()?;
    let text = read()?;
    for wanted in ["total > 0", "'watch'", "'hover'", "'repl'", "3 - 2"] {
        check(text.lines().any(|line| line.contains(wanted)), || format!("no {wanted} in {text}"))?;
    }
    Ok(())
}

#[test]
fn a_process_must_be_named() -> Result<()> {
    let mut command = pausa(&["attach"])?;
    let output = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    check(text.contains("pausa ps") && text.lines().count() == 1, || text)?;
    std::io::stdout().flush().map_err(|error| error.to_string())
}
