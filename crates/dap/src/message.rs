//! The envelopes: request, response and event, with what they carry as JSON.
//!
//! Read and written by `framing`, made and taken apart by `client` and `server`. Invariant: reading is lax (only `type`
//! and the name of the command or event are needed), writing is exact.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::typed;

/// One message.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Message {
    /// Somebody wants something.
    Request(Request),
    /// The answer to a request.
    Response(Response),
    /// Something happened.
    Event(Event),
}

/// Somebody wants something.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Request {
    /// The sender's number of this message.
    #[serde(default)]
    pub seq: i64,
    /// The request's name.
    pub command: String,
    /// What it carries; null for nothing.
    #[serde(default)]
    pub arguments: Value,
}

/// The answer to a request.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Response {
    /// The sender's number of this message.
    #[serde(default)]
    pub seq: i64,
    /// The `seq` of the request.
    pub request_seq: i64,
    /// Whether the request was carried out.
    #[serde(default)]
    pub success: bool,
    /// The request's name.
    #[serde(default)]
    pub command: String,
    /// Why it was not carried out: a code such as `cancelled`, or a text.
    #[serde(default)]
    pub message: Option<String>,
    /// What it carries; null for nothing.
    #[serde(default)]
    pub body: Value,
}

/// Something happened.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Event {
    /// The sender's number of this message.
    #[serde(default)]
    pub seq: i64,
    /// The event's name.
    pub event: String,
    /// What it carries; null for nothing.
    #[serde(default)]
    pub body: Value,
}

impl Event {
    /// Whether this is the event `E`.
    pub fn is<E: typed::Event>(&self) -> bool {
        self.event == E::EVENT
    }

    /// What the event carries, read as the body of `E`. Whether it is an `E` is for [`Event::is`] or a match on its name.
    pub fn body_as<E: typed::Event>(&self) -> Result<E::Body, serde_json::Error> {
        typed::read(self.body.clone())
    }
}

/// The message as JSON, on one line.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(request) => request.fmt(f),
            Self::Response(response) => response.fmt(f),
            Self::Event(event) => event.fmt(f),
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{{"seq":{},"type":"request","command":{}"#, self.seq, Text(&self.command))?;
        optional(f, "arguments", &self.arguments)?;
        f.write_str("}")
    }
}

impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, request_seq, success, command, message, body } = self;
        write!(f, r#"{{"seq":{seq},"type":"response","request_seq":{request_seq},"success":{success},"#)?;
        write!(f, r#""command":{}"#, Text(command))?;
        if let Some(message) = message {
            write!(f, r#","message":{}"#, Text(message))?;
        }
        optional(f, "body", body)?;
        f.write_str("}")
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"{{"seq":{},"type":"event","event":{}"#, self.seq, Text(&self.event))?;
        optional(f, "body", &self.body)?;
        f.write_str("}")
    }
}

/// A text as a JSON string. (Only a [`Value`]'s own `Display` writes JSON without a failure that cannot happen.)
struct Text<'a>(&'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::from(self.0).fmt(f)
    }
}

fn optional(f: &mut fmt::Formatter<'_>, name: &str, value: &Value) -> fmt::Result {
    if value.is_null() { Ok(()) } else { write!(f, r#","{name}":{value}"#) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::events::{Exited, Terminated};

    #[test]
    fn what_is_written_can_be_read() {
        let request = Request { seq: 1, command: "next".into(), arguments: json!({"threadId": 3}) };
        let refusal = Response {
            seq: 2,
            request_seq: 1,
            success: false,
            command: "next".into(),
            message: Some("say \"please\"\n".into()),
            body: json!({"error": {"id": 1, "format": "no"}}),
        };
        let event = Event { seq: 3, event: "terminated".into(), body: Value::Null };
        for message in [Message::Request(request), Message::Response(refusal), Message::Event(event)] {
            let text = message.to_string();
            assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), message, "{text}");
        }
    }

    #[test]
    fn nothing_is_left_out_of_the_text() {
        let event = Event { seq: 3, event: "terminated".into(), body: Value::Null };
        assert_eq!(event.to_string(), r#"{"seq":3,"type":"event","event":"terminated"}"#);
    }

    #[test]
    fn reading_is_lax() {
        let text = r#"{"event": "exited", "body": {"exitCode": 3, "mood": "good"}, "type": "event", "extra": []}"#;
        let Message::Event(event) = serde_json::from_str(text).unwrap() else { panic!("not an event") };
        assert_eq!(event.body_as::<Exited>().unwrap().exit_code, 3);
        assert!(event.is::<Exited>() && !event.is::<Terminated>());
        let text = r#"{"type": "response", "request_seq": 1, "success": true, "message": null, "body": null}"#;
        assert!(serde_json::from_str::<Message>(text).is_ok());
        assert!(serde_json::from_str::<Message>(r#"{"type": "gossip"}"#).is_err());
    }
}
