//! The two pipes over which a workload is told to run and tells what it took.
//!
//! Made by `debuggee`, used by whoever measures; the other end is `workloads/rounds.py`. Invariant: a wait ends with an
//! answer or at its deadline.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::Result;

/// What a round took, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Processor time of the whole process.
    pub processor: f64,
    /// On the clock.
    pub wall: f64,
}

/// Our ends of a workload's pipes.
pub struct Channel {
    go: File,
    took: File,
}

impl Channel {
    /// Makes the pipes in `folder`.
    pub fn make(folder: &Path) -> Result<Self> {
        let pipe = |name: &str| {
            let path = folder.join(name);
            mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).map_err(|error| format!("cannot make a pipe: {error}"))?;
            // For both directions, which neither waits for the program nor ends with it.
            let opened = OpenOptions::new().read(true).write(true).open(&path);
            opened.map_err(|error| format!("cannot open a pipe: {error}"))
        };
        Ok(Self { go: pipe("go")?, took: pipe("took")? })
    }

    /// Waits until the program has begun; its process id.
    pub fn ready(&mut self, within: Duration) -> Result<i32> {
        let line = self.line(within)?;
        let pid = line.strip_prefix("ready ").and_then(|pid| pid.trim().parse().ok());
        pid.ok_or_else(|| format!("the workload said {line:?} instead of that it is ready"))
    }

    /// Asks for `number` iterations.
    pub fn send(&mut self, number: i64) -> Result<()> {
        self.go.write_all(format!("{number}\n").as_bytes()).map_err(|error| format!("the pipe failed: {error}"))
    }

    /// Waits for what they took.
    pub fn receive(&mut self, within: Duration) -> Result<Took> {
        let line = self.line(within)?;
        let mut numbers = line.split_whitespace().map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(processor)), Some(Ok(wall))) => Ok(Took { processor, wall }),
            _ => Err(format!("the workload answered {line:?}")),
        }
    }

    /// One message; they are short enough to be written and read whole.
    fn line(&mut self, within: Duration) -> Result<String> {
        let timeout = PollTimeout::try_from(within).unwrap_or(PollTimeout::MAX);
        let ready = poll(&mut [PollFd::new(self.took.as_fd(), PollFlags::POLLIN)], timeout);
        if ready.map_err(|error| format!("the pipe failed: {error}"))? == 0 {
            return Err(format!("no answer within {} s", within.as_secs()));
        }
        let mut bytes = [0; 256];
        let count = self.took.read(&mut bytes).map_err(|error| format!("the pipe failed: {error}"))?;
        Ok(String::from_utf8_lossy(bytes.get(..count).unwrap_or_default()).into_owned())
    }
}
