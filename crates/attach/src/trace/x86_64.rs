//! x86-64: registers, the frame that `sigreturn` takes, and the code that threads are made to run.
//!
//! Called by `trace`. Another processor gets a file with the same names. Invariant: every piece of code ends by itself,
//! in `sigreturn` or in the end of the helper.

use std::io;

use nix::libc;

use super::region::Region;
use super::{Code, find_bytes};
use crate::elf::Image;
use crate::memory::{Address, Memory};
use crate::process::Module;

pub(super) type Registers = libc::user_regs_struct;

/// Above this there are the stack and what the kernel maps.
pub(super) const HIGHEST: Address = 0x7fff_0000_0000;

/// The register set with the processor's whole state (NT_X86_XSTATE).
pub(super) const PROCESSOR_STATE: i32 = 0x202;

/// What the lent thread tells: it holds the GIL or is none of Python's; it runs the script; it is through.
pub(super) const REFUSED: u32 = 1;
const BEGUN: u32 = 2;
/// What the registered call is told: we have gone, and it is to take the region away.
pub(super) const LEFT: u32 = 2;
pub(super) const DONE: u32 = 3;

/// What it means that a system call was interrupted, in the register of its result (include/linux/errno.h).
const ERESTARTSYS: i64 = -512;
const ERESTARTNOINTR: i64 = -513;
const ERESTARTNOHAND: i64 = -514;
const ERESTART_RESTARTBLOCK: i64 = -516;
const EINTR: i64 = -(libc::EINTR as i64);

/// Below a stack's end a function may keep data without saying so.
const RED_ZONE: u64 = 128;

/// A system call and its arguments.
pub(super) struct SystemCall {
    number: i64,
    arguments: [u64; 6],
}

/// Maps the region.
pub(super) fn map(region: &Region) -> SystemCall {
    let protection = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
    let arguments = [region.start(), region.size(), protection as u64, flags as u64, u64::MAX, 0];
    SystemCall { number: libc::SYS_mmap, arguments }
}

/// Takes it away.
pub(super) fn unmap(region: &Region) -> SystemCall {
    SystemCall { number: libc::SYS_munmap, arguments: [region.start(), region.size(), 0, 0, 0, 0] }
}

/// Instructions of the C library's that do what we need.
pub(super) struct Gadgets {
    /// `syscall; ret`.
    system_call: Address,
    /// `mov rax, 15; syscall`.
    pub sigreturn: Address,
}

impl Gadgets {
    pub fn find(memory: &Memory, modules: &[Module]) -> io::Result<Self> {
        let library = c_library(modules)?;
        let find = |bytes: &[u8]| find_bytes(memory, library.base, library.end, bytes);
        let system_call = find(&[0x0f, 0x05, 0xc3]);
        let sigreturn = find(&[0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05]);
        match (system_call, sigreturn) {
            (Some(system_call), Some(sigreturn)) => Ok(Self { system_call, sigreturn }),
            _ => Err(io::Error::other("its C library is not built as those that are known")),
        }
    }
}

fn c_library(modules: &[Module]) -> io::Result<&Module> {
    let library =
        modules.iter().find(|module| module.name().starts_with("libc.so") || module.name().starts_with("libc-2"));
    library.ok_or_else(|| io::Error::other("it has no C library that is known"))
}

/// A function of the C library's.
pub(super) fn c_function(memory: &Memory, modules: &[Module], name: &str) -> io::Result<Address> {
    let image = Image::read(memory, c_library(modules)?.base).ok();
    let found = image.and_then(|image| image.symbol(name));
    found.ok_or_else(|| io::Error::other("its C library is not built as those that are known"))
}

/// A thread's own storage, which is what the C library knows it by.
pub(super) fn storage(registers: &Registers) -> Address {
    registers.fs_base
}

pub(super) fn instruction(registers: &Registers) -> Address {
    registers.rip
}

