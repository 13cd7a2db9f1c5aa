//! Who is compared, and how each runs a program.
//!
//! Called by `measure`. Invariant: all contenders run the same program with the same arguments; what cannot be done is
//! an error that says why, and becomes a cell of the page.

mod dap;
mod pdb;
mod plain;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::Result;
use crate::channel::Channel;
use crate::lab::Lab;

pub use dap::Dap;

/// How long anything may take before it is given up.
pub const DEADLINE: Duration = Duration::from_secs(90);

/// Somebody who runs a program. In the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contender {
    /// Python alone.
    Plain,
    /// Python alone, where the program's author wrote the condition into the source.
    ByHand,
    /// pausa on `sys.monitoring`.
    Pausa,
    /// The same with nothing set.
    PausaIdle,
    /// pausa on `sys.settrace`.
    PausaSettrace,
    /// The same by its adapter, as an editor starts it.
    PausaAdapter,
    /// debugpy, as an editor starts it.
    Debugpy,
    /// pdb, as a user starts it.
    Pdb,
    /// The talk's `sys.settrace` handler that does nothing.
    NothingSettrace,
    /// The talk's PY_START handler that does nothing.
    NothingStart,
    /// The talk's PY_START and LINE handlers that do nothing.
    NothingLine,
    /// A native RAISE handler that does nothing: the least that being told of exceptions costs.
    NothingRaise,
}

impl Contender {
    /// Its name on the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::Plain => "Python alone",
            Self::ByHand => "`if` by hand",
            Self::Pausa => "pausa",
            Self::PausaIdle => "pausa, nothing set",
            Self::PausaSettrace => "pausa, settrace",
            Self::PausaAdapter => "pausa, by its adapter",
            Self::Debugpy => "debugpy",
            Self::Pdb => "pdb",
            Self::NothingSettrace => "settrace, empty handler",
            Self::NothingStart => "PY_START, empty handler",
            Self::NothingLine => "PY_START and LINE, empty handlers",
            Self::NothingRaise => "RAISE, empty native handler",
        }
    }

    /// Starts a program under it, up to where the program waits to be told to work.
    pub fn start(self, lab: &Lab, case: &Case) -> Result<Debuggee> {
        let mut debuggee = self.begin(lab, case)?;
        debuggee.channel.ready(DEADLINE)?;
        if let Some(watched) = case.setup.watched {
            debuggee.session.watch(watched)?;
        }
        Ok(debuggee)
    }

    /// Starts a program under it with everything set, and does not wait for the program.
    pub fn begin(self, lab: &Lab, case: &Case) -> Result<Debuggee> {
        let folder = tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
        let channel = Channel::make(folder.path())?;
        let mut words = vec![folder.path().display().to_string()];
        words.extend(case.arguments.iter().cloned());
        let mut run = Run { program: folder.path().join(&case.program), words, setup: case.setup.clone() };
        for breakpoint in &mut run.setup.breakpoints {
            breakpoint.file = folder.path().join(&breakpoint.file);
        }
        case.prepare(folder.path())?;
        let session: Box<dyn Session> = match self {
            Self::Plain | Self::ByHand => Box::new(plain::Plain::start(lab, &run, None)?),
            Self::NothingSettrace => Box::new(plain::Plain::start(lab, &run, Some("settrace"))?),
            Self::NothingStart => Box::new(plain::Plain::start(lab, &run, Some("start"))?),
            Self::NothingLine => Box::new(plain::Plain::start(lab, &run, Some("line"))?),
            Self::NothingRaise => Box::new(plain::Plain::start(lab, &run, Some("raise"))?),
            Self::Pausa => Box::new(Dap::pausa(lab, &run, "monitoring")?),
            Self::PausaIdle => Box::new(Dap::pausa(lab, &Run { setup: Setup::default(), ..run }, "monitoring")?),
            Self::PausaSettrace => Box::new(Dap::pausa(lab, &run, "settrace")?),
            Self::PausaAdapter => Box::new(Dap::pausa_by_adapter(lab, &run)?),
            Self::Debugpy => Box::new(Dap::debugpy(lab, &run)?),
            Self::Pdb => Box::new(pdb::Pdb::start(lab, &run)?),
        };
        Ok(Debuggee { session, channel, folder })
    }
}

