//! The protocol's structures and enumerations.
//!
//! Made by `cargo xtask codegen --schema debugAdapterProtocol.json`; do not edit.
//! A structure's name is the schema's; the body of a response or of an event has the name of the message.
//! Invariant: names on the wire are exactly the schema's.

use crate::values::{IntegerOrString, string_enum};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// `AttachRequestArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachRequestArguments {
    /// `__restart`
    #[serde(rename = "__restart", default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Value>,
    /// What this debugger adds.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// `Breakpoint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Breakpoint {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `id`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// `instructionReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_reference: Option<String>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// `message`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `offset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// `reason`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<BreakpointReason>,
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// `verified`
    pub verified: bool,
}

/// `BreakpointEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakpointEvent {
    /// `breakpoint`
    pub breakpoint: Breakpoint,
    /// `reason`
    pub reason: BreakpointEventReason,
}

/// `BreakpointLocation`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakpointLocation {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `line`
    pub line: i64,
}

/// `BreakpointLocationsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakpointLocationsArguments {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `line`
    pub line: i64,
    /// `source`
    pub source: Source,
}

/// `BreakpointLocationsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakpointLocationsResponse {
    /// `breakpoints`
    pub breakpoints: Vec<BreakpointLocation>,
}

/// `BreakpointMode`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BreakpointMode {
    /// `appliesTo`
    pub applies_to: Vec<BreakpointModeApplicability>,
    /// `description`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `label`
    pub label: String,
    /// `mode`
    pub mode: String,
}

/// `CancelArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelArguments {
    /// `progressId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_id: Option<String>,
    /// `requestId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<i64>,
}

/// `Capabilities`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// `additionalModuleColumns`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub additional_module_columns: Option<Vec<ColumnDescriptor>>,
    /// `breakpointModes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakpoint_modes: Option<Vec<BreakpointMode>>,
    /// `completionTriggerCharacters`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_trigger_characters: Option<Vec<String>>,
    /// `exceptionBreakpointFilters`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception_breakpoint_filters: Option<Vec<ExceptionBreakpointsFilter>>,
    /// `supportSuspendDebuggee`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_suspend_debuggee: Option<bool>,
    /// `supportTerminateDebuggee`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_terminate_debuggee: Option<bool>,
    /// `supportedChecksumAlgorithms`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_checksum_algorithms: Option<Vec<ChecksumAlgorithm>>,
    /// `supportsANSIStyling`
    #[serde(rename = "supportsANSIStyling", default, skip_serializing_if = "Option::is_none")]
    pub supports_ansi_styling: Option<bool>,
    /// `supportsBreakpointLocationsRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_breakpoint_locations_request: Option<bool>,
    /// `supportsCancelRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_cancel_request: Option<bool>,
    /// `supportsClipboardContext`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_clipboard_context: Option<bool>,
    /// `supportsCompletionsRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_completions_request: Option<bool>,
    /// `supportsConditionalBreakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_conditional_breakpoints: Option<bool>,
    /// `supportsConfigurationDoneRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_configuration_done_request: Option<bool>,
    /// `supportsDataBreakpointBytes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_data_breakpoint_bytes: Option<bool>,
    /// `supportsDataBreakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_data_breakpoints: Option<bool>,
    /// `supportsDelayedStackTraceLoading`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_delayed_stack_trace_loading: Option<bool>,
    /// `supportsDisassembleRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_disassemble_request: Option<bool>,
    /// `supportsEvaluateForHovers`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_evaluate_for_hovers: Option<bool>,
    /// `supportsExceptionFilterOptions`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_exception_filter_options: Option<bool>,
    /// `supportsExceptionInfoRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_exception_info_request: Option<bool>,
    /// `supportsExceptionOptions`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_exception_options: Option<bool>,
    /// `supportsFunctionBreakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_function_breakpoints: Option<bool>,
    /// `supportsGotoTargetsRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_goto_targets_request: Option<bool>,
    /// `supportsHitConditionalBreakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_hit_conditional_breakpoints: Option<bool>,
    /// `supportsInstructionBreakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_instruction_breakpoints: Option<bool>,
    /// `supportsLoadedSourcesRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_loaded_sources_request: Option<bool>,
    /// `supportsLogPoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_log_points: Option<bool>,
    /// `supportsModulesRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_modules_request: Option<bool>,
    /// `supportsReadMemoryRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_read_memory_request: Option<bool>,
    /// `supportsRestartFrame`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_restart_frame: Option<bool>,
    /// `supportsRestartRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_restart_request: Option<bool>,
    /// `supportsSetExpression`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_set_expression: Option<bool>,
    /// `supportsSetVariable`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_set_variable: Option<bool>,
    /// `supportsSingleThreadExecutionRequests`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_single_thread_execution_requests: Option<bool>,
    /// `supportsStepBack`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_step_back: Option<bool>,
    /// `supportsStepInTargetsRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_step_in_targets_request: Option<bool>,
    /// `supportsSteppingGranularity`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_stepping_granularity: Option<bool>,
    /// `supportsTerminateRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_terminate_request: Option<bool>,
    /// `supportsTerminateThreadsRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_terminate_threads_request: Option<bool>,
    /// `supportsValueFormattingOptions`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_value_formatting_options: Option<bool>,
    /// `supportsWriteMemoryRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_write_memory_request: Option<bool>,
}

