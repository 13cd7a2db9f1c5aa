//! What the session may ask of a debuggee, in the engine's own words.
//!
//! `cpython` implements [`Inspector`]; `session` calls it. An inspector only exists on a thread that may run Python
//! (a stopped thread, or the agent's own while it is attached), so holding one is the permission to use it.
//! Invariant: nothing here names a Python object or a protocol type; handles die when the debuggee resumes.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::breakpoints::{Breakpoint, Wanted};
use crate::data_breakpoints::{self, DataBreakpoint, Subject};
use crate::exception_filters::{ExceptionFilters, Occasion};
use crate::locks::Locks;
use crate::objects::{Instances, Range, Referrers, Size};
use crate::reload::Reloaded;
use crate::stepping::{Granularity, StepKind};
use crate::stop::Stop;
use crate::targets::{Address, CallTarget, Computed, GotoTarget, Listing, Stretch};
use crate::tasks::Tasks;

/// A thread of the debuggee: the operating system's id of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(pub i64);

/// A frame within the current stop. Dies at resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameId(pub i64);

/// Something whose children can be listed within the current stop. Never 0. Dies at resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub i64);

/// A line of a source file, counted from 1.
pub type Line = u32;

/// A thread as a user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// `threading`'s name of it, or one made from its id where `threading` does not know it.
    pub name: String,
}

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

/// A source as the program names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceFile {
    /// See [`Frame::path`].
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

/// A value as text, with what can be opened below it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Value {
    /// Bounded in size; made without running any code of the program unless the user asked for `repr`.
    pub text: String,
    /// The type's qualified name.
    pub type_name: String,
    /// Where its children are, if it has any.
    pub handle: Option<Handle>,
    /// How many named children (attributes) it has.
    pub named: usize,
    /// How many indexed children (items) it has.
    pub indexed: usize,
    /// Where its bytes are, if it is a buffer.
    pub memory: Option<Handle>,
    /// What [`Inspector::definition`] finds the source of, for a function, class or module.
    pub definition: Option<Handle>,
    /// What kind of thing it is.
    pub role: Role,
}

/// What kind of thing a value is, or how it comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Role {
    /// Data.
    #[default]
    Data,
    /// A function or method.
    Method,
    /// A class.
    Class,
    /// Computed by code of the program when it is asked for: a property. Its handle has one child, the value.
    Computed,
    /// No value of the program: a part of the children of a large one.
    Portion,
}

/// Whom a name is for, as Python's conventions have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// `_name`: its own module or class and those derived from it.
    Protected,
    /// `__name`: its own class.
    Private,
    /// `__name__`: the interpreter.
    Internal,
}

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Format {
    /// Whole numbers in base 16.
    pub hex: bool,
}

/// A named value below a scope or another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What to show as its name.
    pub name: String,
    /// An expression that gives it in the frame, where there is one.
    pub evaluate_name: Option<String>,
    /// Its value.
    pub value: Value,
    /// True for a parameter of the frame's function.
    pub is_argument: bool,
    /// True if it cannot be assigned.
    pub read_only: bool,
    /// Whom its name is for.
    pub visibility: Visibility,
}

/// Which of a value's children to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Page {
    /// Named only, indexed only, or both.
    pub filter: Filter,
    /// The first child wanted, from 0.
    pub start: usize,
    /// How many; 0 for all.
    pub count: usize,
}

/// See [`Page::filter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Filter {
    /// All children.
    #[default]
    All,
    /// Attributes and variables.
    Named,
    /// Items.
    Indexed,
}

/// How a text from the user is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluateMode {
    /// An expression; its `repr`, bounded.
    Expression,
    /// An expression; its `repr`, in full as far as memory allows it to be sent.
    Full,
    /// An expression whose value is shown again and again: its text runs no code of the program.
    Watch,
    /// An expression or statements, as at Python's own prompt: a value that is not None is shown.
    Statement,
    /// An expression, laid out over several lines as `pprint` does.
    Pretty,
    /// An expression; what its value is (`function f`, `class C`, a type's name), as pdb's `whatis`.
    WhatIs,
    /// An expression; the source text of the function, class or module it gives, as pdb's `source`.
    Source,
    /// An expression that may be shown unasked (a pane, a hover): the value's text runs no code of the program.
    Quiet,
}

