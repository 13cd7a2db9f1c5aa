//! Has threads of a process make calls, by ptrace: for interpreters without PEP 768, and for threads that are blocked.
//!
//! Called by `visit`. A thread is stopped, given other registers and let go, all within microseconds: what it runs then
//! ends by itself with `sigreturn` from a frame that holds the thread's own registers, as after a signal. So nothing
//! depends on us once the thread runs, and whoever of the two is killed harms the other in no moment.
//!
//! No function of the program is called on a thread that may hold a lock. What a thread in the middle of something is
//! made to do is a system call: to map some memory, or to start a helper. The helper, a thread of the kernel's only,
//! calls `Py_AddPendingCall`, which takes a lock that the other may hold: they then run side by side. The interpreter's
//! main thread makes the pending call at its next safe point. A thread that is blocked in the system without the GIL (a
//! `select`, a lock, a `sleep`) is where a signal handler would find it, and takes the GIL and runs the script itself.
//!
//! Invariant: the only lasting change is one mapping, which is there no longer than something may run in it.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
use x86_64 as arch;

mod region;
mod tracee;
mod wait;

use std::fs::File;
use std::io;
use std::ops::Range;
use std::time::{Duration, Instant};

use crate::doctor::Examined;
use crate::interpreter::Functions;
use crate::memory::{Address, Memory};
use crate::process::Process;
use arch::Gadgets;
use region::Region;
pub(crate) use tracee::STANDS_STILL;
use tracee::Tracee;
use wait::Stand;

/// How long a thread has for what takes it microseconds, on a machine that has much else to do.
const SOON: Duration = Duration::from_secs(10);

/// How often it is looked whether it has.
const GLANCE: Duration = Duration::from_micros(50);

/// A thread that is held: it can neither go on nor end until this is dropped.
pub(crate) struct Held {
    _tracee: Tracee,
}

impl Held {
    pub fn stop(thread: i32) -> io::Result<Self> {
        Tracee::stop(thread).map(|tracee| Self { _tracee: tracee })
    }
}

/// Lets a moment pass: nothing tells of what another process's thread has done, so it is looked at again and again.
#[allow(clippy::disallowed_methods)]
fn glance() {
    std::thread::sleep(GLANCE);
}

/// What came of asking a thread to make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// It makes it.
    Begun,
    /// It is not blocked, or waits for the interpreter or holds it, or is none of Python's, or has no room on its stack.
    NotNow,
}

/// What has to run, where it is written.
pub(crate) struct Code {
    pub functions: Functions,
    /// The C library's function that tells where `errno` is.
    pub errno: Address,
    /// Its `munmap`.
    pub unmap: Address,
    /// Where the interpreter has its static state.
    pub interpreter: Range<Address>,
    /// Before 3.13 a call that is registered by any other than the main thread may not be seen. From there on, who has the
    /// main thread's identity might let go of the GIL in its name.
    pub as_main_thread: bool,
}

/// Errands in one process.
pub(crate) struct Errands {
    process: Process,
    memory: Memory,
    gadgets: Gadgets,
    code: Code,
    region: Region,
    /// A pending call is registered, or being registered.
    registered: bool,
    /// A thread that was lent to us.
    lent: Option<i32>,
    /// Held as long as we are in the process: another pausa takes nothing away meanwhile that it takes for left.
    _lock: File,
}

impl Errands {
    /// Maps what is needed in the process. `source` is the Python that is to run.
    pub fn prepare(examined: &Examined, source: &str) -> io::Result<Self> {
        let process = examined.process.clone();
        let lock = alone_with(&process)?;
        let memory = Memory::open_for_writing(process.pid())?;
        let gadgets = Gadgets::find(&memory, &examined.modules)?;
        let functions =
            examined.interpreter.functions.ok_or_else(|| io::Error::other("its Python does not export the C API"))?;
        let code = Code {
            functions,
            errno: arch::c_function(&memory, &examined.modules, "__errno_location")?,
            unmap: arch::c_function(&memory, &examined.modules, "munmap")?,
            interpreter: examined.interpreter.runtime..examined.interpreter.runtime_end,
            as_main_thread: (examined.version.major, examined.version.minor) < (3, 13),
        };
        let region = Region::free_in(&process)?;
        let main = process.pid();
        Tracee::stop(main)?.system_call(&process, &memory, &gadgets, arch::map(&region))?;
        wait_until("map memory", || region.is_in(&process))?;
        region.fill(&memory, source)?;
        let errands = Self { process, memory, gadgets, code, region, registered: false, lent: None, _lock: lock };
        errands.tidy()?;
        Ok(errands)
    }

