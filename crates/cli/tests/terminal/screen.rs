//! The real command on a pseudo-terminal, and the screen that a user would see.
//!
//! Used by the tests beside it. Invariant: every wait has a deadline, and shows the screen when it passes.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use pausa_testkit::{binaries, pythons};
use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

const DEADLINE: Duration = Duration::from_secs(30);
const ROWS: u16 = 40;
const COLUMNS: u16 = 100;

/// A terminal with pausa in it.
pub struct Terminal {
    /// The terminal, until it vanishes: nobody else holds this end of it.
    end: Option<Pty>,
    child: Child,
    parser: vt100::Parser<Answers>,
}

/// What a terminal answers by itself.
#[derive(Default)]
struct Answers(Vec<u8>);

impl vt100::Callbacks for Answers {
    /// The line editor asks where the cursor is.
    fn unhandled_csi(
        &mut self,
        screen: &mut vt100::Screen,
        _intermediate: Option<u8>,
        _second: Option<u8>,
        parameters: &[&[u16]],
        command: char,
    ) {
        if command == 'n' && parameters.first() == Some(&[6].as_slice()) {
            let (row, column) = screen.cursor_position();
            self.0.extend(format!("\x1b[{};{}R", row + 1, column + 1).bytes());
        }
    }
}

impl Terminal {
    /// Starts pausa in a folder, with an environment of its own.
    pub fn start(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        static BINARIES: LazyLock<PathBuf> = LazyLock::new(|| binaries::build().expect("all is built"));
        let python = pythons::find().found.pop().expect("a Python that pausa supports is installed");
        let (end, theirs) = open().expect("a pseudo-terminal");
        end.resize(Size::new(ROWS, COLUMNS)).expect("the terminal takes a size");
        let command = Command::new(BINARIES.join("pausa")).arg("--python").arg(&python.path).args(arguments);
        let command = command.current_dir(folder).env_clear().env("HOME", folder).env("PATH", "/usr/bin:/bin");
        let command = command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").envs(environment.iter().copied());
        let child = command.spawn(theirs).expect("pausa starts");
        let [rows, columns] = [ROWS, COLUMNS].map(|size| NonZeroU16::new(size).expect("a size"));
        let parser = vt100::Parser::new_with_callbacks(rows, columns, 0, Answers::default());
        Self { end: Some(end), child, parser }
    }

    /// Types keys.
    pub fn type_keys(&mut self, keys: &str) {
        let mut end = self.end.as_ref().expect("the terminal is there");
        end.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    /// Types a line at a prompt that is awaited.
    pub fn command(&mut self, line: &str) {
        self.wait_for_prompt();
        let typed = format!("(pausa) {line}");
        let before = self.text().matches(&typed).count();
        self.type_keys(&format!("{line}\r"));
        self.wait_until(&typed, |screen| screen.matches(&typed).count() > before);
    }

    /// Waits for a prompt with nothing behind it.
    pub fn wait_for_prompt(&mut self) {
        self.wait_until("a prompt", |screen| screen.trim_end().ends_with("(pausa)"));
    }

    /// Waits until a text is on the screen.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contains(text));
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        let until = Instant::now() + DEADLINE;
        while !holds(&self.text()) {
            assert!(self.receive(until), "waited for {what}; the screen is:\n{}", self.text());
        }
    }

    /// Shows what comes next; false if nothing comes any more, or not in time.
    fn receive(&mut self, until: Instant) -> bool {
        let Some(mut end) = self.end.as_ref() else { return false };
        let left = PollTimeout::try_from(until.saturating_duration_since(Instant::now())).expect("a short time");
        let mut polled = [PollFd::new(end.as_fd(), PollFlags::POLLIN)];
        let mut piece = [0; 4096];
        match poll(&mut polled, left) {
            Ok(1..) => {}
            Ok(_) | Err(_) => return false,
        }
        let Ok(count @ 1..) = end.read(&mut piece) else { return false };
        self.parser.process(&piece[..count]);
        let answers = std::mem::take(&mut self.parser.callbacks_mut().0);
        // The program may be gone.
        let _ = end.write_all(&answers);
        true
    }

    /// What is on the screen.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// True if anything on the screen has a colour or is bold, the prompt's own line apart.
    pub fn has_colours(&self) -> bool {
        let screen = self.parser.screen();
        let cells = (0..ROWS).flat_map(|row| (0..COLUMNS).filter_map(move |column| screen.cell(row, column)));
        let coloured = |cell: &&vt100::Cell| cell.fgcolor() != vt100::Color::Default || cell.bold();
        cells.filter(|cell| cell.has_contents()).any(|cell| coloured(&cell))
    }

    /// Makes the window another size.
    pub fn resize(&mut self, rows: u16, columns: u16) {
        let end = self.end.as_ref().expect("the terminal is there");
        end.resize(Size::new(rows, columns)).expect("the terminal takes a size");
    }

    /// Closes the window.
    pub fn vanish(&mut self) {
        self.end = None;
    }

    /// Waits for pausa's end, and gives its exit code, or 128 and the signal that killed it.
    pub fn end(mut self) -> i32 {
        let until = Instant::now() + DEADLINE;
        while self.receive(until) {}
        assert!(Instant::now() < until, "pausa does not end; the screen is:\n{}", self.text());
        let status = self.child.wait().expect("pausa has ended");
        status.code().or(status.signal().map(|signal| 128 + signal)).expect("a code or a signal")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
