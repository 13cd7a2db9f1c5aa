//! Lines from a pipe, a file, or a terminal that can do nothing more.
//!
//! Used when the interactive prompt is not. Invariant: not a byte beyond the line's end is taken, because the program
//! reads from the same input.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;

use super::{LineReader, Prompt, Surroundings, Typed};
use crate::screen::Screen;
use crate::signals::AtPrompt;

/// Reads standard input a byte at a time.
pub struct PlainReader<R> {
    input: R,
    at_prompt: AtPrompt,
}

impl PlainReader<File> {
    /// A reader of standard input, past the buffer of the standard library.
    ///
    /// # Errors
    /// If standard input is closed.
    pub fn stdin(at_prompt: AtPrompt) -> io::Result<Self> {
        let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Self { input, at_prompt })
    }
}

impl<R: Read> LineReader for PlainReader<R> {
    fn read(&mut self, prompt: Prompt, screen: &mut Screen) -> Typed {
        screen.text(prompt.text());
        screen.flush();
        let _at_prompt = self.at_prompt.enter();
        match read_line(&mut self.input) {
            Some(line) => Typed::Line(line),
            None => Typed::End,
        }
    }

    fn prepare(&mut self, _surroundings: Surroundings) {}
}

/// A line without its end; `None` at the end of the input, where the start of a line counts as a line.
fn read_line(input: &mut impl Read) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match input.read(&mut byte) {
            Ok(1) if byte[0] != b'\n' => line.push(byte[0]),
            Ok(1) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Ok(_) | Err(_) if line.is_empty() => return None,
            Ok(_) | Err(_) => break,
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Some(String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_and_no_more_is_read() {
        let mut input = io::Cursor::new(b"b 6\r\nfor the program\nlast".to_vec());
        assert_eq!(read_line(&mut input).as_deref(), Some("b 6"));
        assert_eq!(input.position(), 5);
        assert_eq!(read_line(&mut input).as_deref(), Some("for the program"));
        assert_eq!(read_line(&mut input).as_deref(), Some("last"));
        assert_eq!(read_line(&mut input), None);
    }
}
