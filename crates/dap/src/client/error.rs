//! Why a request has no answer to show.
//!
//! Given by `client` to whoever asked. Invariant: its text is one line for a user.

use serde_json::Value;

use crate::message::Response;
use crate::typed;
use crate::types::{self, ErrorResponse};

/// Why a request has no answer to show.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The peer did not carry it out. The text is the structured error's where there is one, else `message`.
    #[error("{}", self.refusal())]
    Refused {
        /// The response's `message`: a code such as `cancelled`, or a text.
        message: String,
        /// The response's body; null for nothing.
        body: Value,
    },
    /// The stream ended before the answer.
    #[error("the connection to the program is closed")]
    Closed,
    /// What was to be sent or what was received does not have the request's form.
    #[error("`{command}`: {source}")]
    Malformed {
        /// The request.
        command: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The time was up before the answer.
    #[error("the program did not answer in time")]
    Timeout,
}

impl RequestError {
    /// The refusal in a response that is one.
    pub(super) fn refused(response: Response) -> Self {
        Self::Refused { message: response.message.unwrap_or_default(), body: response.body }
    }

    /// True if the request ended because it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Refused { message, .. } if message == "cancelled")
    }

    fn refusal(&self) -> String {
        let Self::Refused { message, body } = self else { return String::new() };
        let error = typed::read::<ErrorResponse>(body.clone()).ok().and_then(|body| body.error);
        match error.as_ref().map(expand).filter(|text| !text.is_empty()) {
            Some(text) => text,
            None if message.is_empty() => "the program refused the request and did not say why".into(),
            None => message.clone(),
        }
    }
}

/// The error's text, each `{name}` that is a variable of it replaced.
fn expand(error: &types::Message) -> String {
    let mut text = String::new();
    let mut rest = error.format.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let variable = after
            .split_once('}')
            .and_then(|(name, after)| error.variables.as_ref()?.get(name).map(|value| (value, after)));
        text += before;
        match variable {
            Some((value, after)) => {
                text += value;
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(message: &str, body: Value) -> String {
        RequestError::Refused { message: message.into(), body }.to_string()
    }

    #[test]
    fn the_structured_text_wins() {
        let body = json!({"error": {"id": 1, "format": "{what} is {x} and {", "variables": {"what": "{it}"}}});
        assert_eq!(text("code", body), "{it} is {x} and {");
        assert_eq!(text("a text", Value::Null), "a text");
        assert_eq!(text("a text", json!({"error": 3})), "a text");
        assert_eq!(text("", Value::Null), "the program refused the request and did not say why");
    }
}
