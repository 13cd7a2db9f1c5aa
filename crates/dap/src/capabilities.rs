//! What pausa does of the protocol, as `initialize` says it: the one place where it is said.
//!
//! Used by `session`, which does it, and by the hub, which answers `initialize` before there is a debuggee. Invariant: a
//! capability is claimed only for what `session` and the hub do; a test of `session` holds the requests among them.

use crate::types;

/// All that a client may ask for.
#[must_use]
pub fn capabilities() -> types::Capabilities {
    let yes = Some(true);
    types::Capabilities {
        supports_configuration_done_request: yes,
        supports_function_breakpoints: yes,
        supports_breakpoint_locations_request: yes,
        supports_exception_filter_options: yes,
        supports_exception_options: yes,
        supports_data_breakpoints: yes,
        breakpoint_modes: Some(vec![rebinding(), mutation()]),
        supports_conditional_breakpoints: yes,
        supports_hit_conditional_breakpoints: yes,
        supports_log_points: yes,
        supports_evaluate_for_hovers: yes,
        supports_set_variable: yes,
        supports_set_expression: yes,
        supports_goto_targets_request: yes,
        supports_restart_frame: yes,
        supports_terminate_threads_request: yes,
        supports_completions_request: yes,
        supports_exception_info_request: yes,
        supports_delayed_stack_trace_loading: yes,
        supports_cancel_request: yes,
        supports_modules_request: yes,
        supports_loaded_sources_request: yes,
        supports_read_memory_request: yes,
        supports_write_memory_request: yes,
        supports_value_formatting_options: yes,
        supports_ansi_styling: yes,
        completion_trigger_characters: Some([".", "[", "'", "\""].map(Into::into).to_vec()),
        supports_restart_request: yes,
        supports_step_in_targets_request: yes,
        supports_stepping_granularity: yes,
        supports_disassemble_request: yes,
        supports_instruction_breakpoints: yes,
        supports_clipboard_context: yes,
        supports_single_thread_execution_requests: yes,
        supports_terminate_request: yes,
        support_terminate_debuggee: yes,
        exception_breakpoint_filters: Some(filters()),
        ..Default::default()
    }
}

fn rebinding() -> types::BreakpointMode {
    types::BreakpointMode {
        mode: "rebinding".into(),
        label: "Rebinding".into(),
        description: Some("Stops when the name, attribute or item comes to refer to another value".into()),
        applies_to: vec!["data".into()],
    }
}

fn mutation() -> types::BreakpointMode {
    types::BreakpointMode {
        mode: "mutation".into(),
        label: "Mutation".into(),
        description: Some("Stops when the object itself changes: its items or its attributes".into()),
        applies_to: vec!["data".into()],
    }
}

/// The filters: name, label, what it stops at.
const FILTERS: [(&str, &str, &str); 6] = [
    (
        "raised",
        "Raised exceptions",
        "Stops where an exception comes into your code, whether or not something catches it",
    ),
    ("uncaught", "Uncaught exceptions", "Stops where an exception is raised that nothing will catch"),
    (
        "userUnhandled",
        "User-unhandled exceptions",
        "Stops where an exception is raised that your code does not catch, even if the library that called it does",
    ),
    (
        "test",
        "Exceptions that fail a test",
        "Stops where an exception is raised that will leave a test's function (pytest, unittest), which the test framework \
         reports",
    ),
    (
        "unraisable",
        "Unraisable exceptions",
        "Stops at exceptions that nobody can have: they leave a destructor or a callback of the interpreter",
    ),
    (
        "task",
        "Exceptions of tasks that nobody retrieves",
        "Stops where asyncio reports an exception that nobody has asked a task or future for, or that leaves a callback",
    ),
];

/// What may be written as a filter's condition.
const CONDITION: &str = "Types and more, all optional: KeyError, !app.Missing in app.* hit >= 3 if __exception__.args";

fn filters() -> Vec<types::ExceptionBreakpointsFilter> {
    let filters = FILTERS.iter().map(|(filter, label, description)| types::ExceptionBreakpointsFilter {
        filter: (*filter).into(),
        label: (*label).into(),
        description: Some((*description).into()),
        default: Some(*filter == "uncaught"),
        supports_condition: Some(true),
        condition_description: Some(CONDITION.into()),
    });
    filters.collect()
}
