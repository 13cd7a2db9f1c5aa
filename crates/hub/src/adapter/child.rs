//! A session for a child of another session's program: fetches the agent's stream from where `children` keeps it.
//!
//! Called by `starting`, on the debuggee's thread of the new session, which may be served by another process than its
//! parent's. Invariant: only our own user is dialled, and what comes is a stream or a reason.

use std::io::{self, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use serde::Deserialize;

use crate::{Address, LaunchError, Relative, linux};

/// How long the parent's session may take to hand the child over: it has nothing else to do.
const COMES_WITHIN: Duration = Duration::from_secs(10);

/// Which child, as the field `pausaChild` of an `attach` says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Claim {
    at: String,
    number: u64,
}

/// Fetches it: its agent's stream, and the process.
pub(crate) fn fetch(claim: &Claim) -> Result<(UnixStream, Relative), LaunchError> {
    let failed = |error: io::Error| {
        LaunchError::Agent(format!(
            "the child process that this session is for cannot be fetched: {error} (the session of its parent is over, or \
             another one has it)"
        ))
    };
    let stream = take(claim).map_err(failed)?;
    let process = Relative::of(&stream).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
    Ok((stream, process))
}

fn take(claim: &Claim) -> io::Result<UnixStream> {
    let Ok(Address::Unix(path)) = claim.at.parse() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let mut place = UnixStream::connect(path)?;
    if !linux::is_own_user(&place) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    place.set_read_timeout(Some(COMES_WITHIN))?;
    writeln!(place, "{}", claim.number)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    recvmsg(&place, &mut [IoSliceMut::new(&mut [0])], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let descriptors = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => Some(descriptors),
        _ => None,
    });
    descriptors.flatten().next().map(UnixStream::from).ok_or_else(|| io::ErrorKind::NotFound.into())
}
