//! Requests that make the program run, stop or end. Called by `Session::handle`.
//!
//! Invariant: the answer to a request that resumes leaves before the program runs on, so that it precedes the next stop.

use std::sync::atomic::Ordering;

use pausa_dap::server::{ErrorBody, Incoming};
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Commands, Flow, FrameId};
use pausa_engine::stepping::{Granularity, StepKind};
use pausa_engine::stop::{Stop, StopReason};

use crate::alone::{Who, is_alone};
use crate::{Session, Shared, Voice, refused, thread};

impl Session {
    pub(crate) fn continue_(&self, request: &Incoming) {
        let who = |arguments: &types::ContinueArguments, _: &Shared| Who {
            thread: arguments.thread_id,
            alone: arguments.single_thread == Some(true),
        };
        self.ask_to_run_thread::<requests::Continue>(request, who, |_, arguments| {
            Ok(types::ContinueResponse { all_threads_continued: Some(arguments.single_thread != Some(true)) })
        });
    }

    pub(crate) fn next(&self, request: &Incoming) {
        let who = |arguments: &types::NextArguments, shared: &Shared| Who {
            thread: arguments.thread_id,
            alone: is_alone(arguments.single_thread, shared),
        };
        self.ask_to_run_thread::<requests::Next>(request, who, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::Over, granularity(arguments.granularity))
        });
    }

    pub(crate) fn step_in(&self, request: &Incoming) {
        let who = |arguments: &types::StepInArguments, shared: &Shared| Who {
            thread: arguments.thread_id,
            alone: is_alone(arguments.single_thread, shared),
        };
        self.ask_to_run_thread::<requests::StepIn>(request, who, |commands, arguments| match arguments.target_id {
            Some(target) => commands.step_into_target(thread(arguments.thread_id), target).map_err(refused),
            None => step(commands, arguments.thread_id, StepKind::Into, granularity(arguments.granularity)),
        });
    }

    pub(crate) fn step_out(&self, request: &Incoming) {
        let who = |arguments: &types::StepOutArguments, shared: &Shared| Who {
            thread: arguments.thread_id,
            alone: is_alone(arguments.single_thread, shared),
        };
        self.ask_to_run_thread::<requests::StepOut>(request, who, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::Out, granularity(arguments.granularity))
        });
    }

    pub(crate) fn until(&self, request: &Incoming) {
        let who = |arguments: &extensions::UntilArguments, shared: &Shared| Who {
            thread: arguments.thread_id,
            alone: is_alone(None, shared),
        };
        self.ask_to_run_thread::<extensions::Until>(request, who, |commands, arguments| {
            let line = arguments.line.and_then(|line| u32::try_from(line).ok());
            step(commands, arguments.thread_id, StepKind::Until(line), Granularity::Line)
        });
    }

    pub(crate) fn force_return(&self, request: &Incoming) {
        self.ask_to_run::<extensions::ForceReturn>(request, |commands, arguments| {
            commands.force_return(thread(arguments.thread_id), &arguments.expression).map_err(refused)
        });
    }

    pub(crate) fn throw(&self, request: &Incoming) {
        self.ask_to_run::<extensions::Throw>(request, |commands, arguments| {
            commands.throw(thread(arguments.thread_id), &arguments.expression).map_err(refused)
        });
    }

    pub(crate) fn next_call(&self, request: &Incoming) {
        self.ask_to_run::<extensions::NextCall>(request, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::NextCall, Granularity::Line)
        });
    }

    pub(crate) fn step_expression(&self, request: &Incoming) {
        self.ask_to_run::<extensions::StepExpression>(request, |commands, arguments| {
            step(commands, arguments.thread_id, StepKind::Over, Granularity::Expression)
        });
    }

    pub(crate) fn pause(&self, request: &Incoming) {
        if self.parse::<requests::Pause>(request).is_some() {
            self.outgoing.respond_as::<requests::Pause>(request, Ok(()));
            self.debuggee.pause();
        }
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

/// A statement is a line here: what shares one is told apart by breakpoints at columns, and by instructions.
fn granularity(wanted: Option<types::SteppingGranularity>) -> Granularity {
    match wanted {
        Some(types::SteppingGranularity::Instruction) => Granularity::Instruction,
        _ => Granularity::Line,
    }
}

fn step(commands: &mut dyn Commands, of: i64, kind: StepKind, granularity: Granularity) -> Result<(), ErrorBody> {
    commands.step(thread(of), kind, granularity).map_err(refused)
}
