//! The terminal prompt: pdb vocabulary over the protocol.
//!
//! Used by the `pausa` command, which hands it a way to start the program ([`debuggee::Launcher`]). A plain client of the
//! protocol. Invariant: knows the program only through the protocol and as a process.

mod aliases;
mod breakpoints;
mod catches;
mod column;
mod commands;
mod console;
pub mod debuggee;
mod displays;
mod fault;
mod happenings;
mod input;
mod locations;
mod parse;
mod pdbrc;
mod python_text;
mod render;
mod screen;
mod session;
mod signals;
mod threads;

use std::io::{self, IsTerminal};

use debuggee::Launcher;
use input::LineReader;
use input::interactive::{InteractiveReader, history_file};
use input::plain::PlainReader;
use render::Look;
use screen::Screen;
use session::Session;
use signals::AtPrompt;

pub use session::Settings;

/// Runs a session on our standard streams, and gives our exit code.
///
/// # Errors
/// If standard input or the signals cannot be used.
pub fn run(settings: Settings, launcher: Box<dyn Launcher>) -> io::Result<i32> {
    let look = Look { colours: wants_colours(), directory: settings.directory.clone() };
    let at_prompt = AtPrompt::default();
    let reader: Box<dyn LineReader> = if is_interactive() {
        Box::new(InteractiveReader::new(history_file(), look.colours, settings.directory.clone()))
    } else {
        Box::new(PlainReader::stdin(at_prompt.clone())?)
    };
    let screen = Screen::new(Box::new(io::stdout()), look);
    let cleanup = launcher.cleanup();
    let mut session = Session::new(settings, launcher, reader, screen);
    let (current, sender) = session.wires();
    signals::watch(current, at_prompt, sender, cleanup)?;
    Ok(session.run())
}

fn wants_colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && !is_dumb()
}

/// The line editor draws on the terminal that all three streams must therefore be.
fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal() && !is_dumb()
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_none_or(|name| name.is_empty() || name == "dumb")
}
