//! A thread that is stopped by ptrace for a moment. Called by `trace`.
//!
//! Invariant: it is let go when this is dropped, with the signal that was about to reach it, of whatever number.

use std::io;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace;
use nix::unistd::Pid;

use super::Code;
use super::arch::{self, Gadgets, SystemCall};
use super::region::{FRAME_SIZE, Region};
use super::wait::{ROOM_FOR_CODE, Stand, room_below};
use crate::memory::{Address, Memory};
use crate::process::Process;

/// How long a thread has to stop: only one in an uninterruptible wait needs longer than a moment.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// The thread has been stopped by a signal, as all of its process: it will not run until SIGCONT.
pub(crate) const STANDS_STILL: &str = "it is stopped (by Ctrl-Z or SIGSTOP)";

/// A stopped thread.
pub(super) struct Tracee {
    thread: Pid,
    /// The number of what was about to reach it; 0 for nothing. Real-time signals have numbers only.
    signal: i32,
}

/// What `waitpid` tells of a thread that was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    /// As we have asked.
    Stopped,
    /// On the way to a signal.
    Signal(i32),
    /// By job control, with its whole process.
    StandsStill,
    Ended,
}

impl Told {
    fn of(status: i32) -> Self {
        if libc::WIFEXITED(status) || libc::WIFSIGNALED(status) {
            return Self::Ended;
        }
        let (event, signal) = (status >> 16, libc::WSTOPSIG(status));
        let by_job_control = [libc::SIGSTOP, libc::SIGTSTP, libc::SIGTTIN, libc::SIGTTOU].contains(&signal);
        match (libc::WIFSTOPPED(status), event) {
            (false, _) => Self::Nothing,
            (true, libc::PTRACE_EVENT_STOP) if by_job_control => Self::StandsStill,
            (true, 0) => Self::Signal(signal),
            (true, _) => Self::Stopped,
        }
    }
}

impl Tracee {
    /// Stops a thread.
    pub fn stop(thread: i32) -> io::Result<Self> {
        let thread = Pid::from_raw(thread);
        ptrace::seize(thread, ptrace::Options::empty())?;
        let mut tracee = Self { thread, signal: 0 };
        ptrace::interrupt(thread)?;
        let deadline = Instant::now() + STOPS_WITHIN;
        loop {
            match tracee.told()? {
                Told::Nothing if Instant::now() > deadline => {
                    return Err(io::Error::other("a thread of it does not stop: it is in an uninterruptible wait"));
                }
                Told::Nothing => super::glance(),
                Told::Stopped => return Ok(tracee),
                Told::Signal(signal) => {
                    tracee.signal = signal;
                    return Ok(tracee);
                }
                Told::StandsStill => return Err(io::Error::other(STANDS_STILL)),
                Told::Ended => return Err(Errno::ESRCH.into()),
            }
        }
    }

    /// Looks whether it has stopped. Not by `nix`, which knows no real-time signals and fails at one.
    #[allow(unsafe_code)]
    fn told(&self) -> io::Result<Told> {
        let mut status = 0;
        // SAFETY: the kernel writes the status to an integer of ours.
        let found = unsafe { libc::waitpid(self.thread.as_raw(), &raw mut status, libc::__WALL | libc::WNOHANG) };
        match Errno::result(found) {
            Ok(0) | Err(Errno::EINTR) => Ok(Told::Nothing),
            Ok(_) => Ok(Told::of(status)),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Where it is.
    pub fn instruction(&self) -> io::Result<Address> {
        Ok(arch::instruction(&ptrace::getregs(self.thread)?))
    }

    /// What it waits for.
    pub fn stand(&self, code: &Code) -> io::Result<Stand> {
        Ok(Stand::of(&ptrace::getregs(self.thread)?, &code.interpreter))
    }

    /// True if its stack has room for what it would be asked to run.
    pub fn has_room(&self, process: &Process) -> io::Result<bool> {
        let own = ptrace::getregs(self.thread)?;
        Ok(room_below(process, arch::below_stack(&own, 0)) >= ROOM_FOR_CODE)
    }

    /// Lets it go to make a system call. The frame by which it returns lies on its stack, below what it uses.
    pub fn system_call(
        self,
        process: &Process,
        memory: &Memory,
        gadgets: &Gadgets,
        call: SystemCall,
    ) -> io::Result<()> {
        let own = ptrace::getregs(self.thread)?;
        let state = self.processor_state()?;
        let frame = arch::below_stack(&own, arch::frame_size(&state));
        // What the kernel itself would do for a signal, and end the program over.
        if room_below(process, arch::below_stack(&own, 0)) < arch::frame_size(&state) + FRAME_ROOM {
            return Err(io::Error::other("the stack of its main thread has no room left"));
        }
        memory.write(frame, &arch::frame(frame, &own, &state, self.signal_mask()?))?;
        memory.write(frame - 8, &gadgets.sigreturn.to_le_bytes())?;
        self.go(arch::calling(own, gadgets, frame - 8, call))
    }

    /// Lets it go to run the region's code. `prepare` is told the address of its thread-local storage first.
    pub fn visit(
        self,
        memory: &Memory,
        region: &Region,
        prepare: impl FnOnce(Address) -> io::Result<()>,
    ) -> io::Result<()> {
        prepare(arch::storage(&ptrace::getregs(self.thread)?))?;
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
        Ok(arch::without_unused(state))
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

/// What must be left of a stack beside the frame.
const FRAME_ROOM: u64 = 1024;

impl Drop for Tracee {
    #[allow(unsafe_code)]
    fn drop(&mut self) {
        // SAFETY: PTRACE_DETACH takes a number and touches no memory of ours. One that has been killed needs it no more.
        let _ = unsafe { libc::ptrace(libc::PTRACE_DETACH, self.thread.as_raw(), 0_usize, self.signal as usize) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_stops_for() {
        let stopped = |signal: i32, event: i32| Told::of(event << 16 | signal << 8 | 0x7f);
        assert_eq!(stopped(libc::SIGTRAP, libc::PTRACE_EVENT_STOP), Told::Stopped);
        assert_eq!(stopped(libc::SIGSTOP, libc::PTRACE_EVENT_STOP), Told::StandsStill);
        assert_eq!(stopped(libc::SIGTSTP, libc::PTRACE_EVENT_STOP), Told::StandsStill);
        assert_eq!(stopped(libc::SIGUSR1, 0), Told::Signal(libc::SIGUSR1));
        // A real-time signal.
        assert_eq!(stopped(40, 0), Told::Signal(40));
        assert_eq!((Told::of(0), Told::of(libc::SIGKILL)), (Told::Ended, Told::Ended));
    }
}
