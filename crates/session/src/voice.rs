//! What the client hears unasked: stops, breakpoints that change, log points. Called on the thread where it happens.
//!
//! Invariant: the order of events is the order in which things happened.

use std::sync::Arc;

use pausa_dap::server::Outgoing;
use pausa_dap::{events, types};
use pausa_engine::breakpoints::Breakpoint;
use pausa_engine::data_breakpoints::DataBreakpoint;
use pausa_engine::port::{Line, Listener};
use pausa_engine::stop::{Stop, StopReason};

use crate::client::ClientFacts;
use crate::data_breakpoints;
use crate::log::{Log, Spawn};

/// Tells the client.
pub struct Voice {
    outgoing: Outgoing,
    log: Arc<Log>,
    abandon: Box<dyn Fn() + Send + Sync>,
    client: Arc<ClientFacts>,
}

impl Voice {
    /// A voice on this connection; `spawn` starts a thread for what log points say, `abandon` gives up the connection in a
    /// forked child, without a word to the client.
    #[must_use]
    pub fn new(
        outgoing: Outgoing,
        spawn: Spawn,
        abandon: Box<dyn Fn() + Send + Sync>,
        client: Arc<ClientFacts>,
    ) -> Self {
        Self { log: Log::new(outgoing.clone(), spawn, client.clone()), outgoing, abandon, client }
    }

    pub(crate) fn stopped_event(stop: &Stop) -> types::StoppedEvent {
        let ids: Vec<i64> = stop
            .reasons
            .iter()
            .filter_map(|reason| match reason {
                StopReason::Breakpoint(id, _) | StopReason::Data(id, ..) => Some(id.0),
                _ => None,
            })
            .collect();
        let description = stop.reasons.iter().find_map(|reason| match reason {
            StopReason::Call => Some("breakpoint()".to_owned()),
            StopReason::Exception(occasion) => Some(occasion.description().to_owned()),
            StopReason::Ending(ending) => Some(ending.clone()),
            StopReason::Restart => Some("Restarted".to_owned()),
            _ => None,
        });
        let changes = data_breakpoints::changes(&stop.reasons);
        let returned = stop.reasons.iter().filter_map(|reason| match reason {
            StopReason::Returned(text) | StopReason::Computed(text) => Some(text.as_str()),
            _ => None,
        });
        let reason = reason(&stop.reasons);
        let returned = if reason == "step" { returned.collect::<Vec<_>>().join("\n") } else { String::new() };
        types::StoppedEvent {
            reason: reason.into(),
            description: changes.or(description),
            text: stop.text.clone().or_else(|| (!returned.is_empty()).then_some(returned)),
            thread_id: Some(stop.thread.0),
            all_threads_stopped: Some(true),
            hit_breakpoint_ids: (!ids.is_empty()).then_some(ids),
            ..Default::default()
        }
    }
}

/// The reason that matters most to a user.
fn reason(reasons: &[StopReason]) -> &'static str {
    let rank = |reason: &StopReason| match reason {
        StopReason::Exception(_) => 0,
        StopReason::Data(..) => 1,
        StopReason::Ending(..) => 1,
        StopReason::Breakpoint(..) => 2,
        StopReason::Call => 2,
        StopReason::Jump | StopReason::Restart => 3,
        StopReason::Step => 4,
        StopReason::Entry => 5,
        StopReason::Pause => 6,
        StopReason::Returned(..) | StopReason::Computed(..) => 7,
    };
    match reasons.iter().min_by_key(|reason| rank(reason)) {
        Some(StopReason::Exception(_)) => "exception",
        Some(StopReason::Ending(..)) => "function breakpoint",
        Some(StopReason::Breakpoint(..) | StopReason::Call) => "breakpoint",
        Some(StopReason::Data(..)) => "data breakpoint",
        Some(StopReason::Jump) => "goto",
        Some(StopReason::Restart) => "restart",
        Some(StopReason::Step) => "step",
        Some(StopReason::Entry) => "entry",
        Some(StopReason::Pause | StopReason::Returned(..) | StopReason::Computed(..)) | None => "pause",
    }
}

impl Listener for Voice {
    fn stopped(&self, stop: &Stop) {
        self.log.settle();
        self.outgoing.event::<events::Stopped>(Self::stopped_event(stop));
    }

    fn breakpoint_changed(&self, breakpoint: &Breakpoint) {
        self.log.settle();
        self.outgoing.event::<events::Breakpoint>(types::BreakpointEvent {
            reason: "changed".into(),
            breakpoint: crate::breakpoints::describe(breakpoint, &self.client),
        });
    }

    fn data_breakpoint_changed(&self, breakpoint: &DataBreakpoint) {
        self.log.settle();
        self.outgoing.event::<events::Breakpoint>(types::BreakpointEvent {
            reason: "changed".into(),
            breakpoint: data_breakpoints::describe(breakpoint),
        });
    }

    fn output(&self, text: &str, path: &str, line: Line) -> bool {
        self.log.say(text, path, line)
    }

    fn settle(&self) {
        self.log.settle();
    }

    fn rest(&self) {
        self.log.rest();
    }

    fn abandoned(&self) {
        self.outgoing.abandon();
        (self.abandon)();
    }
}
