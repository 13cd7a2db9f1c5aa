//! The client's end: answers and events out, and what is asked of the client.
//!
//! Used by all of `adapter`. Invariant: nothing is sent before the response to `initialize`, and nothing that the
//! specification does not know.

use std::collections::HashMap;
use std::io::Write;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, OnceLock, PoisonError};

use pausa_dap::message::{Event, Message, Request, Response};
use pausa_dap::server::Ticket;
use pausa_dap::types::{InitializeRequestArguments, OutputEvent};
use pausa_dap::{ErrorBody, Outbox, events};
use serde::Serialize;
use serde_json::Value;

/// Who debugs.
pub(crate) struct Client {
    outbox: Outbox,
    /// What it said of itself, once it has.
    facts: OnceLock<InitializeRequestArguments>,
    asked: Mutex<HashMap<i64, Sender<Response>>>,
}

impl Client {
    pub fn new(writer: impl Write + Send + 'static) -> Self {
        Self { outbox: Outbox::new(writer), facts: OnceLock::new(), asked: Mutex::default() }
    }

    /// What it can do; nothing before it has said so.
    pub fn facts(&self) -> InitializeRequestArguments {
        self.facts.get().cloned().unwrap_or_default()
    }

    /// True once it has initialized the session.
    pub fn is_initialized(&self) -> bool {
        self.facts.get().is_some()
    }

    /// Keeps what it says of itself; false if it has said so before.
    pub fn introduce(&self, facts: InitializeRequestArguments) -> bool {
        self.facts.set(facts).is_ok()
    }

    pub fn respond(&self, to: &Ticket, outcome: Result<Value, ErrorBody>) {
        let success = outcome.is_ok();
        let (message, body) = match outcome {
            Ok(body) => (None, body),
            Err(error) => (Some(error.message.clone()), error.into_body()),
        };
        self.answer(to, success, message, body);
    }

    pub fn succeed(&self, to: &Ticket) {
        self.respond(to, Ok(Value::Null));
    }

    pub fn refuse(&self, to: &Ticket, id: i64, text: impl Into<String>) {
        self.respond(to, Err(ErrorBody::new(id, text)));
    }

    /// Hands on an answer that somebody else has given.
    pub fn answer(&self, to: &Ticket, success: bool, message: Option<String>, body: Value) {
        let (request_seq, command) = (to.seq, to.command.clone());
        self.outbox.send(|seq| Message::Response(Response { seq, request_seq, success, command, message, body }));
    }

    pub fn event<E: events::Event>(&self, body: E::Body) {
        self.tell(E::EVENT, to_value(body));
    }

    /// Hands on an event.
    pub fn tell(&self, event: &str, body: Value) {
        let event = event.to_owned();
        self.outbox.send(|seq| Message::Event(Event { seq, event, body }));
    }

    /// A line of ours in the client's console.
    pub fn say(&self, text: &str) {
        self.output("console", format!("pausa: {text}\n"));
    }

    /// What the program wrote.
    pub fn output(&self, category: &str, output: String) {
        self.event::<events::Output>(OutputEvent { category: Some(category.into()), output, ..Default::default() });
    }

    /// Asks something of the client. The receiver disconnects if it goes away.
    pub fn ask(&self, command: &str, arguments: impl Serialize) -> Receiver<Response> {
        let (answer, answered) = mpsc::channel();
        let (command, arguments) = (command.to_owned(), to_value(arguments));
        self.outbox.send(|seq| {
            self.asked().insert(seq, answer);
            Message::Request(Request { seq, command, arguments })
        });
        answered
    }

    /// It has answered something that we asked.
    pub fn hear(&self, response: Response) {
        let answer = self.asked().remove(&response.request_seq);
        if let Some(answer) = answer {
            // Nobody waits for it any more: what it was asked for was given up.
            let _ = answer.send(response);
        }
    }

    /// It is gone, or shall go.
    pub fn close(&self) {
        self.outbox.close();
        self.asked().clear();
    }

    fn asked(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Sender<Response>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The protocol's types all have a JSON form.
pub(crate) fn to_value(typed: impl Serialize) -> Value {
    serde_json::to_value(typed).unwrap_or_default()
}
