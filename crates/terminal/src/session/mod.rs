//! A session at the prompt: from the program's start to the user's goodbye.
//!
//! Run by `lib`. Commands are handed the whole session, which is the state they all share. Invariant: either a program
//! runs and we wait for it, or it holds still (or there is none) and the prompt is shown.

mod ask;
mod flow;
mod processes;
mod sources;
mod start;
mod stop;
#[cfg(test)]
mod tests;
mod welcome;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use pausa_dap::Client;
use pausa_dap::types::StoppedEvent;

use crate::aliases::Aliases;
use crate::breakpoints::Breakpoints;
use crate::catches::Catches;
use crate::commands;
use crate::console::Console;
use crate::debuggee::{Ended, Fate, Launcher, Process, Relative};
use crate::displays::Displays;
use crate::fault::{Fault, Outcome};
use crate::happenings::{Happenings, Run};
use crate::input::{Input, LineReader, Prompt, Queued, Surroundings, Typed};
use crate::locations;
use crate::pdbrc;
use crate::screen::Screen;
use crate::signals::Current;
use crate::threads::Threads;

use welcome::Shared;

pub use ask::Context;
pub use processes::Other;
pub use stop::{Stop, is_label, is_subtle};
pub use welcome::Welcomed;

/// What the user asked for on the command line.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Locations to stop at, from the start.
    pub breakpoints: Vec<String>,
    /// Commands to run at the first prompt.
    pub commands: Vec<String>,
    /// Whether to stop before the program's first line.
    pub stop_on_entry: bool,
    /// Whether the standard library and installed packages are debugged too.
    pub all_code: bool,
    /// Whether to say which Python runs.
    pub verbose: bool,
    /// Whether the program runs already, in our terminal, and is not ours: Ctrl-C is its own while it runs.
    pub connected: bool,
    /// Whether the program was running before us and runs on after us.
    pub attached: bool,
    /// The working directory.
    pub directory: PathBuf,
    /// Where the user's own `.pdbrc` is.
    pub home: Option<PathBuf>,
    /// Whether the processes that the program starts run undebugged.
    pub no_children: bool,
    /// Whether a stop in one process holds the others.
    pub hold_all: bool,
}

/// A process of the program.
#[derive(Clone)]
pub struct Running {
    /// The user's number of it; the one that we started is 1.
    pub number: usize,
    /// Which connection this is.
    pub run: Run,
    /// Its agent.
    pub client: Client,
    /// The process itself.
    pub process: Origin,
    /// The interpreter or the command, as text.
    pub python: String,
    /// Its agent is gone: it is about to end, or runs another program, or this one undebugged.
    pub is_mute: bool,
    /// Its agent is gone because the program has closed the connection.
    pub is_undebugged: bool,
}

impl Running {
    /// True if it is a child that has ended, be it that its connection's end is still to be heard of.
    fn has_ended(&self) -> bool {
        match &self.process {
            Origin::Child(process) => matches!(process.fate(), Fate::Ended(_)),
            Origin::Ours(..) | Origin::Foreign => false,
        }
    }

    /// True if it is none that the program's author has asked for.
    fn is_service(&self) -> bool {
        matches!(&self.process, Origin::Child(process) if process.service().is_some())
    }
}

/// How a process came to be, which is what can be done with it.
#[derive(Clone)]
pub enum Origin {
    /// We started it. Its end is told by this run.
    Ours(Arc<dyn Process>, Run),
    /// A process of ours did.
    Child(Arc<dyn Relative>),
    /// It was there before, and is only connected.
    Foreign,
}

impl Origin {
    /// The process that we started.
    pub fn ours(&self) -> Option<&Arc<dyn Process>> {
        match self {
            Self::Ours(process, _) => Some(process),
            Self::Child(_) | Self::Foreign => None,
        }
    }

    /// Its process id, where that is known.
    pub fn pid(&self) -> Option<i32> {
        match self {
            Self::Ours(process, _) => Some(process.pid()),
            Self::Child(process) => Some(process.pid()),
            Self::Foreign => None,
        }
    }
}

/// What lasts over several runs of the program.
#[derive(Default)]
pub struct Kept {
    /// Breakpoints.
    pub breakpoints: Breakpoints,
    /// At which exceptions to stop.
    pub catches: Catches,
    /// Expressions that are shown when they change.
    pub displays: Displays,
    /// The user's own commands.
    pub aliases: Aliases,
    /// What an empty line repeats.
    pub last_line: String,
}

/// How far a step goes at a time, and so what is told where it ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// To the next line: that is told.
    #[default]
    Lines,
    /// To the next instruction: that is told, and the part of the line that it comes from.
    Instructions,
    /// To where an expression has got its value: both are told.
    Expressions,
}

/// A session.
pub struct Session {
    /// What the user asked for.
    pub settings: Settings,
    /// Where we print.
    pub screen: Screen,
    /// Where lines come from.
    pub input: Input,
    /// What lasts.
    pub kept: Kept,
    /// The process looked at, while it runs.
    pub running: Option<Running>,
    /// The other ones.
    pub others: Vec<Other>,
    /// The program's terminal, if it has one of its own.
    pub console: Option<Console>,
    /// Where it holds still.
    pub stop: Option<Stop>,
    /// Its threads.
    pub threads: Threads,
    /// How it ended.
    pub ended: Option<Ended>,
    /// Set when the session is over: our exit code.
    pub leaving: Option<i32>,
    /// Watchpoints that are over, which the user has not been told yet.
    over: Vec<u32>,
    launcher: Box<dyn Launcher>,
    happenings: Happenings,
    current: Current,
    last_run: Run,
    last_stop: u64,
    /// How far the step under way goes at a time.
    by: By,
    /// The number that a process was given last.
    last_number: usize,
    /// The process that the last stop which was told was in.
    told_number: usize,
    /// What new processes are to stop at.
    recipe: Shared,
    /// Where they report.
    children: Option<String>,
    /// The process looked at has stopped, and nobody was told yet.
    due: Option<StoppedEvent>,
    /// Why children cannot be debugged, as far as it was told.
    told_unfit: BTreeSet<String>,
    /// The process looked at was asked to pause when it was not, for a stop that is over: it runs on when it has.
    passes_pause: bool,
}