/// System calls in which a thread waits, and in which the interpreter and its libraries have nothing half done.
const WAITS: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_poll,
    libc::SYS_readv,
    libc::SYS_select,
    libc::SYS_pause,
    libc::SYS_nanosleep,
    libc::SYS_connect,
    libc::SYS_accept,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_sendmsg,
    libc::SYS_recvmsg,
    libc::SYS_wait4,
    libc::SYS_flock,
    libc::SYS_fcntl,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_rt_sigsuspend,
    libc::SYS_futex,
    libc::SYS_clock_nanosleep,
    libc::SYS_epoll_wait,
    libc::SYS_waitid,
    libc::SYS_pselect6,
    libc::SYS_ppoll,
    libc::SYS_epoll_pwait,
    libc::SYS_accept4,
    libc::SYS_recvmmsg,
    libc::SYS_epoll_pwait2,
];

/// A call that had not waited has a result.
fn has_waited(registers: &Registers) -> bool {
    matches!(registers.rax.cast_signed(), ERESTARTSYS | ERESTARTNOINTR | ERESTARTNOHAND | ERESTART_RESTARTBLOCK | EINTR)
}

pub(super) fn is_blocked(registers: &Registers) -> bool {
    has_waited(registers) && WAITS.contains(&registers.orig_rax.cast_signed())
}

/// The word that a thread waits at for another thread to change it: of a lock, a condition, a semaphore.
pub(super) fn lock_waited_for(registers: &Registers) -> Option<Address> {
    (has_waited(registers) && registers.orig_rax.cast_signed() == libc::SYS_futex).then_some(registers.rdi)
}

/// A thread that waits at this word.
#[cfg(test)]
pub(super) fn waiting_for_lock(word: Address) -> Registers {
    let (rax, orig_rax) = (ERESTARTSYS.cast_unsigned(), libc::SYS_futex.cast_unsigned());
    // SAFETY: registers are numbers.
    #[allow(unsafe_code)]
    Registers { rax, orig_rax, rdi: word, ..unsafe { std::mem::zeroed() } }
}

/// The registers with which a thread goes on after something was put in between, as after a handled signal: a system
/// call is made again, or says that it was interrupted if it cannot be.
fn interrupted(own: &Registers) -> Registers {
    let mut registers = *own;
    if own.orig_rax.cast_signed() >= 0 {
        match own.rax.cast_signed() {
            ERESTARTSYS | ERESTARTNOINTR | ERESTARTNOHAND => {
                registers.rax = own.orig_rax;
                registers.rip -= 2;
            }
            // It waits until a time, and not for one: it can be made again as it is.
            ERESTART_RESTARTBLOCK
                if own.orig_rax.cast_signed() == libc::SYS_futex
                    && own.rsi as i32 & libc::FUTEX_CMD_MASK == libc::FUTEX_WAIT_BITSET =>
            {
                registers.rax = own.orig_rax;
                registers.rip -= 2;
            }
            ERESTART_RESTARTBLOCK => registers.rax = EINTR.cast_unsigned(),
            _ => {}
        }
    }
    registers
}

/// Registers for a system call, with the frame's return address on the stack.
pub(super) fn calling(own: Registers, gadgets: &Gadgets, stack: Address, call: SystemCall) -> Registers {
    let [rdi, rsi, rdx, r10, r8, r9] = call.arguments;
    let rax = call.number.cast_unsigned();
    Registers { rax, rdi, rsi, rdx, r10, r8, r9, rsp: stack, rip: gadgets.system_call, orig_rax: u64::MAX, ..own }
}

/// Registers for code of ours, on the thread's own stack.
pub(super) fn visiting(own: Registers, code: Address) -> Registers {
    let rsp = (own.rsp - RED_ZONE) & !0xf;
    Registers { rip: code, rsp, orig_rax: u64::MAX, eflags: own.eflags & !DIRECTION, ..own }
}

/// Set while strings are copied backwards; clear at calls (System V ABI).
const DIRECTION: u64 = 1 << 10;

/// Where a frame of this size has room below the stack that a thread uses.
pub(super) fn below_stack(own: &Registers, size: u64) -> Address {
    (own.rsp - RED_ZONE - size) & !0x3f
}

/// The size of `struct ucontext`, and how far behind its start the processor's state lies, which must be aligned.
const CONTEXT: usize = 304;
const STATE: usize = 320;

/// What marks extended state (arch/x86/include/uapi/asm/sigcontext.h).
const MAGIC_1: u32 = 0x4650_5853;
const MAGIC_2: u32 = 0x4650_5845;
/// Where in the state the software's own bytes are.
const SOFTWARE: usize = 464;