/// `CapabilitiesEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapabilitiesEvent {
    /// `capabilities`
    pub capabilities: Capabilities,
}

/// `Checksum`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checksum {
    /// `algorithm`
    pub algorithm: ChecksumAlgorithm,
    /// `checksum`
    pub checksum: String,
}

/// `ColumnDescriptor`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ColumnDescriptor {
    /// `attributeName`
    pub attribute_name: String,
    /// `format`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// `label`
    pub label: String,
    /// `type`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ColumnDescriptorType>,
    /// `width`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
}

/// `CompletionItem`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompletionItem {
    /// `detail`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// `label`
    pub label: String,
    /// `length`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<i64>,
    /// `selectionLength`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_length: Option<i64>,
    /// `selectionStart`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_start: Option<i64>,
    /// `sortText`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_text: Option<String>,
    /// `start`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// `text`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `type`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<CompletionItemType>,
}

/// `CompletionsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompletionsArguments {
    /// `column`
    pub column: i64,
    /// `frameId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<i64>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// `text`
    pub text: String,
}

/// `CompletionsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompletionsResponse {
    /// `targets`
    pub targets: Vec<CompletionItem>,
}

/// `ConfigurationDoneArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationDoneArguments {}

/// `ContinueArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContinueArguments {
    /// `singleThread`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_thread: Option<bool>,
    /// `threadId`
    pub thread_id: i64,
}

/// `ContinueResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContinueResponse {
    /// `allThreadsContinued`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_threads_continued: Option<bool>,
}

/// `ContinuedEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContinuedEvent {
    /// `allThreadsContinued`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_threads_continued: Option<bool>,
    /// `threadId`
    pub thread_id: i64,
}

/// `DataBreakpoint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataBreakpoint {
    /// `accessType`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_type: Option<DataBreakpointAccessType>,
    /// `condition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// `dataId`
    pub data_id: String,
    /// `hitCondition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit_condition: Option<String>,
}

/// `DataBreakpointInfoArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataBreakpointInfoArguments {
    /// `asAddress`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_address: Option<bool>,
    /// `bytes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<i64>,
    /// `frameId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<i64>,
    /// `mode`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// `name`
    pub name: String,
    /// `variablesReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables_reference: Option<i64>,
}

/// `DataBreakpointInfoResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataBreakpointInfoResponse {
    /// `accessTypes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_types: Option<Vec<DataBreakpointAccessType>>,
    /// `canPersist`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_persist: Option<bool>,
    /// `dataId`
    pub data_id: Option<String>,
    /// `description`
    pub description: String,
}

/// `DisassembleArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisassembleArguments {
    /// `instructionCount`
    pub instruction_count: i64,
    /// `instructionOffset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_offset: Option<i64>,
    /// `memoryReference`
    pub memory_reference: String,
    /// `offset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
    /// `resolveSymbols`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve_symbols: Option<bool>,
}

/// `DisassembleResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisassembleResponse {
    /// `instructions`
    pub instructions: Vec<DisassembledInstruction>,
}

/// `DisassembledInstruction`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisassembledInstruction {
    /// `address`
    pub address: String,
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `instruction`
    pub instruction: String,
    /// `instructionBytes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_bytes: Option<String>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// `location`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Source>,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<DisassembledInstructionPresentationHint>,
    /// `symbol`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol: Option<String>,
}

/// `DisconnectArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectArguments {
    /// `restart`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<bool>,
    /// `suspendDebuggee`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspend_debuggee: Option<bool>,
    /// `terminateDebuggee`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminate_debuggee: Option<bool>,
}

/// `ErrorResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorResponse {
    /// `error`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Message>,
}

