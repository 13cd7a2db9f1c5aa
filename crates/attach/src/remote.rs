//! PEP 768 from outside: hands threads of a Python 3.14 or later the path of a script, which the first of them to pass a
//! safe point runs.
//!
//! Called by `visit`. Differs from `sys.remote_exec` in these ways: the main interpreter is found behind any others; every
//! thread of it is armed and not only the main one (which may be blocked); of the eval breaker, whose upper bits are the
//! monitoring version, only the lowest byte is written, so that whatever other threads do to it meanwhile has its effect; and
//! the state of a thread that can end is written while that thread is held, since its memory is another's when it has ended.
//! (The main thread's state stays. Where we may not hold threads, the others' are written within microseconds after they
//! were seen to be there.)
//! Invariant: what was armed and not used is taken back.

use std::io;

use crate::interpreter::Interpreter;
use crate::layout::Offsets;
use crate::memory::{Address, Memory};
use crate::process::Process;
use crate::trace::Held;

/// `_PY_EVAL_PLEASE_STOP_BIT` (Include/internal/pycore_ceval.h).
const PLEASE_STOP: u8 = 1 << 5;

/// The bits by which a thread looks whether there are signals, calls or an exception for it. Between our reading of the
/// byte and our writing somebody may set one of them, which would be lost: so all are set, and the thread looks, and finds
/// nothing or what was meant for it. (The one for a collection is set again by the next allocation, and setting it would
/// collect.)
const LOOK: u8 = 0b1110;

/// `_PY_GIL_DROP_REQUEST_BIT`. Whoever waits for the GIL sets it again after 5 ms. But who lets the GIL go with this bit
/// set waits until another thread has taken it: left on by us when it had just been cleared, that is for ever.
const DROP_REQUEST: u8 = 1;

/// More interpreters or threads than a process has: a list that is longer is being changed while it is read.
const MOST: usize = 100_000;

/// True unless the interpreter was told to let nobody in.
pub(crate) fn is_enabled(memory: &Memory, runtime: Address, offsets: &Offsets) -> io::Result<bool> {
    let interpreter = main_interpreter(memory, runtime, offsets)?;
    Ok(memory.u32(interpreter + offsets.remote_debugging_enabled)? != 0)
}

/// A thread's state, and the thread of the system that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Thread {
    state: Address,
    /// As the process itself numbers its threads.
    number: i32,
}

/// The threads that were handed a script.
pub(crate) struct Armed {
    process: Process,
    memory: Memory,
    runtime: Address,
    offsets: Offsets,
    path: Vec<u8>,
    threads: Vec<Thread>,
}

/// How many threads are held at once at most: for each such group it is looked once which threads there are.
const GROUP: usize = 32;

impl Armed {
    /// Arms all threads that there are.
    pub fn new(
        process: &Process,
        memory: Memory,
        interpreter: &Interpreter,
        offsets: Offsets,
        path: &str,
    ) -> io::Result<Self> {
        let path = [path.as_bytes(), b"\0"].concat();
        if path.len() as u64 > offsets.script_path_size {
            return Err(io::Error::other("the script's path is too long"));
        }
        let (process, runtime) = (process.clone(), interpreter.runtime);
        let mut armed = Self { process, memory, runtime, offsets, path, threads: Vec::new() };
        armed.arm_newcomers()?;
        Ok(armed)
    }

    /// Arms the threads that have come meanwhile.
    pub fn arm_newcomers(&mut self) -> io::Result<()> {
        let now = threads(&self.memory, self.runtime, &self.offsets)?;
        // A thread that has ended may have left its state's place to another.
        self.threads.retain(|thread| now.contains(thread));
        let new: Vec<Thread> = now.into_iter().filter(|thread| !self.threads.contains(thread)).collect();
        let armed = self.for_each(&new, |thread| self.arm(thread.state))?;
        self.threads.extend(armed);
        Ok(())
    }

