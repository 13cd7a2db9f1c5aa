//! The client's reading thread: hands out what arrives.
//!
//! Started by `client`, ends with the stream. Invariant: it waits for the stream only (the channels that it fills have
//! no bound), save for the refusal of a request, which a client is not expected to get.

use std::collections::HashMap;
use std::io;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::inbox::Inbox;
use crate::message::{Event, Message, Request, Response};
use crate::outbox::Outbox;

/// The requests that await an answer.
#[derive(Clone, Default)]
pub(super) struct Waiting(Arc<Mutex<Answers>>);

#[derive(Default)]
struct Answers {
    by_seq: HashMap<i64, Sender<Response>>,
    ended: bool,
}

impl Waiting {
    /// Awaits the answer to a request; if there can be none any more, `answer` is dropped at once.
    pub fn add(&self, seq: i64, answer: Sender<Response>) {
        let mut answers = self.lock();
        if !answers.ended {
            answers.by_seq.insert(seq, answer);
        }
    }

    fn answer(&self, response: Response) {
        let answer = self.lock().by_seq.remove(&response.request_seq);
        if let Some(answer) = answer {
            // Nobody there: who asked did not want to wait so long.
            let _ = answer.send(response);
        }
    }

    /// Drops every sender, which ends the waits.
    fn end(&self) {
        let mut answers = self.lock();
        answers.ended = true;
        answers.by_seq.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) struct Reader {
    pub inbox: Inbox,
    pub outbox: Outbox,
    pub waiting: Waiting,
    pub events: Sender<Event>,
}

impl Reader {
    pub fn spawn(self) -> io::Result<()> {
        thread::Builder::new().name("pausa-client".into()).spawn(move || self.run()).map(drop)
    }

    fn run(mut self) {
        loop {
            match self.inbox.receive() {
                Ok(Some(message)) => self.hand_out(message),
                Ok(None) => break,
                Err(error) if error.is_fatal() => break,
                // A message that cannot be read is lost, the ones after it are not.
                Err(_) => {}
            }
        }
        self.outbox.close();
        self.waiting.end();
    }

    fn hand_out(&self, message: Message) {
        match message {
            Message::Response(response) => self.waiting.answer(response),
            // Nobody there: the events are not wanted.
            Message::Event(event) => drop(self.events.send(event)),
            Message::Request(request) => self.refuse(request),
        }
    }

    /// Every request is answered, also one that we do not know.
    fn refuse(&self, Request { seq: request_seq, command, .. }: Request) {
        let message = Some(format!("this client does not support `{command}`"));
        self.outbox
            .send(|seq| Message::Response(Response { seq, request_seq, command, message, ..Response::default() }));
    }
}
