//! A request that was sent and whose answer is awaited.
//!
//! Made by `client`, kept by who asked. Invariant: it gives the answer once; dropping it forgets the answer and nothing
//! else.

use std::marker::PhantomData;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use serde_json::Value;

use super::RequestError;
use crate::message::Response;
use crate::typed;

/// The answer to a request `R` that was sent.
pub struct Pending<R> {
    reply: Reply,
    request: PhantomData<fn() -> R>,
}

impl<R: typed::Request> Pending<R> {
    pub(super) fn new(reply: Reply) -> Self {
        Self { reply, request: PhantomData }
    }

    /// The request's number, as `cancel` names it.
    pub fn seq(&self) -> i64 {
        self.reply.seq
    }

    /// Waits for the answer.
    pub fn wait(self) -> Result<R::Response, RequestError> {
        let Self { reply, .. } = self;
        read::<R>(reply.wait())
    }

    /// Waits for the answer; `None` if it is not there after `limit`, and one may ask again.
    pub fn wait_timeout(&self, limit: Duration) -> Option<Result<R::Response, RequestError>> {
        self.reply.wait_timeout(limit).map(read::<R>)
    }
}

fn read<R: typed::Request>(outcome: Result<Value, RequestError>) -> Result<R::Response, RequestError> {
    typed::read(outcome?).map_err(|source| RequestError::Malformed { command: R::COMMAND.into(), source })
}

/// The answer to any request.
pub(super) struct Reply {
    seq: i64,
    receiver: Receiver<Response>,
}

impl Reply {
    pub fn new(seq: i64, receiver: Receiver<Response>) -> Self {
        Self { seq, receiver }
    }

    pub fn wait(self) -> Result<Value, RequestError> {
        self.receiver.recv().map_err(|_| RequestError::Closed).and_then(outcome)
    }

    fn wait_timeout(&self, limit: Duration) -> Option<Result<Value, RequestError>> {
        match self.receiver.recv_timeout(limit) {
            Ok(response) => Some(outcome(response)),
            Err(RecvTimeoutError::Disconnected) => Some(Err(RequestError::Closed)),
            Err(RecvTimeoutError::Timeout) => None,
        }
    }
}

fn outcome(response: Response) -> Result<Value, RequestError> {
    if response.success { Ok(response.body) } else { Err(RequestError::refused(response)) }
}
