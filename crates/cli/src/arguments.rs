//! The command line.
//!
//! Read once by `main`. Invariant: from the program's name on, nothing is ours.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Parser};
use pausa_hub::{Address, Target};

use crate::adapter::{Attachable, Meeting};

/// Debugs a Python program: stops it where you say, shows what is there, and goes on.
#[derive(Debug, Parser)]
#[command(name = "pausa", version, max_term_width = 100)]
#[command(group = ArgGroup::new("meeting").args(["listen", "connect"]))]
#[command(override_usage = "pausa [OPTIONS] FILE [ARGS...]\n       pausa [OPTIONS] -m MODULE [ARGS...]\n       \
    pausa attach PID\n       pausa ps\n       pausa stack PID\n       pausa dap [--listen ADDRESS]")]
pub struct Arguments {
    /// Stop at LOCATION: FILE:LINE, LINE, FUNCTION or FILE:FUNCTION, also with ` if CONDITION`. The program then runs
    /// to it and does not stop at its first line.
    #[arg(short = 'b', long = "break", value_name = "LOCATION")]
    pub breakpoints: Vec<String>,
    /// Run COMMAND at the first prompt.
    #[arg(short = 'c', long = "command", value_name = "COMMAND")]
    pub commands: Vec<String>,
    /// The Python to use: a version such as 3.13, a command, or a path.
    #[arg(long, value_name = "PYTHON")]
    pub python: Option<OsString>,
    /// How to hear of what the program does: by sys.monitoring (3.12 and later, its default) or sys.settrace.
    /// PAUSA_BACKEND in the environment does the same.
    #[arg(long, value_name = "BACKEND", value_parser = ["monitoring", "settrace"])]
    backend: Option<String>,
    /// Debug the standard library and installed packages too.
    #[arg(long)]
    pub all_code: bool,
    /// Let the processes that the program starts run undebugged.
    #[arg(long)]
    pub no_children: bool,
    /// Hold all processes of the program while one of them is stopped.
    #[arg(long, conflicts_with = "no_children")]
    pub hold_all: bool,
    /// Run the program for editors to attach to, at ADDRESS: PORT, HOST:PORT or unix:PATH.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["breakpoints", "commands", "all_code"])]
    listen: Option<Address>,
    /// Run the program for the editor that waits for it at ADDRESS, having attached with "listen".
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["listen", "breakpoints", "commands", "all_code"])]
    connect: Option<Address>,
    /// With --listen or --connect: do not start the program before an editor has attached.
    #[arg(long, requires = "meeting")]
    wait: bool,
    /// With --listen or --connect: the file with the secret that editors have to show (or PAUSA_TOKEN); needed to listen beyond this
    /// machine.
    #[arg(long, value_name = "FILE", requires = "meeting")]
    token_file: Option<PathBuf>,
    /// Say which Python runs the program.
    #[arg(short, long)]
    pub verbose: bool,
    /// Run a module, as `python -m` does.
    #[arg(short = 'm', value_name = "MODULE")]
    module: bool,
    /// The program, and its own arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "FILE")]
    program: Vec<OsString>,
}

impl Arguments {
    /// What is to run.
    pub fn target(&self) -> Result<Target, String> {
        target(self.module, &self.program)
    }

    /// How the agent is to hear of events, if the user has chosen.
    pub fn backend(&self) -> Option<String> {
        let set = || std::env::var("PAUSA_BACKEND").ok().filter(|backend| !backend.is_empty());
        self.backend.clone().or_else(set)
    }

    /// How editors may attach, if they may.
    pub fn attachable(&self) -> Option<Attachable> {
        let listen = self.listen.clone().map(Meeting::Listen);
        let meeting = listen.or_else(|| self.connect.clone().map(Meeting::Connect))?;
        Some(Attachable { meeting, wait: self.wait, token_file: self.token_file.clone() })
    }

    /// The program as its user named it.
    pub fn program_name(&self) -> String {
        self.program.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// What the program gets.
    pub fn program_arguments(&self) -> Vec<OsString> {
        self.program.iter().skip(1).cloned().collect()
    }
}

/// What `[-m] NAME [ARGS...]` is to run.
pub fn target(module: bool, program: &[OsString]) -> Result<Target, String> {
    let name = program.first().map_or(OsStr::new(""), OsString::as_os_str);
    if module {
        return match name.to_str() {
            Some(name) => Ok(Target::Module(name.to_owned())),
            None => Err(format!("{} is no name of a module", name.display())),
        };
    }
    file(Path::new(name)).map(Target::File)
}

fn file(path: &Path) -> Result<PathBuf, String> {
    if path.is_dir() && !path.join("__main__.py").is_file() {
        return Err(format!("{} is a folder without a __main__.py: name the file to run", path.display()));
    }
    if !path.exists() {
        return Err(format!("no such file: {}", path.display()));
    }
    Ok(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from([&["pausa"], words].concat())
    }

    #[test]
    fn what_follows_the_program_is_its_own() {
        let arguments = parsed(&["-b", "6 if x", "-c", "c", "prog.py", "--help", "-b", "--", "-m"]).unwrap();
        assert_eq!(arguments.breakpoints, ["6 if x"]);
        assert_eq!(arguments.program_arguments(), ["--help", "-b", "--", "-m"]);
        let arguments = parsed(&["-b", "f", "-m", "pkg.mod", "-v", "--version"]).unwrap();
        assert_eq!(arguments.target(), Ok(Target::Module("pkg.mod".into())));
        assert_eq!(arguments.program_arguments(), ["-v", "--version"]);
        assert!(!arguments.verbose);
    }

    #[test]
    fn what_cannot_run_is_refused() {
        assert!(parsed(&[]).is_err());
        assert!(parsed(&["-m"]).is_err());
        let folder = env!("CARGO_MANIFEST_DIR");
        assert!(parsed(&[folder]).unwrap().target().unwrap_err().contains("__main__.py"));
        assert_eq!(parsed(&["nothing.py"]).unwrap().target().unwrap_err(), "no such file: nothing.py");
    }

    #[test]
    fn the_definition_holds() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
