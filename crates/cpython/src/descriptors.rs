//! Open files of ours in a process whose program may close any of them: a daemon closes all that it does not know.
//!
//! Used by `agent` for its connection. Invariant: a number that is the program's by now is neither read, written nor closed.

use std::io::{self, ErrorKind, Read, Write};
use std::mem::ManuallyDrop;
use std::net::Shutdown;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};
use std::os::unix::net::UnixStream;

/// A socket of ours. Once the program has closed it, it fails as one that is not connected.
pub struct OwnSocket {
    /// Not dropped: see `Drop`.
    stream: ManuallyDrop<UnixStream>,
    descriptor: Descriptor,
}

impl OwnSocket {
    /// Takes a socket over that the program does not know yet.
    ///
    /// # Errors
    /// If it is closed already.
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        let stream = ManuallyDrop::new(stream);
        let descriptor = Descriptor::of(stream.as_fd()).ok_or(ErrorKind::NotConnected)?;
        Ok(Self { stream, descriptor })
    }

    /// What it is, for a forked child to close.
    pub fn descriptor(&self) -> Descriptor {
        self.descriptor
    }

    /// Ends it in both directions, for all who have it.
    pub fn end(&self) {
        // It fails if the peer was first.
        let _ = self.stream().map(|stream| stream.shutdown(Shutdown::Both));
    }

    /// Waits until it can be read, or has ended; false if that is so of `other`.
    ///
    /// # Errors
    /// If the program has closed one of them.
    pub fn wait_readable(&self, other: &Self) -> io::Result<bool> {
        let is_readable = wait_readable(self.stream()?.as_fd(), other.stream()?.as_fd());
        self.stream().and(other.stream()).map(|_| is_readable)
    }

    fn stream(&self) -> io::Result<&UnixStream> {
        if self.descriptor.is_ours() { Ok(&self.stream) } else { Err(ErrorKind::NotConnected.into()) }
    }
}

impl Read for OwnSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream()?.read(buffer)
    }
}

impl Write for OwnSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for OwnSocket {
    fn drop(&mut self) {
        self.descriptor.close();
    }
}

/// Waits until one of two descriptors can be read, or has ended: true if it is the first alone.
fn wait_readable(first: BorrowedFd<'_>, second: BorrowedFd<'_>) -> bool {
    let entry =
        |descriptor: BorrowedFd<'_>| libc::pollfd { fd: descriptor.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut entries = [entry(first), entry(second)];
    // SAFETY: the array lives through the call and its length is given; numbers that are not open are told of.
    while unsafe { libc::poll(entries.as_mut_ptr(), entries.len() as libc::nfds_t, -1) } < 0 {}
    entries[1].revents == 0
}

/// An open file as its number and what it is, so that the number is not taken for another file that has it later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor {
    number: RawFd,
    file: (u64, u64),
}

impl Descriptor {
    /// What is open under this number.
    #[must_use]
    pub fn of(open: BorrowedFd<'_>) -> Option<Self> {
        let number = open.as_raw_fd();
        Some(Self { number, file: file(number)? })
    }

    fn is_ours(self) -> bool {
        file(self.number) == Some(self.file)
    }

    /// Closes it; nothing if the number stands for another file by now. Nobody may own it: it is a forked child's copy, whose
    /// owner is never dropped, or its owner is being dropped.
    pub fn close(self) {
        if self.is_ours() {
            // SAFETY: nobody owns it, as the caller promises.
            unsafe { libc::close(self.number) };
        }
    }
}

/// Device and inode of an open file.
fn file(number: RawFd) -> Option<(u64, u64)> {
    // SAFETY: the struct is ours and filled by the call, which takes any number.
    unsafe {
        let mut status: libc::stat = std::mem::zeroed();
        (libc::fstat(number, &raw mut status) == 0).then_some((status.st_dev, status.st_ino))
    }
}
