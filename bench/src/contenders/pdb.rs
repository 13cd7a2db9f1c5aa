//! pdb, by its commands on standard input.
//!
//! Called by `Contender::begin`. A thread reads its output. Invariant: a command is written only where a prompt was
//! read; the program ends with its `Pdb`.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use super::{Breakpoint, DEADLINE, Move, Run, Session};
use crate::Result;
use crate::lab::Lab;

const PROMPT: &str = "(Pdb) ";
/// While the commands of a breakpoint are typed.
const COMMANDS_PROMPT: &str = "(com) ";
/// How long no message may come before those that lack are lost.
const QUIET: Duration = Duration::from_secs(5);

/// A program under pdb.
pub struct Pdb {
    child: Child,
    stdin: ChildStdin,
    output: Receiver<String>,
    /// What was read and is not dealt with.
    seen: String,
    setting: Duration,
}

impl Pdb {
    /// Starts it, sets what is to be set, and lets it run.
    pub(super) fn start(lab: &Lab, run: &Run) -> Result<Self> {
        if run.setup.raised.is_some() {
            return Err("cannot stop where an exception is raised".to_owned());
        }
        let mut command = Command::new(&lab.python);
        command.args(["-m", "pdb"]).arg(&run.program).args(&run.words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("pdb cannot be started: {error}"))?;
        let (stdin, mut stdout) = child.stdin.take().zip(child.stdout.take()).ok_or("pdb has no pipes")?;
        let (read, output) = mpsc::channel();
        let reader = move || {
            let mut bytes = [0; 1 << 16];
            while let Ok(count @ 1..) = stdout.read(&mut bytes) {
                let text = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default()).into_owned();
                if read.send(text).is_err() {
                    break;
                }
            }
        };
        std::thread::Builder::new().spawn(reader).map_err(|error| format!("no thread to read pdb: {error}"))?;
        let mut pdb = Self { child, stdin, output, seen: String::new(), setting: Duration::ZERO };
        pdb.until(PROMPT)?;
        let began = Instant::now();
        for (number, breakpoint) in (1..).zip(&run.setup.breakpoints) {
            pdb.set(number, breakpoint)?;
        }
        pdb.setting = began.elapsed();
        pdb.write("c")?;
        Ok(pdb)
    }

    fn set(&mut self, number: usize, breakpoint: &Breakpoint) -> Result<()> {
        let Breakpoint { file, line, condition, after, log } = breakpoint;
        let condition = condition.as_ref().map(|condition| format!(", {condition}")).unwrap_or_default();
        let answer = self.ask(&format!("b {}:{line}{condition}", file.display()), PROMPT)?;
        if !answer.contains(&format!("Breakpoint {number} at")) {
            return Err(format!("sets no breakpoint: {}", answer.lines().next().unwrap_or_default()));
        }
        if let Some(count) = after {
            self.ask(&format!("ignore {number} {count}"), PROMPT)?;
        }
        if let Some(name) = log {
            self.ask(&format!("commands {number}"), COMMANDS_PROMPT)?;
            self.ask("silent", COMMANDS_PROMPT)?;
            self.ask(&format!("p 'value', {name}"), COMMANDS_PROMPT)?;
            self.ask("continue", PROMPT)?;
        }
        Ok(())
    }

    fn ask(&mut self, command: &str, prompt: &str) -> Result<String> {
        self.write(command)?;
        self.until(prompt)
    }

    fn write(&mut self, command: &str) -> Result<()> {
        self.stdin.write_all(format!("{command}\n").as_bytes()).map_err(|error| format!("pdb is gone: {error}"))
    }

    /// What is printed up to the next prompt.
    fn until(&mut self, prompt: &str) -> Result<String> {
        let deadline = Instant::now() + DEADLINE;
        while !self.seen.ends_with(prompt) {
            let left = deadline.saturating_duration_since(Instant::now());
            let text = self.output.recv_timeout(left).map_err(|_| "pdb gave no prompt".to_owned())?;
            self.seen.push_str(&text);
        }
        Ok(std::mem::take(&mut self.seen))
    }
}

impl Session for Pdb {
    fn stops(&self) -> bool {
        true
    }

    fn pid(&self) -> Option<i32> {
        i32::try_from(self.child.id()).ok()
    }

    fn stopped(&mut self) -> Result<()> {
        self.until(PROMPT).map(drop)
    }

    fn go(&mut self, how: Move) -> Result<()> {
        self.write(match how {
            Move::Continue => "c",
            Move::Next => "n",
            Move::Return => "r",
        })
    }

    fn pause(&mut self) -> Result<()> {
        Err("cannot stop a program of several threads".to_owned())
    }

    fn messages(&mut self, expected: u64) -> Result<u64> {
        let mut count = 0;
        loop {
            count += self.seen.matches("'value'").count() as u64;
            // A message may have been read in part.
            let rest = self.seen.rfind('\n').map_or(0, |at| at + 1);
            count -= self.seen.get(rest..).map_or(0, |rest| rest.matches("'value'").count()) as u64;
            self.seen.drain(..rest);
            if count >= expected {
                return Ok(count);
            }
            match self.output.recv_timeout(QUIET) {
                Ok(text) => self.seen.push_str(&text),
                Err(_) => return Ok(count),
            }
        }
    }

    fn setting(&self) -> Duration {
        self.setting
    }
}

impl Drop for Pdb {
    fn drop(&mut self) {
        // It fails if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
