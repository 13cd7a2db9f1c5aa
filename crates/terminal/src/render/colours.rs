//! The colours of a terminal.
//!
//! Used through [`super::Look`]. Invariant: the sixteen colours that every terminal has, so that the user's theme rules.

/// What is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Why the program stopped.
    Reason,
    /// The arrow at the current line, and the mark of the selected frame.
    Mark,
    /// A line's number.
    Number,
    /// A breakpoint's mark.
    Breakpoint,
    /// An error.
    Error,
    /// Python's keywords.
    Keyword,
    /// Strings.
    String,
    /// Numbers and constants.
    Constant,
    /// Comments.
    Comment,
    /// Names of functions and classes.
    Function,
}

/// The text in a colour.
pub fn paint(ink: Ink, text: &str) -> String {
    let code = match ink {
        Ink::Reason => "1",
        Ink::Mark => "1;32",
        Ink::Number | Ink::Comment => "2",
        Ink::Breakpoint | Ink::Error => "1;31",
        Ink::Keyword => "35",
        Ink::String => "32",
        Ink::Constant => "36",
        Ink::Function => "34",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
