//! Many children in one debug run: each is stopped where it should be, and nothing of them is left.
//!
//! The sessions in `tests/sessions/processes` show each kind of child once; here is what many of them do to pausa and to
//! the program. On the newest Python there are as many as somebody's program may have, on the others fewer.

mod others;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pausa_testkit::conversation::{Conversation, Pause};
use pausa_testkit::markers::Markers;
use pausa_testkit::pythons::{self, Python};
use pausa_testkit::{Result, binaries};
use tempfile::TempDir;

const PROGRAM: &str = "many.py";

/// A program under the prompt, and the folder of its home and its temporary files.
struct Debugged {
    prompt: Conversation,
    folder: TempDir,
}

/// What pausa and the program have open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Level {
    descriptors_of_pausa: usize,
    threads_of_pausa: usize,
    descriptors_of_the_program: usize,
}

fn program() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/children").join(PROGRAM)
}

/// The place of a marker in the program, as the prompt takes it.
fn place(marker: &str) -> Result<String> {
    let (path, mut markers) = (program(), Markers::default());
    let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    markers.add(&path, &source)?;
    let line = markers.line(marker).ok_or_else(|| format!("no marker @{marker}"))?;
    Ok(format!("{}:{line}", path.display()))
}

/// Runs a test on each Python: with the first number on the newest, with the other one on those before.
fn on_all(newest: usize, others: usize, test: impl Fn(&Python, usize) -> Result<()>) -> Result<()> {
    let found = pythons::find().found;
    let last = found.len().checked_sub(1).ok_or("no CPython that pausa supports was found")?;
    for (at, python) in found.iter().enumerate() {
        let count = if at == last { newest } else { others };
        test(python, count).map_err(|error| format!("on {} with {count} children: {error}", python.minor))?;
    }
    Ok(())
}

impl Debugged {
    /// Starts it, with breakpoints at these markers; it stands at `begin`, the first one.
    fn start(python: &Python, kind: &str, count: usize, stops: &[&str]) -> Result<Self> {
        Self::start_with(&[], python, kind, count, stops)
    }

    /// The same, with options for pausa.
    fn start_with(options: &[&str], python: &Python, kind: &str, count: usize, stops: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let temporary = folder.path().join("tmp");
        fs::create_dir(&temporary).map_err(|error| error.to_string())?;
        let mut command = Command::new(binaries::build()?.join("pausa"));
        for name in ["PAUSA_TOKEN", "PAUSA_BACKEND", "PYTHONPATH", "PYTHONUNBUFFERED"] {
            command.env_remove(name);
        }
        command
            .env("HOME", folder.path())
            .env("TMPDIR", temporary)
            .env("NO_COLOR", "1")
            .args(options)
            .arg("--python")
            .arg(&python.path);
        for stop in stops {
            command.arg("-b").arg(place(stop)?);
        }
        command.arg(program()).args([kind, &count.to_string()]);
        let mut debugged = Self { prompt: Conversation::start(command)?, folder };
        let said = debugged.next_prompt()?;
        check(said.contains(" in begin"), || said)?;
        Ok(debugged)
    }

    fn next_prompt(&mut self) -> Result<String> {
        match self.prompt.until_prompt()? {
            (said, Pause::Prompt(_)) => Ok(said),
            (said, Pause::End(how)) => Err(format!("pausa has ended ({how}), having said:\n{said}")),
        }
    }

    fn say(&mut self, command: &str) -> Result<String> {
        self.prompt.send(command);
        self.next_prompt()
    }

    /// The id of the process looked at.
    fn pid(&mut self) -> Result<i32> {
        let said = self.say("p __import__('os').getpid()")?;
        said.trim().parse().map_err(|_| format!("no process id: {said}"))
    }

    fn level(&self, pid: i32) -> Level {
        let count = |pid: i32, what: &str| fs::read_dir(format!("/proc/{pid}/{what}")).map_or(0, Iterator::count);
        let pausa = self.prompt.pid();
        Level {
            descriptors_of_pausa: count(pausa, "fd"),
            threads_of_pausa: count(pausa, "task"),
            descriptors_of_the_program: count(pid, "fd"),
        }
    }

    /// Looks until no process but the program is there, and all is as it was.
    fn until_all_is_as_before(&mut self, pid: i32, before: Level) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let (listed, now) = (self.say("processes")?, self.level(pid));
            let others = self.prompt.processes().into_iter().filter(|own| ![pid, self.prompt.pid()].contains(own));
            let others: Vec<i32> = others.collect();
            if listed.lines().count() == 1 && others.is_empty() && now == before {
                return Ok(());
            }
            let found = || format!("{now:?} instead of {before:?}, processes {others:?}, and pausa lists\n{listed}");
            check(Instant::now() < deadline, found)?;
        }
    }

    /// Lets the program end, and pausa: nothing of them is left.
    fn end(mut self) -> Result<()> {
        let said = self.say("c").or_else(|error| if error.contains("exit 0") { Ok(error) } else { Err(error) })?;
        check(said.contains("The program ended with exit code 0."), || said.clone())?;
        self.prompt.close_input();
        let (_, how) = self.prompt.until_end()?;
        check(how == Pause::End("exit 0".into()), || format!("{how:?}"))?;
        self.nothing_is_left()
    }

    /// No process, and no file.
    fn nothing_is_left(&self) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        // Who was killed is there for a moment more.
        while !self.prompt.processes().is_empty() {
            check(Instant::now() < deadline, || format!("processes {:?} are left", self.prompt.processes()))?;
        }
        let files = fs::read_dir(self.folder.path().join("tmp")).map_err(|error| error.to_string())?;
        let files: Vec<_> = files.flatten().map(|file| file.file_name()).collect();
        check(files.is_empty(), || format!("the temporary files {files:?} are left"))
    }
}

