//! [`Commands`]: how the debuggee runs on, and where it stops next.
//!
//! Implemented by `cpython`, called by `session`. Invariant: as with [`Inspector`], having one is the permission to use it.

use super::{BreakpointPlace, FrameId, Inspector, Line, Refusal, ThreadId};
use crate::breakpoints::{Breakpoint, Wanted};
use crate::data_breakpoints::{self, DataBreakpoint, Subject};
use crate::exception_filters::ExceptionFilters;
use crate::reload::Reloaded;
use crate::stepping::{Granularity, StepKind};

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
    /// Has only this thread run in the coming resume: all others are held until the next stop.
    fn run_alone(&mut self, thread: ThreadId) -> Result<(), Refusal>;
    /// Whether, while the program runs, only this thread does.
    fn runs_alone(&self, thread: ThreadId) -> bool;
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
    /// The same, but what the program starts is debugged as before: the front end is there, the connection to it is not.
    fn detach_but_follow(&mut self);
    /// Asks the program to end, as `kill PID` does; with `now`, it ends at once, as `kill -9 PID`.
    fn terminate(&mut self, now: bool);
}
