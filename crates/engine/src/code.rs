//! What the engine knows of a code object: its file, its name and the lines at which a thread can stop in it.
//!
//! Made by `cpython` from a code object, live or freshly compiled from a source file. Invariant: `lines` holds exactly
//! the lines for which the interpreter delivers a line event in this code.

use crate::port::Line;

/// What a code object is the body of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// A module, or text given to `exec`.
    Module,
    /// A class body.
    Class,
    /// A function, method, lambda or generator expression.
    Function,
    /// A list, set or dict comprehension, which is code of its own before 3.12 (PEP 709).
    Comprehension,
}

/// A code object as the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeFacts {
    /// The file's real path, or the bare name where there is no such file.
    pub file: String,
    /// `co_qualname`.
    pub qualname: String,
    /// What it is the body of.
    pub kind: CodeKind,
    /// Lines with a line event, ascending. Of a comprehension not the one it begins at: that is its statement's.
    pub lines: Vec<Line>,
    /// The line of the first line event of a call; None if it has no line of its own.
    pub entry: Option<Line>,
    /// The line the call itself starts on (`def`, `lambda`): line events there need the start event too (gh-155992).
    pub start_line: Line,
    /// First and last line of its text.
    pub span: (Line, Line),
}

impl CodeFacts {
    /// True if a thread can stop at this line in this code.
    #[must_use]
    pub fn has_line(&self, line: Line) -> bool {
        self.lines.binary_search(&line).is_ok()
    }

    /// The qualified name as a user writes it: `outer.inner` for `outer.<locals>.inner`.
    #[must_use]
    pub fn spoken_name(&self) -> String {
        self.qualname.replace("<locals>.", "")
    }
}

/// The first line at or after `wanted` at which any of these codes can stop.
#[must_use]
pub fn next_line_with_code(codes: &[CodeFacts], wanted: Line) -> Option<Line> {
    codes.iter().filter_map(|code| code.lines.iter().copied().find(|&line| line >= wanted)).min()
}

/// The last line at which any of these codes can stop.
#[must_use]
pub fn last_line_with_code(codes: &[CodeFacts]) -> Option<Line> {
    codes.iter().filter_map(|code| code.lines.last().copied()).max()
}
