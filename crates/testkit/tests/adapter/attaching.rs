//! `attach`: to a program that waits, to one that listens, with folders that lie elsewhere, and with a token.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use pausa_testkit::editor::Editor;
use pausa_testkit::session::install_package;
use pausa_testkit::{Result, binaries};
use serde_json::{Value, json};

use crate::{adapter, all_pythons, built, check, line, pausa, program, python, same};

/// A program that editors may attach to; killed when the test is over.
pub struct Attachable {
    child: Child,
    lines: Box<dyn BufRead>,
    /// Kept open: a program that cannot write to it ends with another exit code.
    _errors: Option<BufReader<ChildStderr>>,
    place: String,
}

impl Attachable {
    /// `pausa ARGUMENTS`, which says on standard error where it listens.
    pub fn pausa(arguments: &[&str]) -> Result<Self> {
        let mut command = pausa(arguments)?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (Some(stdout), Some(stderr)) = (stdout, stderr) else { return Err("no streams".into()) };
        let mut said = String::new();
        let mut errors = BufReader::new(stderr);
        errors.read_line(&mut said).map_err(|error| error.to_string())?;
        let place = said.trim_end().rsplit(' ').next().unwrap_or_default().to_owned();
        Ok(Self { child, lines: Box::new(BufReader::new(stdout)), _errors: Some(errors), place })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.lines.read_line(&mut line).map_err(|error| error.to_string())?;
        Ok(line.trim_end().to_owned())
    }

    /// An editor that goes where the program is.
    fn visit(&self) -> Result<Editor> {
        let mut editor = self.connect()?;
        editor.initialize()?;
        Ok(editor)
    }

    /// Where it is.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The same, which has said nothing yet.
    pub fn connect(&self) -> Result<Editor> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.place);
        match self.place.strip_prefix("unix:") {
            Some(path) => {
                let stream = UnixStream::connect(path).map_err(failed)?;
                Editor::over(stream.try_clone().map_err(failed)?, stream)
            }
            None => {
                let stream = TcpStream::connect(&self.place).map_err(failed)?;
                Editor::over(stream.try_clone().map_err(failed)?, Ending(stream))
            }
        }
    }

    fn ended(mut self) -> Result<Option<i32>> {
        self.child.wait().map(|status| status.code()).map_err(|error| error.to_string())
    }
}

impl Drop for Attachable {
    fn drop(&mut self) {
        // It has ended already where all went well.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// A stream that ends when its writer goes, as an editor's does that dies.
struct Ending(TcpStream);

impl std::io::Write for Ending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let _gone = self.0.shutdown(std::net::Shutdown::Both);
    }
}

fn python_path() -> Result<String> {
    Ok(python()?.path.display().to_string())
}

#[test]
fn a_waiting_program_is_seen_from_its_first_line() -> Result<()> {
    let python = python_path()?;
    let mut waiting =
        Attachable::pausa(&["--python", &python, "--listen", "0", "--wait", &program("hello.py"), "argument"])?;
    let mut editor = waiting.visit()?;
    editor.begin("attach", json!({ "stopOnEntry": true }))?;
    editor.done("configurationDone", Value::Null)?;
    same(editor.stop()?, (program("hello.py"), 1))?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    same(&editor.event("exited")?["exitCode"], &json!(7))?;
    editor.event("terminated")?;
    same(waiting.line()?, "arguments ['argument']".to_owned())?;
    same(waiting.ended()?, Some(7))
}

#[test]
fn an_adapter_connects_and_maps_folders() -> Result<()> {
    let python = python_path()?;
    let waiting = Attachable::pausa(&["--python", &python, "--listen", "0", "--wait", &program("hello.py")])?;
    let port = waiting.place.rsplit(':').next().unwrap_or_default().to_owned();
    let mut editor = adapter()?;
    editor.initialize()?;
    let here = program("");
    let mappings = json!([{ "localRoot": "/on/the/editor's/side", "remoteRoot": here.trim_end_matches('/') }]);
    editor.begin("attach", json!({ "connect": { "host": "localhost", "port": port }, "pathMappings": mappings }))?;
    let local = "/on/the/editor's/side/hello.py";
    let answer = editor.set_breakpoints(local, &[line("hello.py", "result")?])?;
    same(&answer["breakpoints"][0]["source"]["path"], &json!(local))?;
    editor.done("configurationDone", Value::Null)?;
    same(editor.stop()?.0, local.to_owned())?;
    // The capability to restart was promised before it was known that this program is not ours.
    let capabilities = editor.event("capabilities")?;
    same(&capabilities["capabilities"]["supportsRestartRequest"], &json!(false))?;
    check(editor.refused("restart", Value::Null)?.contains("not launched"), || "restarted".into())?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    same(&editor.event("exited")?["exitCode"], &json!(7))?;
    editor.event("terminated")?;
    editor.done("disconnect", Value::Null)?;
    same(editor.adapter_ended()?, Some(0))
}

