//! Children that cannot be debugged: where they say why, before they run on.
//!
//! Beside the place where agents dial (`children`) is another socket; our `sitecustomize.py` dials it in a Python in which
//! the agent cannot start, says one line, and waits a moment to be heard; the agent of a parent that knows it of a child
//! does the same (cpython/spawning/unfit). Invariant: nobody is kept waiting for longer than
//! it takes to pass the line on.

use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::rendezvous::{accept_own, bind};
use crate::{LaunchError, linux};

/// The socket's name, which our `sitecustomize.py` knows.
const NAME: &str = "undebugged";

/// How long one that has dialled may take to say its line.
const SAYS_WITHIN: Duration = Duration::from_secs(1);

/// The longest line that is read.
const LONGEST: u64 = 4096;

/// A child that runs undebugged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undebugged {
    /// Its process id.
    pub pid: i32,
    /// Why, for people.
    pub reason: String,
}

/// Opens the socket in the folder of the place where agents dial.
pub(crate) fn open(folder: &Path) -> Result<UnixListener, LaunchError> {
    bind(&folder.join(NAME))
}

/// Passes on what is said, until the other end of `closed` is gone.
pub(crate) fn hear(listener: &UnixListener, closed: &UnixStream, tell: impl Fn(Undebugged)) {
    loop {
        let mut ends =
            [PollFd::new(listener.as_fd(), PollFlags::POLLIN), PollFd::new(closed.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ends, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => continue,
            Err(_) => return,
        }
        let [dialled, is_over] = ends.map(|end| end.any().unwrap_or(true));
        if dialled {
            match accept_own(listener) {
                // Dropped when it has been passed on: who waits runs on.
                Ok(Some(stream)) => read(&stream).ok().flatten().into_iter().for_each(&tell),
                Ok(None) => {}
                // One that has dialled and died, or no descriptor is left: it does not wait for long.
                Err(_) => linux::pause(10),
            }
        } else if is_over {
            return;
        }
    }
}

fn read(stream: &UnixStream) -> io::Result<Option<Undebugged>> {
    stream.set_read_timeout(Some(SAYS_WITHIN))?;
    let mut line = Vec::new();
    BufReader::new(stream.take(LONGEST)).read_until(b'\n', &mut line)?;
    let line = String::from_utf8_lossy(&line);
    // A parent that knows it begins with the process that it is about.
    let (pid, reason) = match line.split_once(' ').map(|(first, rest)| (first.parse(), rest)) {
        Some((Ok(pid), rest)) => (Some(pid), rest),
        Some((Err(_), _)) | None => (linux::peer(stream), &*line),
    };
    let reason = reason.trim().to_owned();
    Ok(pid.filter(|_| !reason.is_empty()).map(|pid| Undebugged { pid, reason }))
}
