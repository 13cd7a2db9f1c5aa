//! Decides: which breakpoint stops, where a step ends, what must be armed for it.
//!
//! Called by `cpython` (events), `session` (commands) and `agent` (wiring). Invariant: `std` only; no Python object,
//! no protocol type, no thread, no clock, no I/O, so everything here is tested without an interpreter.

pub mod port;