/// `EvaluateArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluateArguments {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `context`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<EvaluateArgumentsContext>,
    /// `expression`
    pub expression: String,
    /// `format`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ValueFormat>,
    /// `frameId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<i64>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// `EvaluateResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluateResponse {
    /// `indexedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_variables: Option<i64>,
    /// `memoryReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reference: Option<String>,
    /// `namedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_variables: Option<i64>,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<VariablePresentationHint>,
    /// `result`
    pub result: String,
    /// `type`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// `valueLocationReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_location_reference: Option<i64>,
    /// `variablesReference`
    pub variables_reference: i64,
}

/// `ExceptionBreakpointsFilter`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionBreakpointsFilter {
    /// `conditionDescription`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition_description: Option<String>,
    /// `default`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<bool>,
    /// `description`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `filter`
    pub filter: String,
    /// `label`
    pub label: String,
    /// `supportsCondition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_condition: Option<bool>,
}

/// `ExceptionDetails`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionDetails {
    /// `evaluateName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluate_name: Option<String>,
    /// `fullTypeName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_type_name: Option<String>,
    /// `innerException`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner_exception: Option<Vec<ExceptionDetails>>,
    /// `message`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `stackTrace`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack_trace: Option<String>,
    /// `typeName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_name: Option<String>,
}

/// `ExceptionFilterOptions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionFilterOptions {
    /// `condition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// `filterId`
    pub filter_id: String,
    /// `mode`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// `ExceptionInfoArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionInfoArguments {
    /// `threadId`
    pub thread_id: i64,
}

/// `ExceptionInfoResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionInfoResponse {
    /// `breakMode`
    pub break_mode: ExceptionBreakMode,
    /// `description`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `details`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<ExceptionDetails>,
    /// `exceptionId`
    pub exception_id: String,
}

/// `ExceptionOptions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionOptions {
    /// `breakMode`
    pub break_mode: ExceptionBreakMode,
    /// `path`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Vec<ExceptionPathSegment>>,
}

/// `ExceptionPathSegment`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExceptionPathSegment {
    /// `names`
    pub names: Vec<String>,
    /// `negate`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub negate: Option<bool>,
}

/// `ExitedEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExitedEvent {
    /// `exitCode`
    pub exit_code: i64,
}

/// `FunctionBreakpoint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionBreakpoint {
    /// `condition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// `hitCondition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit_condition: Option<String>,
    /// `name`
    pub name: String,
}

/// `GotoArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GotoArguments {
    /// `targetId`
    pub target_id: i64,
    /// `threadId`
    pub thread_id: i64,
}

/// `GotoTarget`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GotoTarget {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `id`
    pub id: i64,
    /// `instructionPointerReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_pointer_reference: Option<String>,
    /// `label`
    pub label: String,
    /// `line`
    pub line: i64,
}

/// `GotoTargetsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GotoTargetsArguments {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `line`
    pub line: i64,
    /// `source`
    pub source: Source,
}

/// `GotoTargetsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GotoTargetsResponse {
    /// `targets`
    pub targets: Vec<GotoTarget>,
}

/// `InitializeRequestArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitializeRequestArguments {
    /// `adapterID`
    #[serde(rename = "adapterID")]
    pub adapter_id: String,
    /// `clientID`
    #[serde(rename = "clientID", default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// `clientName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// `columnsStartAt1`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns_start_at1: Option<bool>,
    /// `linesStartAt1`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_start_at1: Option<bool>,
    /// `locale`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// `pathFormat`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_format: Option<InitializeRequestArgumentsPathFormat>,
    /// `supportsANSIStyling`
    #[serde(rename = "supportsANSIStyling", default, skip_serializing_if = "Option::is_none")]
    pub supports_ansi_styling: Option<bool>,
    /// `supportsArgsCanBeInterpretedByShell`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_args_can_be_interpreted_by_shell: Option<bool>,
    /// `supportsInvalidatedEvent`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_invalidated_event: Option<bool>,
    /// `supportsMemoryEvent`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_memory_event: Option<bool>,
    /// `supportsMemoryReferences`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_memory_references: Option<bool>,
    /// `supportsProgressReporting`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_progress_reporting: Option<bool>,
    /// `supportsRunInTerminalRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_run_in_terminal_request: Option<bool>,
    /// `supportsStartDebuggingRequest`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_start_debugging_request: Option<bool>,
    /// `supportsVariablePaging`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_variable_paging: Option<bool>,
    /// `supportsVariableType`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supports_variable_type: Option<bool>,
}

