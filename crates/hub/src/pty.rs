//! The pseudo-terminal of a debuggee that was started from a terminal: our end of it.
//!
//! Made by `launch`; the front end copies between it and the real terminal while the program runs. Invariant: reading
//! ends, as at the end of a file, when the program and its children have closed theirs.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, Command, Stdio};

use nix::errno::Errno;
use pty_process::{Size, blocking};

/// Our end of a debuggee's terminal. Read it for what the program wrote, write it for what it shall read.
pub struct Pty {
    end: blocking::Pty,
    tied: Tied,
}

/// Which of a program's standard streams are its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tied {
    /// Standard input.
    pub stdin: bool,
    /// Standard output.
    pub stdout: bool,
    /// Standard error.
    pub stderr: bool,
}

impl Tied {
    /// True if none of them is.
    pub(crate) fn none(self) -> bool {
        !(self.stdin || self.stdout || self.stderr)
    }
}

impl Pty {
    /// Starts `command` in a session of its own whose terminal is a new one. Streams that are not tied are inherited.
    pub(crate) fn spawn(command: Command, tied: Tied) -> pty_process::Result<(Child, Self)> {
        let (end, theirs) = blocking::open()?;
        let mut command = blocking::Command::from(command);
        if !tied.stdin {
            command = command.stdin(Stdio::inherit());
        }
        if !tied.stdout {
            command = command.stdout(Stdio::inherit());
        }
        if !tied.stderr {
            command = command.stderr(Stdio::inherit());
        }
        Ok((command.spawn(theirs)?, Self { end, tied }))
    }

    /// Which of the program's streams it is.
    pub fn tied(&self) -> Tied {
        self.tied
    }

    /// Says how large the real terminal is; the program gets SIGWINCH if that is news.
    pub fn resize(&self, rows: u16, columns: u16) -> io::Result<()> {
        self.end.resize(Size::new(rows, columns)).map_err(into_io)
    }
}

/// The system's error within `error`.
pub(crate) fn into_io(error: pty_process::Error) -> io::Error {
    match error {
        pty_process::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

impl AsFd for Pty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.end.as_fd()
    }
}

impl Read for &Pty {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match (&self.end).read(buffer) {
            // How Linux says that nobody holds the other end any more.
            Err(error) if error.raw_os_error() == Some(Errno::EIO as i32) => Ok(0),
            result => result,
        }
    }
}

impl Write for &Pty {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        (&self.end).write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
