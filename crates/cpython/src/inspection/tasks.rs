//! Tasks, their stacks, and what stands below the stack of a thread that runs one. Called by the port's implementation in
//! `mod.rs` and by `frames`.
//!
//! Invariant: a task that runs shows the frames on its thread's stack, one that is suspended those of its coroutines; then
//! come the tasks that wait for it, each below a label, and where it was created.

use std::collections::HashSet;

use pausa_engine::port::{Frame, FrameId, FrameKind, Levels, Location, Refusal, SourceFile, Stack, Thread, ThreadId};
use pausa_engine::stepping::{Granularity, StepKind};
use pausa_engine::tasks::{Task as Told, TaskState, Tasks};
use pyo3::prelude::*;

use super::Inspection;
use crate::code::registry::real_path;
use crate::frames;
use crate::tasks::{self, Asyncio, Awaiting, State, Task, suspended};
use crate::threads::{innermost_frames, own_identity};
use crate::values;

/// How many tasks that wait for one another are shown below a stack.
const AWAITING: usize = 100;

impl<'py> Inspection<'py> {
    pub(super) fn tasks(&mut self, first: usize, count: usize) -> Tasks {
        let wanted = self.worth_telling();
        let count = if count == 0 { usize::MAX } else { count };
        let total = wanted.len();
        let listed = wanted.into_iter().skip(first).take(count);
        Tasks { listed: listed.filter_map(|(task, state)| self.describe_task(&task, &state)).collect(), total }
    }

    pub(super) fn task_threads(&mut self) -> Vec<Thread> {
        let tasks = self.worth_telling();
        self.debugger.state().tasks.forget_dead(self.py);
        let id = |task: &Task<'py>| self.debugger.state().tasks.of(task);
        tasks.iter().filter_map(|(task, _)| Some(Thread { id: id(task)?, name: task.name() })).collect()
    }

    /// All tasks but those that have come to a good end, by name.
    fn worth_telling(&self) -> Vec<(Task<'py>, State<'py>)> {
        let told = tasks::all(self.py).into_iter().map(|task| {
            let state = task.state();
            (task, state)
        });
        let mut found: Vec<_> = told.filter(|(_, state)| !matches!(state, State::Done)).collect();
        found.sort_by_cached_key(|(task, _)| (tasks::order(&task.name()), task.rank()));
        found
    }

