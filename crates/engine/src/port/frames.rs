//! The frames of a stopped thread, and the groups of variables that a frame has.
//!
//! Made by `cpython` at a stop, told to the client by `session`. Invariant: a [`FrameId`] dies when the debuggee resumes.

use super::{Columns, Handle, Line, SourceFile};
use crate::targets::Address;

/// A frame within the current stop. Dies at resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub i64);

/// One activation on a thread's stack, innermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Its id within this stop.
    pub id: FrameId,
    /// The code's qualified name, as `co_qualname` has it.
    pub name: String,
    /// `co_filename`, made absolute where it names a file; `<string>` and the like stay as they are.
    pub path: String,
    /// True if `path` is a file that can be read.
    pub on_disk: bool,
    /// The line it is at.
    pub line: Line,
    /// What of the source is running, where the interpreter knows it (from CPython 3.11 on).
    pub columns: Option<Columns>,
    /// The name of the module whose globals it sees.
    pub module: Option<String>,
    /// False for frames of the standard library and of installed packages.
    pub in_scope: bool,
    /// Whether it is on the stack.
    pub kind: FrameKind,
    /// The instruction it is at, if it is at one.
    pub instruction: Option<Address>,
}

/// What a line of a stack stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FrameKind {
    /// An activation on the stack.
    #[default]
    Running,
    /// A coroutine that is suspended: it has variables as any other.
    Suspended,
    /// A place that was passed long ago: where a task was created.
    Past,
    /// No frame: a name for the ones that follow.
    Label,
}

/// Some frames of a thread.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Stack {
    /// Those that were asked for, innermost first.
    pub frames: Vec<Frame>,
    /// How many the thread has; of a very deep stack a number that is greater than what has been shown so far.
    pub total: usize,
}

/// Which frames of a thread to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Levels {
    /// The first one, from 0, the innermost.
    pub start: usize,
    /// How many; 0 for all.
    pub count: usize,
    /// Also those that no user wants to see: the import system's and pausa's own.
    pub hidden: bool,
}

/// What a group of variables is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    /// Parameters and local variables; at module and class level the names of that scope.
    Locals,
    /// Variables of the functions around this one.
    Closure,
    /// The module's variables.
    Globals,
    /// What the function returned that the last step left.
    ReturnValue,
    /// The exception that the thread is stopped at.
    Exception,
}

/// A group of variables of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Which group.
    pub kind: ScopeKind,
    /// Its variables.
    pub handle: Handle,
    /// How many there are.
    pub count: usize,
    /// True if listing it costs more than a glance (globals).
    pub expensive: bool,
    /// The source that it covers, with the first and the last line, where it is a part of one.
    pub covers: Option<(SourceFile, Line, Line)>,
}
