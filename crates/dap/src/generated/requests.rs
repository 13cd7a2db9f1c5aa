//! The protocol's requests.
//!
//! Made by `cargo xtask codegen --schema debugAdapterProtocol.json`; do not edit.
//! Each is a type without values that says what the request and its answer carry.
//! Invariant: names on the wire are exactly the schema's.

use super::types;
pub use crate::typed::Request;

/// The commands of all requests.
pub const COMMANDS: &[&str] = &[
    "attach",
    "breakpointLocations",
    "cancel",
    "completions",
    "configurationDone",
    "continue",
    "dataBreakpointInfo",
    "disassemble",
    "disconnect",
    "evaluate",
    "exceptionInfo",
    "goto",
    "gotoTargets",
    "initialize",
    "launch",
    "loadedSources",
    "locations",
    "modules",
    "next",
    "pause",
    "readMemory",
    "restartFrame",
    "restart",
    "reverseContinue",
    "runInTerminal",
    "scopes",
    "setBreakpoints",
    "setDataBreakpoints",
    "setExceptionBreakpoints",
    "setExpression",
    "setFunctionBreakpoints",
    "setInstructionBreakpoints",
    "setVariable",
    "source",
    "stackTrace",
    "startDebugging",
    "stepBack",
    "stepIn",
    "stepInTargets",
    "stepOut",
    "terminate",
    "terminateThreads",
    "threads",
    "variables",
    "writeMemory",
];

/// `attach`.
pub enum Attach {}

impl Request for Attach {
    type Arguments = types::AttachRequestArguments;
    type Response = ();
    const COMMAND: &'static str = "attach";
}

/// `breakpointLocations`.
pub enum BreakpointLocations {}

impl Request for BreakpointLocations {
    type Arguments = types::BreakpointLocationsArguments;
    type Response = types::BreakpointLocationsResponse;
    const COMMAND: &'static str = "breakpointLocations";
}

/// `cancel`.
pub enum Cancel {}

impl Request for Cancel {
    type Arguments = types::CancelArguments;
    type Response = ();
    const COMMAND: &'static str = "cancel";
}

/// `completions`.
pub enum Completions {}

impl Request for Completions {
    type Arguments = types::CompletionsArguments;
    type Response = types::CompletionsResponse;
    const COMMAND: &'static str = "completions";
}

/// `configurationDone`.
pub enum ConfigurationDone {}

impl Request for ConfigurationDone {
    type Arguments = types::ConfigurationDoneArguments;
    type Response = ();
    const COMMAND: &'static str = "configurationDone";
}

/// `continue`.
pub enum Continue {}

impl Request for Continue {
    type Arguments = types::ContinueArguments;
    type Response = types::ContinueResponse;
    const COMMAND: &'static str = "continue";
}

/// `dataBreakpointInfo`.
pub enum DataBreakpointInfo {}

impl Request for DataBreakpointInfo {
    type Arguments = types::DataBreakpointInfoArguments;
    type Response = types::DataBreakpointInfoResponse;
    const COMMAND: &'static str = "dataBreakpointInfo";
}

/// `disassemble`.
pub enum Disassemble {}

impl Request for Disassemble {
    type Arguments = types::DisassembleArguments;
    type Response = types::DisassembleResponse;
    const COMMAND: &'static str = "disassemble";
}

/// `disconnect`.
pub enum Disconnect {}

impl Request for Disconnect {
    type Arguments = types::DisconnectArguments;
    type Response = ();
    const COMMAND: &'static str = "disconnect";
}

/// `evaluate`.
pub enum Evaluate {}

impl Request for Evaluate {
    type Arguments = types::EvaluateArguments;
    type Response = types::EvaluateResponse;
    const COMMAND: &'static str = "evaluate";
}

/// `exceptionInfo`.
pub enum ExceptionInfo {}

impl Request for ExceptionInfo {
    type Arguments = types::ExceptionInfoArguments;
    type Response = types::ExceptionInfoResponse;
    const COMMAND: &'static str = "exceptionInfo";
}

