//! `initialize` and `attach`: what the agent can do, and how it is to start. Called by `Session::handle`.
//!
//! Invariant: the program has not run a line before `configurationDone`, or before a hub has said that nobody attends.

use std::sync::atomic::Ordering;

use pausa_dap::capabilities::capabilities;
use pausa_dap::server::Incoming;
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Configuration, Flow};

use crate::{Session, breakpoints};

impl Session {
    pub(crate) fn initialize(&self, request: &Incoming) {
        let Some(facts) = self.parse::<requests::Initialize>(request) else { return };
        self.shared.introduce(facts);
        self.outgoing.respond_as::<requests::Initialize>(request, Ok(capabilities()));
    }

    pub(crate) fn attach(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<extensions::Attach>(request) else { return };
        let configuration = Configuration {
            stop_on_entry: arguments.stop_on_entry,
            all_code: !arguments.just_my_code,
            shows_returns: arguments.show_return_value,
            children: arguments.children,
        };
        self.end_with_client.store(arguments.end_with_client, Ordering::Relaxed);
        self.stop_on_entry.store(arguments.stop_on_entry, Ordering::Relaxed);
        self.shared.time_limit.store(arguments.evaluation_time_limit, Ordering::Relaxed);
        self.shared.tasks.store(arguments.tasks, Ordering::Relaxed);
        self.shared.steps_alone.store(!arguments.stepping_resumes_all_threads, Ordering::Relaxed);
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
        let (presence, debuggee) = (self.presence.clone(), self.debuggee.clone());
        let stop = self.stop_on_entry.swap(false, Ordering::Relaxed);
        self.debuggee.post(Box::new(move |commands| {
            let notice = commands.notice();
            let first = commands.start();
            presence.set(true);
            outgoing.respond_as::<requests::ConfigurationDone>(ticket, Ok(()));
            if let Some(notice) = notice.filter(|_| first) {
                let category = Some("console".into());
                outgoing.event::<events::Output>(types::OutputEvent {
                    category,
                    output: format!("{notice}\n"),
                    ..Default::default()
                });
            }
            if stop && !first {
                // It has been attached to: where it is now is its entry.
                debuggee.pause();
            }
            if first { Flow::Resume } else { Flow::Stay }
        }));
    }

    /// Nobody attends any more, or yet.
    pub(crate) fn release(&self, request: &Incoming) {
        self.presence.set(false);
        self.debuggee.cancel_evaluation();
        let (outgoing, ticket, shared) = (self.outgoing.clone(), request.ticket(), self.shared.clone());
        self.debuggee.post(Box::new(move |commands| {
            breakpoints::forget(commands, &shared);
            commands.start();
            outgoing.respond_as::<extensions::Release>(ticket, Ok(()));
            Flow::Resume
        }));
    }
}
