//! The agent's end of a connection: requests in, responses and events out.
//!
//! Used by `session` and `agent`. Invariant: a response carries the `seq` and the command of its request; a peer that is
//! gone is no error for who sends.

use std::io::{Read, Write};

use serde_json::Value;

use crate::inbox::{Inbox, ReceiveError};
use crate::message::{Event, Message, Request, Response};
use crate::outbox::Outbox;
use crate::typed;
use crate::types;

/// A connection before it is split into its halves.
pub struct Connection;

impl Connection {
    /// The halves of a connection over two streams (which may be clones of one socket).
    pub fn split(reader: impl Read + Send + 'static, writer: impl Write + Send + 'static) -> (Requests, Outgoing) {
        (Requests { inbox: Inbox::new(reader) }, Outgoing { outbox: Outbox::new(writer) })
    }
}

/// The receiving half.
pub struct Requests {
    inbox: Inbox,
}

impl Requests {
    /// Waits for the next request; `None` once the client has closed. Other messages are passed over: nothing is ever
    /// asked of the client.
    pub fn next_request(&mut self) -> Result<Option<Incoming>, ReceiveError> {
        while let Some(message) = self.inbox.receive()? {
            if let Message::Request(Request { seq, command, arguments }) = message {
                return Ok(Some(Incoming { seq, command, arguments }));
            }
        }
        Ok(None)
    }
}

/// A request that has arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// The client's number of it.
    pub seq: i64,
    /// Its name.
    pub command: String,
    /// What it carries; null for nothing.
    pub arguments: Value,
}

impl Incoming {
    /// What the request `R` carries. The error is ready to be sent as the answer.
    pub fn parse<R: typed::Request>(&self) -> Result<R::Arguments, ErrorBody> {
        typed::read(self.arguments.clone())
            .map_err(|error| ErrorBody::new(ErrorBody::INVALID, format!("{}: {error}", self.command)))
    }

    /// Which request this is, for an answer that is given later.
    pub fn ticket(&self) -> Ticket {
        Ticket { seq: self.seq, command: self.command.clone() }
    }
}

/// What is needed to answer a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The client's number of it.
    pub seq: i64,
    /// Its name.
    pub command: String,
}

impl From<&Incoming> for Ticket {
    fn from(request: &Incoming) -> Self {
        request.ticket()
    }
}

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorBody {
    /// The response's `message`: a code such as `cancelled`, or the same text.
    pub message: String,
    /// A number that is the same for every error of a kind.
    pub id: i64,
    /// The text for the user.
    pub format: String,
    /// Whether an editor should show it in a window of its own.
    pub show_user: bool,
}

impl ErrorBody {
    /// The id of errors about a request's arguments.
    pub const INVALID: i64 = 1;
    /// The id of errors about a request that is not known.
    pub const UNKNOWN: i64 = 2;

    /// An error that is reported where the request was made.
    pub fn new(id: i64, text: impl Into<String>) -> Self {
        let format = text.into();
        Self { message: format.clone(), id, format, show_user: false }
    }

    /// Gives the response's `message` a code of the specification: `cancelled` or `notStopped`.
    pub fn with_code(self, code: &str) -> Self {
        Self { message: code.into(), ..self }
    }

    /// Has editors show the text in a window.
    pub fn shown(self) -> Self {
        Self { show_user: true, ..self }
    }

    /// The body of a response that says this.
    pub fn into_body(self) -> Value {
        let error = types::Message {
            id: self.id,
            format: self.format,
            show_user: Some(self.show_user),
            ..types::Message::default()
        };
        to_value(types::ErrorResponse { error: Some(error) })
    }
}

/// The sending half. Cheap to clone; any thread may send.
#[derive(Clone)]
pub struct Outgoing {
    outbox: Outbox,
}

impl Outgoing {
    /// Answers a request.
    pub fn respond(&self, to: impl Into<Ticket>, outcome: Result<Value, ErrorBody>) {
        let Ticket { seq: request_seq, command } = to.into();
        let success = outcome.is_ok();
        let (message, body) = match outcome {
            Ok(body) => (None, body),
            Err(error) => (Some(error.message.clone()), error.into_body()),
        };
        self.outbox.send(|seq| Message::Response(Response { seq, request_seq, success, command, message, body }));
    }

    /// Answers the request `R`.
    pub fn respond_as<R: typed::Request>(&self, to: impl Into<Ticket>, outcome: Result<R::Response, ErrorBody>) {
        self.respond(to, outcome.map(to_value));
    }

    /// Tells of an event.
    pub fn event<E: typed::Event>(&self, body: E::Body) {
        let body = to_value(body);
        self.outbox.send(|seq| Message::Event(Event { seq, event: E::EVENT.into(), body }));
    }

    /// Sends nothing more and drops the writer. For a socket of [`Connection::over`], this ends it in both directions.
    pub fn close(&self) {
        self.outbox.close();
    }

    /// Sends nothing more and leaves the connection as it is: see [`Outbox::abandon`].
    pub fn abandon(&self) {
        self.outbox.abandon();
    }

    /// Whether the connection is closed, by us or because a write failed.
    pub fn is_closed(&self) -> bool {
        self.outbox.is_closed()
    }
}

/// The protocol's types all have a JSON form: their maps have strings for keys and no value of theirs can refuse.
fn to_value(typed: impl serde::Serialize) -> Value {
    serde_json::to_value(typed).unwrap_or_default()
}
