//! The client's end of a connection: requests out, responses and events in.
//!
//! Used by `terminal`, `cli` and the tests. A thread of its own reads the stream, hands each response to who waits for
//! it and each event to the receiver given at construction. Invariant: every request comes to an end; when the stream
//! does, those still open fail with [`RequestError::Closed`] and the event receiver disconnects.

mod error;
mod pending;
mod reader;

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::Value;

use crate::inbox::Inbox;
use crate::message::{Event, Message, Request};
use crate::outbox::Outbox;
use crate::typed;

pub use error::RequestError;
pub use pending::Pending;
use pending::Reply;
use reader::{Reader, Waiting};

/// The client's end. Cheap to clone; any thread may send. Dropping the last clone closes it.
#[derive(Clone)]
pub struct Client {
    connection: Arc<Open>,
}

struct Open {
    outbox: Outbox,
    waiting: Waiting,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.outbox.close();
    }
}

impl Client {
    /// A client over two streams (which may be clones of one socket), and the events that arrive.
    ///
    /// The reading thread ends when the reader does. For a socket, prefer [`Client::over`], which sees to that.
    pub fn new(
        reader: impl Read + Send + 'static,
        writer: impl Write + Send + 'static,
    ) -> io::Result<(Self, Receiver<Event>)> {
        let outbox = Outbox::new(writer);
        let waiting = Waiting::default();
        let (events, received) = mpsc::channel();
        Reader { inbox: Inbox::new(reader), outbox: outbox.clone(), waiting: waiting.clone(), events }.spawn()?;
        let connection = Arc::new(Open { outbox, waiting });
        Ok((Self { connection }, received))
    }

    /// Sends a request and waits for the answer, however long that takes.
    pub fn request<R: typed::Request>(&self, arguments: R::Arguments) -> Result<R::Response, RequestError> {
        self.send::<R>(arguments)?.wait()
    }

    /// Sends a request and waits for the answer, but not longer than `limit`.
    pub fn request_within<R: typed::Request>(
        &self,
        arguments: R::Arguments,
        limit: Duration,
    ) -> Result<R::Response, RequestError> {
        self.send::<R>(arguments)?.wait_timeout(limit).unwrap_or(Err(RequestError::Timeout))
    }

    /// Sends a request whose answer is waited for later.
    pub fn send<R: typed::Request>(&self, arguments: R::Arguments) -> Result<Pending<R>, RequestError> {
        let arguments = serde_json::to_value(arguments)
            .map_err(|source| RequestError::Malformed { command: R::COMMAND.into(), source })?;
        self.send_value(R::COMMAND, arguments).map(Pending::new)
    }

    /// Sends a request that has no type and waits for the answer.
    pub fn request_custom(&self, command: &str, arguments: Value) -> Result<Value, RequestError> {
        self.send_value(command, arguments)?.wait()
    }

    /// Closes the connection for all clones. For a socket of [`Client::over`], this ends it in both directions.
    pub fn close(&self) {
        self.connection.outbox.close();
    }

    /// Whether the connection is closed, by us or because a write failed.
    pub fn is_closed(&self) -> bool {
        self.connection.outbox.is_closed()
    }

    fn send_value(&self, command: &str, arguments: Value) -> Result<Reply, RequestError> {
        let Open { outbox, waiting } = &*self.connection;
        let (answer, receiver) = mpsc::channel();
        let seq = outbox
            .send(|seq| {
                waiting.add(seq, answer);
                Message::Request(Request { seq, command: command.into(), arguments })
            })
            .ok_or(RequestError::Closed)?;
        Ok(Reply::new(seq, receiver))
    }
}
