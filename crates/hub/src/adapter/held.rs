//! A program that is debugged by whoever comes: one client after another.
//!
//! Made for `pausa --listen FILE` and for `pausa.listen()`, a door of [`super::serve`]. Invariant: while nobody attends,
//! the program runs and nothing of it is armed; who ends it is answered before we are gone with it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::link::{ATTACHED, Audience, Link};
use super::pump::Pump;
use super::{GOODBYE, Program};
use crate::{Process, Stream};

/// A debuggee that is there before its clients.
pub struct Held {
    link: Arc<Link>,
    stream: Stream,
    started: AtomicBool,
    farewells: Farewells,
}

/// How many clients are saying goodbye.
#[derive(Default)]
struct Farewells {
    count: Mutex<usize>,
    said: Condvar,
}

impl Farewells {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client is saying goodbye until this is dropped.
pub(super) struct Farewell<'a>(&'a Farewells);

impl Drop for Farewell<'_> {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.said.notify_all();
    }
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
        Ok(Self { link, stream, started: AtomicBool::new(!wait), farewells: Farewells::default() })
    }

    /// Carries what comes from the program to who attends, until its agent has gone and who ended it has been answered.
    pub fn run(&self) -> io::Result<()> {
        Pump::new(&self.link, Some(self.stream.try_clone()?), None, None).run();
        self.link.finish();
        // A client that does not read its answer keeps nobody here.
        let waited = self.farewells.said.wait_timeout_while(self.farewells.count(), GOODBYE, |count| *count > 0);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    /// A client begins to say goodbye: [`Self::run`] waits for the end of it.
    pub(super) fn farewell(&self) -> Farewell<'_> {
        *self.farewells.count() += 1;
        Farewell(&self.farewells)
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
