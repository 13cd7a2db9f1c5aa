//! [`Debuggee`]: the running program as the session drives it, from a thread that may not run Python.
//!
//! Implemented by `agent`, called by `session`. Invariant: nothing here waits for the interpreter.

use std::time::Duration;

use super::Commands;

/// What becomes of a stopped thread after a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It stays stopped.
    Stay,
    /// It runs on.
    Resume,
}

/// Work that needs the interpreter: run by the stopped thread, or by the agent's own thread while the program runs.
pub type Task = Box<dyn FnOnce(&mut dyn Commands) -> Flow + Send>;

/// A debuggee as the session drives it, from a thread that may not run Python.
pub trait Debuggee: Send + Sync {
    /// Runs a task as soon as a thread may run Python; tasks run in the order posted.
    fn post(&self, task: Task);
    /// Asks the program to stop wherever it is.
    fn pause(&self);
    /// A request that may evaluate begins, or is over: no interruption from before is meant for what follows.
    fn forget_interruption(&self);
    /// Ends the evaluation that runs now with `KeyboardInterrupt`, or else the next one of this request.
    fn cancel_evaluation(&self);
    /// Has `ring` called once, on a thread that may not run Python, when `delay` is over; not if the alarm is dropped
    /// before. None if the system gives no thread.
    fn alarm(&self, delay: Duration, ring: Box<dyn FnOnce() + Send>) -> Option<Alarm>;
}

/// See [`Debuggee::alarm`]: dropped, it does not ring any more.
pub struct Alarm(#[expect(dead_code, reason = "held to be dropped")] Box<dyn Send>);

impl Alarm {
    /// Rings no more once `kept` is dropped.
    #[must_use]
    pub fn held_by(kept: Box<dyn Send>) -> Self {
        Self(kept)
    }
}
