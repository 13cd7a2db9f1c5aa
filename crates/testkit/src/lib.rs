//! What the tests share: session transcripts, markers in programs, and the Pythons to run them on.
//!
//! Used by `tests/sessions.rs` (the session tests of `tests/sessions/`), `tests/events` and `tests/adapter`; nothing of
//! the product depends on it. `docs/testing.md` describes the format for those who write sessions.
//! Invariant: a test waits for something it can see (a prompt, a text, the end), with a deadline, and never for time.

pub mod binaries;
pub mod command_line;
pub mod conversation;
pub mod editor;
pub mod markers;
pub mod matching;
pub mod normalise;
pub mod pythons;
pub mod schema;
pub mod session;
pub mod suite;
pub mod transcript;

/// What a test could not do: text for the person who reads the test's outcome.
pub type Result<T> = std::result::Result<T, String>;
