//! What a stopped thread waits for, and so whether it can be asked to run something.
//!
//! Called by `trace`. A thread that waits for the interpreter's lock is never asked: from within its wait it would take
//! that lock a second time, by the same condition variable, and whoever lets the lock go could then wait for ever for
//! this thread to leave the condition's old waiters. Invariant: only looks.

use std::fs;
use std::ops::Range;

use super::arch::{self, Registers};
use super::region::range;
use crate::memory::Address;
use crate::process::Process;

/// Where a stopped thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    /// In the middle of something.
    Works,
    /// It waits for the interpreter, or for another lock of the interpreter's own.
    ForInterpreter,
    /// It waits in the system, where a signal handler would find it too.
    Blocked,
}

impl Stand {
    /// `interpreter` is where the interpreter has its static state: the main interpreter's lock is there. (That of a
    /// subinterpreter of its own is not, and a thread of one is told by its thread state.)
    pub fn of(registers: &Registers, interpreter: &Range<Address>) -> Self {
        match arch::lock_waited_for(registers) {
            Some(lock) if interpreter.contains(&lock) => Self::ForInterpreter,
            _ if arch::is_blocked(registers) => Self::Blocked,
            _ => Self::Works,
        }
    }
}

/// What the import of the agent needs of a stack, with room to spare.
pub(super) const ROOM_FOR_CODE: u64 = 256 << 10;

/// How much room a thread's stack has below an address: nothing if that is on no stack that could be told. A program may
/// give threads small stacks of its own, and a coroutine's may be smaller.
pub(super) fn room_below(process: &Process, address: Address) -> u64 {
    let maps = fs::read_to_string(format!("/proc/{}/maps", process.pid())).unwrap_or_default();
    let mut end_below = 0;
    for line in maps.lines() {
        let Some((start, end)) = range(line) else { continue };
        if (start..end).contains(&address) {
            let writable = line.split_whitespace().nth(1).is_some_and(|mode| mode.starts_with("rw"));
            let room = match (writable, line.ends_with("[stack]")) {
                (false, _) => 0,
                (true, false) => address - start,
                // It grows, down to its limit or to what is mapped below it.
                (true, true) => {
                    (address - end_below).min(process.stack_limit().saturating_sub(end - address)).max(address - start)
                }
            };
            return room;
        }
        end_below = end;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stacks_room_is_known() {
        let own = Process::find(std::process::id().cast_signed()).unwrap();
        let here = 0_u64;
        let room = room_below(&own, (&raw const here) as u64);
        assert!(room > 64 << 10, "{room}");
        assert_eq!(room_below(&own, 0x10), 0);
        let small = std::thread::Builder::new().stack_size(64 << 10).spawn(move || {
            let here = 0_u64;
            room_below(&own, (&raw const here) as u64)
        });
        assert!(small.unwrap().join().unwrap() < ROOM_FOR_CODE);
    }

    #[test]
    fn who_waits_for_the_interpreter_is_told_apart() {
        let interpreter = 0x1000..0x2000;
        let waiting = arch::waiting_for_lock;
        assert_eq!(Stand::of(&waiting(0x1800), &interpreter), Stand::ForInterpreter);
        assert_eq!(Stand::of(&waiting(0x2000), &interpreter), Stand::Blocked);
    }
}
