//! What the session may ask of a debuggee, in the engine's own words.
//!
//! `cpython` implements [`Inspector`] and [`Commands`]; `session` calls them. An inspector only exists on a thread that may
//! run Python (a stopped thread, or the agent's own while it is attached), so holding one is the permission to use it.
//! Invariant: nothing here names a Python object or a protocol type; handles die when the debuggee resumes.

mod commands;
mod debuggee;
mod evaluation;
mod exceptions;
mod frames;
mod inspector;
mod listener;
mod sources;
mod threads;
mod values;

pub use commands::{Commands, Configuration, EventCounts};
pub use debuggee::{Alarm, Debuggee, Flow, Task};
pub use evaluation::{Completion, EvaluateMode, Refusal};
pub use exceptions::{Exception, Link, LinkedException};
pub use frames::{Frame, FrameId, FrameKind, Levels, Scope, ScopeKind, Stack};
pub use inspector::Inspector;
pub use listener::Listener;
pub use sources::{BreakpointPlace, Columns, Line, Location, Module, SourceFile};
pub use threads::{Thread, ThreadId};
pub use values::{Filter, Format, Handle, Memory, Page, Role, Value, Variable, Visibility};