    /// Takes away what visits have left that were cut off, as far as nothing may run in it any more.
    fn tidy(&self) -> io::Result<()> {
        for left in Region::left_in(&self.process, &self.memory)? {
            if left.start() == self.region.start() || self.is_in_use(left)? {
                continue;
            }
            let is_registered = self.memory.u32(left.result())? != 0;
            if !(is_registered && self.leave_to_call(left)?) {
                self.unmap(left)?;
                wait_until("give memory back", || !left.is_in(&self.process))?;
            }
        }
        Ok(())
    }

    /// True if a thread is in a region, or may come back to it: but for the call that is registered.
    fn is_in_use(&self, region: Region) -> io::Result<bool> {
        let (lent, state) = (self.memory.u32(region.lent())?.cast_signed(), self.memory.u32(region.lending())?);
        let helper = self.memory.u32(region.helper())?.cast_signed();
        let threads = self.process.threads();
        // One that has told nothing yet is in no call that waits; if it is, it was marked and never sent.
        let waits =
            || Tracee::stop(lent).and_then(|tracee| tracee.stand(&self.code)).is_ok_and(|at| at != Stand::Works);
        let is_through = state == arch::REFUSED || state == arch::DONE || (state == 0 && waits());
        let is_lent = lent != 0 && !is_through;
        let is_in = |thread: &i32| Tracee::stop(*thread).and_then(|tracee| tracee.instruction());
        Ok(is_lent
            || self.has_helper(helper)
            || threads.iter().any(|thread| is_in(thread).is_ok_and(|at| region.contains(at))))
    }

    /// True while the helper runs, which is known by its number in the process's own eyes.
    fn has_helper(&self, helper: i32) -> bool {
        self.process.numbered_threads().iter().any(|(number, _)| *number == helper)
    }

    /// True if there is something that a visit has left which was cut off.
    pub fn are_left(process: &Process) -> bool {
        let left = Memory::open(process.pid()).and_then(|memory| Region::left_in(process, &memory));
        left.is_ok_and(|left| !left.is_empty())
    }

    fn unmap(&self, region: Region) -> io::Result<()> {
        let tracee = Tracee::stop(self.process.pid())?;
        tracee.system_call(&self.process, &self.memory, &self.gadgets, arch::unmap(&region))
    }

    /// Has the main thread's interpreter told to run the script at its next safe point.
    pub fn register(&mut self, main: i32) -> io::Result<()> {
        self.region.write_code(&self.memory, &arch::register(&self.region, &self.code))?;
        let tracee = Tracee::stop(main)?;
        self.registered = true;
        tracee.visit(&self.memory, &self.region, |own| {
            let identity = if self.code.as_main_thread { own } else { self.region.storage() };
            self.region.write_storage(&self.memory, identity)
        })?;
        wait_until("register a call", || self.memory.u32(self.region.result()).is_ok_and(|done| done != 0))?;
        let helper = self.memory.u32(self.region.helper())?.cast_signed();
        wait_until("end its helper", || !self.has_helper(helper))
    }

    /// Asks a blocked thread to run the script now.
    pub fn lend(&mut self, thread: i32) -> io::Result<Call> {
        let tracee = Tracee::stop(thread)?;
        if tracee.stand(&self.code)? != Stand::Blocked || !tracee.has_room(&self.process)? {
            return Ok(Call::NotNow);
        }
        let code = arch::lend(&self.region, &self.code, thread == self.process.pid());
        self.region.write_lending(&self.memory, thread, &code)?;
        self.lent = Some(thread);
        tracee.visit_lending(&self.memory, &self.region)?;
        let state = self.region.lending();
        wait_until("look who holds the interpreter", || self.memory.u32(state).is_ok_and(|state| state != 0))?;
        if self.memory.u32(state)? == arch::REFUSED {
            self.lent = None;
            self.wait_until_out(thread)?;
            return Ok(Call::NotNow);
        }
        Ok(Call::Begun)
    }

