//! `initialize` and `attach`: what the agent can do, and how it is to start. Called by `Session::handle`.
//!
//! Invariant: a capability is claimed only for a request that `handle` knows.

use pausa_dap::server::Incoming;
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Configuration, Flow};

use crate::Session;

impl Session {
    pub(crate) fn initialize(&self, request: &Incoming) {
        if self.parse::<requests::Initialize>(request).is_none() {
            return;
        }
        let filter = types::ExceptionBreakpointsFilter {
            filter: "uncaught".into(),
            label: "Uncaught exceptions".into(),
            description: Some("Stops where an exception is raised that nothing will catch".into()),
            default: Some(true),
            ..Default::default()
        };
        let yes = Some(true);
        let capabilities = types::Capabilities {
            supports_configuration_done_request: yes,
            supports_function_breakpoints: yes,
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
            supports_clipboard_context: yes,
            supports_terminate_request: yes,
            support_terminate_debuggee: yes,
            exception_breakpoint_filters: Some(vec![filter]),
            ..Default::default()
        };
        self.outgoing.respond_as::<requests::Initialize>(request, Ok(capabilities));
    }

    pub(crate) fn attach(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<extensions::Attach>(request) else { return };
        let configuration = Configuration { stop_on_entry: arguments.stop_on_entry, all_code: !arguments.just_my_code };
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            commands.configure(configuration);
            outgoing.respond_as::<extensions::Attach>(ticket, Ok(()));
            outgoing.event::<events::Initialized>(());
            Flow::Stay
        }));
    }

    pub(crate) fn configuration_done(&self, request: &Incoming) {
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            let notice = commands.notice();
            let first = commands.start();
            outgoing.respond_as::<requests::ConfigurationDone>(ticket, Ok(()));
            if let Some(notice) = notice.filter(|_| first) {
                let category = Some("console".into());
                outgoing.event::<events::Output>(types::OutputEvent {
                    category,
                    output: format!("{notice}\n"),
                    ..Default::default()
                });
            }
            if first { Flow::Resume } else { Flow::Stay }
        }));
    }
}
