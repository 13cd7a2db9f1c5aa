//! What log points say, on its way to the client. Filled by `voice`, emptied by a thread of its own.
//!
//! Invariant: nothing said is lost and its order is kept; who speaks waits for nobody, unless [`LIMIT`] bytes are waiting
//! and it asks to; the thread exists only while there is something to send, and a moment longer.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use pausa_dap::server::Outgoing;
use pausa_dap::{events, types};
use pausa_engine::port::Line;

use crate::client::ClientFacts;

/// How much may wait to be sent, in bytes of text, before who speaks is told to wait.
pub(crate) const LIMIT: usize = 1024 * 1024;

/// How much of one line's text becomes one event.
const EVENT: usize = 32 * 1024;

/// How long the thread waits for more to be said.
const LINGER: Duration = Duration::from_millis(100);

/// Starts a thread; none if the system gives none.
pub type Spawn = fn(Box<dyn FnOnce() + Send>) -> Option<JoinHandle<()>>;

/// What one place has said: consecutive messages of a line share an event.
struct Said {
    text: String,
    path: String,
    line: Line,
}

#[derive(Default)]
struct Queue {
    said: VecDeque<Said>,
    /// Bytes of text that are not sent yet, those that are being sent included.
    bytes: usize,
    /// The thread waits for something to send.
    is_idle: bool,
    /// The thread is to end as soon as all is sent.
    is_resting: bool,
    thread: Option<JoinHandle<()>>,
    /// The thread runs, or is about to.
    runs: bool,
}

/// See the module.
pub(crate) struct Log {
    outgoing: Outgoing,
    spawn: Spawn,
    client: Arc<ClientFacts>,
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Log {
    pub(crate) fn new(outgoing: Outgoing, spawn: Spawn, client: Arc<ClientFacts>) -> Arc<Self> {
        Arc::new(Self { outgoing, spawn, client, queue: Mutex::default(), changed: Condvar::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says something; false if so much waits that the speaker should wait too.
    pub(crate) fn say(self: &Arc<Self>, text: &str, path: &str, line: Line) -> bool {
        let mut queue = self.lock();
        match queue.said.back_mut() {
            Some(last) if last.line == line && last.path == path && last.text.len() < EVENT => {
                last.text.push_str(text);
            }
            _ => queue.said.push_back(Said { text: text.to_owned(), path: path.to_owned(), line }),
        }
        queue.bytes += text.len();
        let has_room = queue.bytes < LIMIT;
        if queue.is_idle {
            queue.is_idle = false;
            self.changed.notify_all();
        }
        if !queue.runs {
            queue.runs = true;
            let this = self.clone();
            queue.thread = (self.spawn)(Box::new(move || this.run()));
            if queue.thread.is_none() {
                // No thread to be had: said here and now.
                drop(queue);
                self.lock().is_resting = true;
                self.run();
                self.lock().is_resting = false;
            }
        }
        has_room
    }

    /// The thread.
    fn run(&self) {
        let mut queue = self.lock();
        loop {
            if queue.said.is_empty() {
                if !queue.is_resting {
                    queue.is_idle = true;
                    queue = self.changed.wait_timeout(queue, LINGER).unwrap_or_else(PoisonError::into_inner).0;
                    queue.is_idle = false;
                }
                if queue.said.is_empty() {
                    queue.runs = false;
                    self.changed.notify_all();
                    return;
                }
            }
            let said = std::mem::take(&mut queue.said);
            drop(queue);
            let sent: usize = said.iter().map(|said| said.text.len()).sum();
            said.into_iter().for_each(|said| self.send(said));
            queue = self.lock();
            queue.bytes -= sent;
            self.changed.notify_all();
        }
    }

    fn send(&self, said: Said) {
        let name = said.path.rsplit('/').next().map(str::to_owned);
        let source = types::Source { name, path: Some(said.path), ..Default::default() };
        self.outgoing.event::<events::Output>(types::OutputEvent {
            category: Some("console".into()),
            output: said.text,
            source: Some(source),
            line: Some(self.client.line(said.line)),
            ..Default::default()
        });
    }

    /// Waits until all that was said is sent.
    pub(crate) fn settle(&self) {
        let mut queue = self.lock();
        while queue.bytes > 0 {
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until all is sent and the thread is gone. It comes back when something is said.
    pub(crate) fn rest(&self) {
        let thread = {
            let mut queue = self.lock();
            queue.is_resting = true;
            self.changed.notify_all();
            queue.thread.take()
        };
        if let Some(thread) = thread {
            let _ = thread.join();
        }
        self.lock().is_resting = false;
    }
}
