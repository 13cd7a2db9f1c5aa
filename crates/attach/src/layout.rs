//! `_Py_DebugOffsets`: where the interpreter says that its own parts are (Include/internal/pycore_debug_offsets.h).
//!
//! Called by `interpreter` and `remote`. It is at the start of `_PyRuntime` from 3.13 on, and is what 3.14 and 3.15 need
//! to be entered by PEP 768. Invariant: positions within the table are those of a minor version, and only of those that
//! we know.

use std::io;

use crate::interpreter::Version;
use crate::memory::{Address, Memory};

/// How the table begins.
const COOKIE: &[u8; 8] = b"xdebugpy";

/// What every version's table begins with.
pub(crate) struct Heading {
    pub version: Version,
    pub free_threaded: bool,
}

impl Heading {
    /// None for an interpreter without a table, which is older than 3.13.
    pub fn read(memory: &Memory, runtime: Address) -> io::Result<Option<Self>> {
        if memory.bytes::<8>(runtime)? != *COOKIE {
            return Ok(None);
        }
        let version = Version::from_hex(memory.u64(runtime + 8)?);
        Ok(Some(Self { version, free_threaded: memory.u64(runtime + 16)? != 0 }))
    }
}

/// What is needed to enter by PEP 768.
#[derive(Clone, Debug)]
pub(crate) struct Offsets {
    /// In `_PyRuntime`: the newest interpreter.
    pub interpreters_head: u64,
    /// In an interpreter.
    pub interpreter_id: u64,
    pub interpreter_next: u64,
    pub threads_head: u64,
    pub remote_debugging_enabled: u64,
    /// In a thread's state.
    pub thread_next: u64,
    pub thread_interpreter: u64,
    pub native_thread: u64,
    pub eval_breaker: u64,
    pub pending_call: u64,
    pub script_path: u64,
    pub script_path_size: u64,
}

/// The words at which `native_thread_id` is, and at which `debugger_support`, the table's last part, begins.
fn places(version: Version) -> Option<(u64, u64)> {
    match (version.major, version.minor) {
        (3, 14) => Some((28, 89)),
        (3, 15) => Some((31, 105)),
        _ => None,
    }
}

impl Offsets {
    /// None for a version that has none, or whose table we do not know.
    pub fn read(memory: &Memory, runtime: Address, version: Version) -> io::Result<Option<Self>> {
        let Some((native_thread, support)) = places(version) else { return Ok(None) };
        let word = |index: u64| memory.u64(runtime + index * 8);
        let of_support = word(support + 1)?;
        let offsets = Self {
            interpreters_head: word(5)?,
            interpreter_id: word(7)?,
            interpreter_next: word(8)?,
            threads_head: word(9)?,
            remote_debugging_enabled: word(support + 2)?,
            thread_next: word(24)?,
            thread_interpreter: word(25)?,
            native_thread: word(native_thread)?,
            eval_breaker: word(support)?,
            pending_call: of_support + word(support + 3)?,
            script_path: of_support + word(support + 4)?,
            script_path_size: word(support + 5)?,
        };
        Ok(offsets.is_plausible().then_some(offsets))
    }

    /// A pre-release may have another table under the same number.
    fn is_plausible(&self) -> bool {
        let near = [
            self.interpreters_head,
            self.interpreter_id,
            self.interpreter_next,
            self.threads_head,
            self.remote_debugging_enabled,
            self.thread_next,
            self.thread_interpreter,
            self.native_thread,
            self.eval_breaker,
            self.pending_call,
            self.script_path,
        ];
        self.script_path_size == 512 && near.iter().all(|offset| *offset < 1 << 20)
    }
}