/// Where in the state it is told which of its parts are used (XSTATE_BV), of which there are those of [`TILES`].
const USED: usize = 512;

/// The parts for matrices (AMX), by far the largest, which a program has to ask the kernel for.
const TILES: u64 = 1 << 17 | 1 << 18;

/// The part of the state that this program can have. The kernel tells the state with room for all that the processor
/// knows, but takes no more back than the program may use: from a larger one it would restore the oldest parts only.
pub(super) fn without_unused(mut state: Vec<u8>) -> Vec<u8> {
    let word = |state: &[u8], at: usize| {
        state.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes).unwrap_or_default()
    };
    let (features, used) = (word(&state, SOFTWARE), word(&state, USED));
    if features & TILES == 0 || used & TILES != 0 {
        return state;
    }
    let features = features & !TILES;
    // The first two parts and the head have their places; of the others the processor tells.
    let parts = (2..63).filter(|part| features & 1 << part != 0).map(|part| {
        let told = std::arch::x86_64::__cpuid_count(0xd, part);
        (told.eax + told.ebx) as usize
    });
    let size = parts.fold(USED + 64, usize::max);
    if size <= state.len() {
        state.truncate(size);
        state[SOFTWARE..SOFTWARE + 8].copy_from_slice(&features.to_le_bytes());
    }
    state
}

pub(super) fn frame_size(state: &[u8]) -> u64 {
    (STATE + state.len() + 4) as u64
}

/// What `sigreturn` takes the thread's registers from, at the address where it will lie.
pub(super) fn frame(at: Address, own: &Registers, state: &[u8], mask: u64) -> Vec<u8> {
    let to = interrupted(own);
    let mut words = [0_u64; CONTEXT / 8];
    // UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS.
    words[0] = 7;
    let general = [
        to.r8, to.r9, to.r10, to.r11, to.r12, to.r13, to.r14, to.r15, to.rdi, to.rsi, to.rbp, to.rbx, to.rdx, to.rax,
        to.rcx, to.rsp, to.rip, to.eflags,
    ];
    words[5..23].copy_from_slice(&general);
    words[23] = to.cs | to.ss << 48;
    words[28] = at + STATE as u64;
    words[37] = mask;
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.resize(STATE, 0);
    bytes.extend(state);
    // The kernel's own list of what the state holds is its first word there already.
    let features = &state[SOFTWARE..SOFTWARE + 8];
    let size = state.len() as u32;
    let software = [&MAGIC_1.to_le_bytes()[..], &(size + 4).to_le_bytes(), features, &size.to_le_bytes()].concat();
    bytes[STATE + SOFTWARE..STATE + SOFTWARE + software.len()].copy_from_slice(&software);
    bytes.extend(MAGIC_2.to_le_bytes());
    bytes
}

/// Machine code.
#[derive(Default)]
struct Assembler(Vec<u8>);

impl Assembler {
    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn with_number(self, opcode: &[u8], number: u64) -> Self {
        self.bytes(opcode).bytes(&number.to_le_bytes())
    }

    /// `mov REGISTER, NUMBER`.
    fn rax(self, number: u64) -> Self {
        self.with_number(&[0x48, 0xb8], number)
    }

    fn rdi(self, number: u64) -> Self {
        self.with_number(&[0x48, 0xbf], number)
    }

    fn rsi(self, number: u64) -> Self {
        self.with_number(&[0x48, 0xbe], number)
    }

    fn rdx(self, number: u64) -> Self {
        self.with_number(&[0x48, 0xba], number)
    }

    fn rsp(self, number: u64) -> Self {
        self.with_number(&[0x48, 0xbc], number)
    }

    fn r8(self, number: u64) -> Self {
        self.with_number(&[0x49, 0xb8], number)
    }

    fn r10(self, number: u64) -> Self {
        self.with_number(&[0x49, 0xba], number)
    }

    fn call(self, function: Address) -> Self {
        self.rax(function).bytes(&[0xff, 0xd0])
    }

    fn system_call(self, number: i64) -> Self {
        self.rax(number.cast_unsigned()).bytes(&[0x0f, 0x05])
    }