#[test]
fn an_adapter_waits_for_a_program_to_come() -> Result<()> {
    let port = free_port()?;
    let mut editor = adapter()?;
    editor.initialize()?;
    let attach = editor.send("attach", json!({ "listen": { "port": port } }));
    let python = python_path()?;
    let arguments = ["--python", &python, "--connect", &port.to_string(), "--wait", &program("hello.py")];
    until_listening(port)?;
    let mut coming = pausa(&arguments)?;
    coming.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = coming.spawn().map_err(|error| error.to_string())?;
    let lines = Box::new(BufReader::new(child.stdout.take().ok_or("no output")?));
    let mut coming = Attachable { child, lines, _errors: None, place: String::new() };
    check(editor.answer_to(attach)?["success"] == true, || "attach".into())?;
    editor.event("initialized")?;
    editor.set_breakpoints(&program("hello.py"), &[line("hello.py", "result")?])?;
    editor.done("configurationDone", Value::Null)?;
    editor.event("stopped")?;
    editor.done("disconnect", Value::Null)?;
    same(coming.line()?, "arguments []".to_owned())?;
    same(coming.ended()?, Some(7))
}

/// Waits until somebody listens at a port of this machine, without a visit that would count as one.
fn until_listening(port: u16) -> Result<()> {
    let wanted = format!(":{port:04X} 00000000:0000 0A");
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        let listed = std::fs::read_to_string("/proc/net/tcp").map_err(|error| error.to_string())?;
        if listed.contains(&wanted) {
            return Ok(());
        }
        std::thread::yield_now();
    }
    Err(format!("nobody listens at {port}"))
}

/// A port that was free a moment ago.
fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

#[test]
fn editors_come_and_go_while_a_program_listens() -> Result<()> {
    let package = tempfile::tempdir().map_err(|error| error.to_string())?;
    install_package(package.path(), built()?)?;
    for python in all_pythons()? {
        visit_listening(&python.path, package.path()).map_err(|error| format!("on {}: {error}", python.version))?;
    }
    Ok(())
}

fn visit_listening(python: &std::path::Path, package: &std::path::Path) -> Result<()> {
    let mut command = Command::new(python);
    command.arg(program("listening.py")).env("PYTHONPATH", package).env("PAUSA_BINARY", built()?.join("pausa"));
    command.env_remove("PYTHONBREAKPOINT").stdin(Stdio::null()).stdout(Stdio::piped()).current_dir(binaries::root());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let stdout = child.stdout.take().ok_or("no output")?;
    let lines = Box::new(BufReader::new(stdout));
    let mut listening = Attachable { child, lines, _errors: None, place: String::new() };
    listening.place = listening.line()?.replace(' ', ":");
    // Where nobody attends, breakpoint() stops nothing.
    same(listening.line()? + &listening.line()?, "connected Falsenobody came".to_owned())?;
    let stop_line = i64::from(line("listening.py", "after")?);

    let mut first = listening.visit()?;
    first.begin("attach", json!({}))?;
    first.set_breakpoints(&program("listening.py"), &[line("listening.py", "after")?])?;
    first.done("configurationDone", Value::Null)?;
    first.event("stopped")?;
    // Nobody else may come meanwhile, and to launch something is no use here.
    let mut second = listening.visit()?;
    check(second.refused("attach", json!({}))?.contains("another client"), || "two at once".into())?;
    check(second.refused("launch", json!({}))?.contains("attach"), || "launched".into())?;
    drop(second);
    first.done("continue", json!({ "threadId": 1 }))?;
    same(first.stop()?.1, stop_line)?;
    first.done("disconnect", Value::Null)?;
    first.closed()?;

    // What the first one had set is gone; the second one dies at its stop.
    let mut second = listening.visit()?;
    second.begin("attach", json!({}))?;
    second.done("configurationDone", Value::Null)?;
    second.event("stopped")?;
    second.hang_up();

    let mut third = listening.visit()?;
    while third.begin("attach", json!({})).is_err() {
        // The second one is not gone yet.
        third = listening.visit()?;
    }
    third.done("configurationDone", Value::Null)?;
    third.event("stopped")?;
    third.done("continue", json!({ "threadId": 1 }))?;
    third.event("terminated")?;
    let lines: Vec<String> = (0..4).map(|_| listening.line()).collect::<Result<_>>()?;
    same(lines.join("\n"), "visit 0 True\nvisit 1 True\nvisit 2 True\ndone".to_owned())?;
    same(listening.ended()?, Some(0))
}

