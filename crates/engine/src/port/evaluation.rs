//! What a text of the user is evaluated for, what could continue it, and why it did not succeed.
//!
//! Named by whatever asks an [`Inspector`](super::Inspector). Invariant: a [`Refusal`] is text for the user.

use std::fmt;

/// How a text from the user is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluateMode {
    /// An expression; its `repr`, bounded.
    Expression,
    /// An expression; its `repr`, in full as far as memory allows it to be sent.
    Full,
    /// An expression whose value is shown again and again: its text runs no code of the program.
    Watch,
    /// An expression or statements, as at Python's own prompt: a value that is not None is shown.
    Statement,
    /// An expression, laid out over several lines as `pprint` does.
    Pretty,
    /// An expression; what its value is (`function f`, `class C`, a type's name), as pdb's `whatis`.
    WhatIs,
    /// An expression; the source text of the function, class or module it gives, as pdb's `source`.
    Source,
    /// An expression that may be shown unasked (a pane, a hover): the value's text runs no code of the program.
    Quiet,
}

/// Why an evaluation, an assignment or a jump did not succeed: text for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// A completion of a text at the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole name, to put in place of the `length` characters before the cursor.
    pub text: String,
    /// How many characters before the cursor it replaces.
    pub length: usize,
    /// DAP's completion type: `function`, `class`, `module`, `variable`, `keyword`, `property`, `value`.
    pub kind: &'static str,
}
