//! The debuggee's children: a place where their agents dial, for as long as their front end is there.
//!
//! Opened by whoever has a debuggee, whatever way that one came; told to its agent with `attach`. Invariant: who dials is
//! welcomed at once, on a thread of its own, so that no child waits for another one; who cannot be, for want of
//! descriptors or threads, is let go at once and runs on undebugged. When the place is gone, so is its folder.

use std::fs::File;
use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use nix::errno::Errno;

use crate::rendezvous::Rendezvous;
use crate::{LaunchError, Relative, Undebugged, undebugged};

/// A child whose agent has dialled, and waits to be told that its program may run.
pub struct Child {
    /// The agent's end of the protocol.
    pub stream: UnixStream,
    /// The process.
    pub process: Relative,
}

/// The place. Nobody is welcomed any more when it is dropped.
pub struct Children {
    address: String,
    /// Both until it is dropped: the end that keeps the threads waiting, and the threads.
    open: Option<(UnixStream, [JoinHandle<()>; 2])>,
}

impl Children {
    /// Opens it; `welcome` is called for each who comes, `pass` for each who says that it cannot be debugged.
    pub fn welcome(
        welcome: impl Fn(Child) + Send + Sync + 'static,
        pass: impl Fn(Undebugged) + Send + 'static,
    ) -> Result<Self, LaunchError> {
        let rendezvous = Rendezvous::new()?;
        let address = format!("unix:{}", rendezvous.path().display());
        let listener = undebugged::open(rendezvous.folder())?;
        let (open, closed) = UnixStream::pair().map_err(LaunchError::Wait)?;
        let also_closed = closed.try_clone().map_err(LaunchError::Wait)?;
        let hear = move || undebugged::hear(&listener, &also_closed, pass);
        let accept = move || accept(&rendezvous, &closed, &Arc::new(welcome));
        let start = |name: &str| thread::Builder::new().name(name.into());
        // If the second one cannot be started, the first one ends as `open` is dropped.
        let hears = start("pausa-undebugged").spawn(hear).map_err(LaunchError::Wait)?;
        let accepts = start("pausa-children").spawn(accept).map_err(LaunchError::Wait)?;
        Ok(Self { address, open: Some((open, [hears, accepts])) })
    }

    /// Where to dial.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        if let Some((open, threads)) = self.open.take() {
            drop(open);
            // One has the folder, and our process may end next.
            threads.into_iter().for_each(|thread| drop(thread.join()));
        }
    }
}

/// Welcomes who comes, until the other end of `closed` is.
fn accept<W: Fn(Child) + Send + Sync + 'static>(rendezvous: &Rendezvous, closed: &UnixStream, welcome: &Arc<W>) {
    let mut spare = File::open("/dev/null").ok();
    loop {
        match rendezvous.accept(closed) {
            Ok(Some(stream)) => {
                let welcome = Arc::clone(welcome);
                let Some(process) = Relative::of(&stream) else { continue };
                let child = Child { stream, process };
                // A system without threads to give lets children run on undebugged, as their streams end.
                let _ = thread::Builder::new().name("pausa-welcome".into()).spawn(move || welcome(child));
            }
            Ok(None) => return,
            Err(error) if is_want_of_descriptors(&error) && spare.is_some() => {
                // Who waits would wait for ever, and its parent with it: it is hung up on with the descriptor kept for this.
                drop(spare.take());
                let _ = rendezvous.accept(closed).map(drop);
                spare = File::open("/dev/null").ok();
            }
            // One that dialled and has died.
            Err(error) if error.raw_os_error() == Some(Errno::ECONNABORTED as i32) => {}
            Err(_) => return,
        }
    }
}

fn is_want_of_descriptors(error: &io::Error) -> bool {
    [Errno::EMFILE, Errno::ENFILE].iter().any(|errno| error.raw_os_error() == Some(*errno as i32))
}
