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
        supports_conditional_breakpoints: yes,
        supports_hit_conditional_breakpoints: yes,
        supports_log_points: yes,
        supports_evaluate_for_hovers: yes,
        supports_set_variable: yes,
        supports_set_expression: yes,
        supports_goto_targets_request: yes,
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
        supports_clipboard_context: yes,
        supports_terminate_request: yes,
        support_terminate_debuggee: yes,
        exception_breakpoint_filters: Some(vec![raised(), uncaught()]),
        ..Default::default()
    }
}

fn raised() -> types::ExceptionBreakpointsFilter {
    types::ExceptionBreakpointsFilter {
        filter: "raised".into(),
        label: "Raised exceptions".into(),
        description: Some("Stops where an exception comes into your code, whether or not something catches it".into()),
        default: Some(false),
        supports_condition: Some(true),
        condition_description: Some(TYPES.into()),
    }
}

/// What may be written as a filter's condition.
const TYPES: &str = "Exception types, such as KeyError, app.Missing; with ! before those to leave out";

fn uncaught() -> types::ExceptionBreakpointsFilter {
    types::ExceptionBreakpointsFilter {
        filter: "uncaught".into(),
        label: "Uncaught exceptions".into(),
        description: Some("Stops where an exception is raised that nothing will catch".into()),
        default: Some(true),
        supports_condition: Some(true),
        condition_description: Some(TYPES.into()),
    }
}