/// `InstructionBreakpoint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstructionBreakpoint {
    /// `condition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// `hitCondition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit_condition: Option<String>,
    /// `instructionReference`
    pub instruction_reference: String,
    /// `mode`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// `offset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
}

/// `InvalidatedEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvalidatedEvent {
    /// `areas`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Vec<InvalidatedAreas>>,
    /// `stackFrameId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack_frame_id: Option<i64>,
    /// `threadId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<i64>,
}

/// `LaunchRequestArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaunchRequestArguments {
    /// `__restart`
    #[serde(rename = "__restart", default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Value>,
    /// `noDebug`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_debug: Option<bool>,
    /// What this debugger adds.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Value>,
}

/// `LoadedSourceEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadedSourceEvent {
    /// `reason`
    pub reason: LoadedSourceEventReason,
    /// `source`
    pub source: Source,
}

/// `LoadedSourcesArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadedSourcesArguments {}

/// `LoadedSourcesResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadedSourcesResponse {
    /// `sources`
    pub sources: Vec<Source>,
}

/// `LocationsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationsArguments {
    /// `locationReference`
    pub location_reference: i64,
}

/// `LocationsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocationsResponse {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `line`
    pub line: i64,
    /// `source`
    pub source: Source,
}

/// `MemoryEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemoryEvent {
    /// `count`
    pub count: i64,
    /// `memoryReference`
    pub memory_reference: String,
    /// `offset`
    pub offset: i64,
}

/// `Message`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// `format`
    pub format: String,
    /// `id`
    pub id: i64,
    /// `sendTelemetry`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_telemetry: Option<bool>,
    /// `showUser`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_user: Option<bool>,
    /// `url`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `urlLabel`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_label: Option<String>,
    /// `variables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables: Option<BTreeMap<String, String>>,
}

/// `Module`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Module {
    /// `addressRange`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_range: Option<String>,
    /// `dateTimeStamp`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_time_stamp: Option<String>,
    /// `id`
    pub id: IntegerOrString,
    /// `isOptimized`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_optimized: Option<bool>,
    /// `isUserCode`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_user_code: Option<bool>,
    /// `name`
    pub name: String,
    /// `path`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `symbolFilePath`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol_file_path: Option<String>,
    /// `symbolStatus`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbol_status: Option<String>,
    /// `version`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// `ModuleEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleEvent {
    /// `module`
    pub module: Module,
    /// `reason`
    pub reason: ModuleEventReason,
}

/// `ModulesArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModulesArguments {
    /// `moduleCount`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_count: Option<i64>,
    /// `startModule`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_module: Option<i64>,
}

/// `ModulesResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModulesResponse {
    /// `modules`
    pub modules: Vec<Module>,
    /// `totalModules`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_modules: Option<i64>,
}

/// `NextArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NextArguments {
    /// `granularity`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granularity: Option<SteppingGranularity>,
    /// `singleThread`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_thread: Option<bool>,
    /// `threadId`
    pub thread_id: i64,
}

/// `OutputEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputEvent {
    /// `category`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<OutputEventCategory>,
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `data`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// `group`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<OutputEventGroup>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// `locationReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_reference: Option<i64>,
    /// `output`
    pub output: String,
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// `variablesReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables_reference: Option<i64>,
}

/// `PauseArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PauseArguments {
    /// `threadId`
    pub thread_id: i64,
}

/// `ProcessEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessEvent {
    /// `isLocalProcess`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_local_process: Option<bool>,
    /// `name`
    pub name: String,
    /// `pointerSize`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer_size: Option<i64>,
    /// `startMethod`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_method: Option<ProcessEventStartMethod>,
    /// `systemProcessId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_process_id: Option<i64>,
}

/// `ProgressEndEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressEndEvent {
    /// `message`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `progressId`
    pub progress_id: String,
}

/// `ProgressStartEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressStartEvent {
    /// `cancellable`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellable: Option<bool>,
    /// `message`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `percentage`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<f64>,
    /// `progressId`
    pub progress_id: String,
    /// `requestId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<i64>,
    /// `title`
    pub title: String,
}

/// `ProgressUpdateEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgressUpdateEvent {
    /// `message`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// `percentage`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentage: Option<f64>,
    /// `progressId`
    pub progress_id: String,
}

/// `ReadMemoryArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadMemoryArguments {
    /// `count`
    pub count: i64,
    /// `memoryReference`
    pub memory_reference: String,
    /// `offset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
}

