//! `pausa attach PID`: a prompt for a program that is already running.
//!
//! Called by `attaching`. Invariant: with `--check` nothing is touched.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use pausa_hub::{Attach, Luggage};
use pausa_terminal::Settings;
use pausa_terminal::debuggee::{Launched, Launcher, Welcome};

/// What follows `pausa attach`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The process; `pausa ps` lists those that can be attached to.
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pid: i32,
    /// Only say whether the process can be attached to, and else why not and what would help.
    #[arg(long)]
    check: bool,
    /// Let the program run on, to LOCATION: FILE:LINE, FUNCTION or FILE:FUNCTION, also with ` if CONDITION`.
    #[arg(short = 'b', long = "break", value_name = "LOCATION")]
    breakpoints: Vec<String>,
    /// Run COMMAND at the first prompt.
    #[arg(short = 'c', long = "command", value_name = "COMMAND")]
    commands: Vec<String>,
    /// Debug the standard library and installed packages too.
    #[arg(long)]
    all_code: bool,
    /// Only look: nothing can be evaluated or assigned. The agent in the program sees to it.
    #[arg(long)]
    read_only: bool,
    /// Have the agent add a line to FILE for each evaluation and assignment.
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
    /// Give up after SECONDS if the program does not come back to Python code.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// How to hear of what the program does: by sys.monitoring (3.12 and later, its default) or sys.settrace.
    #[arg(long, value_name = "BACKEND", value_parser = ["monitoring", "settrace"])]
    backend: Option<String>,
    /// Say which Python runs the program.
    #[arg(short, long)]
    verbose: bool,
}

/// Runs it; the exit code.
pub fn run(arguments: Arguments) -> Result<i32, String> {
    if arguments.check {
        let examined = pausa_attach::examine(arguments.pid).map_err(|hindrance| hindrance.to_string())?;
        let way = super::ps::way(examined.way);
        println!("process {} runs Python {} and can be attached to ({way})", arguments.pid, examined.version);
        return Ok(0);
    }
    let set = || std::env::var("PAUSA_BACKEND").ok().filter(|backend| !backend.is_empty());
    let directory = crate::settings()?;
    let attach = Attach {
        backend: arguments.backend.or_else(set),
        read_only: arguments.read_only,
        audit_log: arguments.audit_log.map(|path| directory.directory.join(path)),
        patience: Duration::from_secs(arguments.timeout),
        ..Attach::new(arguments.pid)
    };
    let settings = Settings {
        attached: true,
        stop_on_entry: arguments.breakpoints.is_empty(),
        breakpoints: arguments.breakpoints,
        commands: arguments.commands,
        all_code: arguments.all_code,
        verbose: arguments.verbose,
        ..directory
    };
    let launcher = ProcessLauncher { attach, luggage: None, children: None };
    pausa_terminal::run(settings, Box::new(launcher)).map_err(|error| error.to_string())
}

/// A process that is there already.
struct ProcessLauncher {
    attach: Attach,
    luggage: Option<Luggage>,
    children: Option<pausa_hub::Children>,
}

impl Launcher for ProcessLauncher {
    fn launch(&mut self, _arguments: Option<Vec<OsString>>) -> Result<Launched, String> {
        let attached = pausa_hub::attach(&self.attach, None, &mut |word| eprintln!("{word}"));
        let attached = attached.map_err(|error| error.to_string())?;
        self.luggage = Some(attached.luggage);
        Ok(Launched {
            reader: Box::new(attached.stream.try_clone().map_err(|error| error.to_string())?),
            writer: Box::new(attached.stream),
            process: None,
            python: format!("Python {} of process {}", attached.version, self.attach.pid),
        })
    }

    fn program_file(&self) -> Option<PathBuf> {
        None
    }

    fn can_restart(&self) -> bool {
        false
    }

    fn follow_children(&mut self, welcome: Welcome) -> Result<Option<String>, String> {
        self.children = Some(crate::children::open(welcome)?);
        Ok(self.children.as_ref().map(|children| children.address().to_owned()))
    }

    fn cleanup(&self) -> fn() {
        pausa_hub::remove_folders
    }
}