/// Why an evaluation, an assignment or a jump did not succeed: text for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// The exception a thread is stopped at.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Exception {
    /// Its type's qualified name.
    pub type_name: String,
    /// `str(exception)`, bounded.
    pub message: String,
    /// The traceback as Python would print it, frames of the debugger left out.
    pub traceback: String,
    /// Why the thread stopped at it; none for one that the exception of the stop comes from.
    pub occasion: Option<Occasion>,
    /// What it comes from or holds: its cause, or else its context unless that is suppressed; the members of a group.
    pub inner: Vec<Exception>,
}

/// An exception of those that the one of a stop comes from or holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedException {
    /// Its type's qualified name.
    pub type_name: String,
    /// Its text, bounded; made without running code of the program.
    pub message: String,
    /// What it is to the one that it is linked to.
    pub link: Link,
    /// How many links away from the exception of the stop it is.
    pub depth: usize,
}

/// What an exception is to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The exception of the stop itself.
    Itself,
    /// What it was raised from.
    Cause,
    /// What was handled when it was raised.
    Context,
    /// The member of a group, counted from 1.
    Member(usize),
}

/// Bytes of a buffer.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Memory {
    /// Where in the process the first of them is.
    pub address: u64,
    /// Those that are there.
    pub bytes: Vec<u8>,
    /// How many of those asked for lie before the buffer, where there is nothing to be read.
    pub before: usize,
}

/// A completion of a text at the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole name, to put in place of the `length` characters before the cursor.
    pub text: String,
    /// How many characters before the cursor it replaces.
    pub length: usize,
    /// DAP's completion type: `function`, `class`, `module`, `variable`, `keyword`, `property`, `value`.
    pub kind: &'static str,
}

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

/// How a front end wants the program started.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Configuration {
    /// Stop at the first line of the program.
    pub stop_on_entry: bool,
    /// Step into libraries too, and show their frames.
    pub all_code: bool,
    /// Show what calls return that a step goes over.
    pub shows_returns: bool,
    /// Where the program's children report to be debugged; none if they run undebugged.
    pub children: Option<String>,
}

/// What the interpreter delivered to pausa so far.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct EventCounts {
    /// What tells of them: `monitoring` or `settrace`.
    pub backend: &'static str,
    /// By the event's name in `sys.monitoring.events`.
    pub delivered: Vec<(&'static str, u64)>,
    /// Calls of `set_events`: each one makes every function pay once.
    pub set_events_calls: u64,
    /// Live code objects seen.
    pub code_objects: usize,
}

