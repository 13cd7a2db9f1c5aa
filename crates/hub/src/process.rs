//! The debuggee as a process: its end, its signals, its terminal.
//!
//! Made by `launch`, held by the front end. A thread of ours waits for the process and is the only one to reap it.
//! Invariant: a signal is only ever sent while the process is unreaped, so it cannot hit a stranger with its old id.

use std::fmt;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;

use crate::{Fate, Pty, linux};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

impl Ended {
    /// From what `waitpid` gives.
    pub(crate) fn from_wait_status(status: i32) -> Self {
        Self::from(ExitStatus::from_raw(status))
    }

    /// What a shell would have as the exit code.
    pub fn exit_code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Code(code) => write!(f, "ended with exit code {code}"),
            Self::Signal(number) => match Signal::try_from(number) {
                Ok(signal) => write!(f, "was killed by {signal}"),
                Err(_) => write!(f, "was killed by signal {number}"),
            },
        }
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

/// A running debuggee. Clones are handles of the same one.
#[derive(Clone)]
pub struct Process {
    shared: Arc<Shared>,
    pty: Option<Arc<Pty>>,
}

struct Shared {
    pid: Pid,
    leads_group: bool,
    /// The program whose agent has dialled.
    image: OnceLock<u64>,
    end: Mutex<Option<Ended>>,
    ended: Condvar,
}

impl Shared {
    fn end(&self) -> MutexGuard<'_, Option<Ended>> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process {
    /// Starts a command with our streams, as the leader of a process group of its own.
    pub fn start(mut command: Command) -> io::Result<Self> {
        Self::watch(command.process_group(0).spawn()?, true, None, ())
    }

    /// Takes over `child`; `at_end` is dropped when it has ended. `leads_group` says that its process group is its
    /// own.
    pub(crate) fn watch<T: Send + 'static>(
        mut child: Child,
        leads_group: bool,
        pty: Option<Pty>,
        at_end: T,
    ) -> io::Result<Self> {
        let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
        let shared =
            Arc::new(Shared { pid, leads_group, image: OnceLock::new(), end: Mutex::new(None), ended: Condvar::new() });
        let reaper = Arc::clone(&shared);
        thread::Builder::new().name("pausa-reaper".to_owned()).spawn(move || {
            // Should waiting fail, there is nothing left to reap: the process counts as gone all the same.
            let _ = linux::wait_unreaped(pid);
            let mut end = reaper.end();
            *end = Some(child.wait().map_or(Ended::Code(-1), Ended::from));
            drop(end);
            reaper.ended.notify_all();
            drop(at_end);
        })?;
        Ok(Self { shared, pty: pty.map(Arc::new) })
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.shared.pid.as_raw()
    }

    /// Waits until it has ended. Any thread may wait, any number of times.
    pub fn wait(&self) -> Ended {
        let mut end = self.shared.end();
        loop {
            if let Some(ended) = *end {
                return ended;
            }
            end = self.shared.ended.wait(end).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How it ended, if it has.
    pub fn try_wait(&self) -> Option<Ended> {
        *self.shared.end()
    }

    /// Its agent has dialled: from now on it is known what it runs. Not before, as a program that was just started may still
    /// be on its way into the process.
    pub(crate) fn has_dialled(&self) {
        if let Some(status) = linux::Status::of(self.pid()) {
            self.shared.image.get_or_init(|| status.image);
        }
    }

    /// What has become of it. To be asked when its agent's stream has ended.
    pub fn fate(&self) -> Fate {
        let end = self.shared.end();
        match *end {
            Some(ended) => Fate::Ended(Some(ended)),
            // Unreaped, so that the id means it.
            None => Fate::of(self.pid(), self.shared.image.get().copied(), linux::Status::of(self.pid()).as_ref()),
        }
    }

    /// Asks it to end, as `kill PID` does.
    pub fn terminate(&self) {
        self.signal(self.shared.pid, Signal::SIGTERM);
    }

    /// Kills it and the processes it started in its group.
    pub fn kill_group(&self) {
        self.signal(self.group(), Signal::SIGKILL);
    }

    /// Kills it. No harm if it has ended.
    pub fn kill(&self) {
        self.signal(self.shared.pid, Signal::SIGKILL);
    }

    /// What a terminal does at Ctrl-C: SIGINT for it and the processes it started in its group.
    pub fn interrupt(&self) {
        self.signal(self.group(), Signal::SIGINT);
    }

    /// The group that it leads, else it alone.
    fn group(&self) -> Pid {
        if self.shared.leads_group { Pid::from_raw(-self.pid()) } else { self.shared.pid }
    }

    /// The terminal it was given, if it was given one.
    pub fn pty(&self) -> Option<&Pty> {
        self.pty.as_deref()
    }

    fn signal(&self, target: Pid, signal: Signal) {
        let end = self.shared.end();
        if end.is_none() {
            // The one possible failure is that it became another user's; then it is not ours to signal.
            let _ = signal::kill(target, signal);
        }
        drop(end);
    }
}