/// `ReadMemoryResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReadMemoryResponse {
    /// `address`
    pub address: String,
    /// `data`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// `unreadableBytes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable_bytes: Option<i64>,
}

/// `RestartArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestartArguments {
    /// `arguments`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Value>,
}

/// `RestartFrameArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestartFrameArguments {
    /// `frameId`
    pub frame_id: i64,
}

/// `ReverseContinueArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReverseContinueArguments {
    /// `singleThread`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_thread: Option<bool>,
    /// `threadId`
    pub thread_id: i64,
}

/// `RunInTerminalRequestArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInTerminalRequestArguments {
    /// `args`
    pub args: Vec<String>,
    /// `argsCanBeInterpretedByShell`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args_can_be_interpreted_by_shell: Option<bool>,
    /// `cwd`
    pub cwd: String,
    /// `env`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, Option<String>>>,
    /// `kind`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RunInTerminalRequestArgumentsKind>,
    /// `title`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// `RunInTerminalResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunInTerminalResponse {
    /// `processId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_id: Option<i64>,
    /// `shellProcessId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell_process_id: Option<i64>,
}

/// `Scope`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `expensive`
    pub expensive: bool,
    /// `indexedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_variables: Option<i64>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// `name`
    pub name: String,
    /// `namedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_variables: Option<i64>,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<ScopePresentationHint>,
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// `variablesReference`
    pub variables_reference: i64,
}

/// `ScopesArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopesArguments {
    /// `frameId`
    pub frame_id: i64,
}

/// `ScopesResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopesResponse {
    /// `scopes`
    pub scopes: Vec<Scope>,
}

/// `SetBreakpointsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetBreakpointsArguments {
    /// `breakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakpoints: Option<Vec<SourceBreakpoint>>,
    /// `lines`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<i64>>,
    /// `source`
    pub source: Source,
    /// `sourceModified`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_modified: Option<bool>,
}

/// `SetBreakpointsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetBreakpointsResponse {
    /// `breakpoints`
    pub breakpoints: Vec<Breakpoint>,
}

/// `SetDataBreakpointsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetDataBreakpointsArguments {
    /// `breakpoints`
    pub breakpoints: Vec<DataBreakpoint>,
}

/// `SetDataBreakpointsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetDataBreakpointsResponse {
    /// `breakpoints`
    pub breakpoints: Vec<Breakpoint>,
}

/// `SetExceptionBreakpointsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetExceptionBreakpointsArguments {
    /// `exceptionOptions`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception_options: Option<Vec<ExceptionOptions>>,
    /// `filterOptions`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter_options: Option<Vec<ExceptionFilterOptions>>,
    /// `filters`
    pub filters: Vec<String>,
}

/// `SetExceptionBreakpointsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetExceptionBreakpointsResponse {
    /// `breakpoints`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakpoints: Option<Vec<Breakpoint>>,
}

/// `SetExpressionArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetExpressionArguments {
    /// `expression`
    pub expression: String,
    /// `format`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ValueFormat>,
    /// `frameId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame_id: Option<i64>,
    /// `value`
    pub value: String,
}

/// `SetExpressionResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetExpressionResponse {
    /// `indexedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_variables: Option<i64>,
    /// `memoryReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reference: Option<String>,
    /// `namedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_variables: Option<i64>,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<VariablePresentationHint>,
    /// `type`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// `value`
    pub value: String,
    /// `valueLocationReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_location_reference: Option<i64>,
    /// `variablesReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables_reference: Option<i64>,
}

/// `SetFunctionBreakpointsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetFunctionBreakpointsArguments {
    /// `breakpoints`
    pub breakpoints: Vec<FunctionBreakpoint>,
}

/// `SetFunctionBreakpointsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetFunctionBreakpointsResponse {
    /// `breakpoints`
    pub breakpoints: Vec<Breakpoint>,
}

/// `SetInstructionBreakpointsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetInstructionBreakpointsArguments {
    /// `breakpoints`
    pub breakpoints: Vec<InstructionBreakpoint>,
}

/// `SetInstructionBreakpointsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetInstructionBreakpointsResponse {
    /// `breakpoints`
    pub breakpoints: Vec<Breakpoint>,
}

/// `SetVariableArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetVariableArguments {
    /// `format`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ValueFormat>,
    /// `name`
    pub name: String,
    /// `value`
    pub value: String,
    /// `variablesReference`
    pub variables_reference: i64,
}

