//! The `pausa` command: reads the command line, finds a Python, and hands both to the prompt, or serves editors.
//!
//! Wires the hub and the terminal, which do not know each other. Invariant: what is wrong with the command line is one
//! line and exit code 2.

mod adapter;
mod arguments;
mod attaching;
mod children;
mod front_end;
mod launcher;
mod tools;
#[cfg(feature = "ways")]
mod ways;

use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use pausa_hub::Launch;
use pausa_hub::pythons::{self, Python};
use pausa_terminal::Settings;

use arguments::Arguments;
use launcher::ProgramLauncher;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    let result = match (front_end::asked_for(&words), adapter::asked_for(&words)) {
        (Some(request), _) => front_end::run(request),
        (None, Some(words)) => adapter::run(words),
        (None, None) if attaching::is_asked_for(&words) => {
            attaching::Attaching::try_parse().map_err(usage).and_then(attaching::run)
        }
        (None, None) if tools::are_asked_for(&words) => tools::Tools::try_parse().map_err(usage).and_then(tools::run),
        (None, None) => Arguments::try_parse().map_err(usage).and_then(debug),
    };
    match result {
        Ok(code) => ExitCode::from(u8::try_from(code & 0xff).unwrap_or(u8::MAX)),
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// What is wrong with the command line, in one line; help and version are shown and end the command here.
fn usage(error: clap::Error) -> String {
    match error.kind() {
        ErrorKind::MissingRequiredArgument if error.to_string().contains("<PID>") => {
            "name a process: `pausa attach PID`; `pausa ps` lists the Python processes".into()
        }
        ErrorKind::MissingRequiredArgument => "name a program: `pausa FILE [ARGS...]` or `pausa -m MODULE`".into(),
        kind if !error.use_stderr() || kind == ErrorKind::DisplayHelp => error.exit(),
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            format!("{} (`pausa --help` has all options)", first.trim_start_matches("error: "))
        }
    }
}

/// The Python to use: `wanted`, or the one that the user would expect; that it is another one is said.
fn choose_python(wanted: Option<&OsStr>) -> Result<Python, String> {
    let python = pythons::choose(wanted).map_err(|error| error.to_string())?;
    if let Some(passed_over) = &python.passed_over {
        eprintln!("{passed_over}");
    }
    Ok(python)
}

/// Debugs a program from its start.
fn debug(arguments: Arguments) -> Result<i32, String> {
    let target = arguments.target()?;
    let python = choose_python(arguments.python.as_deref())?;
    if let Some(attachable) = arguments.attachable() {
        let backend = arguments.backend();
        let launch = Launch { backend, ..Launch::new(python.path, target, arguments.program_arguments()) };
        return adapter::run_attachable(&attachable, launch, arguments.program_name());
    }
    let settings = Settings {
        stop_on_entry: arguments.breakpoints.is_empty(),
        breakpoints: arguments.breakpoints.clone(),
        commands: arguments.commands.clone(),
        all_code: arguments.all_code,
        verbose: arguments.verbose,
        no_children: arguments.no_children,
        hold_all: arguments.hold_all,
        ..settings()?
    };
    let (terminal, backend) = (io::stdin().is_terminal(), arguments.backend());
    let launcher = ProgramLauncher::new(python, target, arguments.program_arguments(), terminal, backend);
    pausa_terminal::run(settings, Box::new(launcher)).map_err(|error| error.to_string())
}

/// What does not depend on the command line.
fn settings() -> Result<Settings, String> {
    let directory = std::env::current_dir().map_err(|error| format!("the working directory is gone: {error}"))?;
    Ok(Settings { directory, home: std::env::var_os("HOME").map(PathBuf::from), ..Settings::default() })
}
