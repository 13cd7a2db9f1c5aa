//! What the prompt needs of the world outside: a way to start the program, and the program as a process.
//!
//! Implemented by `cli` with the hub, and by tests. Invariant: this crate starts and signals nothing by itself.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::Arc;

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this code.
    Code(i32),
    /// This signal killed it.
    Signal(i32),
}

impl Ended {
    /// What a shell would have as the exit code.
    pub fn exit_code(self) -> i32 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => 128 + signal,
        }
    }
}

/// The program as a process.
pub trait Process: Send + Sync {
    /// Its process id.
    fn pid(&self) -> i32;
    /// Waits for its end; any thread may, any number of times.
    fn wait(&self) -> Ended;
    /// What has become of it, when its agent is gone.
    fn fate(&self) -> Fate;
    /// How it ended, with the name of the signal if one killed it, as the end of a sentence about the program.
    fn describe(&self, ended: Ended) -> String;
    /// Kills it.
    fn kill(&self);
    /// What a terminal does at Ctrl-C.
    fn interrupt(&self);
    /// Our end of the terminal that was made for it, if one was.
    fn terminal(&self) -> Option<BorrowedFd<'_>>;
    /// Tells its terminal how large the real one is.
    ///
    /// # Errors
    /// If the terminal is gone.
    fn resize(&self, rows: u16, columns: u16) -> io::Result<()>;
}

/// What has become of a process whose agent is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It has ended; how, if that could be read.
    Ended(Option<Ended>),
    /// It runs another program now.
    Replaced,
    /// It runs on as it was, but undebugged: the program has closed the connection of its agent.
    Undebugged,
}

/// A process that the program, or one of its children, has started.
pub trait Relative: Send + Sync {
    /// Its process id.
    fn pid(&self) -> i32;
    /// Its command line, for people.
    fn command(&self) -> String;
    /// What it is, for people, if the program's author has not asked for it and it ends by itself when it is not needed any
    /// more: it is debugged, and its end is not worth a word.
    fn service(&self) -> Option<&'static str>;
    /// What has become of it.
    fn fate(&self) -> Fate;
    /// Waits for its end; how it ended, if that could be read. Any thread may, any number of times.
    fn wait(&self) -> Option<Ended>;
    /// How it ended, as [`Process::describe`].
    fn describe(&self, ended: Ended) -> String;
    /// Kills it.
    fn kill(&self);
}

/// A child whose agent is connected, and which is held until it has been told what to stop at.
pub struct Newcomer {
    /// What the agent says.
    pub reader: Box<dyn Read + Send>,
    /// What the agent hears.
    pub writer: Box<dyn Write + Send>,
    /// The process.
    pub process: Arc<dyn Relative>,
}

/// A child that has come.
pub enum Arrival {
    /// It can be debugged.
    Debugged(Newcomer),
    /// It cannot, and runs on when this has been taken in.
    Undebugged {
        /// Its process id.
        pid: i32,
        /// Why, for people.
        reason: String,
    },
}

/// Called for each child, on another thread than the prompt's.
pub type Welcome = Box<dyn Fn(Arrival) + Send + Sync>;

/// A program whose agent is connected.
pub struct Launched {
    /// What the agent says.
    pub reader: Box<dyn Read + Send>,
    /// What the agent hears.
    pub writer: Box<dyn Write + Send>,
    /// The program; none if it was not started by us and is only connected.
    pub process: Option<Arc<dyn Process>>,
    /// The interpreter that runs it, as text for people.
    pub python: String,
}

/// Starts the program, the first time and each time the user restarts it.
pub trait Launcher {
    /// Starts it, with other arguments than the last time if there are some here.
    ///
    /// # Errors
    /// Says in one line why it could not be started.
    fn launch(&mut self, arguments: Option<Vec<OsString>>) -> Result<Launched, String>;
    /// The file that the program starts in, if it is known to be one.
    fn program_file(&self) -> Option<PathBuf>;
    /// False if the program is not ours to start again.
    fn can_restart(&self) -> bool;
    /// Opens the place where children report, until this is dropped; its address, for the agents. None if this program's
    /// children are not followed.
    ///
    /// # Errors
    /// Says in one line why there can be none.
    fn follow_children(&mut self, welcome: Welcome) -> Result<Option<String>, String>;
    /// What removes all that would be left behind if our process ended at once.
    fn cleanup(&self) -> fn();
}
