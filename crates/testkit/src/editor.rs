//! An editor: a client of the Debug Adapter Protocol that sees every message as it is.
//!
//! Used by `tests/adapter`. Invariant: each message that arrives is held against the schema where that is at hand, is
//! numbered one higher than the last, and nothing precedes the answer to `initialize`; every wait has a deadline.

use std::io::{Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use pausa_dap::framing::Decoder;
use serde_json::{Value, json};

use crate::Result;
use crate::schema::Schema;

const DEADLINE: Duration = Duration::from_secs(30);

/// A connection to an adapter.
pub struct Editor {
    writer: Option<Box<dyn Write + Send>>,
    arrived: Receiver<Value>,
    /// Messages that were passed over while another one was waited for.
    kept: Vec<Value>,
    schema: Option<Schema>,
    last_sent: i64,
    last_received: i64,
    capabilities: Option<Value>,
    adapter: Option<Child>,
    terminals: Vec<Child>,
}

impl Editor {
    /// Starts an adapter and speaks with it over its standard streams.
    pub fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("cannot start the adapter: {error}"))?;
        let (stdin, stdout): (Option<ChildStdin>, Option<ChildStdout>) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else { return Err("the adapter has no streams".into()) };
        let mut editor = Self::over(stdout, stdin)?;
        editor.adapter = Some(child);
        Ok(editor)
    }

    /// Speaks over a connection.
    pub fn over(mut reader: impl Read + Send + 'static, writer: impl Write + Send + 'static) -> Result<Self> {
        let (sender, arrived) = channel();
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            let mut decoder = Decoder::new();
            while let Ok(count @ 1..) = reader.read(&mut chunk) {
                decoder.feed(chunk.get(..count).unwrap_or_default());
                while let Ok(Some(message)) = decoder.next_message() {
                    // What is received is written again, which keeps all that there is in it.
                    let value = serde_json::from_str(&message.to_string()).unwrap_or_default();
                    if sender.send(value).is_err() {
                        return;
                    }
                }
            }
        });
        Ok(Self {
            writer: Some(Box::new(writer)),
            arrived,
            kept: Vec::new(),
            schema: Schema::find()?,
            last_sent: 0,
            last_received: 0,
            capabilities: None,
            adapter: None,
            terminals: Vec::new(),
        })
    }

    /// Whether messages are held against the schema.
    pub fn has_schema(&self) -> bool {
        self.schema.is_some()
    }

    /// What the adapter said that it can do; null before it has.
    pub fn capabilities(&self) -> &Value {
        self.capabilities.as_ref().unwrap_or(&Value::Null)
    }

    /// Sends a request; its number.
    pub fn send(&mut self, command: &str, arguments: Value) -> i64 {
        self.last_sent += 1;
        let mut request = json!({ "seq": self.last_sent, "type": "request", "command": command });
        if !arguments.is_null() {
            request["arguments"] = arguments;
        }
        self.send_bytes(&frame(&request));
        self.last_sent
    }

    /// Sends any bytes. That nobody reads them any more is seen at the next wait.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        if let Some(writer) = &mut self.writer {
            let _gone = writer.write_all(bytes).and_then(|()| writer.flush());
        }
    }

    /// Sends a request and waits for its answer, whether that is a success or not.
    pub fn ask(&mut self, command: &str, arguments: Value) -> Result<Value> {
        let seq = self.send(command, arguments);
        self.answer_to(seq)
    }

    /// Waits for the answer to a request.
    pub fn answer_to(&mut self, seq: i64) -> Result<Value> {
        self.until(&format!("an answer to request {seq}"), |message| {
            message["type"] == "response" && message["request_seq"] == seq
        })
    }

    /// Sends a request that must succeed; the body of its answer.
    pub fn done(&mut self, command: &str, arguments: Value) -> Result<Value> {
        let mut answer = self.ask(command, arguments)?;
        if answer["success"] == true { Ok(answer["body"].take()) } else { Err(format!("{command}: {answer}")) }
    }

    /// Sends a request that must be refused; the text for the user.
    pub fn refused(&mut self, command: &str, arguments: Value) -> Result<String> {
        let answer = self.ask(command, arguments)?;
        match answer["body"]["error"]["format"].as_str() {
            Some(text) if answer["success"] == false => Ok(text.to_owned()),
            _ => Err(format!("{command} is not refused: {answer}")),
        }
    }

    /// Waits for the next event of a kind that has not been waited for; its body.
    pub fn event(&mut self, name: &str) -> Result<Value> {
        let found =
            self.until(&format!("the event {name}"), |message| message["type"] == "event" && message["event"] == name);
        found.map(|mut event| event["body"].take())
    }

    /// Waits for an event or for the answer to a request that is refused, whichever comes first; that answer, if it is it.
    pub fn event_or_answer(&mut self, name: &str, seq: i64) -> Result<Option<Value>> {
        let found = self.until(&format!("the event {name}"), |message| {
            message["event"] == name || (message["request_seq"] == seq && message["success"] == false)
        })?;
        Ok((found["type"] == "response").then_some(found))
    }

    /// All events of a kind that have arrived and were passed over so far.
    pub fn passed_over(&self, name: &str) -> Vec<&Value> {
        self.kept.iter().filter(|message| message["event"] == name).map(|event| &event["body"]).collect()
    }

    /// Waits until the program has written a text.
    pub fn written(&mut self, text: &str) -> Result<()> {
        self.until(&format!("the text {text:?}"), |message| {
            message["event"] == "output"
                && message["body"]["output"].as_str().is_some_and(|output| output.contains(text))
        })
        .map(drop)
    }

    /// `initialize`, as an editor with terminals.
    pub fn initialize(&mut self) -> Result<Value> {
        let facts = json!({
            "adapterID": "pausa",
            "supportsRunInTerminalRequest": true,
            "supportsArgsCanBeInterpretedByShell": true,
        });
        self.initialize_as(facts)
    }

    /// `initialize`, as an editor that says this of itself.
    pub fn initialize_as(&mut self, facts: Value) -> Result<Value> {
        self.done("initialize", facts)
    }

    /// The same, as an editor that also starts sessions when it is asked to.
    pub fn initialize_with_sessions(&mut self) -> Result<Value> {
        self.done("initialize", json!({ "adapterID": "pausa", "supportsStartDebuggingRequest": true }))
    }

    /// Waits until it is asked to start a session; the request, to be answered.
    pub fn asked_for_session(&mut self) -> Result<Value> {
        self.until("startDebugging", |message| message["type"] == "request" && message["command"] == START_DEBUGGING)
    }

    /// Answers what it was asked.
    pub fn reply(&mut self, request: &Value, success: bool, message: &str) {
        self.last_sent += 1;
        self.send_bytes(&frame(&json!({
            "seq": self.last_sent, "type": "response", "request_seq": request["seq"], "success": success,
            "command": request["command"], "message": message,
        })));
    }

    /// Sends `launch` or `attach` and waits until breakpoints may be set.
    pub fn begin(&mut self, command: &str, arguments: Value) -> Result<()> {
        let seq = self.send(command, arguments);
        let found = self.until("the start of the program", |message| {
            message["event"] == "initialized" || (message["request_seq"] == seq && message["success"] == false)
        })?;
        if found["type"] == "event" { Ok(()) } else { Err(found["message"].to_string()) }
    }

    /// Sets breakpoints in lines of a file; the answer.
    pub fn set_breakpoints(&mut self, path: &str, lines: &[u32]) -> Result<Value> {
        let breakpoints: Vec<Value> = lines.iter().map(|line| json!({ "line": line })).collect();
        self.done("setBreakpoints", json!({ "source": { "path": path }, "breakpoints": breakpoints }))
    }

    /// Waits for the next stop; path and line of the innermost frame.
    pub fn stop(&mut self) -> Result<(String, i64)> {
        let stopped = self.event("stopped")?;
        let stack = self.done("stackTrace", json!({ "threadId": stopped["threadId"] }))?;
        let frame = &stack["stackFrames"][0];
        Ok((frame["source"]["path"].as_str().unwrap_or_default().to_owned(), frame["line"].as_i64().unwrap_or(0)))
    }

    /// Waits for the next stop or the end of the session; what the stop tells.
    pub fn stop_or_end(&mut self) -> Result<Option<Value>> {
        let found = self
            .until("a stop, or the end", |message| message["event"] == "stopped" || message["event"] == "terminated")?;
        Ok((found["event"] == "stopped").then(|| found["body"].clone()))
    }

    /// Waits until the adapter has closed the connection.
    pub fn closed(&mut self) -> Result<()> {
        match self.until("the end of the connection", |_| false) {
            Err(error) if error.ends_with(CLOSED) => Ok(()),
            Err(error) => Err(error),
            Ok(message) => Err(format!("a message instead of the end: {message}")),
        }
    }

    /// Goes away without a word.
    pub fn hang_up(&mut self) {
        self.writer = None;
    }

    /// Waits for the end of the adapter's process; its exit code.
    pub fn adapter_ended(&mut self) -> Result<Option<i32>> {
        let mut adapter = self.adapter.take().ok_or("there is no process of the adapter")?;
        let (ended, end) = channel();
        thread::spawn(move || ended.send(adapter.wait()));
        let status = end.recv_timeout(DEADLINE).map_err(|_| "the adapter does not end".to_owned())?;
        status.map(|status| status.code()).map_err(|error| error.to_string())
    }

    /// What the adapter's process says on standard error.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.adapter.as_mut()?.stderr.take()
    }

    fn until(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
        if let Some(at) = self.kept.iter().position(&is) {
            return Ok(self.kept.remove(at));
        }
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.arrived.recv_timeout(left) {
                Ok(message) => {
                    self.check(&message)?;
                    if message["type"] == "request" && message["command"] != START_DEBUGGING {
                        self.run_in_terminal(&message)?;
                    } else if is(&message) {
                        return Ok(message);
                    } else {
                        self.kept.push(message);
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Err(format!("waited in vain for {what}: {:#?}", self.kept)),
                Err(RecvTimeoutError::Disconnected) => return Err(format!("waited for {what}, but {CLOSED}")),
            }
        }
    }

    fn check(&mut self, message: &Value) -> Result<()> {
        if let Some(schema) = &self.schema {
            schema.check(message)?;
        }
        let seq = message["seq"].as_i64().unwrap_or_default();
        if seq != self.last_received + 1 {
            return Err(format!("number {seq} follows {}: {message}", self.last_received));
        }
        self.last_received = seq;
        if message["command"] == "initialize" && message["success"] == true {
            self.capabilities.get_or_insert_with(|| message["body"].clone());
        }
        if self.capabilities.is_none() && message["type"] != "response" {
            return Err(format!("this precedes the answer to initialize: {message}"));
        }
        Ok(())
    }

    /// Does what an editor does that has terminals; what runs there has no terminal, but has our streams.
    fn run_in_terminal(&mut self, request: &Value) -> Result<()> {
        let arguments = &request["arguments"];
        let words: Vec<String> =
            serde_json::from_value(arguments["args"].clone()).map_err(|error| error.to_string())?;
        let mut command = if arguments["argsCanBeInterpretedByShell"] == true {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(words.join(" "));
            shell
        } else {
            let (program, words) = words.split_first().ok_or("nothing to run in a terminal")?;
            let mut command = Command::new(program);
            command.args(words);
            command
        };
        command.current_dir(arguments["cwd"].as_str().unwrap_or_default()).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        let child = command.spawn().map_err(|error| format!("cannot run in a terminal: {error}"))?;
        self.last_sent += 1;
        let answer = json!({
            "seq": self.last_sent, "type": "response", "request_seq": request["seq"], "success": true,
            "command": request["command"], "body": { "shellProcessId": child.id() },
        });
        self.terminals.push(child);
        self.send_bytes(&frame(&answer));
        Ok(())
    }
}

const START_DEBUGGING: &str = "startDebugging";

const CLOSED: &str = "the adapter closed the connection";

/// A message as bytes.
pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

impl Drop for Editor {
    fn drop(&mut self) {
        for child in self.terminals.iter_mut().chain(&mut self.adapter) {
            // It has ended already where all went well.
            let _ended = child.kill().and_then(|()| child.wait());
        }
    }
}
