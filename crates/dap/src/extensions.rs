//! What the agent understands beyond the specification (docs/protocol.md).
//!
//! Used by `session` and by clients that know they talk to pausa. Invariant: a client that ignores all of this can
//! still debug.

mod ending;
mod exceptions;
mod expressions;
mod locks;
mod objects;
mod reload;
mod tasks;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::requests::Request;
pub use ending::{EndingArguments, ForceReturn, Throw};
pub use exceptions::{
    ExceptionLink, ExceptionStack, ExceptionStackArguments, ExceptionStackResponse, Exceptions, ExceptionsArguments,
    ExceptionsResponse, LinkedException,
};
pub use expressions::{Computed, ComputedResponse, ComputedValue, StepExpression, StepExpressionArguments};
pub use locks::{Lock, Locks, LocksResponse, Party, Wait};
pub use objects::{
    Instances, InstancesResponse, Object, ObjectsArguments, Referrer, Referrers, ReferrersResponse, Size,
    SizeArguments, SizeResponse,
};
pub use reload::{CarriedBreakpoint, Reload, ReloadArguments, ReloadEntry, ReloadResponse};
pub use tasks::{Created, Task, Tasks, TasksArguments, TasksResponse};

/// `attach`, with the arguments that the agent knows.
pub enum Attach {}

impl Request for Attach {
    type Arguments = AttachArguments;
    type Response = ();
    const COMMAND: &'static str = "attach";
}

/// The arguments of [`Attach`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AttachArguments {
    /// Stop before the program's first line.
    pub stop_on_entry: bool,
    /// Stepping stays out of the standard library and of installed packages.
    pub just_my_code: bool,
    /// The values of calls that a step goes over are told and kept for the scope `Return value`.
    pub show_return_value: bool,
    /// The program ends when the stream does, unless the client has said goodbye before.
    pub end_with_client: bool,
    /// How many milliseconds an evaluation may take; 0 for any number.
    pub evaluation_time_limit: u64,
    /// asyncio's tasks are listed among the threads.
    pub tasks: bool,
    /// A step lets all threads run; without it, only the one that steps, and all others are held meanwhile.
    pub stepping_resumes_all_threads: bool,
    /// Where the agents of the program's children dial, as `unix:PATH`; without it, children run undebugged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub children: Option<String>,
}

impl Default for AttachArguments {
    fn default() -> Self {
        Self {
            stop_on_entry: false,
            just_my_code: true,
            show_return_value: true,
            end_with_client: false,
            evaluation_time_limit: 0,
            tasks: false,
            stepping_resumes_all_threads: true,
            children: None,
        }
    }
}

/// `pausa/release`: nobody attends any more, or yet. All that a client had set is forgotten and the program runs on,
/// or starts, and a client may attach again over the same stream.
pub enum Release {}

impl Request for Release {
    type Arguments = ReleaseArguments;
    type Response = ();
    const COMMAND: &'static str = "pausa/release";
}

/// The arguments of [`Release`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReleaseArguments {
    /// The program is held, or stops, until a client has attached again.
    pub suspend: bool,
}

/// `pausa/until`: like `next`, but only to a greater line.
pub enum Until {}

impl Request for Until {
    type Arguments = UntilArguments;
    type Response = ();
    const COMMAND: &'static str = "pausa/until";
}

/// The arguments of [`Until`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntilArguments {
    /// The thread that runs on.
    pub thread_id: i64,
    /// The first line that will do; without it, any greater than the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
}

/// `pausa/nextCall`: into the next function of the user's that is called, past lines that call none.
pub enum NextCall {}

impl Request for NextCall {
    type Arguments = NextCallArguments;
    type Response = ();
    const COMMAND: &'static str = "pausa/nextCall";
}

/// The arguments of [`NextCall`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextCallArguments {
    /// The thread that runs on.
    pub thread_id: i64,
}

/// `pausa/frameCode`: where a frame's code is in its file.
pub enum FrameCode {}

impl Request for FrameCode {
    type Arguments = FrameCodeArguments;
    type Response = FrameCodeResponse;
    const COMMAND: &'static str = "pausa/frameCode";
}

/// The arguments of [`FrameCode`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameCodeArguments {
    /// The frame.
    pub frame_id: i64,
}

/// The answer to [`FrameCode`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameCodeResponse {
    /// The first line of the frame's code.
    pub first_line: i64,
    /// The last line of the frame's code.
    pub last_line: i64,
}

/// `pausa/events`: what the interpreter delivered to pausa so far.
pub enum Events {}

impl Request for Events {
    type Arguments = ();
    type Response = EventsResponse;
    const COMMAND: &'static str = "pausa/events";
}

/// The answer to [`Events`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventsResponse {
    /// What tells of events: `monitoring` or `settrace`.
    pub backend: String,
    /// How many events of a kind (`LINE`, …) were delivered.
    pub delivered: BTreeMap<String, i64>,
    /// How often the set of global events was changed.
    pub set_events_calls: i64,
    /// How many code objects pausa has a record of.
    pub code_objects: i64,
}

/// `pausa/stacks`: where all threads are, in one answer, while the program runs or is stopped.
pub enum Stacks {}

impl Request for Stacks {
    type Arguments = StacksArguments;
    type Response = StacksResponse;
    const COMMAND: &'static str = "pausa/stacks";
}

/// The arguments of [`Stacks`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StacksArguments {
    /// The tasks of asyncio too.
    pub tasks: bool,
    /// Each frame's local variables too.
    pub locals: bool,
    /// How many frames of each, the innermost first; 0 for all.
    pub levels: usize,
}

/// The answer to [`Stacks`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StacksResponse {
    /// Threads, then tasks.
    pub stacks: Vec<ThreadStack>,
    /// For how many microseconds the program was held to read them.
    pub held: u64,
}

/// The stack of a thread or task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadStack {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// True for a task of asyncio.
    pub is_task: bool,
    /// Its frames, innermost first; none for a thread that runs no Python code.
    pub frames: Vec<ThreadFrame>,
    /// How many frames it has.
    pub total: usize,
}

/// A frame of a [`ThreadStack`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadFrame {
    /// The function's qualified name.
    pub name: String,
    /// Its file.
    pub path: String,
    /// Its line.
    pub line: i64,
    /// It is no frame but a name for those that follow.
    pub is_label: bool,
    /// Its local variables, if they were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locals: Vec<ThreadLocal>,
}

/// A variable of a [`ThreadFrame`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadLocal {
    /// Its name.
    pub name: String,
    /// Its value as text.
    pub value: String,
}