#[test]
fn a_token_is_asked_for_where_there_is_one() -> Result<()> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("token");
    std::fs::write(&file, "a secret of this test\n").map_err(|error| error.to_string())?;
    let (python, file) = (python_path()?, file.display().to_string());
    let address = format!("unix:{}/private/socket", folder.path().display());
    let listening = ["--python", &python, "--listen", &address, "--wait", "--token-file", &file, &program("hello.py")];
    let waiting = Attachable::pausa(&listening)?;
    for wrong in [json!({}), json!({ "token": "another" }), json!({ "token": 3 })] {
        let mut editor = waiting.visit()?;
        check(editor.refused("attach", wrong)?.contains("token"), || "let in".into())?;
        editor.closed()?;
    }
    let mut editor = waiting.visit()?;
    editor.begin("attach", json!({ "token": "a secret of this test" }))?;
    editor.done("configurationDone", Value::Null)?;
    same(&editor.event("exited")?["exitCode"], &json!(7))
}

#[test]
fn nobody_listens_beyond_this_machine_without_a_token() -> Result<()> {
    let python = python_path()?;
    let program = program("hello.py");
    for arguments in [&["dap", "--listen", "0.0.0.0:0"][..], &["--python", &python, "--listen", "0.0.0.0:0", &program]]
    {
        let output = pausa(arguments)?.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        check(said.contains("--token-file") && said.lines().count() == 1, || said.clone())?;
        same(output.status.code(), Some(2))?;
    }
    Ok(())
}

#[test]
fn what_cannot_be_attached_to_is_said() -> Result<()> {
    let mut editor = adapter()?;
    editor.initialize()?;
    let port = free_port()?;
    for (arguments, why) in [
        (json!({}), "connect"),
        (json!({ "processId": std::process::id() }), "runs no Python"),
        (json!({ "processId": "0" }), "no process's id"),
        (json!({ "connect": { "port": port } }), "nobody answers"),
        (json!({ "connect": { "port": "${port}" } }), "no number"),
        (json!({ "listen": { "host": "0.0.0.0", "port": 0 } }), "token"),
    ] {
        let text = editor.refused("attach", arguments)?;
        check(text.contains(why), || format!("{text:?} does not say {why:?}"))?;
    }
    Ok(())
}

/// The program is held while nobody attends, and the next editor is told where it stands.
#[test]
fn a_program_may_be_left_suspended() -> Result<()> {
    for python in all_pythons()? {
        let path = python.path.display().to_string();
        let mut waiting = Attachable::pausa(&["--python", &path, "--listen", "0", "--wait", &program("hello.py")])?;
        let mut first = waiting.visit()?;
        same(&first.capabilities()["supportSuspendDebuggee"], &json!(true))?;
        first.begin("attach", json!({}))?;
        first.set_breakpoints(&program("hello.py"), &[line("hello.py", "result")?])?;
        first.done("configurationDone", Value::Null)?;
        first.event("stopped")?;
        first.done("disconnect", json!({ "suspendDebuggee": true }))?;
        first.closed()?;
        let mut second = waiting.visit()?;
        second.begin("attach", json!({}))?;
        second.done("configurationDone", Value::Null)?;
        let stopped = second.event("stopped")?;
        same(&stopped["reason"], &json!("pause"))?;
        let stack = second.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
        same(&stack["stackFrames"][0]["line"], &json!(line("hello.py", "result")?))?;
        second.done("continue", json!({ "threadId": stopped["threadId"] }))?;
        same(&second.event("exited")?["exitCode"], &json!(7))?;
        same(waiting.line()?, "arguments []".to_owned())?;
        same(waiting.ended()?, Some(7))?;
    }
    Ok(())
}

/// One that runs when its client leaves it so stops for the next one.
#[test]
fn a_running_program_is_suspended_for_who_comes_next() -> Result<()> {
    let python = python_path()?;
    let waiting = Attachable::pausa(&["--python", &python, "--listen", "0", "--wait", &program("forever.py")])?;
    let mut first = waiting.visit()?;
    first.begin("attach", json!({}))?;
    first.done("configurationDone", Value::Null)?;
    first.done("disconnect", json!({ "suspendDebuggee": true }))?;
    first.closed()?;
    let mut second = waiting.visit()?;
    second.begin("attach", json!({}))?;
    second.done("configurationDone", Value::Null)?;
    same(&second.event("stopped")?["reason"], &json!("pause"))?;
    second.done("disconnect", json!({ "terminateDebuggee": true })).map(drop)
}