/// `SetVariableResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetVariableResponse {
    /// `indexedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_variables: Option<i64>,
    /// `memoryReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reference: Option<String>,
    /// `namedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_variables: Option<i64>,
    /// `type`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// `value`
    pub value: String,
    /// `valueLocationReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_location_reference: Option<i64>,
    /// `variablesReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variables_reference: Option<i64>,
}

/// `Source`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// `adapterData`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapter_data: Option<Value>,
    /// `checksums`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksums: Option<Vec<Checksum>>,
    /// `name`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `origin`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// `path`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<SourcePresentationHint>,
    /// `sourceReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_reference: Option<i64>,
    /// `sources`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<Source>>,
}

/// `SourceArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceArguments {
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// `sourceReference`
    pub source_reference: i64,
}

/// `SourceBreakpoint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceBreakpoint {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `condition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// `hitCondition`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit_condition: Option<String>,
    /// `line`
    pub line: i64,
    /// `logMessage`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_message: Option<String>,
    /// `mode`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// `SourceResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceResponse {
    /// `content`
    pub content: String,
    /// `mimeType`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
}

/// `StackFrame`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StackFrame {
    /// `canRestart`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_restart: Option<bool>,
    /// `column`
    pub column: i64,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `id`
    pub id: i64,
    /// `instructionPointerReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruction_pointer_reference: Option<String>,
    /// `line`
    pub line: i64,
    /// `moduleId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_id: Option<IntegerOrString>,
    /// `name`
    pub name: String,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<StackFramePresentationHint>,
    /// `source`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// `StackFrameFormat`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StackFrameFormat {
    /// `hex`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<bool>,
    /// `includeAll`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_all: Option<bool>,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<bool>,
    /// `module`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<bool>,
    /// `parameterNames`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_names: Option<bool>,
    /// `parameterTypes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_types: Option<bool>,
    /// `parameterValues`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_values: Option<bool>,
    /// `parameters`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<bool>,
}

/// `StackTraceArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StackTraceArguments {
    /// `format`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<StackFrameFormat>,
    /// `levels`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<i64>,
    /// `startFrame`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_frame: Option<i64>,
    /// `threadId`
    pub thread_id: i64,
}

/// `StackTraceResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StackTraceResponse {
    /// `stackFrames`
    pub stack_frames: Vec<StackFrame>,
    /// `totalFrames`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_frames: Option<i64>,
}

/// `StartDebuggingRequestArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartDebuggingRequestArguments {
    /// `configuration`
    pub configuration: BTreeMap<String, Value>,
    /// `outputPresentation`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_presentation: Option<StartDebuggingRequestArgumentsOutputPresentation>,
    /// `request`
    pub request: StartDebuggingRequestArgumentsRequest,
}

/// `StepBackArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepBackArguments {
    /// `granularity`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granularity: Option<SteppingGranularity>,
    /// `singleThread`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_thread: Option<bool>,
    /// `threadId`
    pub thread_id: i64,
}

/// `StepInArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepInArguments {
    /// `granularity`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granularity: Option<SteppingGranularity>,
    /// `singleThread`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_thread: Option<bool>,
    /// `targetId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_id: Option<i64>,
    /// `threadId`
    pub thread_id: i64,
}

/// `StepInTarget`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepInTarget {
    /// `column`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<i64>,
    /// `endColumn`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_column: Option<i64>,
    /// `endLine`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// `id`
    pub id: i64,
    /// `label`
    pub label: String,
    /// `line`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
}

/// `StepInTargetsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepInTargetsArguments {
    /// `frameId`
    pub frame_id: i64,
}

/// `StepInTargetsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepInTargetsResponse {
    /// `targets`
    pub targets: Vec<StepInTarget>,
}

/// `StepOutArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StepOutArguments {
    /// `granularity`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granularity: Option<SteppingGranularity>,
    /// `singleThread`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub single_thread: Option<bool>,
    /// `threadId`
    pub thread_id: i64,
}

/// `StoppedEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoppedEvent {
    /// `allThreadsStopped`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all_threads_stopped: Option<bool>,
    /// `description`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `hitBreakpointIds`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit_breakpoint_ids: Option<Vec<i64>>,
    /// `preserveFocusHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preserve_focus_hint: Option<bool>,
    /// `reason`
    pub reason: StoppedEventReason,
    /// `text`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// `threadId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<i64>,
}

/// `TerminateArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminateArguments {
    /// `restart`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<bool>,
}

/// `TerminateThreadsArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminateThreadsArguments {
    /// `threadIds`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_ids: Option<Vec<i64>>,
}

