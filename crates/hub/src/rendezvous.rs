//! Where an agent, or a front end that gets ready, finds us: a socket in a folder that only our user can enter.
//!
//! Used by `launch` and `front_end`. Invariant: waiting ends with a connection of our own user or with the end of the
//! process that should have connected; nothing stays on disk after it.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tempfile::TempDir;

use crate::{LaunchError, linux};

/// The longest socket path that every system takes, with room for the name in it.
const LONGEST_FOLDER: usize = 80;

/// Where, beside the socket, a failed start leaves its reason.
const REASON: &str = "reason";

/// The folders that there are: a process that ends at a signal drops nothing.
static FOLDERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn folders() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what would be left of us if our process ended now, without dropping anything.
pub fn remove_folders() {
    for folder in std::mem::take(&mut *folders()) {
        // It fails if it goes just now.
        let _ = fs::remove_dir_all(folder);
    }
}

/// A socket in a private folder of its own.
pub(crate) struct Rendezvous {
    listener: UnixListener,
    path: PathBuf,
    folder: TempDir,
}

impl Drop for Rendezvous {
    fn drop(&mut self) {
        folders().remove(self.folder.path());
    }
}

impl Rendezvous {
    /// Makes folder and socket.
    pub(crate) fn new() -> Result<Self, LaunchError> {
        let parent = short_temporary_folder();
        let failed = |source| LaunchError::Socket { path: parent.clone(), source };
        let folder = tempfile::Builder::new()
            .prefix("pausa-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&parent)
            .map_err(failed)?;
        folders().insert(folder.path().to_owned());
        let path = folder.path().join("agent");
        let listener = bind(&path)?;
        Ok(Self { listener, path, folder })
    }

    /// Where to dial.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that the socket is in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Why the agent could not start, if it has said so.
    pub(crate) fn reason(&self) -> Option<String> {
        let reason = fs::read_to_string(self.folder.path().join(REASON)).ok()?;
        Some(reason.trim_end().to_owned())
    }

    /// Waits for a connection, or for `lifeline` to close: then None.
    pub(crate) fn accept(&self, lifeline: &UnixStream) -> io::Result<Option<UnixStream>> {
        loop {
            let mut ends = [
                PollFd::new(self.listener.as_fd(), PollFlags::POLLIN),
                PollFd::new(lifeline.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut ends, PollTimeout::NONE) {
                Err(Errno::EINTR) => continue,
                result => result?,
            };
            let [dialled, ended] = ends.map(|end| end.any().unwrap_or(true));
            // In this order: a program that dialled and died at once has still something to say.
            if dialled {
                if let Some(stream) = accept_own(&self.listener)? {
                    return Ok(Some(stream));
                }
            } else if ended {
                return Ok(None);
            }
        }
    }
}

/// Listens at `path`.
pub(crate) fn bind(path: &Path) -> Result<UnixListener, LaunchError> {
    UnixListener::bind(path).map_err(|source| LaunchError::Socket { path: path.to_owned(), source })
}

/// Waits for a connection of our own user, but not for ever.
pub(crate) fn accept_soon(listener: &UnixListener, within: Duration) -> io::Result<UnixStream> {
    let deadline = Instant::now() + within;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX);
        match poll(&mut [PollFd::new(listener.as_fd(), PollFlags::POLLIN)], timeout) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => {
                if let Some(stream) = accept_own(listener)? {
                    return Ok(stream);
                }
            }
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

/// Accepts one connection; None if it was another user's, which the folder's permissions should prevent already.
pub(crate) fn accept_own(listener: &UnixListener) -> io::Result<Option<UnixStream>> {
    let (stream, _) = listener.accept()?;
    Ok(linux::is_own_user(&stream).then_some(stream))
}

/// The user's temporary folder, unless a socket's path below it would be too long.
fn short_temporary_folder() -> PathBuf {
    let usual = std::env::temp_dir();
    if usual.as_os_str().len() <= LONGEST_FOLDER { usual } else { PathBuf::from("/tmp") }
}
