//! What the user gives us: lines from files and `-c`, the rest of a line after `;;`, and what is typed.
//!
//! Owned by the session. Invariant: what is queued comes before what is typed, and what belongs to a stop dies with it.

pub mod complete;
pub mod interactive;
pub mod plain;

use std::collections::VecDeque;

use pausa_dap::Client;

use crate::screen::Screen;

/// Which of the prompts is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// For a command.
    Command,
    /// For the rest of a Python statement.
    More,
    /// For a breakpoint's commands.
    Script,
    /// Python's own, for `interact`.
    Python,
}

impl Prompt {
    /// Its text.
    pub fn text(self) -> &'static str {
        match self {
            Self::Command => "(pausa) ",
            Self::More => "...     ",
            Self::Script => "(com) ",
            Self::Python => ">>> ",
        }
    }
}

/// What came of asking for a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A line, without its end; several, if the reader knows that a statement goes on.
    Line(String),
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-D, or the end of the input.
    End,
}

/// What completion needs to know of the session.
#[derive(Clone, Default)]
pub struct Surroundings {
    /// Who can be asked for names.
    pub client: Option<Client>,
    /// The selected frame.
    pub frame: Option<i64>,
}

/// Reads a line from the user.
pub trait LineReader {
    /// Shows the prompt and reads.
    fn read(&mut self, prompt: Prompt, screen: &mut Screen) -> Typed;
    /// Tells what the session stands at, before a read.
    fn prepare(&mut self, surroundings: Surroundings);
}

/// A line that waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// The line.
    pub text: String,
    /// The stop that it belongs to, if it is one of a breakpoint's commands.
    pub stop: Option<u64>,
}

/// All that waits, and the reader.
pub struct Input {
    queue: VecDeque<Queued>,
    reader: Box<dyn LineReader>,
}

impl Input {
    /// An input over a reader.
    pub fn new(reader: Box<dyn LineReader>) -> Self {
        Self { queue: VecDeque::new(), reader }
    }

    /// Puts lines behind all others that wait.
    pub fn append(&mut self, lines: impl IntoIterator<Item = String>) {
        self.queue.extend(lines.into_iter().map(|text| Queued { text, stop: None }));
    }

    /// Puts lines before all others that wait.
    pub fn insert(&mut self, lines: impl DoubleEndedIterator<Item = String>, stop: Option<u64>) {
        for text in lines.rev() {
            self.queue.push_front(Queued { text, stop });
        }
    }

    /// The next line that waits and does not belong to another stop than this one.
    pub fn queued(&mut self, stop: Option<u64>) -> Option<Queued> {
        loop {
            let next = self.queue.pop_front()?;
            if next.stop.is_none() || next.stop == stop {
                return Some(next);
            }
        }
    }

    /// The reader, for when nothing waits.
    pub fn reader(&mut self) -> &mut dyn LineReader {
        &mut *self.reader
    }
}
