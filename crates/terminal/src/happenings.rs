//! All that can happen while nobody types: the one channel that the session waits on.
//!
//! Fed by a thread a program for its events, one for its end, and the ones that watch signals and the keyboard.
//! Invariant: what happened to an earlier program is never taken for the present one's.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Instant;

use pausa_dap::Event;

use crate::debuggee::{Ended, Process, Relative};
use crate::session::Welcomed;

/// Which run of the program something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Run(pub u64);

/// Something that happened.
pub enum Happening {
    /// The agent tells of something.
    Event(Run, Event),
    /// The agent closed the connection.
    Closed(Run),
    /// The program ended.
    Ended(Run, Ended),
    /// A child whose agent had gone before has ended; how, if that could be read.
    Left(Run, Option<Ended>),
    /// The program, or a child of it, has started a process that is debugged from now on.
    Child(Box<Welcomed>),
    /// One of them has started a process that cannot be debugged: its process id, and why.
    Undebugged(i32, String),
    /// Ctrl-C.
    Interrupt,
}

/// The channel's both ends.
pub struct Happenings {
    sender: Sender<Happening>,
    receiver: Receiver<Happening>,
    kept: VecDeque<Happening>,
}

impl Default for Happenings {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel();
        Self { sender, receiver, kept: VecDeque::new() }
    }
}

impl Happenings {
    /// An end to feed it.
    pub fn sender(&self) -> Sender<Happening> {
        self.sender.clone()
    }

    /// Feeds a program's events and its end into the channel.
    ///
    /// # Errors
    /// If the system gives no more threads.
    pub fn watch(&self, run: Run, events: Receiver<Event>, process: Option<Arc<dyn Process>>) -> std::io::Result<()> {
        let sender = self.sender();
        thread::Builder::new().name("pausa-events".into()).spawn(move || {
            for event in events {
                if sender.send(Happening::Event(run, event)).is_err() {
                    return;
                }
            }
            // Nobody there: the session is over.
            let _ = sender.send(Happening::Closed(run));
        })?;
        if let Some(process) = process {
            let sender = self.sender();
            thread::Builder::new().name("pausa-end".into()).spawn(move || {
                let ended = process.wait();
                let _ = sender.send(Happening::Ended(run, ended));
            })?;
        }
        Ok(())
    }

    /// Feeds the end of a child whose agent is gone.
    pub fn watch_end(&self, run: Run, process: Arc<dyn Relative>) {
        let sender = self.sender();
        let wait = move || {
            let ended = process.wait();
            let _ = sender.send(Happening::Left(run, ended));
        };
        // Without a thread it stays in the list of processes after its end.
        let _ = thread::Builder::new().name("pausa-end".into()).spawn(wait);
    }

    /// Waits for the next.
    pub fn next(&mut self) -> Option<Happening> {
        self.kept.pop_front().or_else(|| self.receiver.recv().ok())
    }

    /// Waits for the next, until `deadline`.
    pub fn next_until(&mut self, deadline: Instant) -> Option<Happening> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.kept.pop_front().or_else(|| self.receiver.recv_timeout(left).ok())
    }

    /// The next that is there already.
    pub fn poll(&mut self) -> Option<Happening> {
        self.kept.pop_front().or_else(|| self.receiver.try_recv().ok())
    }

    /// The next that is there already, leaving out those that were kept for later.
    pub fn poll_new(&mut self) -> Option<Happening> {
        self.receiver.try_recv().ok()
    }

    /// Keeps one for later: it is the last of the kept ones, and those come first.
    pub fn keep(&mut self, happening: Happening) {
        self.kept.push_back(happening);
    }

    /// Forgets each Ctrl-C that nobody reacted to.
    pub fn forget_interrupts(&mut self) {
        while let Some(happening) = self.poll_new() {
            self.keep(happening);
        }
        self.kept.retain(|happening| !matches!(happening, Happening::Interrupt));
    }
}