    fn describe_task(&mut self, task: &Task<'py>, state: &State<'py>) -> Option<Told> {
        let id = self.debugger.state().tasks.of(task)?;
        let running = matches!(state, State::Running).then(|| self.where_it_runs(task)).flatten();
        let frames = match &running {
            Some((_, frames)) => frames.clone(),
            None => frames_of(task),
        };
        let is_own = |frame: &Bound<'py, PyAny>| self.debugger.is_in_scope(frame);
        let wait = |future: &Option<Bound<'py, PyAny>>| {
            let future = future.as_ref();
            tasks::reason(task, future, |frame| !self.debugger.is_in_scope(frame))
        };
        let state = match state {
            State::Running => TaskState::Running(running.map(|(thread, _)| thread)),
            State::Ready | State::Done => TaskState::Ready,
            State::Waiting(future, true) => TaskState::Cancelling(wait(future)),
            State::Waiting(future, false) => TaskState::Waiting(wait(future)),
            State::Cancelled => TaskState::Cancelled,
            State::Failed(exception) => TaskState::Failed(exception_text(exception)),
        };
        let own: Vec<_> = frames.iter().filter(|frame| is_own(frame)).cloned().collect();
        // Of a library's task only what it is: its coroutine.
        let shown = if own.is_empty() { frames.into_iter().next_back().into_iter().collect() } else { own };
        let frames = shown.iter().filter_map(|frame| self.describe_frame(frame, None)).collect();
        let awaited_by = tasks::awaiters(task, Awaiting::InTheEnd).iter().map(Task::name).collect();
        let created = self.created(task).into_iter().find(|frame| frame.in_scope);
        let created = created.map(|frame| {
            let source = SourceFile { path: frame.path, on_disk: frame.on_disk, in_scope: frame.in_scope };
            Location { source, line: frame.line }
        });
        Some(Told { id, name: task.name(), state, frames, awaited_by, created })
    }

    /// The thread whose stack a running task's coroutine is on, and the frames from the innermost to that one.
    fn where_it_runs(&self, task: &Task<'py>) -> Option<(ThreadId, Vec<Bound<'py, PyAny>>)> {
        let root = task.root()?;
        let own = frames::current(self.py).map(|frame| (own_identity(), frame));
        let others =
            innermost_frames(self.py).into_iter().map(|(identity, frame)| (identity, frame.into_bound(self.py)));
        let found = own.into_iter().chain(others.filter(|(identity, _)| *identity != own_identity())).find_map(
            |(identity, innermost)| {
                let mut above = Vec::new();
                for frame in frames::stack(innermost) {
                    above.push(frame.clone());
                    if frame.is(&root) {
                        return Some((identity, above));
                    }
                }
                None
            },
        );
        let (identity, frames) = found?;
        let thread = self.debugger.state().threads.of(identity);
        Some((thread, frames.into_iter().filter(|frame| !self.debugger.is_hidden_frame(frame)).collect()))
    }

    /// The task of a number.
    pub(super) fn task(&self, id: ThreadId) -> Result<Task<'py>, Refusal> {
        let found = self.debugger.state().tasks.task(self.py, id);
        found.ok_or_else(|| Refusal("that task is gone".into()))
    }

    pub(super) fn stack_of_task(&mut self, id: ThreadId, levels: Levels) -> Result<Stack, Refusal> {
        let task = self.task(id)?;
        let running = self.where_it_runs(&task);
        let kind = if running.is_some() { FrameKind::Running } else { FrameKind::Suspended };
        let frames = running.map_or_else(|| frames_of(&task), |(_, frames)| frames);
        let mut stack = Stack::default();
        self.add_frames(&mut stack, &frames, kind, levels);
        self.add_awaiters(&mut stack, &task, levels);
        Ok(stack)
    }

    /// Makes the coming resume a step of a task: of the thread that runs it, or to where it is run on.
    pub(super) fn step_of_task(&self, id: ThreadId, kind: StepKind, granularity: Granularity) -> Result<(), Refusal> {
        let task = self.task(id)?;
        if let Some((thread, _)) = self.where_it_runs(&task) {
            let stack = frames::stack(self.innermost(thread)?);
            return self.debugger.prepare_step(thread, stack, Some(&task), kind, granularity);
        }
        let stack = frames_of(&task);
        if stack.is_empty() {
            return Err(Refusal(format!("{} is over and cannot be stepped", task.name())));
        }
        let thread = self.stopped.unwrap_or_else(|| self.debugger.own_thread());
        self.debugger.prepare_step(thread, stack.into_iter(), Some(&task), kind, granularity)
    }

    /// The task that a thread runs, if this is its innermost frame.
    pub(super) fn task_on_stack(&self, thread: ThreadId, innermost: &Bound<'py, PyAny>) -> Option<Task<'py>> {
        if Some(self.debugger.state().threads.of(own_identity())) == Some(thread) {
            return tasks::current(self.py);
        }
        let asyncio = Asyncio::of(self.py)?;
        // asyncio tells only of this thread: of another one's, the task is the handle's that its loop runs.
        let handle = frames::stack(innermost.clone()).find_map(|frame| handle_of(&frame))?;
        let callback =
            values::instance_attribute(&handle, "_callback").or_else(|| values::field(&handle, "_callback"))?;
        suspended::referents(&callback).iter().find_map(|object| asyncio.task(object))
    }

    /// What stands below a task's own frames: those that wait for it, and where it was created.
    pub(super) fn add_awaiters(&mut self, stack: &mut Stack, task: &Task<'py>, levels: Levels) {
        let mut seen = HashSet::from([task.object().as_ptr() as usize]);
        let mut awaiting = tasks::awaiters(task, Awaiting::InTheEnd);
        while let Some(next) = awaiting.first().cloned() {
            if !seen.insert(next.object().as_ptr() as usize) || seen.len() > AWAITING {
                break;
            }
            let others: Vec<_> = awaiting.iter().skip(1).map(Task::name).collect();
            let also = if others.is_empty() { String::new() } else { format!(", also by {}", others.join(", ")) };
            self.add_label(stack, format!("awaited by {}{also}", next.name()), levels);
            self.add_frames(stack, &frames_of(&next), FrameKind::Suspended, levels);
            awaiting = tasks::awaiters(&next, Awaiting::InTheEnd);
        }
        let created = self.created(task);
        let label = match created.is_empty() {
            true if task.is_asyncio() => {
                format!("{} was created where only asyncio's debug mode would tell", task.name())
            }
            true => format!("{} was created where trio does not remember", task.name()),
            false => format!("{} was created by", task.name()),
        };
        self.add_label(stack, label, levels);
        for frame in created {
            self.add(stack, levels, |_| Some(frame));
        }
    }

    fn add_label(&mut self, stack: &mut Stack, name: String, levels: Levels) {
        self.add(stack, levels, |this| {
            let id = this.past_frame();
            let (path, module, columns) = (String::new(), None, None);
            let kind = FrameKind::Label;
            Some(Frame {
                id,
                name,
                path,
                on_disk: false,
                line: 0,
                columns,
                module,
                in_scope: true,
                kind,
                instruction: None,
            })
        });
    }

    fn add_frames(&mut self, stack: &mut Stack, frames: &[Bound<'py, PyAny>], kind: FrameKind, levels: Levels) {
        for frame in frames {
            if self.is_shown(frame, levels) {
                self.add(stack, levels, |this| Some(Frame { kind, ..this.describe_frame(frame, None)? }));
            }
        }
    }

    fn add(&mut self, stack: &mut Stack, levels: Levels, make: impl FnOnce(&mut Self) -> Option<Frame>) {
        let end = if levels.count == 0 { usize::MAX } else { levels.start.saturating_add(levels.count) };
        if (levels.start..end).contains(&stack.total) {
            stack.frames.extend(make(self));
        }
        stack.total += 1;
    }

    fn past_frame(&mut self) -> FrameId {
        let id = FrameId(self.new_id());
        self.past.insert(id);
        id
    }

    /// Where a task was created, innermost first, if asyncio knows.
    fn created(&mut self, task: &Task<'py>) -> Vec<Frame> {
        let places = task.created_at().into_iter();
        let frame = |(file, line, name): (String, u32, String)| {
            let path = real_path(&file);
            let on_disk = std::path::Path::new(&path).is_file();
            let in_scope = self.debugger.state().scope.contains(&path);
            let (module, columns, kind) = (None, None, FrameKind::Past);
            Frame {
                id: self.past_frame(),
                name,
                path,
                on_disk,
                line,
                columns,
                module,
                in_scope,
                kind,
                instruction: None,
            }
        };
        places.map(frame).collect()
    }
}

/// The frames of a suspended task, innermost first.
fn frames_of<'py>(task: &Task<'py>) -> Vec<Bound<'py, PyAny>> {
    let coroutine = task.coroutine();
    let mut frames = coroutine.map(|coroutine| suspended::chain(coroutine).frames).unwrap_or_default();
    frames.reverse();
    frames
}

/// The handle that a frame of `asyncio.Handle._run` runs.
fn handle_of<'py>(frame: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let code = frames::code(frame)?;
    let is_run =
        crate::code::qualname::of(&code) == "Handle._run" && frames::file_name(frame).ends_with("asyncio/events.py");
    let scope = if is_run { crate::locals::Scope::of(frame).ok()? } else { return None };
    scope.variable("self")
}

/// `ValueError: message`.
fn exception_text(exception: &Bound<'_, PyAny>) -> String {
    let kind = values::type_name(exception);
    let kind = kind.strip_prefix("__main__.").unwrap_or(&kind);
    match values::exception_text(exception, &values::PANE) {
        text if text.is_empty() => kind.to_owned(),
        text => format!("{kind}: {text}"),
    }
}
