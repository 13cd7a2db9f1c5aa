//! The debuggee's children: a place where their agents dial, for as long as their front end is there.
//!
//! Opened by whoever has a debuggee, whatever way that one came; told to its agent with `attach`. Invariant: who dials is
//! welcomed at once, on a thread of its own, so that no child waits for another one.

use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;

use crate::rendezvous::Rendezvous;
use crate::{LaunchError, Relative};

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
    _open: UnixStream,
}

impl Children {
    /// Opens it; `welcome` is called for each who comes.
    pub fn welcome(welcome: impl Fn(Child) + Send + Sync + 'static) -> Result<Self, LaunchError> {
        let rendezvous = Rendezvous::new()?;
        let address = format!("unix:{}", rendezvous.path().display());
        let (open, closed) = UnixStream::pair().map_err(LaunchError::Wait)?;
        let welcome = Arc::new(welcome);
        let accept = move || {
            while let Ok(Some(stream)) = rendezvous.accept(&closed) {
                let welcome = Arc::clone(&welcome);
                let Some(process) = Relative::of(&stream) else { continue };
                let child = Child { stream, process };
                // A system without threads to give lets children run on undebugged, as their streams end.
                let _ = thread::Builder::new().name("pausa-welcome".into()).spawn(move || welcome(child));
            }
        };
        thread::Builder::new().name("pausa-children".into()).spawn(accept).map_err(LaunchError::Wait)?;
        Ok(Self { address, _open: open })
    }

    /// Where to dial.
    pub fn address(&self) -> &str {
        &self.address
    }
}
