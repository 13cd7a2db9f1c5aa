//! A program to attach to, and what can be seen of it from outside.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pausa_testkit::Result;
use serde_json::Value;

use crate::{check, program, same};

/// How long a program has to answer.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// How long the answer to a signal is waited for before the signal is sent again.
const UNHEARD: Duration = Duration::from_secs(2);

/// A running program; killed when the test is over.
pub struct Target {
    child: Child,
    /// The program: what was started, or the child that this has.
    program: u32,
    lines: Receiver<String>,
    before: Option<Outside>,
    /// What it said when it was ready.
    pub greeting: String,
}

/// What a debugger could leave in a process, as the system tells it.
#[derive(Debug, PartialEq, Eq)]
struct Outside {
    descriptors: usize,
    threads: usize,
    /// Mappings in which code could be written.
    writable_code: usize,
    files: Vec<String>,
}

impl Target {
    /// Starts `target.py KIND` with a Python, and waits until it is ready.
    pub fn start(python: &Path, kind: &str) -> Result<Self> {
        let mut command = Command::new(python);
        command.arg(program("target.py")).arg(kind);
        Self::of(command)
    }

    /// Starts a command, and waits until it is ready.
    pub fn of(command: Command) -> Result<Self> {
        Self::begin(command, Some)
    }

    /// The same for a command that starts the program as its child.
    pub fn child_of(command: Command) -> Result<Self> {
        Self::begin(command, |pid| {
            let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?;
            children.split_whitespace().next()?.parse().ok()
        })
    }

