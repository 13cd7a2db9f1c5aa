//! The program, as the terminal knows it, on top of the hub.
//!
//! Made by `main`, used by the terminal. Invariant: a restart uses the same Python and target.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;

use nix::sys::signal::Signal;
use pausa_hub::pythons::Python;
use pausa_hub::{Launch, Streams, Target};
use pausa_terminal::debuggee::{Ended, Fate, Launched, Launcher, Process, Welcome};

use crate::children;

/// Starts one program with one Python.
pub struct ProgramLauncher {
    launch: Launch,
    python: String,
    children: Option<pausa_hub::Children>,
}

impl ProgramLauncher {
    /// Starts nothing yet.
    pub fn new(python: Python, target: Target, args: Vec<OsString>, terminal: bool, backend: Option<String>) -> Self {
        let (major, minor, micro) = python.version;
        let text = format!("Python {major}.{minor}.{micro} ({})", python.path.display());
        let streams = if terminal { Streams::Terminal } else { Streams::Inherited };
        Self {
            launch: Launch { streams, backend, ..Launch::new(python.path, target, args) },
            python: text,
            children: None,
        }
    }
}

impl Launcher for ProgramLauncher {
    fn launch(&mut self, arguments: Option<Vec<OsString>>) -> Result<Launched, String> {
        if let Some(arguments) = arguments {
            self.launch.args = arguments;
        }
        #[cfg(feature = "ways")]
        if let Some(launched) = crate::ways::launch(&self.launch, &self.python) {
            return launched;
        }
        let debuggee = pausa_hub::launch(&self.launch).map_err(|error| error.to_string())?;
        Ok(Launched {
            reader: Box::new(debuggee.stream.try_clone().map_err(|error| error.to_string())?),
            writer: Box::new(debuggee.stream),
            process: Some(Arc::new(Program(debuggee.process))),
            python: self.python.clone(),
        })
    }

    fn program_file(&self) -> Option<PathBuf> {
        let Target::File(file) = &self.launch.target else { return None };
        let file = if file.is_dir() { file.join("__main__.py") } else { file.clone() };
        std::path::absolute(file).ok()
    }

    fn can_restart(&self) -> bool {
        true
    }

    fn follow_children(&mut self, welcome: Welcome) -> Result<Option<String>, String> {
        self.children = Some(children::open(welcome)?);
        Ok(self.children.as_ref().map(|children| children.address().to_owned()))
    }

    fn cleanup(&self) -> fn() {
        pausa_hub::remove_folders
    }
}

struct Program(pausa_hub::Process);

impl Process for Program {
    fn pid(&self) -> i32 {
        self.0.pid()
    }

    fn wait(&self) -> Ended {
        children::ended(self.0.wait())
    }

    fn fate(&self) -> Fate {
        children::fate(self.0.fate())
    }

    fn describe(&self, ended: Ended) -> String {
        describe(ended)
    }

    fn kill(&self) {
        self.0.kill();
    }

    fn interrupt(&self) {
        self.0.interrupt();
    }

    fn terminal(&self) -> Option<BorrowedFd<'_>> {
        self.0.pty().map(AsFd::as_fd)
    }

    fn resize(&self, rows: u16, columns: u16) -> io::Result<()> {
        self.0.pty().map_or(Ok(()), |pty| pty.resize(rows, columns))
    }
}

/// How a program ended, as the end of a sentence about it.
pub fn describe(ended: Ended) -> String {
    match ended {
        Ended::Code(code) => format!("ended with exit code {code}"),
        Ended::Signal(number) => match Signal::try_from(number) {
            Ok(signal) => format!("was killed by {signal}"),
            Err(_) => format!("was killed by signal {number}"),
        },
    }
}
