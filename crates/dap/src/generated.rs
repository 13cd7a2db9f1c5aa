//! What `cargo xtask codegen` makes of the official schema of the protocol.
//!
//! Used by everybody through this crate's root. Invariant: nothing below is written by hand.

pub mod events;
pub mod requests;
pub mod types;
