//! The sending half of a connection.
//!
//! Shared by `client`, `server`, and the hub, which is both. Invariant: messages are numbered from 1 in the order in which they are sent, and
//! each is one write; after a failed write nothing more is sent, and once it is abandoned its lock is not even tried.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::framing;
use crate::message::Message;

/// Numbers messages and writes them to a stream. Cheap to clone; any thread may send.
#[derive(Clone)]
pub struct Outbox(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    abandoned: AtomicBool,
}

struct State {
    /// `None` once closed.
    stream: Option<Box<dyn Write + Send>>,
    last_seq: i64,
}

impl Outbox {
    /// Writes to `stream`.
    pub fn new(stream: impl Write + Send + 'static) -> Self {
        let state = Mutex::new(State { stream: Some(Box::new(stream)), last_seq: 0 });
        Self(Arc::new(Shared { state, abandoned: AtomicBool::new(false) }))
    }

    /// Numbers and sends what `message` makes of the number; `None` if the connection is closed.
    ///
    /// `message` runs under the lock, so that who awaits an answer is known before the answer can come.
    pub fn send(&self, message: impl FnOnce(i64) -> Message) -> Option<i64> {
        if self.is_abandoned() {
            return None;
        }
        let mut state = self.lock();
        let seq = state.last_seq + 1;
        let stream = state.stream.as_mut()?;
        let bytes = framing::encode(&message(seq));
        let sent = stream.write_all(&bytes).and_then(|()| stream.flush());
        state.last_seq = seq;
        if sent.is_err() {
            state.stream = None;
            return None;
        }
        Some(seq)
    }

    /// Sends nothing more and drops the stream.
    pub fn close(&self) {
        if !self.is_abandoned() {
            self.lock().stream = None;
        }
    }

    /// Sends nothing more and touches neither stream nor lock again: for a forked child, where the stream is the parent's
    /// and the lock may be held by a thread that does not exist.
    pub fn abandon(&self) {
        self.0.abandoned.store(true, Ordering::Relaxed);
    }

    fn is_abandoned(&self) -> bool {
        self.0.abandoned.load(Ordering::Relaxed)
    }

    /// Whether it is closed, by us or because a write failed.
    pub fn is_closed(&self) -> bool {
        self.is_abandoned() || self.lock().stream.is_none()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
