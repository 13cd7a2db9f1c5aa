//! Threads of our own inside the program's process. Called by `agent` and `park`.
//!
//! Invariant: a thread of ours takes no signal, so that the program's signals reach the program's threads.

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
