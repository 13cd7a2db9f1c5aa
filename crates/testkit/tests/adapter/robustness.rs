//! What no editor should send: garbage, half messages, lengths of gigabytes.

use std::process::Stdio;

use pausa_testkit::Result;
use pausa_testkit::editor::{Editor, frame};
use serde_json::{Value, json};

use crate::{adapter, check, is_alive, pausa, same, stopped_at};

#[test]
fn a_stream_that_is_no_protocol_ends_the_adapter_and_no_more() -> Result<()> {
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"Content-Length: 4294967296\r\n\r\n", b"\0\xff\r\n\r\n"] {
        let mut editor = adapter()?;
        editor.initialize()?;
        editor.send_bytes(garbage);
        editor.closed()?;
        same(editor.adapter_ended()?, Some(0))?;
    }
    Ok(())
}

#[test]
fn a_client_that_dies_in_mid_sentence_takes_its_program_along() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    let pid = editor.event("process")?["systemProcessId"].clone();
    let request = frame(&json!({ "seq": 9, "type": "request", "command": "continue", "arguments": { "threadId": 1 } }));
    editor.send_bytes(request.get(..request.len() / 2).unwrap_or_default());
    editor.hang_up();
    same(editor.adapter_ended()?, Some(0))?;
    check(!is_alive(&pid), || "it lives".into())
}

#[test]
fn messages_that_mean_nothing_are_passed_over() -> Result<()> {
    let mut editor = stopped_at("hello.py", "result", json!({}))?;
    for nonsense in [
        json!([]),
        json!({ "type": "gossip" }),
        json!({ "type": "event", "event": "stopped" }),
        json!({ "type": "response", "request_seq": 77, "success": true }),
        json!({ "type": "request", "seq": "x", "command": "next" }),
    ] {
        editor.send_bytes(&frame(&nonsense));
    }
    editor.send_bytes(b"Content-Length: 3\r\n\r\n{\"\xff");
    // Also numbers that come again, or count down, are answered as they are.
    editor.send_bytes(&frame(&json!({ "seq": 0, "type": "request", "command": "threads" })));
    check(editor.answer_to(0)?["success"] == true, || "number 0".into())?;
    editor.done("continue", json!({ "threadId": 1 }))?;
    same(&editor.event("exited")?["exitCode"], &json!(7))
}

#[test]
fn several_editors_share_a_listening_adapter() -> Result<()> {
    use std::io::{BufRead, BufReader};

    let mut command = pausa(&["dap", "--listen", "0"])?;
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    let mut listening = command.spawn().map_err(|error| error.to_string())?;
    let stderr = listening.stderr.take().ok_or("no standard error")?;
    let mut said = String::new();
    BufReader::new(stderr).read_line(&mut said).map_err(|error| error.to_string())?;
    let place = said.trim_end().rsplit(' ').next().unwrap_or_default().to_owned();
    let visit = || {
        let failed = |error: std::io::Error| format!("{place}: {error}");
        let stream = std::net::TcpStream::connect(&place).map_err(failed)?;
        Editor::over(stream.try_clone().map_err(failed)?, stream)
    };
    let outcome = (|| {
        let (mut one, mut two) = (visit()?, visit()?);
        one.send_bytes(b"nonsense\r\n\r\n");
        one.closed()?;
        two.initialize()?;
        let mut three = visit()?;
        three.initialize()?;
        three.done("disconnect", Value::Null)?;
        three.closed()?;
        two.done("disconnect", Value::Null)?;
        two.closed()
    })();
    let _ended = listening.kill().and_then(|()| listening.wait());
    outcome
}
