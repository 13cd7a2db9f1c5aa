//! Places in sources, and the modules that the sources belong to.
//!
//! Made by `cpython`, told to the client by `session`. Invariant: a path is as the program names it; columns count
//! UTF-16 code units from 1, as the protocol does.

/// A line of a source file, counted from 1.
pub type Line = u32;

/// Where on its line something begins, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The first column, in UTF-16 code units from 1.
    pub start: u32,
    /// The line of the end.
    pub end_line: Line,
    /// The column after the last one, in UTF-16 code units from 1.
    pub end: u32,
}

/// A source as the program names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// See [`Frame::path`](super::Frame::path).
    pub path: String,
    /// True if `path` is a file that can be read.
    pub on_disk: bool,
    /// False for the standard library and installed packages.
    pub in_scope: bool,
}

/// A line of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The source.
    pub source: SourceFile,
    /// The line.
    pub line: Line,
}

/// Where a breakpoint can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakpointPlace {
    /// Its line.
    pub line: Line,
    /// Where on the line, if that can be told.
    pub columns: Option<Columns>,
}

/// A module that the program has imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name in `sys.modules`.
    pub name: String,
    /// The file it comes from, if it comes from one.
    pub path: Option<String>,
    /// Its `__version__`, where that is a string.
    pub version: Option<String>,
    /// False for the standard library and installed packages.
    pub in_scope: bool,
}
