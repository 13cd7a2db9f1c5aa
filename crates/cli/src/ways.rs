//! Other ways to the same prompt, for tests: the program is launched by `pausa dap`, or comes by `pausa --connect`, and the
//! prompt is an editor to it. In no build that is shipped (the feature `ways`).
//!
//! Chosen by PAUSA_TEST_WAY, used by `launcher`. Invariant: what a user sees of the program is the same by every way.

use std::ffi::OsString;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use pausa_dap::message::{Message, Request, Response};
use pausa_dap::requests::{Attach, Initialize, Launch as LaunchRequest, Request as _};
use pausa_dap::{Inbox, framing};
use pausa_hub::{Address, Launch, Listener, Process, Stream, Target};
use pausa_terminal::debuggee::{self, Ended, Fate, Launched};
use serde_json::{Value, json};

use crate::launcher::describe;

/// Starts the program by the way that the environment names, if it names one.
pub fn launch(launch: &Launch, python: &str) -> Option<Result<Launched, String>> {
    let launched = match std::env::var("PAUSA_TEST_WAY").ok()?.as_str() {
        "launch" => by_adapter(launch),
        "connect" => by_connection(launch),
        way => Err(io::Error::other(format!("PAUSA_TEST_WAY is launch or connect, not {way}"))),
    };
    let launched = launched.and_then(|(stream, program)| {
        Ok(Launched {
            reader: Box::new(stream.try_clone()?),
            writer: Box::new(stream),
            process: Some(Arc::new(program)),
            python: python.to_owned(),
        })
    });
    Some(launched.map_err(|error| error.to_string()))
}

/// The program in a process group with what started it, once it has been started.
#[derive(Clone, Default)]
pub struct Wayfarer(Arc<(Mutex<Option<Process>>, Condvar)>);

impl Wayfarer {
    fn set(&self, process: Process) {
        let (known, changed) = &*self.0;
        *known.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
        changed.notify_all();
    }

    fn process(&self) -> Process {
        let (known, changed) = &*self.0;
        let mut process = known.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(process) = &*process {
                return process.clone();
            }
            process = changed.wait(process).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl debuggee::Process for Wayfarer {
    fn pid(&self) -> i32 {
        self.process().pid()
    }

    fn wait(&self) -> Ended {
        match self.process().wait() {
            // What stands between us and the program ends as a shell does.
            pausa_hub::Ended::Code(code) if code > 128 => Ended::Signal(code - 128),
            pausa_hub::Ended::Code(code) => Ended::Code(code),
            pausa_hub::Ended::Signal(signal) => Ended::Signal(signal),
        }
    }

    fn fate(&self) -> Fate {
        // Who stands between us and the program goes when that has ended, and not before.
        Fate::Ended(None)
    }

    fn describe(&self, ended: Ended) -> String {
        describe(ended)
    }

    fn kill(&self) {
        self.process().kill_group();
    }

    fn interrupt(&self) {
        self.process().interrupt();
    }

    fn terminal(&self) -> Option<BorrowedFd<'_>> {
        None
    }

    fn resize(&self, _rows: u16, _columns: u16) -> io::Result<()> {
        Ok(())
    }
}

/// `pausa --connect`, which dials us.
fn by_connection(launch: &Launch) -> io::Result<(UnixStream, Wayfarer)> {
    let folder = tempfile::Builder::new().prefix("pausa-way-").tempdir()?;
    let address = Address::Unix(folder.path().join("private/socket"));
    let listener = Listener::bind(&address, false).map_err(io::Error::other)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--python").arg(&launch.python).arg("--connect").arg(address.to_string()).arg("--wait");
    if let Some(backend) = &launch.backend {
        command.args(["--backend", backend]);
    }
    command.args(words(launch)).env_remove("PAUSA_TEST_WAY").env_remove("PAUSA_BACKEND");
    let wayfarer = Wayfarer::default();
    wayfarer.set(Process::start(command)?);
    match listener.accept()? {
        Stream::Unix(stream) => Ok((stream, wayfarer)),
        Stream::Tcp(_) => Err(io::Error::other("a Unix socket accepted something else")),
    }
}

/// FILE or -m MODULE, and the program's own arguments.
fn words(launch: &Launch) -> Vec<OsString> {
    let mut words = match &launch.target {
        Target::File(file) => vec![file.into()],
        Target::Module(module) => vec!["-m".into(), module.into()],
        Target::Code(code) => vec!["-c".into(), code.into()],
    };
    words.extend(launch.args.iter().cloned());
    words
}

/// `pausa dap`, and between it and the prompt what makes the prompt an editor with terminals.
fn by_adapter(launch: &Launch) -> io::Result<(UnixStream, Wayfarer)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("dap").env_remove("PAUSA_TEST_WAY").stdin(Stdio::piped()).stdout(Stdio::piped());
    if let Some(backend) = &launch.backend {
        command.env("PAUSA_BACKEND", backend);
    }
    let mut adapter = command.spawn()?;
    let (ours, theirs) = UnixStream::pair()?;
    let wayfarer = Wayfarer::default();
    let bridge = Bridge { launch: launch_arguments(launch)?, wayfarer: wayfarer.clone() };
    let (prompt, adapter_input) = (theirs.try_clone()?, Shared::of(&mut adapter)?);
    let (output, answers) = (adapter.stdout.take(), adapter_input.clone());
    let asking = bridge.clone();
    thread::Builder::new().spawn(move || asking.carry_requests(prompt, &adapter_input))?;
    thread::Builder::new().spawn(move || {
        if let Some(output) = output {
            bridge.carry_answers(output, theirs, &answers);
        }
        // The adapter waits for its program to end.
        let _ended = adapter.wait();
    })?;
    Ok((ours, wayfarer))
}

