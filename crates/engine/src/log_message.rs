//! Log messages: text with `{expression}` in it. Called by `cpython` at a log point's line.
//!
//! Invariant: a message is never refused: a brace that opens nothing is a brace.

/// A piece of a log message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Printed as it is.
    Text(String),
    /// Evaluated in the frame; its value is printed.
    Expression(String),
}

/// Splits a log message at its braces; `{{` and `}}` are braces.
#[must_use]
pub fn parts(message: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            text.push_str(&tail[..1]);
            rest = after;
            continue;
        }
        match matching(tail) {
            Some(end) if tail.starts_with('{') => {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Expression(tail[1..end].to_owned()));
                rest = &tail[end + 1..];
            }
            _ => {
                text.push_str(&tail[..1]);
                rest = &tail[1..];
            }
        }
    }
    text.push_str(rest);
    parts.push(Part::Text(text));
    parts.retain(|part| *part != Part::Text(String::new()));
    parts
}

/// The offset of the brace that closes the one at the start.
fn matching(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};

    #[test]
    fn braces_hold_expressions() {
        let text = |text: &str| Part::Text(text.into());
        let expression = |text: &str| Part::Expression(text.into());
        assert_eq!(
            parts("i={i}, {d['k']}!"),
            [text("i="), expression("i"), text(", "), expression("d['k']"), text("!")]
        );
        assert_eq!(parts("{{i}} {({1: 2}[1])}"), [text("{i} "), expression("({1: 2}[1])")]);
        assert_eq!(parts("open { brace"), [text("open { brace")]);
    }
}
