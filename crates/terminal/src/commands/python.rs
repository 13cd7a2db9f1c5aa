//! What is no command: Python that is executed in the selected frame.
//!
//! Called with the first line of a statement. Invariant: a statement is complete before it is sent.

use crate::fault::Outcome;
use crate::input::{Prompt, Typed};
use crate::python_text::is_incomplete;
use crate::session::{Context, Session};

/// Reads the rest of the statement, if it has one, and executes it.
pub fn run(session: &mut Session, text: &str) -> Outcome {
    session.stopped()?;
    let mut text = text.to_owned();
    // Several lines come from an editor that has seen to their end.
    let mut open = !text.contains('\n') && is_incomplete(&text);
    while open {
        match session.next_line(Prompt::More) {
            Typed::Line(line) => {
                text.push('\n');
                text.push_str(line.trim_end());
                open = is_incomplete(&text);
            }
            Typed::Interrupted => return Ok(()),
            Typed::End => break,
        }
    }
    let value = session.evaluate(&text, Context::Repl)?;
    if value.is_empty() { Ok(()) } else { session.say([value.trim_end_matches('\n')]) }
}
