//! [`Inspector`]: what may be read and changed of a debuggee that holds still.
//!
//! Implemented by `cpython`, called by `session`. Invariant: none exists on a thread that may not run Python.

use std::collections::BTreeSet;

use super::{
    Completion, EvaluateMode, Exception, Format, Frame, FrameId, Handle, Levels, Line, LinkedException, Location,
    Memory, Module, Page, Refusal, Scope, SourceFile, Stack, Thread, ThreadId, Value, Variable,
};
use crate::locks::Locks;
use crate::objects::{Instances, Range, Referrers, Size};
use crate::targets::{CallTarget, Computed, GotoTarget, Listing, Stretch};
use crate::tasks::Tasks;

/// Reads and changes a debuggee that holds still. Implemented by `cpython`, called by `session`.
pub trait Inspector {
    /// All threads, the stopped one first.
    fn threads(&mut self) -> Vec<Thread>;
    /// The frames of a thread, innermost first.
    fn stack(&mut self, thread: ThreadId, levels: Levels) -> Result<Stack, Refusal>;
    /// asyncio's tasks, by name, from `first` on as many as `count`, 0 for all. Those that have come to a good end are left
    /// out.
    fn tasks(&mut self, first: usize, count: usize) -> Tasks;
    /// The same tasks as threads.
    fn task_threads(&mut self) -> Vec<Thread>;
    /// The parameters of a frame's function.
    fn parameters(&mut self, frame: FrameId) -> Result<Vec<Variable>, Refusal>;
    /// The instances of the class that an expression gives, and of classes that derive from it unless only its own are
    /// wanted.
    fn instances(
        &mut self,
        frame: Option<FrameId>,
        class: &str,
        only: bool,
        range: Range,
    ) -> Result<Instances, Refusal>;
    /// What refers to the object that an expression gives.
    fn referrers(&mut self, frame: Option<FrameId>, expression: &str, range: Range) -> Result<Referrers, Refusal>;
    /// How much memory the object takes that an expression gives; with `deep`, also what can be reached from it.
    fn size_of(&mut self, frame: Option<FrameId>, expression: &str, deep: bool) -> Result<Size, Refusal>;
    /// Who holds which lock, and who waits for it.
    fn locks(&mut self) -> Result<Locks, Refusal>;
    /// First and last line of a frame's code.
    fn code_lines(&mut self, frame: FrameId) -> Result<(Line, Line), Refusal>;
    /// The scopes of a frame.
    fn scopes(&mut self, frame: FrameId) -> Result<Vec<Scope>, Refusal>;
    /// The children of a scope or value.
    fn variables(&mut self, of: Handle, page: Page, format: Format) -> Result<Vec<Variable>, Refusal>;
    /// Evaluates in a frame, or in `__main__` without one.
    fn evaluate(
        &mut self,
        frame: Option<FrameId>,
        text: &str,
        mode: EvaluateMode,
        format: Format,
    ) -> Result<Value, Refusal>;
    /// Assigns the value of an expression to a child of a scope or value, by the child's name.
    fn set_variable(&mut self, of: Handle, name: &str, expression: &str, format: Format) -> Result<Value, Refusal>;
    /// Assigns the value of an expression to a target expression.
    fn set_expression(
        &mut self,
        frame: Option<FrameId>,
        target: &str,
        expression: &str,
        format: Format,
    ) -> Result<Value, Refusal>;
    /// Names that could continue `text` at `column` (characters, from 0).
    fn completions(&mut self, frame: Option<FrameId>, text: &str, column: usize) -> Vec<Completion>;
    /// The exception a thread is stopped at, if that is why it stopped.
    fn exception(&mut self, thread: ThreadId) -> Option<Exception>;
    /// The exception a thread is stopped at, and all that it comes from or holds, that one first.
    fn linked_exceptions(&mut self, thread: ThreadId) -> Vec<LinkedException>;
    /// The frames that one of [`Inspector::linked_exceptions`] was in, by its place among them, innermost first.
    fn exception_stack(&mut self, thread: ThreadId, place: usize) -> Result<Vec<Frame>, Refusal>;
    /// Where the innermost frame of the stopped thread can go on, at a line of a file given by its real path.
    fn goto_targets(&mut self, path: &str, line: Line) -> Vec<GotoTarget>;
    /// Moves the stopped thread's innermost frame to one of those.
    fn goto(&mut self, thread: ThreadId, target: i64) -> Result<(), Refusal>;
    /// The calls of the line that a frame is at which are yet to be made and can be entered, in the order in which they will be.
    fn call_targets(&mut self, frame: FrameId) -> Result<Vec<CallTarget>, Refusal>;
    /// What the step that led to this stop was told the values of, inner expressions first.
    fn computed(&mut self) -> Vec<Computed>;
    /// Instructions as text: as many as asked for.
    fn disassemble(&mut self, stretch: Stretch) -> Result<Listing, Refusal>;
    /// The source text of a path that is not on disk (linecache, a loader), if the program has it.
    fn source(&mut self, path: &str) -> Result<String, Refusal>;
    /// Where the value of [`Value::definition`] is defined.
    fn definition(&mut self, of: Handle) -> Result<Location, Refusal>;
    /// Reads a buffer, from `offset` bytes after its start.
    fn read_memory(&mut self, of: Handle, offset: i64, count: usize) -> Result<Memory, Refusal>;
    /// Writes to a buffer, from `offset` bytes after its start; with `partial` as much as fits, else all or nothing. How
    /// many bytes were written.
    fn write_memory(&mut self, of: Handle, offset: i64, bytes: &[u8], partial: bool) -> Result<usize, Refusal>;
    /// All modules, in the order in which they were imported.
    fn modules(&mut self) -> Vec<Module>;
    /// The names of all modules, in the same order: cheap enough to be asked for at every stop.
    fn module_names(&mut self) -> Vec<String>;
    /// The sources that live code was made from, by path.
    fn loaded_sources(&mut self) -> BTreeSet<String>;
    /// What is known of a source by its path.
    fn source_file(&mut self, path: &str) -> SourceFile;
}
