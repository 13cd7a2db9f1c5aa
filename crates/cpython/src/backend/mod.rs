//! How the interpreter is made to tell of events. One folder a mechanism; `debugger` drives it, the engine decides.
//!
//! Invariant: what is armed is a function of breakpoints, the step under way and pause requests, nothing else.

pub mod monitoring;
