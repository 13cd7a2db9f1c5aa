//! What only Linux offers in this form: who is at the other end of a socket, what a process is doing, and seeing that one
//! has ended before its id can be given to another one.
//!
//! Called by `rendezvous`, `attach`, `process` and `relative`.

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::{Pid, Uid};
use rustix::process::{PidfdFlags, pidfd_open};

/// True if the process at the other end belongs to our own user.
pub(crate) fn is_own_user(stream: &UnixStream) -> bool {
    getsockopt(stream, sockopt::PeerCredentials).is_ok_and(|peer| peer.uid() == Uid::effective().as_raw())
}

/// The id of the process at the other end.
pub(crate) fn peer(stream: &UnixStream) -> Option<i32> {
    getsockopt(stream, sockopt::PeerCredentials).ok().map(|peer| peer.pid())
}

/// Lets some milliseconds pass: for what another process does and nothing tells of.
pub(crate) fn pause(milliseconds: u16) {
    // With nothing to wait for, an interruption ends it early, and no harm is done.
    let _ = poll(&mut [], PollTimeout::from(milliseconds));
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

/// A process, to be waited for; None if there is none, or the system (before Linux 5.3) knows no such thing.
pub(crate) fn open_process(pid: i32) -> Option<OwnedFd> {
    pidfd_open(rustix::process::Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}

/// Waits until a process that was opened has ended, or, without one, for a moment.
pub(crate) fn wait_ended(process: Option<&OwnedFd>) {
    match process {
        // An interruption ends it early, and the caller looks again.
        Some(process) => drop(poll(&mut [PollFd::new(process.as_fd(), PollFlags::POLLIN)], PollTimeout::NONE)),
        None => pause(100),
    }
}

/// A process's command line; nothing if it has none, or there is no such process any more.
pub(crate) fn words(pid: i32) -> Vec<String> {
    let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words = words.split(|&byte| byte == 0).filter(|word| !word.is_empty());
    words.map(|word| String::from_utf8_lossy(word).into_owned()).collect()
}

/// True if a file that is one of these is mapped into a process.
pub(crate) fn has_mapped(pid: i32, is_one: impl Fn(&Path) -> bool) -> bool {
    let maps = fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
    let maps = String::from_utf8_lossy(&maps);
    maps.lines().filter_map(|line| line.find('/').and_then(|at| line.get(at..))).any(|path| is_one(Path::new(path)))
}

/// The processes of a group that have not ended, by their ids.
pub(crate) fn members_of(group: i32) -> Vec<i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| Status::of(*pid).is_some_and(|status| status.group == group && !status.ends)).collect()
}

/// What the system says of a process (proc_pid_stat(5)).
pub(crate) struct Status {
    /// Its parent's id.
    pub parent: i32,
    /// Its process group's id.
    pub group: i32,
    /// It has ended, or is about to: its exit status is known.
    pub ends: bool,
    /// When it began.
    pub began: u64,
    /// Where its stack began: what tells a program from the one that the process has run before.
    pub image: u64,
    /// As `waitpid` gives it.
    pub exit_code: i32,
}

/// Set for a process that is about to end, before it closes its files (include/linux/sched.h).
const PF_EXITING: u32 = 0x4;

impl Status {
    /// Of the process with this id; None if there is none any more.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is a name in brackets, in which anything may stand.
        let (_, rest) = text.rsplit_once(')')?;
        let field = |number: usize| rest.split_ascii_whitespace().nth(number - 3);
        let flags: u32 = field(9)?.parse().ok()?;
        Some(Self {
            parent: field(4)?.parse().ok()?,
            group: field(5)?.parse().ok()?,
            ends: flags & PF_EXITING != 0 || field(3)? == "Z",
            began: field(22)?.parse().ok()?,
            image: field(28)?.parse().ok()?,
            exit_code: field(52)?.parse().ok()?,
        })
    }
}
