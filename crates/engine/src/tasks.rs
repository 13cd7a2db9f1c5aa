//! asyncio's tasks as the session sees them, and how what runs is related to the task that a step began in.
//!
//! Used by `port` and `stepping`; filled by `cpython`. Invariant: a task has a thread's number of its own, so that it is
//! looked at as a thread is; the numbers of threads and of tasks never meet.

use crate::port::{Frame, Location, ThreadId};

/// The numbers of tasks begin here, far above those of threads.
pub const FIRST_TASK: i64 = 1 << 24;

/// True for the number of a task.
#[must_use]
pub fn is_task(thread: ThreadId) -> bool {
    thread.0 >= FIRST_TASK
}

/// A task that is not over, or that was cancelled, or failed unnoticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number as a thread.
    pub id: ThreadId,
    /// Its name, which need not be its alone.
    pub name: String,
    /// What it is doing.
    pub state: TaskState,
    /// The user's frames of its coroutines, innermost first; only the outermost of all if none is the user's.
    pub frames: Vec<Frame>,
    /// The names of the tasks that wait for it.
    pub awaited_by: Vec<String>,
    /// Where it was created, if asyncio knows.
    pub created: Option<Location>,
}

/// See [`Task::state`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// On the stack of this thread.
    Running(Option<ThreadId>),
    /// The loop will run it on.
    Ready,
    /// It waits for what the text says.
    Waiting(String),
    /// It waits, and will be cancelled when it runs on.
    Cancelling(String),
    /// It was cancelled.
    Cancelled,
    /// It raised what the text says, and nobody has retrieved that.
    Failed(String),
}

/// Some of the tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tasks {
    /// Those that were asked for, by name.
    pub listed: Vec<Task>,
    /// How many there are.
    pub total: usize,
}

/// How what runs at an event is related to the task that the step under way began in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lineage {
    /// It is the same task, or the step began in none.
    Own,
    /// A task that the step's task waits for.
    Awaited,
    /// Another task, or a callback, while the step's task is not over.
    Foreign,
    /// The step's task is over, and this is where its end leads to.
    Beyond,
}