fn check(holds: bool, what: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Each of the children stops once, in a process of its own, and has a number of its own.
fn all_stop_once(python: &Python, kind: &str, count: usize) -> Result<()> {
    let mut debugged = Debugged::start(python, kind, count, &["begin", "work", "end"])?;
    let program = debugged.pid()?;
    let before = debugged.level(program);
    let (mut numbers, mut processes) = (BTreeSet::new(), BTreeSet::new());
    loop {
        let said = debugged.say("c")?;
        if said.contains(" in end") {
            break;
        }
        check(said.contains(" in work"), || format!("after {} stops:\n{said}", numbers.len()))?;
        let number = debugged.say("p number")?;
        let number: usize = number.trim().parse().map_err(|_| format!("no number: {number}"))?;
        check(numbers.insert(number), || format!("child {number} has stopped twice"))?;
        let pid = debugged.pid()?;
        check(pid != program && processes.insert(pid), || format!("process {pid} has stopped twice"))?;
    }
    check(numbers == (0..count).collect(), || format!("{} of {count} have stopped: {numbers:?}", numbers.len()))?;
    debugged.until_all_is_as_before(program, before)?;
    debugged.end()
}

/// Children that are gone before anybody has looked: the program goes on, and nothing of them is left.
fn nothing_is_left(python: &Python, kind: &str, count: usize) -> Result<()> {
    let mut debugged = Debugged::start(python, kind, count, &["begin", "wave", "end"])?;
    let program = debugged.pid()?;
    let before = debugged.level(program);
    while !debugged.say("c")?.contains(" in end") {}
    check(debugged.pid()? == program, || "another process is at its end".into())?;
    debugged.until_all_is_as_before(program, before)?;
    debugged.end()
}

/// At these signals pausa ends at once, and its program and the children of it do: nothing is left.
#[test]
fn a_signal_to_pausa_ends_all_and_leaves_nothing() -> Result<()> {
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        for is_at_prompt in [true, false] {
            on_all(4, 2, |python, count| {
                let mut debugged = Debugged::start(python, "linger", count, &["begin", "end"])?;
                if is_at_prompt {
                    let said = debugged.say("c")?;
                    check(said.contains(" in end"), || said)?;
                } else {
                    debugged.say("c")?;
                    debugged.prompt.send("c");
                    debugged.prompt.until_text("lingers")?;
                }
                let pausa = Pid::from_raw(debugged.prompt.pid());
                kill(pausa, signal).map_err(|error| error.to_string())?;
                let (_, how) = debugged.prompt.until_end()?;
                check(how == Pause::End(format!("exit {}", 128 + signal as i32)), || format!("{how:?}"))?;
                debugged.nothing_is_left()
            })?;
        }
    }
    Ok(())
}

/// Under `--hold-all` one that reports while another one holds all does nothing until that one runs on.
#[test]
fn who_reports_during_a_stop_is_held_too() -> Result<()> {
    on_all(3, 1, |python, count| {
        let mut debugged = Debugged::start_with(&["--hold-all"], python, "late", count, &["begin", "work", "end"])?;
        for _ in 0..count {
            debugged.say("p start_late()")?;
        }
        let deadline = Instant::now() + Duration::from_secs(30);
        while debugged.say("processes")?.matches("(has stopped)").count() != count + 1 {
            check(Instant::now() < deadline, || "not all processes hold still".into())?;
        }
        debugged.say("p let_spin()")?;
        for _ in 0..count {
            let said = debugged.say("c")?;
            check(said.contains(" in work"), || said)?;
        }
        let said = debugged.say("c")?;
        check(said.contains(" in end"), || said)?;
        debugged.end()
    })
}

#[test]
fn each_of_many_forked_children_stops_once() -> Result<()> {
    on_all(200, 60, |python, count| all_stop_once(python, "fork", count))
}

#[test]
fn each_of_many_started_pythons_stops_once() -> Result<()> {
    on_all(24, 8, |python, count| all_stop_once(python, "start", count))
}

#[test]
fn many_short_children_leave_nothing() -> Result<()> {
    on_all(1000, 200, |python, count| nothing_is_left(python, "short", count))
}

#[test]
fn many_children_of_all_kinds_leave_nothing() -> Result<()> {
    on_all(1000, 200, |python, count| nothing_is_left(python, "mixed", count))
}
