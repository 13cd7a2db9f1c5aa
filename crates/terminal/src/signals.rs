//! Ctrl-C, a terminal that changes its size, a terminal that vanishes.
//!
//! A thread of its own waits for the signals; started once a session. Invariant: when we are told to go, the program and the
//! processes that it has started go first, nothing of ours stays on disk, and the terminal is left as it was found.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGWINCH};
use signal_hook::iterator::Signals;

use crate::debuggee::{Process, Relative};
use crate::happenings::Happening;

/// The program that runs now, if one does, and its other processes: known to the thread that waits for signals.
#[derive(Clone, Default)]
pub struct Current(Arc<Mutex<Processes>>);

#[derive(Default)]
struct Processes {
    program: Option<Arc<dyn Process>>,
    /// By their ids.
    others: BTreeMap<i32, Arc<dyn Relative>>,
}

impl Current {
    /// Makes a program the present one, or none.
    pub fn set(&self, process: Option<Arc<dyn Process>>) {
        *self.lock() = Processes { program: process, ..Processes::default() };
    }

    /// A process of the program is there.
    pub fn add(&self, process: Arc<dyn Relative>) {
        self.lock().others.insert(process.pid(), process);
    }

    /// It has ended.
    pub fn remove(&self, process: &dyn Relative) {
        self.lock().others.remove(&process.pid());
    }

    fn get(&self) -> Option<Arc<dyn Process>> {
        self.lock().program.clone()
    }

    /// Kills the program if it is ours, and then all that it has started.
    fn kill(&self) {
        let Processes { program, others } = &*self.lock();
        if let Some(program) = program {
            program.kill();
            others.values().for_each(|process| process.kill());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Processes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the program's terminal how large ours is.
    pub fn resize(&self) {
        if let (Some(process), Ok((columns, rows))) = (self.get(), crossterm::terminal::size()) {
            // A terminal that is gone needs no size.
            let _ = process.resize(rows, columns);
        }
    }
}

/// Whether a plain prompt waits for a line. Then Ctrl-C is meant for us, and the second one is taken seriously.
#[derive(Clone, Default)]
pub struct AtPrompt(Arc<AtomicUsize>);

/// No prompt waits; with one, the number of Ctrl-C so far is counted from 1 on.
const NOT_AT_PROMPT: usize = 0;

impl AtPrompt {
    /// Says so, until the result is dropped.
    pub fn enter(&self) -> impl Drop + use<> {
        self.0.store(1, Ordering::SeqCst);
        Leave(self.0.clone())
    }

    /// Counts a Ctrl-C, and says whether it is to end us.
    fn is_enough(&self) -> bool {
        let count = |at| (at != NOT_AT_PROMPT).then_some(at + 1);
        matches!(self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count), Ok(before) if before > 1)
    }
}

struct Leave(Arc<AtomicUsize>);

impl Drop for Leave {
    fn drop(&mut self) {
        self.0.store(NOT_AT_PROMPT, Ordering::SeqCst);
    }
}

/// Starts to watch. `cleanup` removes what would be left of us at an end at once.
///
/// # Errors
/// If the system refuses.
pub fn watch(current: Current, at_prompt: AtPrompt, sender: Sender<Happening>, cleanup: fn()) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGHUP, SIGTERM, SIGWINCH])?;
    thread::Builder::new().name("pausa-signals".into()).spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGWINCH => current.resize(),
                SIGINT if !at_prompt.is_enough() => drop(sender.send(Happening::Interrupt)),
                signal => leave(&current, cleanup, signal),
            }
        }
    })?;
    Ok(())
}

/// Ends the program and ourselves as this signal would have.
fn leave(current: &Current, cleanup: fn(), signal: i32) {
    current.kill();
    cleanup();
    // It fails if there is no terminal any more, which is one reason to be here.
    let _ = crossterm::terminal::disable_raw_mode();
    std::process::exit(128 + signal);
}