    /// Does something to threads' states while they are there; gives those that were.
    fn for_each(&self, wanted: &[Thread], mut work: impl FnMut(Thread) -> io::Result<()>) -> io::Result<Vec<Thread>> {
        let (main, others): (Vec<Thread>, Vec<Thread>) =
            wanted.iter().partition(|thread| thread.number == self.process.inner_pid());
        let mut done = Vec::new();
        for thread in main {
            work(thread)?;
            done.push(thread);
        }
        let tasks = if others.is_empty() { Vec::new() } else { self.process.numbered_threads() };
        for group in others.chunks(GROUP) {
            let mut here = Vec::new();
            for thread in group {
                let Some((_, task)) = tasks.iter().find(|(number, _)| *number == thread.number) else { continue };
                match Held::stop(*task) {
                    Ok(held) => here.push((*thread, Some(held))),
                    Err(error) if error.kind() == io::ErrorKind::PermissionDenied => here.push((*thread, None)),
                    // It has ended meanwhile, or does not stop.
                    Err(_) => {}
                }
            }
            let there = threads(&self.memory, self.runtime, &self.offsets)?;
            for (thread, held) in here {
                if there.contains(&thread) {
                    work(thread)?;
                    done.push(thread);
                }
                drop(held);
            }
        }
        Ok(done)
    }

    /// In this order: who sees the bit finds the rest.
    fn arm(&self, thread: Address) -> io::Result<()> {
        self.memory.write(thread + self.offsets.script_path, &self.path)?;
        self.memory.write(thread + self.offsets.pending_call, &1_i32.to_le_bytes())?;
        let breaker = thread + self.offsets.eval_breaker;
        let [low] = self.memory.bytes(breaker)?;
        self.memory.write(breaker, &[low & !DROP_REQUEST | PLEASE_STOP | LOOK])
    }

    /// Takes back what no thread has used: the bit alone makes a thread look, and find nothing.
    pub fn disarm(&self) -> io::Result<()> {
        let disarm = |thread: Thread| match self.is_ours(thread.state)? {
            true => self.memory.write(thread.state + self.offsets.pending_call, &0_i32.to_le_bytes()),
            false => Ok(()),
        };
        // Most have looked already.
        let mut left = Vec::new();
        for thread in threads(&self.memory, self.runtime, &self.offsets)? {
            let pending = self.memory.u32(thread.state + self.offsets.pending_call)? != 0;
            if pending && self.threads.contains(&thread) {
                left.push(thread);
            }
        }
        self.for_each(&left, disarm).map(drop)
    }

    /// True if a thread's script is ours still, and not that of somebody who came after us.
    fn is_ours(&self, thread: Address) -> io::Result<bool> {
        let mut path = vec![0; self.path.len()];
        self.memory.read(thread + self.offsets.script_path, &mut path)?;
        Ok(path == self.path)
    }
}

/// How often a list is read again that was changed meanwhile.
const READINGS: usize = 100;

/// The main interpreter's threads. One that ends while the list is read may lead into memory that is another's by then, or
/// nobody's: then it is read again.
fn threads(memory: &Memory, runtime: Address, offsets: &Offsets) -> io::Result<Vec<Thread>> {
    let mut last = read_threads(memory, runtime, offsets);
    for _ in 1..READINGS {
        if last.is_ok() {
            break;
        }
        last = read_threads(memory, runtime, offsets);
    }
    last
}

fn read_threads(memory: &Memory, runtime: Address, offsets: &Offsets) -> io::Result<Vec<Thread>> {
    let interpreter = main_interpreter(memory, runtime, offsets)?;
    let mut threads = Vec::new();
    let mut state = memory.u64(interpreter + offsets.threads_head)?;
    while state != 0 && threads.len() < MOST {
        if memory.u64(state + offsets.thread_interpreter)? != interpreter {
            return Err(io::Error::other("its list of threads changes all the time"));
        }
        let number = memory.u64(state + offsets.native_thread)? as i32;
        threads.push(Thread { state, number });
        state = memory.u64(state + offsets.thread_next)?;
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
