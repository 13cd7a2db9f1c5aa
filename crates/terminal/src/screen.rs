//! Where everything of ours is printed.
//!
//! Owned by the session. Invariant: it is flushed before anybody waits, so that our lines and the program's come in the
//! order in which they were made.

use std::io::{ErrorKind, Write};

use crate::fault::Fault;
use crate::render::Look;
use crate::render::colours::Ink;

/// The output, and how it is written.
pub struct Screen {
    out: Box<dyn Write + Send>,
    /// How things look on it.
    pub look: Look,
    gone: bool,
}

impl Screen {
    /// A screen over an output.
    pub fn new(out: Box<dyn Write + Send>, look: Look) -> Self {
        Self { out, look, gone: false }
    }

    /// Prints a line.
    pub fn line(&mut self, text: &str) {
        self.text(text);
        self.text("\n");
    }

    /// Prints a text as it is.
    pub fn text(&mut self, text: &str) {
        self.note(|out| out.write_all(text.as_bytes()));
    }

    /// Prints an error as one line.
    pub fn error(&mut self, fault: &Fault) {
        let head = self.look.ink(Ink::Error, "error:");
        self.line(&format!("{head} {fault}"));
    }

    /// Sends on what was printed.
    pub fn flush(&mut self) {
        self.note(|out| out.flush());
    }

    /// True once nobody reads any more.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    fn note(&mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        if let Err(error) = write(&mut *self.out) {
            self.gone |= matches!(error.kind(), ErrorKind::BrokenPipe);
        }
    }
}
