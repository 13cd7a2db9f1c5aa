//! `pausa/tasks`, and tasks among the threads for clients that want them there. Called by `Session::handle`.
//!
//! Invariant: a client that did not ask for tasks sees threads only.

use pausa_dap::extensions::{self, Created};
use pausa_dap::server::Incoming;
use pausa_dap::types;
use pausa_engine::port::{Commands, Frame};
use pausa_engine::tasks::{Task, TaskState};

use crate::client::count;
use crate::{Session, Shared, stack};

impl Session {
    pub(crate) fn tasks(&self, request: &Incoming) {
        self.ask::<extensions::Tasks>(request, |commands, arguments, shared| {
            let (start, count) = (count("start", arguments.start)?, count("count", arguments.count)?);
            let found = commands.tasks(start, count);
            let tasks = found.listed.into_iter().map(|found| task(found, shared)).collect();
            Ok(extensions::TasksResponse { tasks, total: i64::try_from(found.total).unwrap_or(i64::MAX) })
        });
    }
}

/// The tasks as threads, if the client wants them so.
pub(crate) fn as_threads(commands: &mut dyn Commands, shared: &Shared) -> Vec<types::Thread> {
    if !shared.shows_tasks() {
        return Vec::new();
    }
    let tasks = commands.task_threads().into_iter();
    tasks.map(|task| types::Thread { id: task.id.0, name: task.name }).collect()
}

fn task(found: Task, shared: &Shared) -> extensions::Task {
    let frame = |frame: Frame| {
        let name = frame.name.clone();
        stack::stack_frame(frame, name, shared)
    };
    let (state, detail, runs_on) = match found.state {
        TaskState::Running(thread) => ("running", None, thread),
        TaskState::Ready => ("ready", None, None),
        TaskState::Waiting(what) => ("waiting", Some(what), None),
        TaskState::Cancelling(what) => ("cancelling", Some(what), None),
        TaskState::Cancelled => ("cancelled", None, None),
        TaskState::Failed(why) => ("failed", Some(why), None),
    };
    extensions::Task {
        thread_id: found.id.0,
        name: found.name,
        state: state.into(),
        detail,
        runs_on: runs_on.map(|thread| thread.0),
        frames: found.frames.into_iter().map(frame).collect(),
        awaited_by: found.awaited_by,
        created: found.created.map(|place| Created { path: place.source.path, line: shared.client.line(place.line) }),
    }
}
