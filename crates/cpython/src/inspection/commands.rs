//! What changes how the debuggee runs on: the second half of the port.
//!
//! Called by tasks of the session. Invariant: thin; `debugger` does the work.

use pausa_engine::breakpoints::{Breakpoint, Wanted};
use pausa_engine::data_breakpoints::{self, DataBreakpoint, Subject};
use pausa_engine::exception_filters::{ExceptionFilters, Occasion};
use pausa_engine::port::{BreakpointPlace, Commands, Configuration, EventCounts, FrameId, Line, Refusal, ThreadId};
use pausa_engine::reload::Reloaded;
use pausa_engine::stepping::{Granularity, StepKind};
use pausa_engine::tasks::is_task;

use super::Inspection;
use crate::code::registry::real_path;

impl Commands for Inspection<'_> {
    fn configure(&mut self, configuration: Configuration) {
        {
            let mut state = self.debugger.state();
            // A program that runs has its first line behind it.
            state.entry = configuration.stop_on_entry && !state.started;
            state.scope.set_all_code(configuration.all_code);
        }
        self.debugger.shows_returns.set(configuration.shows_returns);
        self.debugger.follow_children(self.py, configuration.children);
    }

    fn start(&mut self) -> bool {
        !std::mem::replace(&mut self.debugger.state().started, true)
    }

    fn set_breakpoints(&mut self, path: &str, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.debugger.set_breakpoints(self.py, path, wanted)
    }

    fn set_function_breakpoints(&mut self, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.debugger.set_function_breakpoints(self.py, wanted)
    }

    fn data_breakpoint_info(
        &mut self,
        subject: Subject,
        kind: data_breakpoints::Kind,
    ) -> Result<data_breakpoints::Info, Refusal> {
        self.data_breakpoint_info(subject, kind)
    }

    fn set_data_breakpoints(&mut self, wanted: Vec<data_breakpoints::Wanted>) -> Vec<DataBreakpoint> {
        self.debugger.set_data_breakpoints(self.py, wanted)
    }

    fn set_instruction_breakpoints(&mut self, wanted: Vec<Wanted>) -> Vec<Breakpoint> {
        self.debugger.set_instruction_breakpoints(self.py, wanted)
    }

    fn breakpoint_places(&mut self, path: &str, lines: (Line, Line)) -> Vec<BreakpointPlace> {
        self.debugger.breakpoint_places(self.py, path, lines)
    }

    fn break_on_exceptions(&mut self, filters: ExceptionFilters) {
        self.debugger.exceptions.set_filters(filters);
        if self.debugger.exceptions.wanted().has(Occasion::Unraisable) {
            crate::events::unraisable::listen();
        }
        if self.debugger.exceptions.wanted().has(Occasion::Task) {
            self.debugger.watch_loops(self.py);
        }
        if self.stopped.is_none() {
            self.debugger.apply_global(self.py);
        }
    }

    fn check_condition(&mut self, condition: &str) -> Result<(), String> {
        crate::evaluate::check_syntax(self.py, condition)
    }

    fn real_path(&mut self, path: &str) -> String {
        real_path(path)
    }

    fn stopped_thread(&self) -> Option<ThreadId> {
        self.stopped
    }

    fn step(&mut self, thread: ThreadId, kind: StepKind, granularity: Granularity) -> Result<(), Refusal> {
        if is_task(thread) {
            return self.step_of_task(thread, kind, granularity);
        }
        let innermost = self.innermost(thread)?;
        let task = self.task_on_stack(thread, &innermost);
        self.debugger.prepare_step(thread, crate::frames::stack(innermost), task.as_ref(), kind, granularity)
    }

    fn run_alone(&mut self, thread: ThreadId) -> Result<(), Refusal> {
        // A task runs on the thread of its loop, which is the one that stopped.
        let thread = self.stopped.filter(|_| is_task(thread)).unwrap_or(thread);
        self.debugger.run_alone(self.py, thread)
    }

    fn runs_alone(&self, thread: ThreadId) -> bool {
        self.debugger.runs_alone(self.py, thread)
    }

    fn step_into_target(&mut self, thread: ThreadId, target: i64) -> Result<(), Refusal> {
        self.step_into_target(thread, target)
    }

    fn restart_frame(&mut self, frame: FrameId) -> Result<ThreadId, Refusal> {
        self.restart_frame(frame)
    }

    fn force_return(&mut self, thread: ThreadId, expression: &str) -> Result<(), Refusal> {
        self.force_return(thread, expression)
    }

    fn throw(&mut self, thread: ThreadId, expression: &str) -> Result<(), Refusal> {
        self.throw(thread, expression)
    }

    fn reload(&mut self, file: &str) -> Result<Reloaded, Refusal> {
        self.reload(file)
    }

    fn terminate_thread(&mut self, thread: ThreadId) -> Result<(), Refusal> {
        self.terminate_thread(thread)
    }

    fn event_counts(&self) -> EventCounts {
        self.debugger.event_counts()
    }

    fn notice(&self) -> Option<String> {
        self.debugger.backend.notice(self.py)
    }

    fn detach(&mut self) {
        self.debugger.leave(self.py);
    }

    fn detach_but_follow(&mut self) {
        let relay = crate::spawning::relay();
        self.debugger.leave(self.py);
        crate::spawning::follow(self.py, relay);
    }

    fn terminate(&mut self, now: bool) {
        let signal = if now { libc::SIGKILL } else { libc::SIGTERM };
        // SAFETY: a signal to our own process; nothing is shared with it.
        unsafe { libc::kill(libc::getpid(), signal) };
    }
}
