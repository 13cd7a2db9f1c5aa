//! `pausa/tasks`: asyncio's tasks, with where each stands and who waits for whom.
//!
//! Used by `session` and by the terminal. Invariant: a task's id is good for `stackTrace`, and for steps, as a thread's is.

use serde::{Deserialize, Serialize};

use crate::requests::Request;
use crate::types::StackFrame;

/// See the module.
pub enum Tasks {}

impl Request for Tasks {
    type Arguments = TasksArguments;
    type Response = TasksResponse;
    const COMMAND: &'static str = "pausa/tasks";
}

/// The arguments of [`Tasks`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TasksArguments {
    /// The first one wanted, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// How many; without it, all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// The answer to [`Tasks`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TasksResponse {
    /// Those that were asked for, by name.
    pub tasks: Vec<Task>,
    /// How many there are.
    pub total: i64,
}

/// A task that is not over, or was cancelled, or failed without anybody having noticed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// What stands for it where a thread's id is wanted.
    pub thread_id: i64,
    /// Its name.
    pub name: String,
    /// `running`, `ready`, `waiting`, `cancelling`, `cancelled` or `failed`.
    pub state: String,
    /// What it waits for, or what it raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The thread that it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<i64>,
    /// The user's frames of its coroutines, innermost first.
    pub frames: Vec<StackFrame>,
    /// The names of the tasks that wait for it.
    pub awaited_by: Vec<String>,
    /// Where it was created, if asyncio knows: a frame without variables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Created>,
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Created {
    /// The file.
    pub path: String,
    /// The line.
    pub line: i64,
}
