//! Children of a program: each is a session that the editor is asked to start, by whichever way the parent's came.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::attaching::Attachable;
use crate::{adapter, all_pythons, check, is_alive, line, output, program, python, same, until};

const PARENT: &str = "parent.py";

/// Signs that the program waits for, each a FIFO that is open here: what waits at one goes on when this is gone.
struct Signs {
    folder: TempDir,
    fifos: Vec<(&'static str, File)>,
}

impl Signs {
    fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn folder() -> Result<Signs> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let open = |name: &'static str| -> Result<(&'static str, File)> {
        let path = folder.path().join(name);
        mkfifo(&path, Mode::S_IRWXU).map_err(|error| format!("no FIFO: {error}"))?;
        // From both ends, so that nobody waits for the other one to open it.
        let fifo = File::options().read(true).write(true).open(&path).map_err(|error| error.to_string())?;
        Ok((name, fifo))
    };
    let fifos = ["child", "parent"].into_iter().map(open).collect::<Result<_>>()?;
    Ok(Signs { folder, fifos })
}

/// Lets a program go on that waits for this sign.
fn give(signs: &Signs, sign: &str) -> Result<()> {
    let (_, fifo) = signs.fifos.iter().find(|(name, _)| *name == sign).ok_or("no such sign")?;
    // One sign may be waited for by several.
    (&*fifo).write_all(b"xxxxxxxx").map_err(|error| error.to_string())
}

fn arguments(kind: &str, folder: &Signs, python: &Path, others: Value) -> Value {
    let mut arguments = json!({
        "type": "pausa", "name": "parent", "program": program(PARENT), "args": [kind, folder.path()], "python": python,
    });
    if let (Some(arguments), Value::Object(others)) = (arguments.as_object_mut(), others) {
        arguments.extend(others);
    }
    arguments
}

/// An editor whose program runs, and stops nowhere.
fn launched(kind: &str, folder: &Signs, python: &Path, others: Value) -> Result<Editor> {
    let mut editor = adapter()?;
    editor.initialize_with_sessions()?;
    editor.begin("launch", arguments(kind, folder, python, others))?;
    editor.done("configurationDone", Value::Null)?;
    Ok(editor)
}

/// The session that the editor is asked for, in the adapter given, with a breakpoint at `work`; the child's id.
fn session(parent: &mut Editor, child: Editor) -> Result<(Editor, i64)> {
    let (child, pid, is_verified) = any_session(parent, child)?;
    check(is_verified, || "the breakpoint stands nowhere".into())?;
    Ok((child, pid))
}

/// The same, and whether the breakpoint stood somewhere before the child's first line: its file may still be to be imported.
fn any_session(parent: &mut Editor, mut child: Editor) -> Result<(Editor, i64, bool)> {
    let request = parent.asked_for_session()?;
    let configuration = &request["arguments"]["configuration"];
    same(&request["arguments"]["request"], &json!("attach"))?;
    same(&configuration["type"], &json!("pausa"))?;
    child.initialize_with_sessions()?;
    child.begin("attach", configuration.clone())?;
    parent.reply(&request, true, "");
    let answer = child.set_breakpoints(&program(PARENT), &[line(PARENT, "work")?])?;
    child.done("configurationDone", Value::Null)?;
    let process = child.event("process")?;
    let pid = process["systemProcessId"].as_i64().ok_or("a process without an id")?;
    let name = configuration["name"].as_str().unwrap_or_default();
    check(name.contains(&pid.to_string()), || format!("{name} does not name {pid}"))?;
    Ok((child, pid, answer["breakpoints"][0]["verified"] == true))
}

/// It stands at `work`, and goes on.
fn works(child: &mut Editor) -> Result<()> {
    same(child.stop()?, (program(PARENT), line(PARENT, "work")?.into()))?;
    child.done("continue", json!({ "threadId": 1 })).map(drop)
}

fn ends(editor: &mut Editor) -> Result<()> {
    editor.event("terminated")?;
    editor.done("disconnect", Value::Null)?;
    editor.closed()
}