    fn begin(mut command: Command, program: impl Fn(u32) -> Option<u32>) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let own = child.id();
        let mut target = Self { child, program: own, lines: lines(stdout), before: None, greeting: String::new() };
        target.greeting = target.line()?;
        check(target.greeting.starts_with("ready"), || format!("{command:?} says {}", target.greeting))?;
        target.program = program(own).ok_or("the program has no process")?;
        // A process of the same number may have been attached to before, by somebody who was killed.
        target.before = Some(Outside { files: Vec::new(), ..target.outside()? });
        Ok(target)
    }

    pub fn pid(&self) -> u32 {
        self.program
    }

    /// Its id for a command line.
    pub fn id(&self) -> String {
        self.pid().to_string()
    }

    /// The next line that it writes.
    pub fn line(&self) -> Result<String> {
        self.lines.recv_timeout(DEADLINE).map_err(|_| format!("process {} says nothing", self.pid()))
    }

    /// Passes over what it has written until it says what it was asked.
    pub fn forget_lines(&self) {
        while self.lines.try_recv().is_ok() {}
    }

    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill(Pid::from_raw(self.pid().cast_signed()), signal).map_err(|errno| errno.to_string())
    }

    /// Checks that nothing of a debugger is in it: by what it says itself, and from outside.
    pub fn is_as_it_was(&self) -> Result<()> {
        self.is_left()?;
        let deadline = Instant::now() + DEADLINE;
        // Its handler may run in the middle of the agent's leaving, which happens on a thread of the program's.
        loop {
            self.signal(Signal::SIGUSR1)?;
            // One that comes while a thread is on its way into `acquire()` is heard by Python when the next one interrupts it.
            let Ok(said) = self.lines.recv_timeout(UNHEARD) else {
                check(Instant::now() < deadline, || format!("process {} says nothing", self.pid()))?;
                continue;
            };
            let inside: Value = serde_json::from_str(&said).map_err(|error| format!("{said:?}: {error}"))?;
            let clean = inside["trace"] == false
                && inside["hook"] == false
                && inside["names"] == Value::Array(Vec::new())
                && inside["tools"].as_array().is_none_or(Vec::is_empty);
            if clean {
                break;
            }
            check(Instant::now() < deadline, || format!("it says of itself: {inside}"))?;
        }
        let before = self.before.as_ref().ok_or("it was never looked at")?;
        let mut now = self.outside()?;
        while now != *before && Instant::now() < deadline {
            thread::yield_now();
            now = self.outside()?;
        }
        same(&now, before)
    }

    /// Waits until no thread of the agent's is in it: the last ends a moment after its client was told.
    pub fn is_left(&self) -> Result<()> {
        let deadline = Instant::now() + DEADLINE;
        let is_ours = |entry: fs::DirEntry| {
            fs::read_to_string(entry.path().join("comm")).is_ok_and(|name| name.starts_with("pausa"))
        };
        let tasks = format!("/proc/{}/task", self.pid());
        while fs::read_dir(&tasks).into_iter().flatten().flatten().any(is_ours) {
            check(Instant::now() < deadline, || "a thread of the agent's does not end".into())?;
            thread::yield_now();
        }
        Ok(())
    }

    /// How far it has come, as it says itself.
    pub fn count(&self) -> Result<u64> {
        self.number("count")
    }

    /// What it says of itself by this name.
    pub fn number(&self, name: &str) -> Result<u64> {
        self.signal(Signal::SIGUSR1)?;
        let said = self.line()?;
        let inside: Value = serde_json::from_str(&said).map_err(|error| format!("{said:?}: {error}"))?;
        inside[name].as_u64().ok_or_else(|| format!("no {name} in {inside}"))
    }

    /// What is armed in it, as it finds by looking into its interpreter: an empty object for nothing.
    pub fn armed(&self) -> Result<Value> {
        self.signal(Signal::SIGUSR2)?;
        let said = self.line()?;
        serde_json::from_str(&said).map_err(|error| format!("{said:?}: {error}"))
    }

    /// Takes what can be seen of it now for what it is without a debugger.
    pub fn look_again(&mut self) -> Result<()> {
        self.before = Some(self.outside()?);
        Ok(())
    }

    /// How many mappings it has in which code could be written.
    pub fn writable_code(&self) -> Result<usize> {
        Ok(self.outside()?.writable_code)
    }

    fn outside(&self) -> Result<Outside> {
        let folder = format!("/proc/{}", self.pid());
        let count = |name: &str| fs::read_dir(format!("{folder}/{name}")).map_or(0, Iterator::count);
        let maps = fs::read_to_string(format!("{folder}/maps")).map_err(|error| error.to_string())?;
        let writable_code = maps.lines().filter(|line| line.contains(" rwxp ")).count();
        Ok(Outside { descriptors: count("fd"), threads: count("task"), writable_code, files: self.files() })
    }

    /// Folders of ours that this program was handed.
    fn files(&self) -> Vec<String> {
        let wanted = format!("# For process {}.\n", self.pid());
        let entries = fs::read_dir(format!("/proc/{}/root/tmp", self.pid())).into_iter().flatten().flatten();
        let names = entries
            .filter(|entry| fs::read_to_string(entry.path().join("enter.py")).is_ok_and(|text| text.contains(&wanted)));
        names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    /// How much memory of it is resident, in KiB.
    pub fn resident(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).map_err(|error| error.to_string())?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse().ok()).ok_or_else(|| "no VmRSS".into())
    }

    /// How much memory it has allocated, in bytes, as a `measured` program tells: what the C library has given away, and
    /// the objects of Python, each taken for a small one.
    pub fn allocated(&self) -> Result<i64> {
        const OBJECT: i64 = 64;
        self.is_left()?;
        self.signal(Signal::SIGUSR2)?;
        let said = self.line()?;
        let used: Value = serde_json::from_str(&said).map_err(|error| format!("{said:?}: {error}"))?;
        let number = |name: &str| used[name].as_i64().ok_or_else(|| format!("no {name} in {used}"));
        Ok(number("bytes")? + number("blocks")? * OBJECT)
    }

    /// True while it runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it.
    pub fn kill(&mut self) {
        // It may have ended itself.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The lines that come, as they come.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}
