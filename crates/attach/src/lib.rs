//! Looks at other processes from outside and gets a line of Python run in them: the way in for `pausa attach PID`.
//!
//! Used by `hub` and by the `pausa` command. [`examine`] says whether a process can be attached to, and else why not;
//! [`Visit`] has a script run in it, by PEP 768 where the interpreter offers that and by ptrace where it does not.
//! Invariant: a process is only ever read, until a [`Visit`] begins; after one, registers and memory are as they were.

mod doctor;
mod elf;
mod interpreter;
mod layout;
mod list;
mod memory;
mod process;
mod remote;
mod trace;
mod visit;

pub use doctor::{Examined, Hindrance, examine};
pub use interpreter::{Version, Way};
pub use list::{Listed, pythons};
pub use process::Process;
pub use visit::{Visit, VisitError, as_our_own};
