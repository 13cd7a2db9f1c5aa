//! Requests that are not answered yet: which of them was cancelled, and what rings while one takes long.
//!
//! Used by `ask` and by `cancel`. Invariant: a request is cancelled before it begins, or while it runs, or not at all; its
//! answer says `cancelled` if it was and came to nothing for that.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pausa_dap::server::ErrorBody;
use pausa_engine::port::Alarm;

/// The id of errors about requests that were cancelled.
const CANCELLED: i64 = 12;
/// The id of errors about evaluations that took too long.
const OUT_OF_TIME: i64 = 13;

/// See the module.
#[derive(Default)]
pub struct Pending {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By number, whether they have been cancelled.
    waiting: BTreeMap<i64, bool>,
    running: Option<Running>,
}

struct Running {
    seq: i64,
    ends: Option<Ends>,
    alarms: Vec<Alarm>,
}

/// Why a request that runs is to end before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The client said so.
    Cancelled,
    /// It took longer than the client allows.
    OutOfTime,
}

/// What a cancellation found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The request runs: it is to be interrupted.
    Running,
    /// It waits, and will not begin; or it is not known, or has been answered.
    Nothing,
}

impl Pending {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has come.
    pub fn add(&self, seq: i64) {
        self.lock().waiting.insert(seq, false);
    }

    /// A request's turn has come; `start` forgets interruptions that were meant for others. The error is the answer if it
    /// was cancelled meanwhile.
    pub fn begin(&self, seq: i64, start: impl FnOnce()) -> Result<(), ErrorBody> {
        let mut inner = self.lock();
        start();
        if inner.waiting.remove(&seq) == Some(true) {
            return Err(cancelled());
        }
        inner.running = Some(Running { seq, ends: None, alarms: Vec::new() });
        Ok(())
    }

    /// Keeps an alarm as long as the request runs.
    pub fn keep(&self, seq: i64, alarm: Option<Alarm>) {
        if let Some(running) = self.lock().running.as_mut().filter(|running| running.seq == seq) {
            running.alarms.extend(alarm);
        }
    }

    /// The request that runs is done, with this outcome: the same, or what ended it.
    pub fn end<T>(&self, outcome: Result<T, ErrorBody>) -> Result<T, ErrorBody> {
        let running = self.lock().running.take();
        let ends = running.as_ref().and_then(|running| running.ends);
        drop(running);
        outcome.map_err(|error| match ends {
            Some(Ends::Cancelled) => ErrorBody { id: CANCELLED, ..error }.with_code("cancelled"),
            Some(Ends::OutOfTime) => ErrorBody::new(OUT_OF_TIME, "the evaluation took too long and was ended"),
            None => error,
        })
    }

    /// Ends a request before its time: one that runs by `interrupt`, which never reaches the one after it.
    pub fn cancel(&self, seq: i64, why: Ends, interrupt: impl FnOnce()) -> Found {
        let mut inner = self.lock();
        if let Some(cancelled) = inner.waiting.get_mut(&seq) {
            *cancelled = true;
        }
        match &mut inner.running {
            Some(running) if running.seq == seq => {
                running.ends.get_or_insert(why);
                interrupt();
                Found::Running
            }
            _ => Found::Nothing,
        }
    }

    /// Interrupts a request if it still runs; false if it does not.
    pub fn again(&self, seq: i64, interrupt: impl FnOnce()) -> bool {
        let inner = self.lock();
        let runs = inner.running.as_ref().is_some_and(|running| running.seq == seq);
        if runs {
            interrupt();
        }
        runs
    }
}

fn cancelled() -> ErrorBody {
    ErrorBody::new(CANCELLED, "the request was cancelled before it began").with_code("cancelled")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a debuggee keeps of interruptions.
    fn interruptions(pending: &Pending, seq: i64) -> u32 {
        let mut count = 0;
        pending.cancel(seq, Ends::Cancelled, || count += 1);
        count
    }

    #[test]
    fn a_request_that_waits_does_not_begin() {
        let pending = Pending::default();
        pending.add(1);
        assert_eq!(interruptions(&pending, 1), 0);
        assert!(pending.begin(1, || ()).is_err());
        assert_eq!(interruptions(&pending, 1), 0);
    }

    #[test]
    fn only_the_one_that_runs_is_interrupted() {
        let pending = Pending::default();
        pending.add(1);
        pending.add(2);
        pending.begin(1, || ()).unwrap();
        assert_eq!((interruptions(&pending, 1), interruptions(&pending, 3)), (1, 0));
        assert!(pending.again(1, || ()));
        let answer: Result<(), _> = pending.end(Err(ErrorBody::new(10, "KeyboardInterrupt")));
        assert_eq!(answer.unwrap_err().id, CANCELLED);
        assert!(!pending.again(1, || ()) && interruptions(&pending, 1) == 0);
        pending.begin(2, || ()).unwrap();
        assert!(pending.end(Ok(())).is_ok());
    }
}