/// `TerminatedEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TerminatedEvent {
    /// `restart`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restart: Option<Value>,
}

/// `Thread`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    /// `id`
    pub id: i64,
    /// `name`
    pub name: String,
}

/// `ThreadEvent`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadEvent {
    /// `reason`
    pub reason: ThreadEventReason,
    /// `threadId`
    pub thread_id: i64,
}

/// `ThreadsResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadsResponse {
    /// `threads`
    pub threads: Vec<Thread>,
}

/// `ValueFormat`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValueFormat {
    /// `hex`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hex: Option<bool>,
}

/// `Variable`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Variable {
    /// `declarationLocationReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration_location_reference: Option<i64>,
    /// `evaluateName`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluate_name: Option<String>,
    /// `indexedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_variables: Option<i64>,
    /// `memoryReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reference: Option<String>,
    /// `name`
    pub name: String,
    /// `namedVariables`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_variables: Option<i64>,
    /// `presentationHint`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation_hint: Option<VariablePresentationHint>,
    /// `type`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    /// `value`
    pub value: String,
    /// `valueLocationReference`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_location_reference: Option<i64>,
    /// `variablesReference`
    pub variables_reference: i64,
}

/// `VariablePresentationHint`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VariablePresentationHint {
    /// `attributes`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<VariablePresentationHintAttribute>>,
    /// `kind`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<VariablePresentationHintKind>,
    /// `lazy`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lazy: Option<bool>,
    /// `visibility`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility: Option<VariablePresentationHintVisibility>,
}

/// `VariablesArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VariablesArguments {
    /// `count`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// `filter`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<VariablesArgumentsFilter>,
    /// `format`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ValueFormat>,
    /// `start`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// `variablesReference`
    pub variables_reference: i64,
}

/// `VariablesResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VariablesResponse {
    /// `variables`
    pub variables: Vec<Variable>,
}

/// `WriteMemoryArguments`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteMemoryArguments {
    /// `allowPartial`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_partial: Option<bool>,
    /// `data`
    pub data: String,
    /// `memoryReference`
    pub memory_reference: String,
    /// `offset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
}

/// `WriteMemoryResponse`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteMemoryResponse {
    /// `bytesWritten`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_written: Option<i64>,
    /// `offset`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
}

string_enum! {
/// `BreakpointEventReason`.
pub enum BreakpointEventReason {
Changed = "changed",
New = "new",
Removed = "removed",
}
}

string_enum! {
/// `BreakpointModeApplicability`.
pub enum BreakpointModeApplicability {
Source = "source",
Exception = "exception",
Data = "data",
Instruction = "instruction",
}
}

string_enum! {
/// `BreakpointReason`.
pub enum BreakpointReason {
Pending = "pending",
Failed = "failed",
}
}

string_enum! {
/// `ChecksumAlgorithm`.
pub enum ChecksumAlgorithm {
MD5 = "MD5",
SHA1 = "SHA1",
SHA256 = "SHA256",
Timestamp = "timestamp",
}
}

string_enum! {
/// `ColumnDescriptorType`.
pub enum ColumnDescriptorType {
String = "string",
Number = "number",
Boolean = "boolean",
UnixTimestampUTC = "unixTimestampUTC",
}
}

string_enum! {
/// `CompletionItemType`.
pub enum CompletionItemType {
Method = "method",
Function = "function",
Constructor = "constructor",
Field = "field",
Variable = "variable",
Class = "class",
Interface = "interface",
Module = "module",
Property = "property",
Unit = "unit",
Value = "value",
Enum = "enum",
Keyword = "keyword",
Snippet = "snippet",
Text = "text",
Color = "color",
File = "file",
Reference = "reference",
Customcolor = "customcolor",
}
}

string_enum! {
/// `DataBreakpointAccessType`.
pub enum DataBreakpointAccessType {
Read = "read",
Write = "write",
ReadWrite = "readWrite",
}
}

string_enum! {
/// `DisassembledInstructionPresentationHint`.
pub enum DisassembledInstructionPresentationHint {
Normal = "normal",
Invalid = "invalid",
}
}

string_enum! {
/// `EvaluateArgumentsContext`.
pub enum EvaluateArgumentsContext {
Watch = "watch",
Repl = "repl",
Hover = "hover",
Clipboard = "clipboard",
Variables = "variables",
}
}

string_enum! {
/// `ExceptionBreakMode`.
pub enum ExceptionBreakMode {
Never = "never",
Always = "always",
Unhandled = "unhandled",
UserUnhandled = "userUnhandled",
}
}