/// A program and what is set in it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The program: a path, or the name of one that `files` brings.
    pub program: PathBuf,
    /// Its arguments after the folder of the pipes.
    pub arguments: Vec<String>,
    /// What is set.
    pub setup: Setup,
    /// Files to write into the folder of the pipes first.
    pub files: Vec<(PathBuf, String)>,
}

impl Case {
    fn prepare(&self, folder: &std::path::Path) -> Result<()> {
        for (name, text) in &self.files {
            let path = folder.join(name);
            let parent = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent)
                .and_then(|()| std::fs::write(&path, text))
                .map_err(|error| format!("cannot write {}: {error}", name.display()))?;
        }
        Ok(())
    }
}

/// What is set in a program.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Where it stops.
    pub breakpoints: Vec<Breakpoint>,
    /// It also stops where an exception of this type is raised. (All contenders stop at uncaught ones, their default.)
    pub raised: Option<&'static str>,
    /// It stops at the calls of a function, or at their ends, if this holds.
    pub function: Option<(&'static str, &'static str)>,
    /// It stops where this changes, or is read.
    pub watched: Option<Watched>,
}

/// Data that is watched.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// What it is.
    pub expression: &'static str,
    /// The function in whose call it is; none for the module.
    pub function: Option<&'static str>,
    /// Stop at reads, not at changes.
    pub reads: bool,
}

/// A breakpoint on a line.
#[derive(Clone, Debug, Default)]
pub struct Breakpoint {
    /// The file: a path, or the name of one that the case brings.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// Stop only if this holds.
    pub condition: Option<String>,
    /// Stop only after so many hits.
    pub after: Option<u64>,
    /// Print the value of this name instead of stopping.
    pub log: Option<&'static str>,
}

/// A program, its whole list of arguments, and what is set in it, as a contender needs it.
struct Run {
    program: PathBuf,
    words: Vec<String>,
    setup: Setup,
}

/// What is asked for, or done, at a stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtStop {
    /// The instances of a class.
    Instances,
    /// What refers to an object.
    Referrers,
    /// Its size, with what can be reached from it.
    Size,
    /// Who holds which lock.
    Locks,
    /// An edited file takes the place of what was loaded from it.
    Reload(&'static str),
    /// Back to the function's first line.
    RestartFrame,
    /// Out of the function with a value.
    ForceReturn,
    /// An exception at this line, which the caller catches.
    Throw,
}

/// How a stopped program goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// To the next stop.
    Continue,
    /// Over calls, to the next line.
    Next,
    /// Out of the function.
    Return,
}

/// A program that runs.
pub struct Debuggee {
    /// Whoever runs it.
    pub session: Box<dyn Session>,
    /// How it is told to work.
    pub channel: Channel,
    folder: TempDir,
}

impl Debuggee {
    /// The folder of the pipes.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// Whoever runs a program.
pub trait Session: Send {
    /// True if a breakpoint stops the program.
    fn stops(&self) -> bool;
    /// The program's process id, if it is known before the program says it.
    fn pid(&self) -> Option<i32>;
    /// Waits for a stop.
    fn stopped(&mut self) -> Result<()>;
    /// Lets the stopped program go on.
    fn go(&mut self, how: Move) -> Result<()>;
    /// Asks the program to stop wherever it is.
    fn pause(&mut self) -> Result<()>;
    /// Watches data, once the program waits for work. Python alone has nothing to do for it.
    fn watch(&mut self, _watched: Watched) -> Result<()> {
        Ok(())
    }
    /// How many of `expected` log messages arrived, waiting for them as long as some come.
    fn messages(&mut self, expected: u64) -> Result<u64>;
    /// How long it took to set what was set.
    fn setting(&self) -> Duration;
    /// Asks for the stack of the stopped thread.
    fn answer(&mut self) -> Result<()> {
        Err("it speaks no protocol".to_owned())
    }
    /// Asks for all that an editor shows at a stop.
    fn panes(&mut self) -> Result<()> {
        Err("it speaks no protocol".to_owned())
    }
    /// Asks or does something at a stop: how long until the answer, or until the thread stops again.
    fn at_stop(&mut self, _what: AtStop, _folder: &Path) -> Result<Duration> {
        Err("it has nothing like it".to_owned())
    }
    /// Events that the interpreter delivered so far, if the contender counts them.
    fn delivered(&mut self) -> Result<std::collections::BTreeMap<String, i64>> {
        Err("it counts no events".to_owned())
    }
}
