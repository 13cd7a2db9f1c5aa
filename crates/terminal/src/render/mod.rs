//! Texts for the user, in the form that docs/terminal.md promises.
//!
//! Called by the session and its commands, which print what they get. Invariant: colours apart, the text is the same on
//! a terminal and in a pipe.

pub mod breakpoints;
pub mod colours;
pub mod python;
pub mod source;
pub mod stack;
pub mod stop;
pub mod tasks;

use std::path::{Path, PathBuf};

use pausa_dap::types::StackFrame;

use colours::{Ink, paint};
pub use pausa_report::path_of;

/// How things are written: with colours or without, and relative to which folder.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Whether to use colours.
    pub colours: bool,
    /// The working directory.
    pub directory: PathBuf,
}

impl Look {
    /// A path as users see it: relative to the working directory where it is below it.
    pub fn path(&self, path: &Path) -> String {
        pausa_report::path(&self.directory, path)
    }

    /// `FILE:LINE`.
    pub fn file_line(&self, path: &Path, line: i64) -> String {
        format!("{}:{line}", self.path(path))
    }

    /// `FILE:LINE in FUNCTION`.
    pub fn place(&self, frame: &StackFrame) -> String {
        pausa_report::place(&self.directory, frame)
    }

    /// A text in a colour, if colours are wanted.
    pub fn ink(&self, ink: Ink, text: &str) -> String {
        if self.colours { paint(ink, text) } else { text.to_owned() }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use pausa_dap::types::Source;

    pub fn frame(path: &str, line: i64, name: &str) -> StackFrame {
        let source = Source { path: Some(path.into()), ..Source::default() };
        StackFrame { line, name: name.into(), source: Some(source), ..StackFrame::default() }
    }

    pub fn plain() -> Look {
        Look { colours: false, directory: "/home/me".into() }
    }

    #[test]
    fn paths_below_the_working_directory_are_short() {
        assert_eq!(plain().place(&frame("/home/me/a/b.py", 3, "f")), "a/b.py:3 in f");
        assert_eq!(plain().place(&frame("/home/meander/b.py", 3, "f")), "/home/meander/b.py:3 in f");
        assert_eq!(plain().place(&frame("<string>", 1, "<module>")), "<string>:1 in <module>");
    }
}