/// Changes how the debuggee runs on. As with [`Inspector`], having one is the permission to use it.
pub trait Commands: Inspector {
    /// Before the program has run a line: how to start it.
    fn configure(&mut self, configuration: Configuration);
    /// Lets the program start; false if it has started already.
    fn start(&mut self) -> bool;
    /// Replaces all breakpoints of a file.
    fn set_breakpoints(&mut self, path: &str, wanted: Vec<Wanted>) -> Vec<Breakpoint>;
    /// Replaces all function breakpoints.
    fn set_function_breakpoints(&mut self, wanted: Vec<Wanted>) -> Vec<Breakpoint>;
    /// What a data breakpoint on this would watch, and the id for it.
    fn data_breakpoint_info(
        &mut self,
        subject: Subject,
        kind: data_breakpoints::Kind,
    ) -> Result<data_breakpoints::Info, Refusal>;
    /// Replaces all data breakpoints.
    fn set_data_breakpoints(&mut self, wanted: Vec<data_breakpoints::Wanted>) -> Vec<DataBreakpoint>;
    /// Replaces all breakpoints on instructions.
    fn set_instruction_breakpoints(&mut self, wanted: Vec<Wanted>) -> Vec<Breakpoint>;
    /// Where in a file, given by its real path, a breakpoint can stand, from the first to the last of these lines.
    fn breakpoint_places(&mut self, path: &str, lines: (Line, Line)) -> Vec<BreakpointPlace>;
    /// At which exceptions to stop.
    fn break_on_exceptions(&mut self, filters: ExceptionFilters);
    /// A reason to refuse this condition, from the compiler.
    fn check_condition(&mut self, condition: &str) -> Result<(), String>;
    /// The real path of a file, as breakpoints are kept by it.
    fn real_path(&mut self, path: &str) -> String;
    /// The thread that stopped, if the debuggee is stopped and not merely attached to.
    fn stopped_thread(&self) -> Option<ThreadId>;
    /// Makes the coming resume a step of this thread.
    fn step(&mut self, thread: ThreadId, kind: StepKind, granularity: Granularity) -> Result<(), Refusal>;
    /// Makes the coming resume a step into one of [`Inspector::call_targets`].
    fn step_into_target(&mut self, thread: ThreadId, target: i64) -> Result<(), Refusal>;
    /// Moves the stopped thread back to the first line of its innermost function. Nothing is undone.
    fn restart_frame(&mut self, frame: FrameId) -> Result<ThreadId, Refusal>;
    /// Has the innermost function of the stopped thread return the value of an expression at once, and its caller stop.
    fn force_return(&mut self, thread: ThreadId, expression: &str) -> Result<(), Refusal>;
    /// Raises the exception that an expression gives, where the stopped thread is, and steps.
    fn throw(&mut self, thread: ThreadId, expression: &str) -> Result<(), Refusal>;
    /// Replaces the code of the functions of an edited file, named by its path or as a module, for calls to come.
    fn reload(&mut self, file: &str) -> Result<Reloaded, Refusal>;
    /// Has a thread end by `SystemExit`, when it comes to run Python code again.
    fn terminate_thread(&mut self, thread: ThreadId) -> Result<(), Refusal>;
    /// What was delivered so far.
    fn event_counts(&self) -> EventCounts;
    /// What to tell the user about this program before it starts, if there is something: a sentence.
    fn notice(&self) -> Option<String>;
    /// Leaves the program as if pausa had never been there; called once, last.
    fn detach(&mut self);
    /// Asks the program to end, as `kill PID` does; with `now`, it ends at once, as `kill -9 PID`.
    fn terminate(&mut self, now: bool);
}

/// What becomes of a stopped thread after a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It stays stopped.
    Stay,
    /// It runs on.
    Resume,
}

/// Work that needs the interpreter: run by the stopped thread, or by the agent's own thread while the program runs.
pub type Task = Box<dyn FnOnce(&mut dyn Commands) -> Flow + Send>;

/// A debuggee as the session drives it, from a thread that may not run Python.
pub trait Debuggee: Send + Sync {
    /// Runs a task as soon as a thread may run Python; tasks run in the order posted.
    fn post(&self, task: Task);
    /// Asks the program to stop wherever it is.
    fn pause(&self);
    /// Ends the evaluation that runs now with `KeyboardInterrupt`, if one does.
    fn cancel_evaluation(&self);
    /// Has `ring` called once, on a thread that may not run Python, when `delay` is over; not if the alarm is dropped
    /// before. None if the system gives no thread.
    fn alarm(&self, delay: Duration, ring: Box<dyn FnOnce() + Send>) -> Option<Alarm>;
}

/// See [`Debuggee::alarm`]: dropped, it does not ring any more.
pub struct Alarm(#[expect(dead_code, reason = "held to be dropped")] Box<dyn Send>);

impl Alarm {
    /// Rings no more once `kept` is dropped.
    #[must_use]
    pub fn held_by(kept: Box<dyn Send>) -> Self {
        Self(kept)
    }
}

/// Hears what happens in the debuggee, on whichever thread it happens; must not block on the interpreter.
pub trait Listener: Send + Sync {
    /// A thread stopped, and all others hold still.
    fn stopped(&self, stop: &Stop);
    /// A breakpoint's standing changed.
    fn breakpoint_changed(&self, breakpoint: &Breakpoint);
    /// A data breakpoint's standing changed.
    fn data_breakpoint_changed(&self, breakpoint: &DataBreakpoint);
    /// A log point spoke.
    /// False if so much waits for the client that the thread should call [`Listener::settle`] before it goes on.
    fn output(&self, text: &str, path: &str, line: Line) -> bool;
    /// Waits until all output is sent, or the client is gone. Called where no other thread is kept from running by it.
    fn settle(&self);
    /// Ends the threads that are kept for output; they come back with it. Called before a fork.
    fn rest(&self);
    /// This process is a forked child: nothing of the session may be used in it any more.
    fn abandoned(&self);
}