fn launch_arguments(launch: &Launch) -> io::Result<Value> {
    let args: Vec<_> = launch.args.iter().map(|word| word.to_string_lossy()).collect();
    let folder = std::env::current_dir()?;
    let mut arguments =
        json!({ "python": launch.python, "args": args, "cwd": folder, "console": "integratedTerminal" });
    match &launch.target {
        Target::File(file) => arguments["program"] = json!(file),
        Target::Module(module) => arguments["module"] = json!(module),
        Target::Code(code) => arguments["code"] = json!(code),
    }
    Ok(arguments)
}

/// The adapter's input, to which both directions write.
#[derive(Clone)]
struct Shared(Arc<Mutex<std::process::ChildStdin>>);

impl Shared {
    fn of(adapter: &mut Child) -> io::Result<Self> {
        let input = adapter.stdin.take().ok_or_else(|| io::Error::other("the adapter has no input"))?;
        Ok(Self(Arc::new(Mutex::new(input))))
    }

    fn send(&self, message: &Message) {
        use io::Write;
        // Whoever reads it has gone, which the other direction sees.
        let _gone = self.0.lock().unwrap_or_else(PoisonError::into_inner).write_all(&framing::encode(message));
    }
}

#[derive(Clone)]
struct Bridge {
    launch: Value,
    wayfarer: Wayfarer,
}

impl Bridge {
    /// What the prompt asks: its `attach` is a `launch`, and it has terminals.
    fn carry_requests(&self, prompt: UnixStream, adapter: &Shared) {
        let mut inbox = Inbox::new(prompt);
        while let Ok(Some(message)) = inbox.receive() {
            let Message::Request(Request { seq, mut command, mut arguments }) = message else { continue };
            if command == Initialize::COMMAND {
                arguments["supportsRunInTerminalRequest"] = true.into();
            } else if command == Attach::COMMAND {
                command = LaunchRequest::COMMAND.to_owned();
                let mut launch = self.launch.clone();
                for (name, value) in arguments.as_object().into_iter().flatten() {
                    launch[name] = value.clone();
                }
                arguments = launch;
            }
            adapter.send(&Message::Request(Request { seq, command, arguments }));
        }
        adapter.send(&Message::Request(Request {
            seq: i64::MAX,
            command: "disconnect".into(),
            arguments: Value::Null,
        }));
    }

    /// What the adapter says; what it asks is done here.
    fn carry_answers(&self, adapter: std::process::ChildStdout, mut prompt: UnixStream, input: &Shared) {
        use io::Write;
        let mut inbox = Inbox::new(adapter);
        while let Ok(Some(message)) = inbox.receive() {
            if let Message::Request(request) = message {
                self.run_in_terminal(&request, input);
            } else if prompt.write_all(&framing::encode(&message)).is_err() {
                break;
            }
        }
        let _gone = prompt.shutdown(std::net::Shutdown::Both);
    }

    fn run_in_terminal(&self, request: &Request, adapter: &Shared) {
        let words: Vec<String> = serde_json::from_value(request.arguments["args"].clone()).unwrap_or_default();
        let folder = PathBuf::from(request.arguments["cwd"].as_str().unwrap_or_default());
        let started = words.split_first().map(|(program, words)| {
            let mut command = Command::new(program);
            command.args(words).current_dir(folder).env_remove("PAUSA_TEST_WAY").env_remove("PAUSA_BACKEND");
            Process::start(command)
        });
        let success = matches!(started, Some(Ok(_)));
        if let Some(Ok(process)) = started {
            self.wayfarer.set(process);
        }
        adapter.send(&Message::Response(Response {
            seq: i64::MAX,
            request_seq: request.seq,
            success,
            command: request.command.clone(),
            ..Default::default()
        }));
    }
}
