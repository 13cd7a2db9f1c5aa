//! Decides: which breakpoint stops, where a step ends, what must be armed for it.
//!
//! Called by `cpython` (events), `session` (commands) and `agent` (wiring). Invariant: `std` only; no Python object,
//! no protocol type, no thread, no clock, no I/O, so everything here is tested without an interpreter.

pub mod breakpoints;
pub mod budget;
pub mod by_task;
pub mod code;
pub mod data_breakpoints;
pub mod exception_filters;
pub mod exception_table;
pub mod expressions;
pub mod function_breakpoints;
pub mod functions;
pub mod glob;
pub mod hits;
pub mod locks;
pub mod log_message;
pub mod objects;
pub mod places;
pub mod port;
pub mod reload;
pub mod scope;
pub mod stepping;
pub mod stop;
pub mod targets;
pub mod tasks;
