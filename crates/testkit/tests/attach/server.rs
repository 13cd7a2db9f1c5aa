//! A web server that is attached to, stopped, stepped and left at random while it is asked: no answer is lost, and
//! nothing stays.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use pausa_testkit::Result;
use pausa_testkit::editor::Editor;
use serde_json::{Value, json};

use crate::target::Target;
use crate::{all_pythons, attached, check, line, program};

/// Asks without end, until it is told to stop; what was answered.
struct Visitor {
    done: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    thread: JoinHandle<Result<()>>,
}

impl Visitor {
    fn start(port: u16) -> Self {
        let (done, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (is_done, count) = (Arc::clone(&done), Arc::clone(&answered));
        let thread = thread::spawn(move || {
            while !is_done.load(Ordering::Relaxed) {
                let number = count.load(Ordering::Relaxed);
                ask(port, number).map_err(|error| format!("request {number}: {error}"))?;
                count.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        Self { done, answered, thread }
    }

    /// Waits until it has been answered once more.
    fn progress(&self) {
        let before = self.answered.load(Ordering::Relaxed);
        while self.answered.load(Ordering::Relaxed) == before && !self.thread.is_finished() {
            thread::yield_now();
        }
    }

    fn end(self) -> Result<u64> {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| "the visitor has panicked".to_owned())??;
        Ok(self.answered.load(Ordering::Relaxed))
    }
}

fn ask(port: u16, number: u64) -> Result<()> {
    let failed = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).map_err(failed)?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).map_err(failed)?;
    write!(stream, "GET /{number} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").map_err(failed)?;
    let mut text = String::new();
    stream.read_to_string(&mut text).map_err(failed)?;
    check(text.ends_with(&format!("{{\"square\": {}}}", number * number)), || format!("answered {text:?}"))
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

#[test]
fn no_request_is_lost() -> Result<()> {
    for python in all_pythons()? {
        let mut command = Command::new(&python.path);
        command.arg(program("server.py"));
        let target = Target::of(command)?;
        let port = target.greeting.rsplit(' ').next().and_then(|port| port.parse().ok()).ok_or("no port")?;
        let visitor = Visitor::start(port);
        let failed = |error: String| format!("{}: {error}", python.label());
        let mut numbers = Numbers(u64::from(port));
        for _ in 0..12 {
            let began = debug(&target, &mut numbers);
            began.map_err(failed)?;
            visitor.progress();
        }
        let answered = visitor.end().map_err(failed)?;
        println!("{}: {answered} requests answered", python.label());
        target.is_as_it_was().map_err(failed)?;
    }
    Ok(())
}

/// One visit: breakpoints or not, stops, steps, and one of the ways to leave.
fn debug(target: &Target, numbers: &mut Numbers) -> Result<()> {
    let mut editor = attached(target.pid(), json!({ "stopOnEntry": numbers.below(2) == 0 }))?;
    let markers = ["answer", "square"];
    let marker = markers[numbers.below(2) as usize];
    let breaks = numbers.below(4) != 0;
    if breaks {
        editor.set_breakpoints(&program("server.py"), &[line("server.py", marker)?])?;
    }
    editor.done("configurationDone", Value::Null)?;
    if breaks {
        for _ in 0..numbers.below(6) {
            go_on(&mut editor, numbers)?;
        }
    }
    match numbers.below(3) {
        // Without a word, perhaps in the middle of a stop.
        0 => drop(editor),
        _ => drop(editor.done("disconnect", Value::Null)?),
    }
    Ok(())
}

fn go_on(editor: &mut Editor, numbers: &mut Numbers) -> Result<()> {
    let thread = editor.event("stopped")?["threadId"].clone();
    let request = ["next", "stepIn", "stepOut", "continue"][numbers.below(4) as usize];
    // Another thread may have stopped and this request be about one that is not: what counts is that it is answered.
    editor.ask(request, json!({ "threadId": thread })).map(drop)
}
