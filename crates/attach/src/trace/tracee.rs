//! A thread that is stopped by ptrace for a moment. Called by `trace`.
//!
//! Invariant: it is let go when this is dropped, with the signal that was about to reach it.

use std::io;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::arch::{self, Gadgets, SystemCall};
use super::region::{FRAME_SIZE, Region};
use crate::memory::{Address, Memory};

/// How long a thread has to stop: only one in an uninterruptible wait needs longer than a moment.
const STOPS_WITHIN: Duration = Duration::from_secs(1);

/// A stopped thread.
pub(super) struct Tracee {
    thread: Pid,
    /// What was about to reach it.
    signal: Option<Signal>,
}

impl Tracee {
    /// Stops a thread.
    pub fn stop(thread: i32) -> io::Result<Self> {
        let thread = Pid::from_raw(thread);
        ptrace::seize(thread, ptrace::Options::empty())?;
        let mut tracee = Self { thread, signal: None };
        ptrace::interrupt(thread)?;
        let deadline = Instant::now() + STOPS_WITHIN;
        loop {
            match waitpid(thread, Some(WaitPidFlag::__WALL | WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::StillAlive) if Instant::now() > deadline => {
                    return Err(io::Error::other("a thread of it does not stop: it is in an uninterruptible wait"));
                }
                Ok(WaitStatus::StillAlive) => super::glance(),
                Ok(WaitStatus::Stopped(_, signal)) => {
                    tracee.signal = Some(signal);
                    return Ok(tracee);
                }
                Ok(WaitStatus::PtraceEvent(..)) => return Ok(tracee),
                Ok(WaitStatus::Exited(..) | WaitStatus::Signaled(..)) => return Err(Errno::ESRCH.into()),
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Where it is.
    pub fn instruction(&self) -> io::Result<Address> {
        Ok(arch::instruction(&ptrace::getregs(self.thread)?))
    }

    /// True if it waits in a system call in which nothing of the program's is half done.
    pub fn is_blocked(&self) -> io::Result<bool> {
        Ok(arch::is_blocked(&ptrace::getregs(self.thread)?))
    }

    /// Lets it go to make a system call. The frame by which it returns lies on its stack, below what it uses.
    pub fn system_call(self, memory: &Memory, gadgets: &Gadgets, call: SystemCall) -> io::Result<()> {
        let own = ptrace::getregs(self.thread)?;
        let state = self.processor_state()?;
        let frame = arch::below_stack(&own, arch::frame_size(&state));
        memory.write(frame, &arch::frame(frame, &own, &state, self.signal_mask()?))?;
        memory.write(frame - 8, &gadgets.sigreturn.to_le_bytes())?;
        self.go(arch::calling(own, gadgets, frame - 8, call))
    }

    /// Lets it go to run the region's code.
    pub fn visit(self, memory: &Memory, region: &Region) -> io::Result<()> {
        self.go_to(memory, region.code(), region.frame())
    }

    /// Lets it go to run the region's code for threads that are lent.
    pub fn visit_lending(self, memory: &Memory, region: &Region) -> io::Result<()> {
        self.go_to(memory, region.lending_code(), region.lending_frame())
    }

    fn go_to(self, memory: &Memory, code: Address, frame: Address) -> io::Result<()> {
        let own = ptrace::getregs(self.thread)?;
        let state = self.processor_state()?;
        if arch::frame_size(&state) > FRAME_SIZE {
            return Err(io::Error::other("its processor's state is larger than is known"));
        }
        memory.write(frame, &arch::frame(frame, &own, &state, self.signal_mask()?))?;
        self.go(arch::visiting(own, code))
    }

    /// From here on the thread depends on nobody.
    fn go(self, registers: arch::Registers) -> io::Result<()> {
        ptrace::setregs(self.thread, registers)?;
        Ok(())
    }

    /// What the processor holds beyond the general registers.
    #[allow(unsafe_code)]
    fn processor_state(&self) -> io::Result<Vec<u8>> {
        let mut state = vec![0_u8; FRAME_SIZE as usize];
        let mut buffer = libc::iovec { iov_base: state.as_mut_ptr().cast(), iov_len: state.len() };
        // SAFETY: the kernel writes at most `iov_len` bytes to `iov_base`, which is ours, and sets `iov_len` to how many.
        let done = unsafe {
            libc::ptrace(libc::PTRACE_GETREGSET, self.thread.as_raw(), arch::PROCESSOR_STATE, &raw mut buffer)
        };
        Errno::result(done)?;
        state.truncate(buffer.iov_len);
        Ok(state)
    }

    /// The signals that it does not take. Of one that has others blocked for a call only, those that it returns to.
    #[allow(unsafe_code)]
    fn signal_mask(&self) -> io::Result<u64> {
        let mut mask = 0_u64;
        // SAFETY: the kernel writes as many bytes as the third argument says to `mask`.
        let done =
            unsafe { libc::ptrace(libc::PTRACE_GETSIGMASK, self.thread.as_raw(), size_of::<u64>(), &raw mut mask) };
        Errno::result(done)?;
        Ok(mask)
    }
}

impl Drop for Tracee {
    fn drop(&mut self) {
        // One that has been killed needs it no more.
        let _ = ptrace::detach(self.thread, self.signal);
    }
}
