//! Requests about where a thread can go, into which call of its line, to which other line, and past what it has come. Called
//! by `Session::handle`.
//!
//! Invariant: what is offered can be asked for by its number, in this stop.

use pausa_dap::server::Incoming;
use pausa_dap::{events, extensions, requests, types};
use pausa_engine::port::{Flow, FrameId};
use pausa_engine::stop::{Stop, StopReason};

use crate::{Session, Voice, instructions, refused, sources, thread};

impl Session {
    pub(crate) fn step_in_targets(&self, request: &Incoming) {
        self.ask::<requests::StepInTargets>(request, |commands, arguments, shared| {
            let client = &shared.client;
            let targets = commands.call_targets(FrameId(arguments.frame_id)).map_err(refused)?.into_iter();
            let targets = targets.map(|target| types::StepInTarget {
                id: target.id,
                label: target.label,
                line: Some(client.line(target.line)),
                column: Some(client.column(target.columns.start)),
                end_line: Some(client.line(target.columns.end_line)),
                end_column: Some(client.column(target.columns.end)),
            });
            Ok(types::StepInTargetsResponse { targets: targets.collect() })
        });
    }

    pub(crate) fn computed(&self, request: &Incoming) {
        self.ask::<extensions::Computed>(request, |commands, (), shared| {
            let client = &shared.client;
            let values = commands.computed().into_iter().map(|told| extensions::ComputedValue {
                expression: told.expression,
                value: told.value.text,
                r#type: told.value.type_name,
                variables_reference: told.value.handle.map_or(0, |handle| handle.0),
                line: client.line(told.line),
                column: told.columns.map(|columns| client.column(columns.start)),
                end_line: told.columns.map(|columns| client.line(columns.end_line)),
                end_column: told.columns.map(|columns| client.column(columns.end)),
            });
            Ok(extensions::ComputedResponse { values: values.collect() })
        });
    }

    /// Python goes to the beginning of a line only: there is one target for a line of the stopped function, or none.
    pub(crate) fn goto_targets(&self, request: &Incoming) {
        self.ask::<requests::GotoTargets>(request, |commands, arguments, shared| {
            let client = &shared.client;
            let path = sources::path_of(arguments.source, shared)?;
            let file = commands.real_path(&path);
            let targets = commands.goto_targets(&file, client.source_line(arguments.line)).into_iter();
            let targets = targets.map(|target| types::GotoTarget {
                id: target.id,
                line: client.line(target.line),
                label: format!("line {}", target.line),
                column: target.columns.map(|columns| client.column(columns.start)),
                end_line: target.columns.map(|columns| client.line(columns.end_line)),
                end_column: target.columns.map(|columns| client.column(columns.end)),
                instruction_pointer_reference: target.address.map(instructions::reference),
            });
            Ok(types::GotoTargetsResponse { targets: targets.collect() })
        });
    }

    pub(crate) fn goto(&self, request: &Incoming) {
        let Some(arguments) = self.parse::<requests::Goto>(request) else { return };
        let (outgoing, ticket) = (self.outgoing.clone(), request.ticket());
        self.debuggee.post(Box::new(move |commands| {
            let thread = thread(arguments.thread_id);
            let outcome = commands.goto(thread, arguments.target_id);
            let moved = outcome.is_ok();
            outgoing.respond_as::<requests::Goto>(ticket, outcome.map_err(refused));
            if moved {
                let stop = Stop { thread, reasons: vec![StopReason::Jump], text: None };
                outgoing.event::<events::Stopped>(Voice::stopped_event(&stop));
            }
            Flow::Stay
        }));
    }
}
