//! Programs that run already: `pausa attach`, `pausa ps` and `pausa stack`.
//!
//! Called by `main` if the first word is one of the three; a program of that name is debugged as `./attach`. Invariant:
//! none of them ends the program.

mod attach;
mod ps;
mod stack;

use std::ffi::OsString;

use clap::Parser;

/// The command line of one of them.
#[derive(Debug, Parser)]
#[command(name = "pausa", version, max_term_width = 100)]
pub struct Attaching {
    /// Which Python is meant is decided by the process; `python -m pausa` names one all the same.
    #[arg(long, value_name = "PYTHON", global = true, hide = true)]
    python: Option<OsString>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Debug a program that is already running. It is stopped where it is, or runs on to a breakpoint of `-b`.
    Attach(attach::Arguments),
    /// List the Python processes: version, user, whether they can be attached to and why not, command.
    Ps(ps::Arguments),
    /// Show where the threads of a running program are. It is held for some milliseconds only.
    Stack(stack::Arguments),
}

/// True if a command line is one of these. Before its name there may be which Python to use, as `python -m pausa` says.
pub fn is_asked_for(words: &[OsString]) -> bool {
    let name = match words {
        [option, _, name, ..] if option == "--python" => name,
        [option, name, ..] if option.as_encoded_bytes().starts_with(b"--python=") => name,
        [name, ..] => name,
        [] => return false,
    };
    ["attach", "ps", "stack"].iter().any(|own| name == own)
}

/// Runs one; the exit code.
pub fn run(Attaching { command, .. }: Attaching) -> Result<i32, String> {
    match command {
        Command::Attach(arguments) => attach::run(arguments),
        Command::Ps(arguments) => ps::run(&arguments),
        Command::Stack(arguments) => stack::run(&arguments),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_word_is_the_command() {
        let asked = |line: &str| is_asked_for(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in ["attach 7", "ps", "--python p stack 7"] {
            assert!(asked(line), "{line}");
        }
        for line in ["./ps", "a.py attach", "-m stack"] {
            assert!(!asked(line), "{line}");
        }
    }

    #[test]
    fn the_definition_holds() {
        use clap::CommandFactory;
        Attaching::command().debug_assert();
        assert!(Attaching::try_parse_from(["pausa", "attach", "7", "-b", "f", "--read-only"]).is_ok());
        assert!(Attaching::try_parse_from(["pausa", "attach", "0"]).is_err());
    }
}