/// `goto`.
pub enum Goto {}

impl Request for Goto {
    type Arguments = types::GotoArguments;
    type Response = ();
    const COMMAND: &'static str = "goto";
}

/// `gotoTargets`.
pub enum GotoTargets {}

impl Request for GotoTargets {
    type Arguments = types::GotoTargetsArguments;
    type Response = types::GotoTargetsResponse;
    const COMMAND: &'static str = "gotoTargets";
}

/// `initialize`.
pub enum Initialize {}

impl Request for Initialize {
    type Arguments = types::InitializeRequestArguments;
    type Response = types::Capabilities;
    const COMMAND: &'static str = "initialize";
}

/// `launch`.
pub enum Launch {}

impl Request for Launch {
    type Arguments = types::LaunchRequestArguments;
    type Response = ();
    const COMMAND: &'static str = "launch";
}

/// `loadedSources`.
pub enum LoadedSources {}

impl Request for LoadedSources {
    type Arguments = types::LoadedSourcesArguments;
    type Response = types::LoadedSourcesResponse;
    const COMMAND: &'static str = "loadedSources";
}

/// `locations`.
pub enum Locations {}

impl Request for Locations {
    type Arguments = types::LocationsArguments;
    type Response = types::LocationsResponse;
    const COMMAND: &'static str = "locations";
}

/// `modules`.
pub enum Modules {}

impl Request for Modules {
    type Arguments = types::ModulesArguments;
    type Response = types::ModulesResponse;
    const COMMAND: &'static str = "modules";
}

/// `next`.
pub enum Next {}

impl Request for Next {
    type Arguments = types::NextArguments;
    type Response = ();
    const COMMAND: &'static str = "next";
}

/// `pause`.
pub enum Pause {}

impl Request for Pause {
    type Arguments = types::PauseArguments;
    type Response = ();
    const COMMAND: &'static str = "pause";
}

/// `readMemory`.
pub enum ReadMemory {}

impl Request for ReadMemory {
    type Arguments = types::ReadMemoryArguments;
    type Response = types::ReadMemoryResponse;
    const COMMAND: &'static str = "readMemory";
}

/// `restartFrame`.
pub enum RestartFrame {}

impl Request for RestartFrame {
    type Arguments = types::RestartFrameArguments;
    type Response = ();
    const COMMAND: &'static str = "restartFrame";
}

/// `restart`.
pub enum Restart {}

impl Request for Restart {
    type Arguments = types::RestartArguments;
    type Response = ();
    const COMMAND: &'static str = "restart";
}

/// `reverseContinue`.
pub enum ReverseContinue {}

impl Request for ReverseContinue {
    type Arguments = types::ReverseContinueArguments;
    type Response = ();
    const COMMAND: &'static str = "reverseContinue";
}

/// `runInTerminal`.
pub enum RunInTerminal {}

impl Request for RunInTerminal {
    type Arguments = types::RunInTerminalRequestArguments;
    type Response = types::RunInTerminalResponse;
    const COMMAND: &'static str = "runInTerminal";
}

/// `scopes`.
pub enum Scopes {}

impl Request for Scopes {
    type Arguments = types::ScopesArguments;
    type Response = types::ScopesResponse;
    const COMMAND: &'static str = "scopes";
}

/// `setBreakpoints`.
pub enum SetBreakpoints {}

impl Request for SetBreakpoints {
    type Arguments = types::SetBreakpointsArguments;
    type Response = types::SetBreakpointsResponse;
    const COMMAND: &'static str = "setBreakpoints";
}

/// `setDataBreakpoints`.
pub enum SetDataBreakpoints {}

impl Request for SetDataBreakpoints {
    type Arguments = types::SetDataBreakpointsArguments;
    type Response = types::SetDataBreakpointsResponse;
    const COMMAND: &'static str = "setDataBreakpoints";
}

/// `setExceptionBreakpoints`.
pub enum SetExceptionBreakpoints {}

