//! `pausa/stacks`: where all threads and tasks are, in one answer. Called by `Session::handle`.
//!
//! Invariant: one task has all of it, so nothing of the program runs between the first frame and the last; the program
//! need not be stopped for it, and no code of it runs.

use std::time::Instant;

use pausa_dap::extensions::{Stacks, StacksArguments, StacksResponse, ThreadFrame, ThreadLocal, ThreadStack};
use pausa_dap::server::Incoming;
use pausa_engine::port::{Commands, Format, Frame, FrameKind, Levels, Page, ScopeKind, Thread};

use crate::Session;

/// How many variables of a frame are told.
const MOST_LOCALS: usize = 100;

impl Session {
    pub(crate) fn stacks(&self, request: &Incoming) {
        self.ask::<Stacks>(request, |commands, wanted, _| {
            let begun = Instant::now();
            let threads = commands.threads().into_iter().map(|thread| (thread, false));
            let threads: Vec<(Thread, bool)> = threads.collect();
            let tasks = if wanted.tasks { commands.task_threads() } else { Vec::new() };
            let all = threads.into_iter().chain(tasks.into_iter().map(|task| (task, true)));
            let stacks = all.map(|(thread, task)| stack(commands, thread, task, &wanted)).collect();
            Ok(StacksResponse { stacks, held: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX) })
        });
    }
}

fn stack(commands: &mut dyn Commands, thread: Thread, is_task: bool, wanted: &StacksArguments) -> ThreadStack {
    let levels = Levels { start: 0, count: wanted.levels, hidden: false };
    // A thread may run no Python code.
    let found = commands.stack(thread.id, levels).unwrap_or_default();
    let (total, frames) = (found.total, found.frames);
    let frames = frames.into_iter().map(|frame| described(commands, frame, wanted)).collect();
    ThreadStack { id: thread.id.0, name: thread.name, is_task, frames, total }
}

fn described(commands: &mut dyn Commands, frame: Frame, wanted: &StacksArguments) -> ThreadFrame {
    let locals = if wanted.locals { locals(commands, &frame) } else { Vec::new() };
    let is_label = frame.kind == FrameKind::Label;
    ThreadFrame { name: frame.name, path: frame.path, line: frame.line.into(), is_label, locals }
}

fn locals(commands: &mut dyn Commands, frame: &Frame) -> Vec<ThreadLocal> {
    if !matches!(frame.kind, FrameKind::Running | FrameKind::Suspended) {
        return Vec::new();
    }
    let scopes = commands.scopes(frame.id).unwrap_or_default();
    let Some(scope) = scopes.into_iter().find(|scope| scope.kind == ScopeKind::Locals) else { return Vec::new() };
    let page = Page { count: MOST_LOCALS, ..Page::default() };
    let variables = commands.variables(scope.handle, page, Format::default()).unwrap_or_default();
    variables.into_iter().map(|own| ThreadLocal { name: own.name, value: own.value.text }).collect()
}
