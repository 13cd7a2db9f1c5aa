//! A program that is debugged by whoever comes: one client after another.
//!
//! Made for `pausa --listen FILE` and for `pausa.listen()`, a door of [`super::serve`]. Invariant: while nobody attends,
//! the program runs and nothing of it is armed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Program;
use super::link::{ATTACHED, Audience, Link};
use super::pump::Pump;
use crate::{Process, Stream};

/// A debuggee that is there before its clients.
pub struct Held {
    link: Arc<Link>,
    stream: Stream,
    started: AtomicBool,
}

impl Held {
    /// Takes over a program whose agent waits to be told that the program may start: at once, or by its first client.
    /// `process` is given if it is our child.
    pub fn new(
        stream: Stream,
        process: Option<Process>,
        pid: Option<i32>,
        name: String,
        wait: bool,
    ) -> io::Result<Self> {
        let program = process.map(|process| Arc::new(process) as Arc<dyn Program>);
        let mut link = Link::new(stream.try_clone()?.ending(), program, pid, ATTACHED, name);
        link.is_held = true;
        let link = Arc::new(link);
        link.initialize(None);
        if !wait {
            link.start_unattended();
        }
        Ok(Self { link, stream, started: AtomicBool::new(!wait) })
    }

    /// Carries what comes from the program to who attends, until its agent has gone.
    pub fn run(&self) -> io::Result<()> {
        Pump::new(&self.link, Some(self.stream.try_clone()?), None, None).run();
        self.link.finish();
        Ok(())
    }

    /// Gives it to a client; true if that one sees it from its first line.
    pub(super) fn take(&self, audience: &Audience) -> Result<bool, &'static str> {
        if !self.link.take(audience.clone()) {
            return Err("another client debugs this program: it has to disconnect first");
        }
        Ok(!self.started.swap(true, Ordering::Relaxed))
    }

    pub(super) fn link(&self) -> Arc<Link> {
        Arc::clone(&self.link)
    }
}
