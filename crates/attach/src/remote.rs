//! PEP 768 from outside: hands threads of a Python 3.14 or later the path of a script, which the first of them to pass a
//! safe point runs.
//!
//! Called by `visit`. Differs from `sys.remote_exec` in three ways: the main interpreter is found behind any others,
//! every thread of it is armed and not only the main one (which may be blocked), and of the eval breaker, which other
//! threads change and whose upper bits are the monitoring version, only the byte with the bit is written.
//! Invariant: what was armed and not used is taken back.

use std::io;

use crate::interpreter::Interpreter;
use crate::layout::Offsets;
use crate::memory::{Address, Memory};

/// `_PY_EVAL_PLEASE_STOP_BIT` (Include/internal/pycore_ceval.h).
const PLEASE_STOP: u8 = 1 << 5;

/// More interpreters or threads than a process has: a list that is longer is being changed while it is read.
const MOST: usize = 100_000;

/// True unless the interpreter was told to let nobody in.
pub(crate) fn is_enabled(memory: &Memory, runtime: Address, offsets: &Offsets) -> io::Result<bool> {
    let interpreter = main_interpreter(memory, runtime, offsets)?;
    Ok(memory.u32(interpreter + offsets.remote_debugging_enabled)? != 0)
}

/// The threads that were handed a script.
pub(crate) struct Armed {
    memory: Memory,
    runtime: Address,
    offsets: Offsets,
    path: Vec<u8>,
    threads: Vec<Address>,
}

impl Armed {
    /// Arms all threads that there are.
    pub fn new(memory: Memory, interpreter: &Interpreter, offsets: Offsets, path: &str) -> io::Result<Self> {
        let path = [path.as_bytes(), b"\0"].concat();
        if path.len() as u64 > offsets.script_path_size {
            return Err(io::Error::other("the script's path is too long"));
        }
        let mut armed = Self { memory, runtime: interpreter.runtime, offsets, path, threads: Vec::new() };
        armed.arm_newcomers()?;
        Ok(armed)
    }

    /// Arms the threads that have come meanwhile.
    pub fn arm_newcomers(&mut self) -> io::Result<()> {
        for thread in threads(&self.memory, self.runtime, &self.offsets)? {
            if !self.threads.contains(&thread) {
                self.arm(thread)?;
                self.threads.push(thread);
            }
        }
        Ok(())
    }

    /// In this order: who sees the bit finds the rest.
    fn arm(&self, thread: Address) -> io::Result<()> {
        self.memory.write(thread + self.offsets.script_path, &self.path)?;
        self.memory.write(thread + self.offsets.pending_call, &1_i32.to_le_bytes())?;
        let breaker = thread + self.offsets.eval_breaker;
        let [low] = self.memory.bytes(breaker)?;
        self.memory.write(breaker, &[low | PLEASE_STOP])
    }

    /// Takes back what no thread has used: the bit alone makes a thread look, and find nothing.
    pub fn disarm(&self) -> io::Result<()> {
        // A thread that has ended is in the list no more, and its memory may be another's.
        for thread in threads(&self.memory, self.runtime, &self.offsets)? {
            if self.threads.contains(&thread) && self.is_ours(thread)? {
                self.memory.write(thread + self.offsets.pending_call, &0_i32.to_le_bytes())?;
            }
        }
        Ok(())
    }

    /// True if a thread's script is ours still, and not that of somebody who came after us.
    fn is_ours(&self, thread: Address) -> io::Result<bool> {
        let mut path = vec![0; self.path.len()];
        self.memory.read(thread + self.offsets.script_path, &mut path)?;
        Ok(path == self.path)
    }
}

/// The states of the main interpreter's threads.
fn threads(memory: &Memory, runtime: Address, offsets: &Offsets) -> io::Result<Vec<Address>> {
    let interpreter = main_interpreter(memory, runtime, offsets)?;
    let mut threads = Vec::new();
    let mut thread = memory.u64(interpreter + offsets.threads_head)?;
    while thread != 0 && threads.len() < MOST {
        threads.push(thread);
        thread = memory.u64(thread + offsets.thread_next)?;
    }
    Ok(threads)
}

/// The newest interpreter is the first of the list, and the main one, number 0, the last.
fn main_interpreter(memory: &Memory, runtime: Address, offsets: &Offsets) -> io::Result<Address> {
    let mut interpreter = memory.u64(runtime + offsets.interpreters_head)?;
    for _ in 0..MOST {
        if interpreter == 0 {
            break;
        }
        if memory.u64(interpreter + offsets.interpreter_id)? == 0 {
            return Ok(interpreter);
        }
        interpreter = memory.u64(interpreter + offsets.interpreter_next)?;
    }
    Err(io::Error::other("its main interpreter is not there: it is starting or ending"))
}