    /// `mov dword [ADDRESS], NUMBER`, by way of rdx.
    fn store(self, address: Address, number: u32) -> Self {
        self.rdx(address).bytes(&[0xc7, 0x02]).bytes(&number.to_le_bytes())
    }

    /// Back to what the thread did.
    fn sigreturn(self, frame: Address) -> Self {
        self.rsp(frame).system_call(libc::SYS_rt_sigreturn)
    }

    /// A conditional jump over `skipped`.
    fn unless(self, condition: u8, skipped: Self) -> Self {
        let distance = u32::try_from(skipped.0.len()).unwrap_or_default();
        self.bytes(&[0x0f, condition]).bytes(&distance.to_le_bytes()).bytes(&skipped.0)
    }
}

/// Second bytes of jumps: if the last test gave zero, or not.
const ZERO: u8 = 0x84;
const NOT_ZERO: u8 = 0x85;

/// For the main thread: starts the helper and returns. The helper registers the pending call, which tells when it has
/// been made, and ends.
pub(super) fn register(region: &Region, code: &Code) -> Vec<u8> {
    let flags = libc::CLONE_VM
        | libc::CLONE_FS
        | libc::CLONE_FILES
        | libc::CLONE_SIGHAND
        | libc::CLONE_THREAD
        | libc::CLONE_SYSVSEM
        | libc::CLONE_SETTLS;
    let pending = Assembler::default()
        .bytes(&[0x53]) // push rbx, which aligns the stack
        .rdi(region.text())
        .call(code.functions.run_string)
        .bytes(&[0x5b]) // pop rbx
        .rdx(region.called())
        .bytes(&[0xb9, 1, 0, 0, 0, 0x87, 0x0a]) // mov ecx, 1; xchg [rdx], ecx
        .bytes(&[0x83, 0xf9, LEFT as u8]) // cmp ecx, LEFT
        .unless(NOT_ZERO, unmap_and_return(region, code))
        .bytes(&[0x31, 0xc0, 0xc3]); // xor eax, eax; ret
    let entry = pending.0.len() as u64;
    // The call that is registered comes first, so that its address is known; threads are sent behind it.
    let parent = Assembler::default()
        .bytes(&[0x89, 0xc1]) // mov ecx, eax
        .rdx(region.helper())
        .bytes(&[0x89, 0x0a]) // mov [rdx], ecx
        .sigreturn(region.frame());
    let jump = Assembler::default().bytes(&[0xe9]).bytes(&u32::try_from(entry).unwrap_or_default().to_le_bytes());
    let pending_address = region.code() + jump.0.len() as u64;
    jump.bytes(&pending.0)
        .rdi(libc::SIG_BLOCK as u64)
        .rsi(region.signals())
        .rdx(0)
        .r10(8)
        .system_call(libc::SYS_rt_sigprocmask)
        .rdi(flags as u64)
        .rsi(region.stack_end())
        .rdx(0)
        .r10(0)
        .r8(region.storage())
        .system_call(libc::SYS_clone)
        .bytes(&[0x85, 0xc0]) // test eax, eax
        .unless(ZERO, parent)
        .rdi(pending_address)
        .rsi(0)
        .call(code.functions.add_pending_call)
        .store(region.result(), 1)
        .rdi(0)
        .system_call(libc::SYS_exit)
        .0
}

/// The end of a call for which nobody waits any more: goes on in the C library, which returns 0 to who made the call.
fn unmap_and_return(region: &Region, code: &Code) -> Assembler {
    Assembler::default().rdi(region.start()).rsi(region.size()).rax(code.unmap).bytes(&[0xff, 0xe0]) // jmp rax
}

