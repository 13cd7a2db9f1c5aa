//! `initialize` and `attach`: what the agent can do, and how it is to start. Called by `Session::handle`.
//!
//! Invariant: the program has not run a line before `configurationDone`, or before a hub has said that nobody attends.

use std::sync::atomic::Ordering;

use pausa_dap::capabilities::capabilities;
use pausa_dap::server::Incoming;
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Configuration, Flow, ThreadId};

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
        let is_suspended = self.suspended.swap(false, Ordering::Relaxed);
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
            let suspended = commands.stopped_thread().filter(|_| is_suspended && !first);
            if let Some(thread) = suspended {
                outgoing.event::<events::Stopped>(still_suspended(thread));
            } else if stop && !first {
                // It has been attached to: where it is now is its entry.
                debuggee.pause();
            }
            if first { Flow::Resume } else { Flow::Stay }
        }));
    }

    /// Nobody attends any more, or yet.
    pub(crate) fn release(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<extensions::Release>(request) else { return };
        self.presence.set(false);
        self.suspended.store(arguments.suspend, Ordering::Relaxed);
        self.debuggee.cancel_evaluation();
        let (outgoing, ticket, shared) = (self.outgoing.clone(), request.ticket(), self.shared.clone());
        let debuggee = self.debuggee.clone();
        self.debuggee.post(Box::new(move |commands| {
            breakpoints::forget(commands, &shared);
            commands.start();
            outgoing.respond_as::<extensions::Release>(ticket, Ok(()));
            if arguments.suspend {
                if commands.stopped_thread().is_none() {
                    debuggee.pause();
                }
                return Flow::Stay;
            }
            Flow::Resume
        }));
    }
}

/// A program that was left suspended: its next client has not heard of the stop.
fn still_suspended(thread: ThreadId) -> types::StoppedEvent {
    types::StoppedEvent {
        reason: "pause".into(),
        description: Some("Suspended when the client before left".into()),
        thread_id: Some(thread.0),
        all_threads_stopped: Some(true),
        ..Default::default()
    }
}