#[test]
fn a_forked_child_has_a_session_of_its_own() -> Result<()> {
    for python in all_pythons()? {
        let folder = folder()?;
        let mut parent = launched("fork", &folder, &python.path, json!({}))?;
        let (mut child, pid) = session(&mut parent, adapter()?)?;
        works(&mut child)?;
        give(&folder, "child")?;
        same(&child.event("exited")?["exitCode"], &json!(3))?;
        ends(&mut child)?;
        check(pid > 0 && parent.passed_over("stopped").is_empty(), || "the parent has stopped".into())?;
        give(&folder, "parent")?;
        ends(&mut parent)?;
        let said = output(&parent, "stdout");
        check(said.contains("work forked") && said.contains("status 3"), || said.clone())?;
    }
    Ok(())
}

/// VS Code's Python extension starts an adapter for who names a process, and the one that the configuration names; what is
/// attached to is the child all the same, and no process by its number.
#[test]
fn a_child_is_what_an_adapter_of_the_same_kind_is_started_for() -> Result<()> {
    let (folder, path) = (folder()?, python()?.path.clone());
    let others = json!({ "debugAdapterPath": "/pausa/adapter", "debugAdapterPython": path });
    let mut parent = launched("fork", &folder, &path, others)?;
    let request = parent.asked_for_session()?;
    let configuration = &request["arguments"]["configuration"];
    same(&configuration["debugAdapterPath"], &json!("/pausa/adapter"))?;
    same(&configuration["debugAdapterPython"], &json!(path))?;
    let mut child = adapter()?;
    child.initialize_with_sessions()?;
    let mut fields = configuration.clone();
    // As the extension completes it.
    fields["host"] = json!("localhost");
    child.begin("attach", fields)?;
    parent.reply(&request, true, "");
    child.done("configurationDone", Value::Null)?;
    same(&child.event("process")?["systemProcessId"], &configuration["processId"])?;
    give(&folder, "child")?;
    ends(&mut child)?;
    give(&folder, "parent")?;
    ends(&mut parent)
}

#[test]
fn a_started_python_has_one_from_its_first_line() -> Result<()> {
    for python in all_pythons()? {
        let folder = folder()?;
        let mut parent = launched("start", &folder, &python.path, json!({}))?;
        let (mut child, _) = session(&mut parent, adapter()?)?;
        works(&mut child)?;
        ends(&mut child)?;
        ends(&mut parent)?;
        check(output(&parent, "stdout").contains("status 0"), || output(&parent, "stdout"))?;
    }
    Ok(())
}

/// What is set in the parent is hit in it, whatever became of its children.
#[test]
fn a_parent_stops_after_its_children() -> Result<()> {
    for python in all_pythons()? {
        let folder = folder()?;
        let mut parent = adapter()?;
        parent.initialize_with_sessions()?;
        parent.begin("launch", arguments("both", &folder, &python.path, json!({})))?;
        parent.set_breakpoints(&program(PARENT), &[line(PARENT, "work")?])?;
        parent.done("configurationDone", Value::Null)?;
        for _ in ["started", "forked"] {
            let (mut child, _) = session(&mut parent, adapter()?)?;
            works(&mut child)?;
            ends(&mut child)?;
        }
        for name in ["'in a thread'", "'parent'"] {
            let stopped = parent.event("stopped")?;
            let stack = parent.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
            let frame = stack["stackFrames"][0]["id"].clone();
            same(&parent.done("evaluate", json!({ "expression": "name", "frameId": frame }))?["result"], &json!(name))?;
            parent.done("continue", json!({ "threadId": stopped["threadId"] }))?;
        }
        ends(&mut parent)?;
    }
    Ok(())
}

