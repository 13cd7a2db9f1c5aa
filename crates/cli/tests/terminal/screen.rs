//! The real command on a pseudo-terminal, and the screen that a user would see.
//!
//! Used by the tests beside it. Invariant: every wait has a deadline, and shows the screen when it passes.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use pausa_testkit::{binaries, pythons};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const DEADLINE: Duration = Duration::from_secs(30);
const ROWS: u16 = 40;
const COLUMNS: u16 = 100;

/// A terminal with pausa in it.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
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
        let binaries = binaries::build().expect("the command and the agent are built");
        let python = pythons::find().found.pop().expect("a Python that pausa supports is installed");
        let mut command = CommandBuilder::new(binaries.join("pausa"));
        command.arg("--python");
        command.arg(&python.path);
        command.args(arguments);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("PATH", "/usr/bin:/bin")] {
            command.env(name, value);
        }
        command.env("HOME", folder);
        for (name, value) in environment {
            command.env(name, value);
        }
        let size = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        let child = pair.slave.spawn_command(command).expect("pausa starts");
        drop(pair.slave);
        let output = read(pair.master.try_clone_reader().expect("a reader"));
        let writer = pair.master.take_writer().expect("a writer");
        let [rows, columns] = [ROWS, COLUMNS].map(|size| NonZeroU16::new(size).expect("a size"));
        let parser = vt100::Parser::new_with_callbacks(rows, columns, 0, Answers::default());
        Self { master: Some(pair.master), writer: Some(writer), child, output, parser }
    }

    /// Types keys.
    pub fn type_keys(&mut self, keys: &str) {
        let writer = self.writer.as_mut().expect("the terminal is there");
        writer.write_all(keys.as_bytes()).and_then(|()| writer.flush()).expect("the terminal takes keys");
    }

    /// Types a line at a prompt that is awaited.
    pub fn command(&mut self, line: &str) {
        self.wait_for_prompt();
        self.type_keys(&format!("{line}\r"));
        self.wait_until(&format!("an echo of {line}"), |screen| screen.contains(&format!("(pausa) {line}")));
    }

    /// Waits for a prompt with nothing behind it.
    pub fn wait_for_prompt(&mut self) {
        self.wait_until("a prompt", |screen| screen.trim_end().ends_with("(pausa)"));
    }

    /// Waits until a text is on the screen.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contains(text));
    }

    #[track_caller]
    fn wait_until(&mut self, what: &str, holds: impl Fn(&str) -> bool) {
        let until = Instant::now() + DEADLINE;
        while !holds(&self.text()) {
            let left = until.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.show(&bytes),
                Err(_) => panic!("waited for {what}; the screen is:\n{}", self.text()),
            }
        }
    }

    fn show(&mut self, bytes: &[u8]) {
        self.parser.process(bytes);
        let answers = std::mem::take(&mut self.parser.callbacks_mut().0);
        if let (false, Some(writer)) = (answers.is_empty(), self.writer.as_mut()) {
            // The program may be gone.
            let _ = writer.write_all(&answers).and_then(|()| writer.flush());
        }
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
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.as_ref().expect("the terminal is there").resize(size).expect("the terminal takes a size");
    }

    /// Closes the window.
    pub fn vanish(&mut self) {
        self.writer = None;
        self.master = None;
    }

    /// Waits for pausa's end, and gives its exit code.
    pub fn end(mut self) -> u32 {
        let until = Instant::now() + DEADLINE;
        while let Ok(bytes) = self.output.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.show(&bytes);
        }
        assert!(Instant::now() < until, "pausa does not end; the screen is:\n{}", self.text());
        self.child.wait().expect("pausa has ended").exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
    }
}

fn read(mut reader: Box<dyn Read + Send>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = reader.read(&mut piece) {
            if sender.send(piece[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}
