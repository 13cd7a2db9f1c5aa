//! The one mapping that we make in a process: code, data, a frame to return by, a helper's stack.
//!
//! Called by `trace`. Invariant: it lies where nothing was, at an address that we chose, and is known as ours from the moment
//! that it is there: by the end of its address as long as nothing is written in it, then by a mark.

use std::fs;
use std::io;

use super::arch;
use crate::memory::{Address, Memory};
use crate::process::Process;

/// The mapping's parts, from its start.
const LENDING_CODE: u64 = 0x800;
const RESULT: u64 = 0x1000;
const HELPER: u64 = 0x1008;
const CALLED: u64 = 0x1010;
const LENDING: u64 = 0x1018;
const SIGNALS: u64 = 0x1020;
const LENT: u64 = 0x1028;
const MARK: u64 = 0x10f8;
const TEXT: u64 = 0x1100;
const TEXT_END: u64 = 0x2000;
const FRAME: u64 = 0x2000;
const LENDING_FRAME: u64 = 0x6000;
const STACK_END: u64 = 0x1_0000;
const STORAGE: u64 = 0x1_3000;
const SIZE: u64 = 0x1_4000;

/// What a region is known by that somebody left who was killed.
const MARKED: &[u8; 8] = b"pausa\0\0\x01";

/// How the addresses end that we choose, where there is room to: the last bits above those within a page.
const ENDS: u64 = 0x0a77_a000;
const ENDING: u64 = 0x0fff_f000;

/// The most that a frame may need: the processor's whole state.
pub(super) const FRAME_SIZE: u64 = LENDING_FRAME - FRAME;

/// Where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region(Address);

impl Region {
    /// A place that nothing is mapped at.
    pub fn free_in(process: &Process) -> io::Result<Self> {
        let maps = fs::read_to_string(format!("/proc/{}/maps", process.pid()))?;
        let lines: Vec<&str> = maps.lines().collect();
        // In the middle of the largest gap: at the edges of gaps the system maps what the program asks for meanwhile, as
        // the stack of a new thread, and below the stack is where the stack grows.
        let gaps = lines.windows(2).filter_map(|pair| match pair {
            [below, above] if !above.ends_with("[stack]") => {
                let ((_, end), (next, _)) = (range(below)?, range(above)?);
                (next < arch::HIGHEST).then(|| (next.saturating_sub(end), end))
            }
            _ => None,
        });
        let gap = gaps.max().filter(|(size, _)| *size >= SIZE * 64).map(|(size, end)| (size, end + size / 2));
        let at = |(size, middle): (u64, u64)| match size {
            // As everywhere: there are thousands of gigabytes.
            size if size >= ENDING * 4 => middle & !(ENDING | 0xfff) | ENDS,
            _ => middle & !0xfff,
        };
        gap.map(|gap| Self(at(gap))).ok_or_else(|| io::Error::other("its memory has no room"))
    }

    /// True if it is mapped, by us: to be readable is not enough, as another thread may have mapped something there.
    pub fn is_in(&self, process: &Process) -> bool {
        let wanted = format!("{:x}-{:x} rwxp 00000000 00:00 0", self.0, self.0 + SIZE);
        fs::read_to_string(format!("/proc/{}/maps", process.pid()))
            .is_ok_and(|maps| maps.lines().any(|line| line.trim_end() == wanted))
    }

    /// Those that are there already, of visits that were cut off.
    pub fn left_in(process: &Process, memory: &Memory) -> io::Result<Vec<Self>> {
        let maps = fs::read_to_string(format!("/proc/{}/maps", process.pid()))?;
        let here = maps.lines().filter(|line| line.contains(" rwxp 00000000 00:00 0")).filter_map(range);
        let fitting = here.filter(|(start, end)| end - start == SIZE).map(|(start, _)| Self(start));
        Ok(fitting.filter(|region| region.is_marked(memory) || region.is_unused(memory)).collect())
    }

    fn is_marked(&self, memory: &Memory) -> bool {
        memory.bytes(self.0 + MARK).is_ok_and(|mark| mark == *MARKED)
    }

    /// True if it lies where we make them and nobody has written anything there: who made it was killed before.
    fn is_unused(&self, memory: &Memory) -> bool {
        let mut bytes = vec![1; SIZE as usize];
        self.0 & ENDING == ENDS && memory.read(self.0, &mut bytes).is_ok() && bytes.iter().all(|byte| *byte == 0)
    }

    /// Writes what does not change: the mark first.
    pub fn fill(&self, memory: &Memory, source: &str) -> io::Result<()> {
        let text = [source.as_bytes(), b"\0"].concat();
        if text.len() as u64 > TEXT_END - TEXT {
            return Err(io::Error::other("the script is too long"));
        }
        memory.write(self.0 + MARK, MARKED)?;
        memory.write(self.text(), &text)?;
        memory.write(self.signals(), &u64::MAX.to_le_bytes())
    }

    /// Writes the helper's thread-local storage, which begins with its own address. What it calls knows the calling thread
    /// by `identity`, the address that the storage of that thread has.
    pub fn write_storage(&self, memory: &Memory, identity: Address) -> io::Result<()> {
        memory.write(self.storage(), &self.storage().to_le_bytes())?;
        memory.write(self.storage() + 16, &identity.to_le_bytes())
    }

    pub fn write_code(&self, memory: &Memory, code: &[u8]) -> io::Result<()> {
        memory.write(self.code(), code)
    }

    /// Code for a thread that is lent, which has not told anything yet.
    pub fn write_lending(&self, memory: &Memory, thread: i32, code: &[u8]) -> io::Result<()> {
        memory.write(self.lending(), &0_u32.to_le_bytes())?;
        memory.write(self.lent(), &thread.to_le_bytes())?;
        memory.write(self.lending_code(), code)
    }

    pub fn contains(&self, address: Address) -> bool {
        (self.0..self.0 + SIZE).contains(&address)
    }

    pub fn start(&self) -> Address {
        self.0
    }

    pub fn size(&self) -> u64 {
        SIZE
    }

    pub fn code(&self) -> Address {
        self.0
    }

    pub fn lending_code(&self) -> Address {
        self.0 + LENDING_CODE
    }

    /// Not 0 when the helper has registered the call.
    pub fn result(&self) -> Address {
        self.0 + RESULT
    }

    /// The helper's thread id.
    pub fn helper(&self) -> Address {
        self.0 + HELPER
    }

    /// Not 0 when the pending call has been made.
    pub fn called(&self) -> Address {
        self.0 + CALLED
    }

    /// What the lent thread tells.
    pub fn lending(&self) -> Address {
        self.0 + LENDING
    }

    /// The thread that was lent last; 0 for none.
    pub fn lent(&self) -> Address {
        self.0 + LENT
    }

    /// A set of all signals.
    pub fn signals(&self) -> Address {
        self.0 + SIGNALS
    }

    pub fn text(&self) -> Address {
        self.0 + TEXT
    }

    pub fn frame(&self) -> Address {
        self.0 + FRAME
    }

    pub fn lending_frame(&self) -> Address {
        self.0 + LENDING_FRAME
    }

    pub fn stack_end(&self) -> Address {
        self.0 + STACK_END
    }

    /// Thread-local storage, below this address and above, in which all else is zero.
    pub fn storage(&self) -> Address {
        self.0 + STORAGE
    }
}

/// The addresses of a line of `maps`.
pub(super) fn range(line: &str) -> Option<(Address, Address)> {
    let (start, end) = line.split_once(' ')?.0.split_once('-')?;
    Some((Address::from_str_radix(start, 16).ok()?, Address::from_str_radix(end, 16).ok()?))
}
