//! Tells the client of work that takes long, and ends what takes too long. Used by `Session::ask_long`.
//!
//! Invariant: nothing is told of work that is quick; what was begun is ended, before the answer goes out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pausa_dap::server::Outgoing;
use pausa_dap::{events, types};
use pausa_engine::port::Debuggee;

use crate::Shared;
use crate::pending::{Ends, Found};

/// Quicker work is not told of.
const PATIENCE: Duration = Duration::from_millis(500);

const PREFIX: &str = "request-";

/// The request that a progress is about.
pub(crate) fn request_of_progress(id: &str) -> Option<i64> {
    id.strip_prefix(PREFIX)?.parse().ok()
}

/// What the client knows of the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Untold,
    Told,
    Over,
}

/// The progress of one request.
pub(crate) struct Progress {
    id: String,
    phase: Arc<Mutex<Phase>>,
}

impl Progress {
    /// Work for a request begins.
    pub fn begin(seq: i64, debuggee: &Arc<dyn Debuggee>, outgoing: &Outgoing, shared: &Arc<Shared>) -> Self {
        let progress = Self { id: format!("{PREFIX}{seq}"), phase: Arc::default() };
        if shared.client.wants_progress() {
            let (outgoing, phase, progress_id) = (outgoing.clone(), progress.phase.clone(), progress.id.clone());
            let tell = move || {
                let mut phase = lock(&phase);
                if *phase == Phase::Over {
                    return;
                }
                *phase = Phase::Told;
                // Under the lock, so that the end cannot be told before.
                outgoing.event::<events::ProgressStart>(types::ProgressStartEvent {
                    progress_id,
                    title: "Evaluating".into(),
                    request_id: Some(seq),
                    cancellable: Some(true),
                    ..Default::default()
                });
            };
            shared.pending.keep(seq, debuggee.alarm(PATIENCE, Box::new(tell)));
        }
        if let Some(limit) = shared.time_limit() {
            let (ended, kept) = (debuggee.clone(), shared.clone());
            let end = move || cancel(seq, Ends::OutOfTime, &ended, &kept);
            shared.pending.keep(seq, debuggee.alarm(limit, Box::new(end)));
        }
        progress
    }

    /// It is done.
    pub fn end(self, outgoing: &Outgoing) {
        let before = std::mem::replace(&mut *lock(&self.phase), Phase::Over);
        if before == Phase::Told {
            let body = types::ProgressEndEvent { progress_id: self.id, ..Default::default() };
            outgoing.event::<events::ProgressEnd>(body);
        }
    }
}

fn lock(phase: &Mutex<Phase>) -> MutexGuard<'_, Phase> {
    phase.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long an interrupted evaluation has before it is interrupted again: it may have caught it.
const INSISTENCE: Duration = Duration::from_millis(500);

/// Ends a request before its time: it does not begin, or is interrupted until it has ended.
pub(crate) fn cancel(seq: i64, why: Ends, debuggee: &Arc<dyn Debuggee>, shared: &Arc<Shared>) {
    if shared.pending.cancel(seq, why, || debuggee.cancel_evaluation()) == Found::Running {
        insist(seq, debuggee, shared);
    }
}

fn insist(seq: i64, debuggee: &Arc<dyn Debuggee>, shared: &Arc<Shared>) {
    let (again, kept) = (debuggee.clone(), shared.clone());
    let ring = move || {
        if kept.pending.again(seq, || again.cancel_evaluation()) {
            insist(seq, &again, &kept);
        }
    };
    shared.pending.keep(seq, debuggee.alarm(INSISTENCE, Box::new(ring)));
}
