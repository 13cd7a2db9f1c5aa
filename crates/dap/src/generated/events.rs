//! The protocol's events.
//!
//! Made by `cargo xtask codegen --schema debugAdapterProtocol.json`; do not edit.
//! Each is a type without values that says what the event carries.
//! Invariant: names on the wire are exactly the schema's.

use super::types;
pub use crate::typed::Event;

/// The names of all events.
pub const EVENTS: &[&str] = &[
    "breakpoint",
    "capabilities",
    "continued",
    "exited",
    "initialized",
    "invalidated",
    "loadedSource",
    "memory",
    "module",
    "output",
    "process",
    "progressEnd",
    "progressStart",
    "progressUpdate",
    "stopped",
    "terminated",
    "thread",
];

/// `breakpoint`.
pub enum Breakpoint {}

impl Event for Breakpoint {
    type Body = types::BreakpointEvent;
    const EVENT: &'static str = "breakpoint";
}

/// `capabilities`.
pub enum Capabilities {}

impl Event for Capabilities {
    type Body = types::CapabilitiesEvent;
    const EVENT: &'static str = "capabilities";
}

/// `continued`.
pub enum Continued {}

impl Event for Continued {
    type Body = types::ContinuedEvent;
    const EVENT: &'static str = "continued";
}

/// `exited`.
pub enum Exited {}

impl Event for Exited {
    type Body = types::ExitedEvent;
    const EVENT: &'static str = "exited";
}

/// `initialized`.
pub enum Initialized {}

impl Event for Initialized {
    type Body = ();
    const EVENT: &'static str = "initialized";
}

/// `invalidated`.
pub enum Invalidated {}

impl Event for Invalidated {
    type Body = types::InvalidatedEvent;
    const EVENT: &'static str = "invalidated";
}

/// `loadedSource`.
pub enum LoadedSource {}

impl Event for LoadedSource {
    type Body = types::LoadedSourceEvent;
    const EVENT: &'static str = "loadedSource";
}

/// `memory`.
pub enum Memory {}

impl Event for Memory {
    type Body = types::MemoryEvent;
    const EVENT: &'static str = "memory";
}

/// `module`.
pub enum Module {}

impl Event for Module {
    type Body = types::ModuleEvent;
    const EVENT: &'static str = "module";
}

/// `output`.
pub enum Output {}

impl Event for Output {
    type Body = types::OutputEvent;
    const EVENT: &'static str = "output";
}

/// `process`.
pub enum Process {}

impl Event for Process {
    type Body = types::ProcessEvent;
    const EVENT: &'static str = "process";
}

/// `progressEnd`.
pub enum ProgressEnd {}

impl Event for ProgressEnd {
    type Body = types::ProgressEndEvent;
    const EVENT: &'static str = "progressEnd";
}

/// `progressStart`.
pub enum ProgressStart {}

impl Event for ProgressStart {
    type Body = types::ProgressStartEvent;
    const EVENT: &'static str = "progressStart";
}

/// `progressUpdate`.
pub enum ProgressUpdate {}

impl Event for ProgressUpdate {
    type Body = types::ProgressUpdateEvent;
    const EVENT: &'static str = "progressUpdate";
}

/// `stopped`.
pub enum Stopped {}

impl Event for Stopped {
    type Body = types::StoppedEvent;
    const EVENT: &'static str = "stopped";
}

/// `terminated`.
pub enum Terminated {}

impl Event for Terminated {
    type Body = types::TerminatedEvent;
    const EVENT: &'static str = "terminated";
}

/// `thread`.
pub enum Thread {}

impl Event for Thread {
    type Body = types::ThreadEvent;
    const EVENT: &'static str = "thread";
}
