//! A conversation with a program on pipes: send a line, read what it prints until it asks again.
//!
//! `session` holds one per run. Two threads of it live as long as the program: one reads the pipe of its output (stdout
//! and stderr are one pipe, so they stay in order), one waits for its end; both only send to a channel.
//! Invariant: every wait has a deadline, and what is dropped early is killed with every process that it left.

use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::Result;
use crate::transcript::PROMPTS;

/// How long one step may take, where `PAUSA_TEST_DEADLINE` (in seconds) does not say otherwise.
const DEADLINE: Duration = Duration::from_secs(20);
/// How long a program that ended may keep its output open.
const GRACE: Duration = Duration::from_secs(3);

/// A running program and what it printed since the last command.
pub struct Conversation {
    input: Option<ChildStdin>,
    events: Receiver<Event>,
    program: Pid,
    home: Option<OsString>,
    printed: Vec<u8>,
    end: Option<ExitStatus>,
    deadline: Duration,
}

enum Event {
    Printed(Vec<u8>),
    Closed,
    Ended(ExitStatus),
}

/// Why a program printed no more for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It asks for the next command, with one of [`PROMPTS`].
    Prompt(&'static str),
    /// It ended: `exit 0`, `killed by SIGKILL`.
    End(String),
}

impl Conversation {
    /// Starts a program in a process group of its own.
    pub fn start(mut command: Command) -> Result<Conversation> {
        let failed = |what: &str, error: std::io::Error| format!("{what}: {error}");
        let (output, writer) = std::io::pipe().map_err(|error| failed("no pipe", error))?;
        let errors = writer.try_clone().map_err(|error| failed("no pipe", error))?;
        command.stdin(Stdio::piped()).stdout(writer).stderr(errors).process_group(0);
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command.spawn().map_err(|error| failed(&format!("cannot start {name}"), error))?;
        let home = command.get_envs().find(|(name, _)| *name == "HOME").and_then(|(_, home)| home).map(OsStr::to_owned);
        drop(command);
        let input = child.stdin.take();
        let program = Pid::from_raw(i32::try_from(child.id()).map_err(|error| error.to_string())?);
        let (sender, events) = channel();
        let for_end = sender.clone();
        thread::spawn(move || read_output(output, &sender));
        thread::spawn(move || wait_for_end(child, &for_end));
        let seconds = env::var("PAUSA_TEST_DEADLINE").ok().and_then(|seconds| seconds.parse().ok());
        let deadline = seconds.map_or(DEADLINE, Duration::from_secs);
        Ok(Conversation { input, events, program, home, printed: Vec::new(), end: None, deadline })
    }

    /// The program's process id.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.program.as_raw()
    }

    /// The ids of all processes that have its home, its own and those that were started below it, if it was given one.
    #[must_use]
    pub fn processes(&self) -> Vec<i32> {
        self.home.as_deref().map(processes_at).unwrap_or_default().into_iter().map(Pid::as_raw).collect()
    }

    /// Types a line. A program that no longer reads is no error here: its end is seen by the next wait.
    pub fn send(&mut self, line: &str) {
        if let Some(input) = &mut self.input {
            let _closed = input.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// Types a whole text, then ends the input.
    pub fn send_all(&mut self, text: &str) {
        if let Some(input) = &mut self.input {
            let _closed = input.write_all(text.as_bytes());
        }
        self.close_input();
    }

    /// Ends the input, as Ctrl-D does.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Sends SIGINT to the program.
    pub fn interrupt(&self) -> Result<()> {
        kill(self.program, Signal::SIGINT).map_err(|error| format!("cannot interrupt the program: {error}"))
    }

    /// Waits until the output since the last command holds a text.
    pub fn until_text(&mut self, text: &str) -> Result<()> {
        let until = Instant::now() + self.deadline;
        while !self.printed.windows(text.len().max(1)).any(|window| window == text.as_bytes()) {
            if !self.receive(until, &format!("the text \"{text}\""))? {
                return Err(format!("the program ended before it printed \"{text}\"{}", self.shown()));
            }
        }
        Ok(())
    }

    /// Waits for the next prompt or the end; the output up to there, the prompt not included.
    pub fn until_prompt(&mut self) -> Result<(String, Pause)> {
        let until = Instant::now() + self.deadline;
        loop {
            if let Some(prompt) = self.prompt() {
                self.printed.truncate(self.printed.len() - prompt.len());
                return Ok((self.take_printed(), Pause::Prompt(prompt)));
            }
            if !self.receive(until, "a prompt or the end")? {
                break;
            }
        }
        self.end()
    }

    /// Waits for the end; the output up to there.
    pub fn until_end(&mut self) -> Result<(String, Pause)> {
        let until = Instant::now() + self.deadline;
        while self.receive(until, "the end")? {}
        self.end()
    }

    fn prompt(&self) -> Option<&'static str> {
        let line = self.printed.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let (first, others) = PROMPTS.split_first()?;
        // The program's own text may stand before the main prompt when it does not end with a new line.
        let is_first = line.ends_with(first.as_bytes()).then_some(*first);
        is_first.or_else(|| others.iter().copied().find(|prompt| line == prompt.as_bytes()))
    }

    fn end(&mut self) -> Result<(String, Pause)> {
        let until = Instant::now() + self.deadline;
        while self.end.is_none() {
            self.wait(until, "the end, after it closed its output")?;
        }
        let end = self.end.map(ending).unwrap_or_default();
        Ok((self.take_printed(), Pause::End(end)))
    }

    /// Takes one event; false when no more output can come.
    fn receive(&mut self, until: Instant, what: &str) -> Result<bool> {
        let until = match self.end {
            Some(_) => Instant::now() + GRACE,
            None => until,
        };
        let what = match self.end {
            Some(_) => "its output's end: a process that it left behind holds it open",
            None => what,
        };
        self.wait(until, what)
    }

    fn wait(&mut self, until: Instant, what: &str) -> Result<bool> {
        let left = until.saturating_duration_since(Instant::now());
        match self.events.recv_timeout(left) {
            Ok(Event::Printed(bytes)) => self.printed.extend(bytes),
            Ok(Event::Ended(status)) => self.end = Some(status),
            Ok(Event::Closed) => return Ok(false),
            Err(RecvTimeoutError::Disconnected) => return Ok(false),
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("waited in vain for {what}{}", self.shown()));
            }
        }
        Ok(true)
    }

    fn shown(&self) -> String {
        format!(", having read:\n{}", String::from_utf8_lossy(&self.printed))
    }

    fn take_printed(&mut self) -> String {
        let printed = std::mem::take(&mut self.printed);
        String::from_utf8_lossy(&printed).into_owned()
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        // A debuggee leads a group of its own, and may have outlived pausa. What has ended is not there to be killed.
        for process in self.home.as_deref().map(processes_at).unwrap_or_default() {
            let _ended = kill(process, Signal::SIGKILL);
        }
        let _ended = killpg(self.program, Signal::SIGKILL);
    }
}

