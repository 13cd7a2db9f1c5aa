//! Requests that make the program run, stop or end. Called by `Session::handle`.
//!
//! Invariant: the answer to a request that resumes leaves before the program runs on, so that it precedes the next stop.

use std::sync::atomic::Ordering;

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Commands, Flow, FrameId};
use pausa_engine::stepping::StepKind;
use pausa_engine::stop::{Stop, StopReason};

use crate::{Session, Voice, refused, thread};

impl Session {
    pub(crate) fn continue_(&self, request: &Incoming) {
        self.ask_to_run::<requests::Continue>(request, |_, _| {
            Ok(types::ContinueResponse { all_threads_continued: Some(true) })
        });
    }

    pub(crate) fn next(&self, request: &Incoming) {
        self.ask_to_run::<requests::Next>(request, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::Over)
        });
    }

    pub(crate) fn step_in(&self, request: &Incoming) {
        self.ask_to_run::<requests::StepIn>(request, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::Into)
        });
    }

    pub(crate) fn step_out(&self, request: &Incoming) {
        self.ask_to_run::<requests::StepOut>(request, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::Out)
        });
    }

    pub(crate) fn until(&self, request: &Incoming) {
        self.ask_to_run::<extensions::Until>(request, |commands, arguments| {
            let line = arguments.line.and_then(|line| u32::try_from(line).ok());
            step(commands, arguments.thread_id, StepKind::Until(line))
        });
    }

    pub(crate) fn pause(&self, request: &Incoming) {
        if self.parse::<requests::Pause>(request).is_some() {
            self.outgoing.respond_as::<requests::Pause>(request, Ok(()));
            self.debuggee.pause();
        }
    }

    /// Any line may be asked for: whether it can be reached only the interpreter knows, and it says so at `goto`.
    pub(crate) fn goto_targets(&self, request: &Incoming) {
        self.ask::<requests::GotoTargets>(request, |_, arguments, shared| {
            let line = shared.client.source_line(arguments.line);
            let target = types::GotoTarget {
                id: line.into(),
                line: arguments.line,
                label: format!("line {line}"),
                ..Default::default()
            };
            Ok(types::GotoTargetsResponse { targets: vec![target] })
        });
    }

    pub(crate) fn goto(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::Goto>(request) else { return };
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            let thread = thread(arguments.thread_id);
            let line = u32::try_from(arguments.target_id).unwrap_or(0);
            let outcome = commands.jump(thread, line);
            let moved = outcome.is_ok();
            outgoing.respond_as::<requests::Goto>(ticket, outcome.map_err(refused));
            if moved {
                let stop = Stop { thread, reasons: vec![StopReason::Jump], text: None };
                outgoing.event::<events::Stopped>(Voice::stopped_event(&stop));
            }
            Flow::Stay
        }));
    }

    pub(crate) fn restart_frame(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::RestartFrame>(request) else { return };
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            let outcome = commands.restart_frame(FrameId(arguments.frame_id));
            let thread = outcome.as_ref().ok().copied();
            outgoing.respond_as::<requests::RestartFrame>(ticket, outcome.map(drop).map_err(refused));
            if let Some(thread) = thread {
                let stop = Stop { thread, reasons: vec![StopReason::Restart], text: None };
                outgoing.event::<events::Stopped>(Voice::stopped_event(&stop));
            }
            Flow::Stay
        }));
    }

    /// All are tried; the first refusal is the answer.
    pub(crate) fn terminate_threads(&self, request: &Incoming) {
        self.ask::<requests::TerminateThreads>(request, |commands, arguments, _| {
            let wanted = arguments.thread_ids.unwrap_or_default().into_iter();
            let outcomes: Vec<_> = wanted.map(|id| commands.terminate_thread(thread(id))).collect();
            outcomes.into_iter().collect::<Result<(), _>>().map_err(refused)
        });
    }

    pub(crate) fn terminate(&self, request: &Incoming) {
        self.debuggee.cancel_evaluation();
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            outgoing.respond_as::<requests::Terminate>(ticket, Ok(()));
            commands.detach();
            commands.terminate(false);
            Flow::Resume
        }));
    }

    pub(crate) fn disconnect(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::Disconnect>(request) else { return };
        self.end_with_client.store(false, Ordering::Relaxed);
        self.debuggee.cancel_evaluation();
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            if arguments.terminate_debuggee == Some(true) {
                outgoing.respond_as::<requests::Disconnect>(ticket, Ok(()));
                outgoing.close();
                commands.terminate(true);
                return Flow::Stay;
            }
            commands.detach();
            outgoing.respond_as::<requests::Disconnect>(ticket, Ok(()));
            outgoing.close();
            Flow::Resume
        }));
    }
}

fn step(commands: &mut dyn Commands, of: i64, kind: StepKind) -> Result<(), ErrorBody> {
    commands.step(thread(of), kind).map_err(refused)
}