string_enum! {
/// `InitializeRequestArgumentsPathFormat`.
pub enum InitializeRequestArgumentsPathFormat {
Path = "path",
Uri = "uri",
}
}

string_enum! {
/// `InvalidatedAreas`.
pub enum InvalidatedAreas {
All = "all",
Stacks = "stacks",
Threads = "threads",
Variables = "variables",
}
}

string_enum! {
/// `LoadedSourceEventReason`.
pub enum LoadedSourceEventReason {
New = "new",
Changed = "changed",
Removed = "removed",
}
}

string_enum! {
/// `ModuleEventReason`.
pub enum ModuleEventReason {
New = "new",
Changed = "changed",
Removed = "removed",
}
}

string_enum! {
/// `OutputEventCategory`.
pub enum OutputEventCategory {
Console = "console",
Important = "important",
Stdout = "stdout",
Stderr = "stderr",
Telemetry = "telemetry",
}
}

string_enum! {
/// `OutputEventGroup`.
pub enum OutputEventGroup {
Start = "start",
StartCollapsed = "startCollapsed",
End = "end",
}
}

string_enum! {
/// `ProcessEventStartMethod`.
pub enum ProcessEventStartMethod {
Launch = "launch",
Attach = "attach",
AttachForSuspendedLaunch = "attachForSuspendedLaunch",
}
}

string_enum! {
/// `RunInTerminalRequestArgumentsKind`.
pub enum RunInTerminalRequestArgumentsKind {
Integrated = "integrated",
External = "external",
}
}

string_enum! {
/// `ScopePresentationHint`.
pub enum ScopePresentationHint {
Arguments = "arguments",
Locals = "locals",
Registers = "registers",
ReturnValue = "returnValue",
}
}

string_enum! {
/// `SourcePresentationHint`.
pub enum SourcePresentationHint {
Normal = "normal",
Emphasize = "emphasize",
Deemphasize = "deemphasize",
}
}

string_enum! {
/// `StackFramePresentationHint`.
pub enum StackFramePresentationHint {
Normal = "normal",
Label = "label",
Subtle = "subtle",
}
}

string_enum! {
/// `StartDebuggingRequestArgumentsOutputPresentation`.
pub enum StartDebuggingRequestArgumentsOutputPresentation {
Separate = "separate",
MergeWithParent = "mergeWithParent",
}
}

string_enum! {
/// `StartDebuggingRequestArgumentsRequest`.
pub enum StartDebuggingRequestArgumentsRequest {
Launch = "launch",
Attach = "attach",
}
}

string_enum! {
/// `SteppingGranularity`.
pub enum SteppingGranularity {
Statement = "statement",
Line = "line",
Instruction = "instruction",
}
}

string_enum! {
/// `StoppedEventReason`.
pub enum StoppedEventReason {
Step = "step",
Breakpoint = "breakpoint",
Exception = "exception",
Pause = "pause",
Entry = "entry",
Goto = "goto",
FunctionBreakpoint = "function breakpoint",
DataBreakpoint = "data breakpoint",
InstructionBreakpoint = "instruction breakpoint",
}
}

string_enum! {
/// `ThreadEventReason`.
pub enum ThreadEventReason {
Started = "started",
Exited = "exited",
}
}

string_enum! {
/// `VariablePresentationHintAttribute`.
pub enum VariablePresentationHintAttribute {
Static = "static",
Constant = "constant",
ReadOnly = "readOnly",
RawString = "rawString",
HasObjectId = "hasObjectId",
CanHaveObjectId = "canHaveObjectId",
HasSideEffects = "hasSideEffects",
HasDataBreakpoint = "hasDataBreakpoint",
}
}

string_enum! {
/// `VariablePresentationHintKind`.
pub enum VariablePresentationHintKind {
Property = "property",
Method = "method",
Class = "class",
Data = "data",
Event = "event",
BaseClass = "baseClass",
InnerClass = "innerClass",
Interface = "interface",
MostDerivedClass = "mostDerivedClass",
Virtual = "virtual",
DataBreakpoint = "dataBreakpoint",
}
}

string_enum! {
/// `VariablePresentationHintVisibility`.
pub enum VariablePresentationHintVisibility {
Public = "public",
Private = "private",
Protected = "protected",
Internal = "internal",
Final = "final",
}
}

string_enum! {
/// `VariablesArgumentsFilter`.
pub enum VariablesArgumentsFilter {
Indexed = "indexed",
Named = "named",
}
}