/// All processes that were started with this home, which is the program's own if it was given one.
fn processes_at(home: &OsStr) -> Vec<Pid> {
    let variable = [b"HOME=", home.as_bytes()].concat();
    let is_ours = |process: &Pid| {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == variable)
    };
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.map(Pid::from_raw).filter(is_ours).collect()
}

fn read_output(mut output: impl Read, events: &Sender<Event>) {
    let mut buffer = [0; 4096];
    while let Ok(count) = output.read(&mut buffer) {
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        let event = if bytes.is_empty() { Event::Closed } else { Event::Printed(bytes) };
        if events.send(event).is_err() || count == 0 {
            break;
        }
    }
}

fn wait_for_end(mut child: Child, events: &Sender<Event>) {
    if let Ok(status) = child.wait() {
        // Nobody listens any more when the test gave up on the program.
        let _gone = events.send(Event::Ended(status));
    }
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal().and_then(|signal| Signal::try_from(signal).ok())) {
        (Some(code), _) => format!("exit {code}"),
        (None, Some(signal)) => format!("killed by {}", signal.as_str()),
        (None, None) => format!("{status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Conversation {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Conversation::start(command).unwrap()
    }

    #[test]
    fn a_conversation_goes_from_prompt_to_prompt() {
        let mut shell =
            shell("printf 'hello\\n(pausa) '; read x; echo got $x; echo error >&2; printf '>>> '; read x; exit 3");
        assert_eq!(shell.until_prompt().unwrap(), ("hello\n".to_owned(), Pause::Prompt("(pausa) ")));
        shell.send("one");
        assert_eq!(shell.until_prompt().unwrap(), ("got one\nerror\n".to_owned(), Pause::Prompt(">>> ")));
        shell.close_input();
        assert_eq!(shell.until_prompt().unwrap(), (String::new(), Pause::End("exit 3".to_owned())));
    }

    #[test]
    fn an_interrupt_follows_a_text() {
        let mut shell = shell("trap 'echo caught; exit 0' INT; echo ready; while :; do :; done");
        shell.until_text("ready").unwrap();
        shell.interrupt().unwrap();
        assert_eq!(shell.until_end().unwrap(), ("ready\ncaught\n".to_owned(), Pause::End("exit 0".to_owned())));
    }

    #[test]
    fn a_signal_is_an_ending() {
        let mut shell = shell("kill -9 $$");
        assert_eq!(shell.until_prompt().unwrap().1, Pause::End("killed by SIGKILL".to_owned()));
    }

    #[test]
    fn a_deadline_shows_what_was_read() {
        let mut shell = shell("echo partial; read x");
        shell.deadline = Duration::from_millis(300);
        let error = shell.until_prompt().unwrap_err();
        assert!(error.contains("a prompt or the end") && error.contains("partial"), "{error}");
    }
}
