//! Threads of our own inside the program's process. Called by `agent` and `park`.
//!
//! Invariant: a thread of ours takes no signal, so that the program's signals reach the program's threads.

use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::thread::JoinHandle;

/// Starts a thread with all signals blocked. Gives none if the system has no thread to give.
pub fn spawn<T: Send + 'static>(name: &str, run: impl FnOnce() -> T + Send + 'static) -> Option<JoinHandle<T>> {
    // SAFETY: both sets are ours and initialised by the calls; a thread inherits the mask that its creator has, so it is
    // blocked here for the moment of creation and put back as it was.
    let old = unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut old: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut old);
        old
    };
    let started = std::thread::Builder::new().name(name.into()).spawn(run).ok();
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const old, std::ptr::null_mut()) };
    started
}

/// Waits until one of two descriptors can be read, or has ended: true if it is the first.
pub fn wait_readable(first: BorrowedFd<'_>, second: BorrowedFd<'_>) -> bool {
    let entry =
        |descriptor: BorrowedFd<'_>| libc::pollfd { fd: descriptor.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut entries = [entry(first), entry(second)];
    // SAFETY: the array lives through the call and its length is given; both descriptors are open.
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

    /// Closes what a forked child has inherited and has no use for; nothing if the number stands for another file by now.
    pub fn close(self) {
        if file(self.number) == Some(self.file) {
            // SAFETY: called in the child, whose copy of the owning object is never dropped: no thread of ours lives there.
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