    /// Asks one of these threads, unless one has been found already.
    pub fn lend_any(&mut self, threads: &[i32]) -> io::Result<()> {
        for thread in threads {
            if self.lent.is_some() {
                return Ok(());
            }
            match self.lend(*thread) {
                // It has ended meanwhile.
                Err(error) if error.raw_os_error() == Some(nix::libc::ESRCH) && *thread != self.process.pid() => {}
                other => drop(other?),
            }
        }
        Ok(())
    }

    /// Takes the mapping away, or leaves that to a call that is still to come. `entered` says that the script has begun.
    pub fn end(self, entered: bool) -> io::Result<()> {
        let main = self.process.pid();
        if let Some(thread) = self.lent {
            wait_until("return", || self.memory.u32(self.region.lending()).is_ok_and(|state| state == arch::DONE))?;
            self.wait_until_out(thread)?;
        }
        // Where it runs on nobody else, it is the registered call: that is through in a moment.
        let is_through = || self.memory.u32(self.region.called()).is_ok_and(|called| called != 0);
        if self.registered && entered && self.lent.is_none() {
            let _later = wait_until("return", is_through);
        }
        if self.registered && self.leave_to_call(self.region)? {
            return Ok(());
        }
        self.wait_until_out(main)?;
        self.unmap(self.region)
    }

    /// Has the registered call take the mapping away when it comes to its end; false if it has come there. The thread that
    /// makes the call is held meanwhile, so that it is one or the other.
    fn leave_to_call(&self, region: Region) -> io::Result<bool> {
        let _held = Tracee::stop(self.process.pid())?;
        if self.memory.u32(region.called())? == 1 {
            return Ok(false);
        }
        self.memory.write(region.called(), &arch::LEFT.to_le_bytes())?;
        Ok(true)
    }

    /// Waits until a thread runs nothing of ours.
    fn wait_until_out(&self, thread: i32) -> io::Result<()> {
        wait_until("return", || match Tracee::stop(thread).and_then(|tracee| tracee.instruction()) {
            Ok(at) => !self.region.contains(at),
            // A thread that is no more runs nothing.
            Err(_) => true,
        })
    }
}

/// Waits until no other pausa is making threads of the process do anything, and keeps others out.
fn alone_with(process: &Process) -> io::Result<File> {
    let folder = File::open(format!("/proc/{}", process.pid()))?;
    let deadline = Instant::now() + SOON;
    while folder.try_lock().is_err() {
        if Instant::now() > deadline {
            return Err(io::Error::other("another pausa is entering it"));
        }
        glance();
    }
    Ok(folder)
}

/// Waits for what a thread does within microseconds, if it runs at all.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) -> io::Result<()> {
    let deadline = Instant::now() + SOON;
    while !is_so() {
        if Instant::now() > deadline {
            return Err(io::Error::other(format!("a thread of it did not {what} within {} s", SOON.as_secs())));
        }
        glance();
    }
    Ok(())
}

/// Where some bytes are among those that are mapped from `base` to `end`.
fn find_bytes(memory: &Memory, base: Address, end: Address, wanted: &[u8]) -> Option<Address> {
    const CHUNK: usize = 1 << 16;
    let mut at = base;
    while at < end {
        // Chunks overlap, so that nothing is cut; a gap in the mapping is passed over.
        let mut chunk = vec![0; CHUNK.min((end - at) as usize)];
        if memory.read(at, &mut chunk).is_ok()
            && let Some(offset) = chunk.windows(wanted.len()).position(|bytes| bytes == wanted)
        {
            return Some(at + offset as u64);
        }
        at += (CHUNK - 64) as u64;
    }
    None
}
