//! Another process's memory, by `/proc/PID/mem`.
//!
//! Called by everything here that looks into a process. The system allows it to who may trace the process, and it works
//! where system calls are filtered. Invariant: reads and writes are whole or an error.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;

/// An address in another process.
pub(crate) type Address = u64;

/// A process's memory.
pub(crate) struct Memory(File);

impl Memory {
    /// To be read only.
    pub fn open(pid: i32) -> io::Result<Self> {
        File::open(path(pid)).map(Self)
    }

    /// To be read and written.
    pub fn open_for_writing(pid: i32) -> io::Result<Self> {
        OpenOptions::new().read(true).write(true).open(path(pid)).map(Self)
    }

    pub fn read(&self, at: Address, buffer: &mut [u8]) -> io::Result<()> {
        self.0.read_exact_at(buffer, at)
    }

    pub fn write(&self, at: Address, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, at)
    }

    pub fn bytes<const N: usize>(&self, at: Address) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read(at, &mut bytes)?;
        Ok(bytes)
    }

    pub fn u16(&self, at: Address) -> io::Result<u16> {
        self.bytes(at).map(u16::from_le_bytes)
    }

    pub fn u32(&self, at: Address) -> io::Result<u32> {
        self.bytes(at).map(u32::from_le_bytes)
    }

    pub fn u64(&self, at: Address) -> io::Result<u64> {
        self.bytes(at).map(u64::from_le_bytes)
    }

    /// The bytes up to a NUL, but no more than `limit`.
    pub fn text(&self, at: Address, limit: usize) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        while text.len() < limit {
            match self.bytes::<1>(at + text.len() as u64)? {
                [0] => break,
                [byte] => text.push(byte),
            }
        }
        Ok(text)
    }
}

fn path(pid: i32) -> String {
    format!("/proc/{pid}/mem")
}