#[test]
fn a_child_of_a_child_has_one_too() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("grandchild", &folder, &python()?.path, json!({}))?;
    let (mut child, _) = session(&mut parent, adapter()?)?;
    works(&mut child)?;
    let (mut grandchild, _) = session(&mut child, adapter()?)?;
    works(&mut grandchild)?;
    give(&folder, "child")?;
    ends(&mut grandchild)?;
    ends(&mut child)?;
    give(&folder, "parent")?;
    ends(&mut parent)
}

#[test]
fn the_parent_s_end_leaves_a_child_in_its_session() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("leave", &folder, &python()?.path, json!({}))?;
    let (mut child, pid) = session(&mut parent, adapter()?)?;
    ends(&mut parent)?;
    works(&mut child)?;
    check(is_alive(&pid.into()), || "the child has ended".into())?;
    give(&folder, "child")?;
    ends(&mut child)
}

#[test]
fn the_parent_s_end_is_told_when_its_children_have_their_sessions() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("leave", &folder, &python()?.path, json!({}))?;
    let request = parent.asked_for_session()?;
    // The program is at its end by now, or soon; what an editor does then ends what the child's session comes by.
    parent.written("end")?;
    let mut child = adapter()?;
    child.initialize_with_sessions()?;
    child.begin("attach", request["arguments"]["configuration"].clone())?;
    parent.reply(&request, true, "");
    check(parent.passed_over("terminated").is_empty(), || "told too early".into())?;
    ends(&mut parent)?;
    child.done("configurationDone", Value::Null)?;
    give(&folder, "child")?;
    ends(&mut child)
}

#[test]
fn an_editor_that_starts_no_session_lets_the_child_run() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("start", &folder, &python()?.path, json!({}))?;
    let request = parent.asked_for_session()?;
    parent.reply(&request, false, "not today");
    parent.written("runs undebugged: the editor starts no session for it: not today")?;
    parent.written("work started")?;
    ends(&mut parent)
}

#[test]
fn what_multiprocessing_needs_for_itself_has_no_session() -> Result<()> {
    for python in all_pythons()? {
        let folder = folder()?;
        let mut parent = launched("spawn", &folder, &python.path, json!({}))?;
        let (mut child, ..) = any_session(&mut parent, adapter()?)?;
        works(&mut child)?;
        ends(&mut child)?;
        ends(&mut parent)?;
        check(!output(&parent, "console").contains("undebugged"), || output(&parent, "console"))?;
        check(output(&parent, "stdout").contains("status 0"), || output(&parent, "stdout"))?;
    }
    Ok(())
}

#[test]
fn a_child_that_cannot_be_debugged_says_why() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("unfit", &folder, &python()?.path, json!({}))?;
    parent.written("runs undebugged: the agent could not start in ")?;
    parent.written("work started")?;
    parent.written("status 0")?;
    ends(&mut parent)
}

#[test]
fn children_are_left_alone_where_that_is_asked_for() -> Result<()> {
    for others in [json!({ "subProcess": false }), json!({ "noDebug": true })] {
        let folder = folder()?;
        let mut parent = adapter()?;
        parent.initialize_with_sessions()?;
        parent.begin("launch", arguments("start", &folder, &python()?.path, others))?;
        parent.done("configurationDone", Value::Null)?;
        parent.written("work started")?;
        ends(&mut parent)?;
    }
    Ok(())
}

#[test]
fn an_editor_without_sessions_is_told_if_it_asks_for_them() -> Result<()> {
    for (others, is_told) in [(json!({ "subProcess": true }), true), (json!({}), false)] {
        let folder = folder()?;
        let mut parent = adapter()?;
        parent.initialize()?;
        parent.begin("launch", arguments("start", &folder, &python()?.path, others))?;
        parent.done("configurationDone", Value::Null)?;
        parent.written("work started")?;
        parent.event("terminated")?;
        let said = output(&parent, "console");
        same(said.contains("cannot start sessions"), is_told)?;
    }
    Ok(())
}

