//! The program's own terminal: its output is copied to ours, and while it runs, our keyboard is its keyboard.
//!
//! Made by the session for a program that was given a terminal. One thread copies the output as long as there is some;
//! another one copies the keyboard while the program runs. Invariant: our terminal is in raw mode only while the
//! keyboard is the program's.

use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd;

use crate::column::Column;
use crate::debuggee::Process;
use crate::happenings::Happening;

/// What a terminal sends for Ctrl-C.
const CTRL_C: u8 = 3;

/// How long the program's terminal must be quiet to count as drained, in milliseconds. What a program writes reaches
/// our end a moment after its write has returned.
const QUIET: u16 = 5;

/// If nobody reads our output, nobody misses the program's.
fn print(piece: &[u8]) {
    let mut out = io::stdout();
    let _ = out.write_all(piece).and_then(|()| out.flush());
}

/// The program's terminal.
#[derive(Clone)]
pub struct Console {
    process: Arc<dyn Process>,
    output: Arc<Output>,
    happenings: Sender<Happening>,
}

/// Held while a piece of output is moved.
#[derive(Default)]
struct Output {
    moving: Mutex<Column>,
    ended: AtomicBool,
}

impl Console {
    /// Starts to copy the output, if the program has a terminal.
    pub fn new(process: &Arc<dyn Process>, happenings: Sender<Happening>) -> Option<Self> {
        process.terminal()?;
        let console = Self { process: process.clone(), output: Arc::default(), happenings };
        let copying = console.clone();
        let copy = move || while copying.move_output(PollTimeout::NONE) {};
        thread::Builder::new().name("pausa-output".into()).spawn(copy).ok()?;
        Some(console)
    }

    /// Copies what there is, after waiting for it; false if there was nothing, or never will be.
    fn move_output(&self, wait: PollTimeout) -> bool {
        let Some(terminal) = self.process.terminal() else { return false };
        if !self.is_readable(terminal, wait) {
            return false;
        }
        let mut column = self.output.moving.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_readable(terminal, PollTimeout::ZERO) {
            // The other one of us was faster.
            return !self.output.ended.load(Ordering::SeqCst);
        }
        let mut piece = [0; 4096];
        match unistd::read(terminal, &mut piece) {
            Ok(count) if count > 0 => {
                let piece = piece.get(..count).unwrap_or_default();
                column.goes_over(piece);
                print(piece);
                true
            }
            Err(Errno::EINTR) => true,
            // Nobody holds the other end any more.
            Ok(_) | Err(_) => {
                self.output.ended.store(true, Ordering::SeqCst);
                false
            }
        }
    }

    fn is_readable(&self, terminal: BorrowedFd<'_>, wait: PollTimeout) -> bool {
        if self.output.ended.load(Ordering::SeqCst) {
            return false;
        }
        let mut polled = [PollFd::new(terminal, PollFlags::POLLIN)];
        loop {
            match poll(&mut polled, wait) {
                Err(Errno::EINTR) => {}
                Ok(count) => return count > 0,
                Err(_) => return false,
            }
        }
    }

    /// Waits until what the program has written is on our terminal.
    pub fn drain(&self) {
        while self.move_output(PollTimeout::from(QUIET)) {}
    }

    /// The same, and ends the line that the program has begun: what we say stands on lines of its own.
    pub fn drain_to_line_end(&self) {
        self.drain();
        let mut column = self.output.moving.lock().unwrap_or_else(PoisonError::into_inner);
        if column.is_within_line() {
            print(b"\n");
            *column = Column::default();
        }
    }

    /// Makes our keyboard the program's, until the result is dropped.
    pub fn attach(&self) -> Option<Keyboard> {
        let raw = RawMode::enter()?;
        let (wake, woken) = UnixStream::pair().ok()?;
        let console = self.clone();
        let copy = move || console.copy_keyboard(&woken);
        let copying = thread::Builder::new().name("pausa-keyboard".into()).spawn(copy).ok()?;
        Some(Keyboard { wake: Some(wake), copying: Some(copying), _raw: raw })
    }

    fn copy_keyboard(&self, woken: &UnixStream) {
        let keyboard = io::stdin();
        let mut keys = [0; 1024];
        loop {
            let mut polled =
                [PollFd::new(keyboard.as_fd(), PollFlags::POLLIN), PollFd::new(woken.as_fd(), PollFlags::POLLIN)];
            match poll(&mut polled, PollTimeout::NONE) {
                Err(Errno::EINTR) => continue,
                Err(_) => return,
                Ok(_) => {}
            }
            if polled[1].any() == Some(true) {
                return;
            }
            match unistd::read(keyboard.as_fd(), &mut keys) {
                Ok(count) if count > 0 => self.pass_on(keys.get(..count).unwrap_or_default()),
                Err(Errno::EINTR) => {}
                // The terminal is gone; the signal that says so is on its way.
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// Ctrl-C is for the session to decide about; everything else is the program's.
    fn pass_on(&self, keys: &[u8]) {
        for piece in keys.split_inclusive(|key| *key == CTRL_C) {
            let (keys, interrupt) = match piece.split_last() {
                Some((&CTRL_C, keys)) => (keys, true),
                _ => (piece, false),
            };
            self.write(keys);
            if interrupt {
                // Nobody there: the session is over.
                let _ = self.happenings.send(Happening::Interrupt);
            }
        }
    }

    /// Passes Ctrl-C on to the program, as the key that it is.
    pub fn interrupt(&self) {
        self.write(&[CTRL_C]);
    }

    fn write(&self, mut keys: &[u8]) {
        let Some(terminal) = self.process.terminal() else { return };
        while !keys.is_empty() {
            match unistd::write(terminal, keys) {
                Ok(count) => keys = keys.get(count..).unwrap_or_default(),
                Err(Errno::EINTR) => {}
                Err(_) => return,
            }
        }
    }
}

/// Our keyboard, while it is the program's.
pub struct Keyboard {
    wake: Option<UnixStream>,
    copying: Option<JoinHandle<()>>,
    _raw: RawMode,
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        drop(self.wake.take());
        if let Some(copying) = self.copying.take() {
            // It cannot have panicked, and if it had, there would be nothing to do about it here.
            let _ = copying.join();
        }
    }
}

/// Our terminal in raw mode.
struct RawMode;

impl RawMode {
    fn enter() -> Option<Self> {
        crossterm::terminal::enable_raw_mode().ok().map(|()| Self)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // It fails if the terminal is gone; then nobody sees its mode.
        let _ = crossterm::terminal::disable_raw_mode();
    }
}
