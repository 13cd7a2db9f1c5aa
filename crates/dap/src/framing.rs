//! Messages to bytes and back: a header with `Content-Length`, an empty line, JSON.
//!
//! Used by both ends; knows no stream. Invariant: whatever bytes are fed, the answer is a message, an error or "not
//! yet", never a panic, and no more memory is taken than was fed.

use crate::message::Message;

/// The largest body that is read.
pub const MAX_BODY: usize = 64 * 1024 * 1024;

/// The largest header that is read.
pub const MAX_HEADER: usize = 8 * 1024;

const HEADER_END: &[u8] = b"\r\n\r\n";

/// Why the bytes are not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// The header is not lines of `Name: value`.
    #[error("the peer does not speak the Debug Adapter Protocol: its header is not lines of `Name: value`")]
    Header,
    /// There is no end of a header in sight.
    #[error("the peer does not speak the Debug Adapter Protocol: no header ended within {MAX_HEADER} bytes")]
    EndlessHeader,
    /// No length, no number, or two different lengths.
    #[error("the peer sent a header without one valid Content-Length")]
    Length,
    /// More than [`MAX_BODY`].
    #[error("the peer announced a message of {0} bytes: more than {MAX_BODY} are refused")]
    TooLong(usize),
    /// The body is not a message. The next one may be.
    #[error("the peer sent a message that cannot be read: {0}")]
    Body(String),
}

impl FramingError {
    /// Whether nothing more can be read, because it is not known where a message would begin.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::Body(_))
    }
}

/// The bytes of a message.
pub fn encode(message: &Message) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// Turns bytes into messages. Feed it whatever has arrived, then take messages until there is none.
#[derive(Debug, Default)]
pub struct Decoder {
    bytes: Vec<u8>,
    /// Where in `bytes` what is not yet decoded begins.
    start: usize,
    /// How far the search for the header's end has come, so that a byte at a time is not quadratic.
    searched: usize,
    /// The length of the body that is awaited, once its header is read.
    body: Option<usize>,
    /// A fatal error; nothing is decoded after one.
    fault: Option<FramingError>,
}

impl Decoder {
    /// A decoder at the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes of the stream.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.fault.is_some() {
            return;
        }
        self.bytes.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// True if no part of a message is waiting for the rest of it.
    pub fn is_idle(&self) -> bool {
        self.body.is_none() && self.start == self.bytes.len()
    }

    /// The next message, `None` if more bytes are needed. A fatal error is given again at every call.
    pub fn next_message(&mut self) -> Result<Option<Message>, FramingError> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        self.decode().inspect_err(|error| {
            if error.is_fatal() {
                self.fault = Some(error.clone());
            }
        })
    }

    fn decode(&mut self) -> Result<Option<Message>, FramingError> {
        let length = match self.body {
            Some(length) => length,
            None => match self.header()? {
                Some(length) => *self.body.insert(length),
                None => return Ok(None),
            },
        };
        let Some(body) = self.bytes.get(self.start..self.start + length) else {
            return Ok(None);
        };
        let message = serde_json::from_slice(body).map_err(|error| FramingError::Body(error.to_string()));
        self.consume(length);
        self.body = None;
        message.map(Some)
    }

    /// Consumes a header if there is a whole one, and gives the length of the body.
    fn header(&mut self) -> Result<Option<usize>, FramingError> {
        let unsearched = self.bytes.get(self.searched..).unwrap_or_default();
        let Some(found) = unsearched.windows(HEADER_END.len()).position(|window| window == HEADER_END) else {
            if self.bytes.len() - self.start > MAX_HEADER {
                return Err(FramingError::EndlessHeader);
            }
            // The end may have begun: its last three bytes at most are looked at again.
            self.searched = self.searched.max(self.bytes.len().saturating_sub(HEADER_END.len() - 1));
            return Ok(None);
        };
        let end = self.searched + found;
        let length = content_length(self.bytes.get(self.start..end).unwrap_or_default())?;
        self.consume(end - self.start + HEADER_END.len());
        Ok(Some(length))
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.searched = self.start;
    }
}

fn content_length(header: &[u8]) -> Result<usize, FramingError> {
    let header = str::from_utf8(header).map_err(|_| FramingError::Header)?;
    let mut length = None;
    for line in header.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or(FramingError::Header)?;
        if !name.trim().eq_ignore_ascii_case("content-length") {
            continue;
        }
        let value = value.trim().parse::<usize>().map_err(|_| FramingError::Length)?;
        if length.is_some_and(|earlier| earlier != value) {
            return Err(FramingError::Length);
        }
        length = Some(value);
    }
    match length.ok_or(FramingError::Length)? {
        length if length > MAX_BODY => Err(FramingError::TooLong(length)),
        length => Ok(length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Event;

    fn decode(bytes: &[u8]) -> Result<Option<Message>, FramingError> {
        let mut decoder = Decoder::new();
        decoder.feed(bytes);
        decoder.next_message()
    }

    fn initialized() -> Message {
        Message::Event(Event { seq: 1, event: "initialized".into(), ..Event::default() })
    }

    #[test]
    fn headers_are_read_laxly() {
        let body = initialized().to_string();
        let length = body.len();
        for header in [
            format!("content-length:{length}"),
            format!("CONTENT-LENGTH:   {length} "),
            format!("Content-Type: application/json\r\nContent-Length: {length}"),
            format!("Content-Length: {length}\r\nX-Mood: good:very\r\nContent-Length: {length}"),
        ] {
            let bytes = format!("{header}\r\n\r\n{body}");
            assert_eq!(decode(bytes.as_bytes()), Ok(Some(initialized())), "{header}");
        }
    }

    #[test]
    fn garbage_is_an_error() {
        for (bytes, error) in [
            (&b"GET / HTTP/1.1\r\n\r\n"[..], FramingError::Header),
            (b"\r\n\r\n", FramingError::Header),
            (b"\xff\xfe: 3\r\n\r\n", FramingError::Header),
            (b"Content-Type: x\r\n\r\n", FramingError::Length),
            (b"Content-Length: -1\r\n\r\n", FramingError::Length),
            (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", FramingError::Length),
            (b"Content-Length: 67108865\r\n\r\n", FramingError::TooLong(67_108_865)),
            (&[b'x'; MAX_HEADER + 1], FramingError::EndlessHeader),
        ] {
            assert_eq!(decode(bytes), Err(error));
        }
    }

    #[test]
    fn a_fatal_error_stays() {
        let mut decoder = Decoder::new();
        decoder.feed(b"nonsense\r\n\r\n");
        assert_eq!(decoder.next_message(), Err(FramingError::Header));
        decoder.feed(&encode(&initialized()));
        assert_eq!(decoder.next_message(), Err(FramingError::Header));
    }

    #[test]
    fn a_body_that_is_no_message_does_not_spoil_the_next() {
        let mut decoder = Decoder::new();
        decoder.feed(b"Content-Length: 2\r\n\r\n[]");
        decoder.feed(&encode(&initialized()));
        assert!(matches!(decoder.next_message(), Err(FramingError::Body(_))));
        assert_eq!(decoder.next_message(), Ok(Some(initialized())));
        assert!(decoder.is_idle());
    }

    #[test]
    fn deep_nesting_is_an_error() {
        let body = format!(r#"{{"type":"event","event":"x","body":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        let bytes = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        assert!(matches!(decode(bytes.as_bytes()), Err(FramingError::Body(_))));
    }
}
