//! What only Linux offers in this form: who is at the other end of a socket, and seeing that a process has ended
//! before its id can be given to another one.
//!
//! Called by `rendezvous` and `process`.

use std::io;
use std::os::unix::net::UnixStream;

use nix::errno::Errno;
use nix::sys::socket::{getsockopt, sockopt};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::{Pid, Uid};

/// True if the process at the other end belongs to our own user.
pub(crate) fn is_own_user(stream: &UnixStream) -> bool {
    getsockopt(stream, sockopt::PeerCredentials).is_ok_and(|peer| peer.uid() == Uid::effective().as_raw())
}

/// The id of the process at the other end.
pub(crate) fn peer(stream: &UnixStream) -> Option<i32> {
    getsockopt(stream, sockopt::PeerCredentials).ok().map(|peer| peer.pid())
}

/// Returns when our child `pid` has ended; it stays a zombie, so its id still means it.
pub(crate) fn wait_unreaped(pid: Pid) -> io::Result<()> {
    loop {
        match waitid(Id::Pid(pid), WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(_) => return Ok(()),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}