/// For a blocked thread: if it is one of the main interpreter's and does not hold the GIL, it takes the GIL, runs the
/// script, lets the GIL go and returns, with `errno` as it was. On the main thread a call that was registered is made too.
pub(super) fn lend(region: &Region, code: &Code, is_main: bool) -> Vec<u8> {
    let functions = &code.functions;
    let refuse = || Assembler::default().store(region.lending(), REFUSED).sigreturn(region.lending_frame());
    let run = Assembler::default()
        .call(functions.own_state)
        .bytes(&[0x48, 0x85, 0xc0]) // test rax, rax
        .unless(NOT_ZERO, refuse())
        // A thread's state tells its interpreter in its third word, on all versions.
        .bytes(&[0x48, 0x8b, 0x58, 0x10]) // mov rbx, [rax + 16]
        .call(functions.main_interpreter)
        .bytes(&[0x48, 0x39, 0xd8]) // cmp rax, rbx
        .unless(ZERO, refuse())
        .call(functions.has_gil)
        .bytes(&[0x85, 0xc0]) // test eax, eax
        .unless(ZERO, refuse())
        .store(region.lending(), BEGUN)
        .call(code.errno)
        .bytes(&[0x44, 0x8b, 0x20]) // mov r12d, [rax]
        .call(functions.ensure)
        .bytes(&[0x89, 0xc3]) // mov ebx, eax
        .rdi(region.text())
        .call(functions.run_string);
    let run = if is_main { run.call(functions.make_pending_calls) } else { run };
    run.bytes(&[0x89, 0xdf]) // mov edi, ebx
        .call(functions.release)
        .call(code.errno)
        .bytes(&[0x44, 0x89, 0x20]) // mov [rax], r12d
        .store(region.lending(), DONE)
        .sigreturn(region.lending_frame())
        .0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_call_is_made_again_or_says_so() {
        let registers = |rax: i64, orig_rax: i64| Registers {
            rax: rax.cast_unsigned(),
            orig_rax: orig_rax.cast_unsigned(),
            rip: 100,
            ..zero()
        };
        let again = interrupted(&registers(ERESTARTSYS, libc::SYS_read));
        assert_eq!((again.rip, again.rax), (98, libc::SYS_read.cast_unsigned()));
        let told = interrupted(&registers(ERESTART_RESTARTBLOCK, libc::SYS_poll));
        assert_eq!((told.rip, told.rax.cast_signed()), (100, EINTR));
        let elsewhere = interrupted(&registers(ERESTARTSYS, -1));
        assert_eq!((elsewhere.rip, elsewhere.rax.cast_signed()), (100, ERESTARTSYS));
    }

    #[test]
    fn only_who_waits_is_blocked() {
        let at = |rax: i64, call: i64| {
            is_blocked(&Registers { rax: rax.cast_unsigned(), orig_rax: call.cast_unsigned(), ..zero() })
        };
        assert!(at(ERESTARTSYS, libc::SYS_futex) && at(EINTR, libc::SYS_epoll_wait));
        assert!(!at(0, libc::SYS_futex) && !at(ERESTARTSYS, libc::SYS_munmap) && !at(ERESTARTSYS, -1));
    }

    fn zero() -> Registers {
        Registers { rax: 0, orig_rax: 0, ..waiting_for_lock(0) }
    }

    #[test]
    fn a_wait_until_a_time_is_made_again() {
        let until = Registers {
            rax: ERESTART_RESTARTBLOCK.cast_unsigned(),
            rsi: (libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG) as u64,
            rip: 100,
            ..waiting_for_lock(8)
        };
        assert_eq!(interrupted(&until).rip, 98);
        assert_eq!(lock_waited_for(&until), Some(8));
        assert_eq!(lock_waited_for(&Registers { rax: 0, ..until }), None);
    }

    #[test]
    fn a_state_with_room_for_matrices_that_are_not_used_is_cut() {
        let mut state = vec![0_u8; 11_008];
        state[SOFTWARE..SOFTWARE + 8].copy_from_slice(&(TILES | 7).to_le_bytes());
        state[USED..USED + 8].copy_from_slice(&7_u64.to_le_bytes());
        let cut = without_unused(state.clone());
        assert!((576..=2_696).contains(&cut.len()) && cut[SOFTWARE] == 7 && cut[SOFTWARE + 2] == 0, "{}", cut.len());
        // One that uses them keeps all.
        state[USED..USED + 8].copy_from_slice(&(TILES | 7).to_le_bytes());
        assert_eq!(without_unused(state.clone()), state);
        // So does one of a processor that has none.
        let plain = vec![0_u8; 832];
        assert_eq!(without_unused(plain.clone()), plain);
    }
}