impl Request for SetExceptionBreakpoints {
    type Arguments = types::SetExceptionBreakpointsArguments;
    type Response = types::SetExceptionBreakpointsResponse;
    const COMMAND: &'static str = "setExceptionBreakpoints";
}

/// `setExpression`.
pub enum SetExpression {}

impl Request for SetExpression {
    type Arguments = types::SetExpressionArguments;
    type Response = types::SetExpressionResponse;
    const COMMAND: &'static str = "setExpression";
}

/// `setFunctionBreakpoints`.
pub enum SetFunctionBreakpoints {}

impl Request for SetFunctionBreakpoints {
    type Arguments = types::SetFunctionBreakpointsArguments;
    type Response = types::SetFunctionBreakpointsResponse;
    const COMMAND: &'static str = "setFunctionBreakpoints";
}

/// `setInstructionBreakpoints`.
pub enum SetInstructionBreakpoints {}

impl Request for SetInstructionBreakpoints {
    type Arguments = types::SetInstructionBreakpointsArguments;
    type Response = types::SetInstructionBreakpointsResponse;
    const COMMAND: &'static str = "setInstructionBreakpoints";
}

/// `setVariable`.
pub enum SetVariable {}

impl Request for SetVariable {
    type Arguments = types::SetVariableArguments;
    type Response = types::SetVariableResponse;
    const COMMAND: &'static str = "setVariable";
}

/// `source`.
pub enum Source {}

impl Request for Source {
    type Arguments = types::SourceArguments;
    type Response = types::SourceResponse;
    const COMMAND: &'static str = "source";
}

/// `stackTrace`.
pub enum StackTrace {}

impl Request for StackTrace {
    type Arguments = types::StackTraceArguments;
    type Response = types::StackTraceResponse;
    const COMMAND: &'static str = "stackTrace";
}

/// `startDebugging`.
pub enum StartDebugging {}

impl Request for StartDebugging {
    type Arguments = types::StartDebuggingRequestArguments;
    type Response = ();
    const COMMAND: &'static str = "startDebugging";
}

/// `stepBack`.
pub enum StepBack {}

impl Request for StepBack {
    type Arguments = types::StepBackArguments;
    type Response = ();
    const COMMAND: &'static str = "stepBack";
}

/// `stepIn`.
pub enum StepIn {}

impl Request for StepIn {
    type Arguments = types::StepInArguments;
    type Response = ();
    const COMMAND: &'static str = "stepIn";
}

/// `stepInTargets`.
pub enum StepInTargets {}

impl Request for StepInTargets {
    type Arguments = types::StepInTargetsArguments;
    type Response = types::StepInTargetsResponse;
    const COMMAND: &'static str = "stepInTargets";
}

/// `stepOut`.
pub enum StepOut {}

impl Request for StepOut {
    type Arguments = types::StepOutArguments;
    type Response = ();
    const COMMAND: &'static str = "stepOut";
}

/// `terminate`.
pub enum Terminate {}

impl Request for Terminate {
    type Arguments = types::TerminateArguments;
    type Response = ();
    const COMMAND: &'static str = "terminate";
}

/// `terminateThreads`.
pub enum TerminateThreads {}

impl Request for TerminateThreads {
    type Arguments = types::TerminateThreadsArguments;
    type Response = ();
    const COMMAND: &'static str = "terminateThreads";
}

/// `threads`.
pub enum Threads {}

impl Request for Threads {
    type Arguments = ();
    type Response = types::ThreadsResponse;
    const COMMAND: &'static str = "threads";
}

/// `variables`.
pub enum Variables {}

impl Request for Variables {
    type Arguments = types::VariablesArguments;
    type Response = types::VariablesResponse;
    const COMMAND: &'static str = "variables";
}

/// `writeMemory`.
pub enum WriteMemory {}

impl Request for WriteMemory {
    type Arguments = types::WriteMemoryArguments;
    type Response = types::WriteMemoryResponse;
    const COMMAND: &'static str = "writeMemory";
}
