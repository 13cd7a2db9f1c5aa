//! `pausa/reload`. Called by `Session::handle`.
//!
//! Invariant: who has listed sources is told that this one is another now, and each breakpoint that stands elsewhere is told
//! of, after the answer.

use pausa_dap::server::{Incoming, Outgoing};
use pausa_dap::{events, extensions, types};
use pausa_engine::port::Commands;
use pausa_engine::reload::{Entry, Reloaded};

use crate::client::ClientFacts;
use crate::{Session, Shared, breakpoints, refused, sources};

impl Session {
    pub(crate) fn reload(&self, request: &Incoming) {
        self.ask_long::<extensions::Reload>(request, |commands, arguments, shared| {
            let found = commands.reload(&arguments.file).map_err(refused)?;
            let entry = |own: &Entry| entry(own, &shared.client);
            let carried = found
                .carried
                .iter()
                .map(|(id, line)| extensions::CarriedBreakpoint { id: id.0, line: shared.client.line(*line) });
            let response = extensions::ReloadResponse {
                path: found.file.clone(),
                done: found.done,
                entries: found.entries.iter().map(entry).collect(),
                moved: i64::try_from(found.moved).unwrap_or(i64::MAX),
                carried: carried.collect(),
                breakpoints: found.changed.iter().map(|own| breakpoints::describe(own, &shared.client)).collect(),
            };
            if found.done {
                shared.after_answer.push(move |commands, outgoing, shared| tell(&found, commands, outgoing, shared));
            }
            Ok(response)
        });
    }
}

fn entry(own: &Entry, client: &ClientFacts) -> extensions::ReloadEntry {
    extensions::ReloadEntry {
        deed: own.deed.clone(),
        name: own.name.clone(),
        line: own.line.map(|line| client.line(line)),
        note: own.note.clone(),
    }
}

fn tell(found: &Reloaded, commands: &mut dyn Commands, outgoing: &Outgoing, shared: &Shared) {
    sources::tell_of_change(&found.file, commands, outgoing, shared);
    for breakpoint in &found.changed {
        outgoing.event::<events::Breakpoint>(types::BreakpointEvent {
            reason: "changed".into(),
            breakpoint: breakpoints::describe(breakpoint, &shared.client),
        });
    }
}
