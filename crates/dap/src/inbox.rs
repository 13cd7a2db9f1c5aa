//! The receiving half of a connection.
//!
//! Shared by `client`, `server`, and the hub, which is both. Invariant: blocks only in the stream's `read`, and gives messages in the order in
//! which they were sent.

use std::io::{self, ErrorKind, Read};

use crate::framing::{Decoder, FramingError};
use crate::message::Message;

const CHUNK: usize = 16 * 1024;

/// Why no message could be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The stream failed.
    #[error("the connection failed: {0}")]
    Stream(#[from] io::Error),
    /// What arrived is not a message.
    #[error(transparent)]
    Framing(#[from] FramingError),
    /// The stream ended within a message.
    #[error("the connection ended in the middle of a message")]
    Truncated,
}

impl ReceiveError {
    /// Whether no further message can be received.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Framing(error) => error.is_fatal(),
            Self::Stream(_) | Self::Truncated => true,
        }
    }
}

/// Reads messages from a stream.
pub struct Inbox {
    stream: Box<dyn Read + Send>,
    decoder: Decoder,
    chunk: Vec<u8>,
}

impl Inbox {
    /// Reads from `stream`.
    pub fn new(stream: impl Read + Send + 'static) -> Self {
        Self { stream: Box::new(stream), decoder: Decoder::new(), chunk: vec![0; CHUNK] }
    }

    /// Waits for the next message; `None` at the end of the stream.
    pub fn receive(&mut self) -> Result<Option<Message>, ReceiveError> {
        loop {
            if let Some(message) = self.decoder.next_message()? {
                return Ok(Some(message));
            }
            match self.stream.read(&mut self.chunk) {
                Ok(0) if self.decoder.is_idle() => return Ok(None),
                Ok(0) => return Err(ReceiveError::Truncated),
                Ok(count) => self.decoder.feed(self.chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