impl Session {
    /// A session that has not started yet.
    pub fn new(settings: Settings, launcher: Box<dyn Launcher>, reader: Box<dyn LineReader>, screen: Screen) -> Self {
        Self {
            settings,
            screen,
            input: Input::new(reader),
            kept: Kept::default(),
            running: None,
            others: Vec::new(),
            console: None,
            stop: None,
            threads: Threads::default(),
            ended: None,
            leaving: None,
            over: Vec::new(),
            launcher,
            happenings: Happenings::default(),
            current: Current::default(),
            last_run: Run::default(),
            last_stop: 0,
            by: By::Lines,
            last_number: 0,
            told_number: 1,
            recipe: Shared::default(),
            children: None,
            due: None,
            told_unfit: BTreeSet::new(),
            passes_pause: false,
        }
    }

    /// What the thread that watches signals needs: the present program, and where to tell of Ctrl-C.
    pub fn wires(&self) -> (Current, std::sync::mpsc::Sender<crate::happenings::Happening>) {
        (self.current.clone(), self.happenings.sender())
    }

    /// Starts the program and serves the user until one of them is done. Gives our exit code.
    pub fn run(&mut self) -> i32 {
        if let Err(fault) = self.first_start() {
            self.screen.error(&fault);
            if self.settings.attached {
                self.let_go();
            }
            self.kill();
            self.screen.flush();
            return 2;
        }
        let rc = pdbrc::commands(self.settings.home.as_deref(), &self.settings.directory);
        self.input.append(rc);
        self.input.append(std::mem::take(&mut self.settings.commands));
        loop {
            self.notice();
            if let Some(code) = self.leaving {
                break self.leave(code);
            }
            self.turn();
            if self.screen.is_gone() && self.leaving.is_none() {
                self.leaving = Some(0);
            }
        }
    }

    fn leave(&mut self, code: i32) -> i32 {
        if self.settings.attached
            && self.running.is_some()
            && let Err(fault) = self.detach()
        {
            self.screen.error(&fault);
        }
        self.kill();
        self.screen.flush();
        code
    }

    /// One line from the user.
    fn turn(&mut self) {
        if let Some(queued) = self.input.queued(self.serial()) {
            return self.run_line(&queued);
        }
        match self.type_line(Prompt::Command) {
            Typed::Line(text) => {
                let text = if text.trim().is_empty() { self.kept.last_line.clone() } else { text };
                self.kept.last_line.clone_from(&text);
                self.run_line(&Queued { text, stop: None });
            }
            Typed::Interrupted => {}
            Typed::End => self.end_of_input(),
        }
    }

    fn type_line(&mut self, prompt: Prompt) -> Typed {
        let surroundings = Surroundings {
            client: self.running.as_ref().map(|running| running.client.clone()),
            frame: self.stop.as_ref().and_then(Stop::frame_id),
        };
        self.input.reader().prepare(surroundings);
        self.input.reader().read(prompt, &mut self.screen)
    }

    /// The next line that belongs to the command at hand: one that waits, or else a typed one.
    pub fn next_line(&mut self, prompt: Prompt) -> Typed {
        match self.input.queued(self.serial()) {
            Some(queued) => Typed::Line(queued.text),
            None => self.type_line(prompt),
        }
    }

    fn end_of_input(&mut self) {
        self.screen.line("");
        if self.running.is_some() && self.leaving.is_none() && !self.settings.attached {
            self.screen.line("The program was still running and is killed.");
        }
        self.quit();
    }

    /// Ends the session.
    pub fn quit(&mut self) {
        let code = if self.running.is_some() { 0 } else { self.ended.map_or(0, Ended::exit_code) };
        self.leaving = Some(code);
    }

    /// Runs the first command of a line; the others wait for their turn.
    fn run_line(&mut self, line: &Queued) {
        let outcome = self.kept.aliases.expand(&line.text).map_err(Fault::from).and_then(|expanded| {
            let parts = commands::parts(&expanded);
            let (first, others) = parts.split_first().map_or(("", [].as_slice()), |(first, others)| (*first, others));
            self.input.insert(others.iter().map(|part| (*part).to_owned()), line.stop);
            commands::run(self, first)
        });
        match outcome {
            Ok(()) => {}
            Err(Fault::Gone) => self.wait_for_end(),
            Err(fault) => self.screen.error(&fault),
        }
    }

    /// The number of the present stop.
    fn serial(&self) -> Option<u64> {
        self.stop.as_ref().map(|stop| stop.serial)
    }

    /// What relative locations are relative to.
    pub fn surroundings(&self) -> locations::Surroundings {
        let program = self.launcher.program_file();
        locations::Surroundings {
            directory: self.settings.directory.clone(),
            program_folder: program.as_ref().and_then(|file| file.parent()).map(PathBuf::from),
            current_file: self.stop.as_ref().and_then(Stop::file).or(program),
            known_files: self.stop.as_ref().map(Stop::files).unwrap_or_default(),
        }
    }

    /// Prints the lines.
    pub fn say(&mut self, lines: impl IntoIterator<Item = impl AsRef<str>>) -> Outcome {
        for line in lines {
            self.screen.line(line.as_ref());
        }
        Ok(())
    }
}
