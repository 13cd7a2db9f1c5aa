//! Code objects: which exist, what is known of each, what is armed in each. Called by `debugger` and the backend.
//!
//! Invariant: a code object is known by its address while it lives, never by equality or hash; what is kept of it goes
//! when it goes (the code watcher's destroy event, the free function of its extra slot).

pub mod blocks;
pub mod calls;
pub mod compiled;
pub mod expressions;
pub mod facts;
pub mod line_table;
pub mod marks;
pub mod opcodes;
pub mod places;
pub mod qualname;
pub mod record;
pub mod registry;
pub mod stack_depth;