#[test]
fn a_client_that_ends_the_program_ends_its_children() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("fork", &folder, &python()?.path, json!({}))?;
    let (mut child, pid) = session(&mut parent, adapter()?)?;
    child.event("stopped")?;
    parent.done("disconnect", json!({ "terminateDebuggee": true }))?;
    child.event("terminated")?;
    until("the child's end", || !is_alive(&pid.into()))
}

#[test]
fn a_child_whose_session_is_left_runs_on() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("fork", &folder, &python()?.path, json!({}))?;
    let (mut child, _) = session(&mut parent, adapter()?)?;
    child.event("stopped")?;
    child.done("disconnect", Value::Null)?;
    give(&folder, "child")?;
    give(&folder, "parent")?;
    parent.written("status 3")?;
    ends(&mut parent)
}

#[test]
fn a_child_that_waits_for_a_client_that_leaves_runs_on() -> Result<()> {
    for goodbye in [true, false] {
        let folder = folder()?;
        let mut parent = launched("fork", &folder, &python()?.path, json!({}))?;
        let request = parent.asked_for_session()?;
        let name = request["arguments"]["configuration"]["name"].as_str().unwrap_or_default().to_owned();
        let pid = name.split(|letter: char| !letter.is_ascii_digit()).find(|word| !word.is_empty()).unwrap_or("0");
        let pid: Value = serde_json::from_str(pid).map_err(|error| error.to_string())?;
        if goodbye {
            parent.done("disconnect", json!({ "terminateDebuggee": false }))?;
            give(&folder, "child")?;
            give(&folder, "parent")?;
        } else {
            // Without a word the program ends with its client.
            parent.hang_up();
        }
        until("the child's end", || !is_alive(&pid))?;
    }
    Ok(())
}

#[test]
fn a_child_is_fetched_once() -> Result<()> {
    let folder = folder()?;
    let mut parent = launched("fork", &folder, &python()?.path, json!({}))?;
    let request = parent.asked_for_session()?;
    let configuration = &request["arguments"]["configuration"];
    let (mut first, mut second) = (adapter()?, adapter()?);
    first.initialize()?;
    first.begin("attach", configuration.clone())?;
    second.initialize()?;
    let why = second.refused("attach", configuration.clone())?;
    check(why.contains("cannot be fetched"), || why.clone())?;
    parent.done("disconnect", json!({ "terminateDebuggee": true })).map(drop)
}

#[test]
fn children_of_a_program_that_listens_have_sessions() -> Result<()> {
    for by_adapter in [false, true] {
        let folder = folder()?;
        let python = python()?.path.display().to_string();
        let signs = folder.path().display().to_string();
        let path = program(PARENT);
        let arguments = ["--listen", "127.0.0.1:0", "--wait", "--python", &python, &path, "fork", &signs];
        let attachable = Attachable::pausa(&arguments)?;
        let (host, port) = attachable.place().rsplit_once(':').ok_or("no port")?;
        let visit = || if by_adapter { adapter() } else { attachable.connect() };
        let attach = json!({ "type": "pausa", "connect": { "host": host, "port": port } });
        let mut parent = visit()?;
        parent.initialize_with_sessions()?;
        parent.begin("attach", attach)?;
        parent.done("configurationDone", Value::Null)?;
        let (mut child, _) = session(&mut parent, visit()?)?;
        works(&mut child)?;
        give(&folder, "child")?;
        child.event("terminated")?;
        give(&folder, "parent")?;
        parent.event("terminated")?;
    }
    Ok(())
}

#[test]
fn one_adapter_may_serve_all_of_them() -> Result<()> {
    let folder = folder()?;
    let server = Attachable::pausa(&["dap", "--listen", "127.0.0.1:0"])?;
    let mut parent = server.connect()?;
    parent.initialize_with_sessions()?;
    parent.begin("launch", arguments("start", &folder, &python()?.path, json!({})))?;
    parent.done("configurationDone", Value::Null)?;
    let (mut child, _) = session(&mut parent, server.connect()?)?;
    works(&mut child)?;
    ends(&mut child)?;
    ends(&mut parent)
}
