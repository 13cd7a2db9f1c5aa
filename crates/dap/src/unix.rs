//! Both ends over one Unix socket.
//!
//! Used by whoever has a socket: the agent, the terminal, tests. Invariant: when an end is closed or dropped, the socket
//! ends in both directions, so that our own reader, which holds a clone of it, ends too.

use std::io::{self, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Receiver;

use crate::client::Client;
use crate::message::Event;
use crate::server::{Connection, Outgoing, Requests};

impl Client {
    /// A client over a socket, and the events that arrive.
    pub fn over(socket: UnixStream) -> io::Result<(Self, Receiver<Event>)> {
        Self::new(socket.try_clone()?, Ending(socket))
    }
}

impl Connection {
    /// The halves of a connection over a socket.
    pub fn over(socket: UnixStream) -> io::Result<(Requests, Outgoing)> {
        Ok(Self::split(socket.try_clone()?, Ending(socket)))
    }
}

/// A socket's writing half, whose drop ends the socket.
struct Ending(UnixStream);

impl Write for Ending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // It fails if the peer was first.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}
