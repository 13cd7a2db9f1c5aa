//! A mapped ELF file's exported symbols, read from the process's memory: headers and tables only, no file.
//!
//! Called by `interpreter` and `visit`. So a library that was replaced or deleted on disk, or that lies in another
//! mount namespace, is read as it runs. Invariant: what is no such file, or lies, gives none or an error.

use std::io;
use std::ops::Range;

use crate::memory::{Address, Memory};

/// A mapped ELF file.
pub(crate) struct Image<'a> {
    memory: &'a Memory,
    /// What is added to the file's own addresses.
    bias: Address,
    symbols: Address,
    names: Address,
    lookup: Lookup,
}

/// How a symbol is found.
enum Lookup {
    Gnu(Address),
    SystemV(Address),
}

/// What a file is that no [`Image`] can be made of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoImage {
    /// It is for another kind of processor; the number is that of ELF.
    OtherMachine(u16),
    /// It exports nothing.
    Static,
    /// It is no ELF file, or cannot be read.
    Unreadable,
}

impl From<io::Error> for NoImage {
    fn from(_: io::Error) -> Self {
        Self::Unreadable
    }
}

/// The ELF number of the processor that we are for.
#[cfg(target_arch = "x86_64")]
const MACHINE: u16 = 62;
#[cfg(target_arch = "aarch64")]
const MACHINE: u16 = 183;

const CLASS_64_LITTLE: [u8; 6] = [0x7f, b'E', b'L', b'F', 2, 1];

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;

const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_GNU_HASH: u64 = 0x6fff_fef5;

/// The size of an entry of the symbol table.
const SYMBOL: u64 = 24;

/// More entries than any dynamic section has.
const ENTRIES: u64 = 256;

impl<'a> Image<'a> {
    /// The file that is mapped at `base`.
    pub fn read(memory: &'a Memory, base: Address) -> Result<Self, NoImage> {
        let ident: [u8; 6] = memory.bytes(base)?;
        if ident[..4] != CLASS_64_LITTLE[..4] {
            return Err(NoImage::Unreadable);
        }
        let machine = memory.u16(base + 18)?;
        if machine != MACHINE || ident != CLASS_64_LITTLE {
            return Err(NoImage::OtherMachine(machine));
        }
        let (headers, size, count) = (base + memory.u64(base + 32)?, memory.u16(base + 54)?, memory.u16(base + 56)?);
        let (mut lowest, mut dynamic) = (None, None);
        for index in 0..u64::from(count) {
            let header = headers + index * u64::from(size);
            let address = memory.u64(header + 16)?;
            match memory.u32(header)? {
                PT_LOAD if lowest.is_none() => lowest = Some(address),
                PT_DYNAMIC => dynamic = Some(address),
                _ => {}
            }
        }
        let bias = base.wrapping_sub(lowest.ok_or(NoImage::Unreadable)? & !0xfff);
        Self::from_dynamic(memory, bias, bias.wrapping_add(dynamic.ok_or(NoImage::Static)?))
    }

    fn from_dynamic(memory: &'a Memory, bias: Address, dynamic: Address) -> Result<Self, NoImage> {
        let [mut symbols, mut names, mut gnu, mut system_v] = [None; 4];
        for index in 0..ENTRIES {
            let (tag, value) = (memory.u64(dynamic + index * 16)?, memory.u64(dynamic + index * 16 + 8)?);
            // Some loaders put the address itself there, others leave the file's.
            let address = Some(if value < bias { bias + value } else { value });
            match tag {
                0 => break,
                DT_SYMTAB => symbols = address,
                DT_STRTAB => names = address,
                DT_GNU_HASH => gnu = address,
                DT_HASH => system_v = address,
                _ => {}
            }
        }
        let lookup = gnu.map(Lookup::Gnu).or(system_v.map(Lookup::SystemV));
        match (symbols, names, lookup) {
            (Some(symbols), Some(names), Some(lookup)) => Ok(Self { memory, bias, symbols, names, lookup }),
            _ => Err(NoImage::Static),
        }
    }

    /// The address of what the file exports under this name.
    pub fn symbol(&self, name: &str) -> Option<Address> {
        self.extent(name).map(|extent| extent.start)
    }

    /// Where what the file exports under this name lies.
    pub fn extent(&self, name: &str) -> Option<Range<Address>> {
        match self.lookup {
            Lookup::Gnu(table) => self.gnu(table, name),
            Lookup::SystemV(table) => self.system_v(table, name),
        }
        .ok()
        .flatten()
    }

    fn gnu(&self, table: Address, name: &str) -> io::Result<Option<Range<Address>>> {
        let word = |index: u64| self.memory.u32(table + index * 4).map(u64::from);
        let (buckets, first, filter) = (word(0)?, word(1)?, word(2)?);
        if buckets == 0 {
            return Ok(None);
        }
        let hash = name.bytes().fold(5381_u32, |hash, byte| hash.wrapping_mul(33).wrapping_add(u32::from(byte)));
        let chains = 4 + filter * 2 + buckets;
        let mut index = word(4 + filter * 2 + u64::from(hash) % buckets)?;
        if index < first {
            return Ok(None);
        }
        loop {
            let own = word(chains + index - first)?;
            if own | 1 == u64::from(hash | 1)
                && let Some(extent) = self.at(index, name)?
            {
                return Ok(Some(extent));
            }
            if own & 1 == 1 {
                return Ok(None);
            }
            index += 1;
        }
    }

    fn system_v(&self, table: Address, name: &str) -> io::Result<Option<Range<Address>>> {
        let word = |index: u64| self.memory.u32(table + index * 4).map(u64::from);
        let buckets = word(0)?;
        let hash = name.bytes().fold(0_u32, |hash, byte| {
            let hash = (hash << 4).wrapping_add(u32::from(byte));
            let high = hash & 0xf000_0000;
            (hash ^ (high >> 24)) & !high
        });
        if buckets == 0 {
            return Ok(None);
        }
        let mut index = word(2 + u64::from(hash) % buckets)?;
        while index != 0 {
            if let Some(extent) = self.at(index, name)? {
                return Ok(Some(extent));
            }
            index = word(2 + buckets + index)?;
        }
        Ok(None)
    }

    /// Where the symbol of this number is, if it has this name and is defined here.
    fn at(&self, index: u64, name: &str) -> io::Result<Option<Range<Address>>> {
        let symbol = self.symbols + index * SYMBOL;
        let (own, section) = (self.memory.u32(symbol)?, self.memory.u16(symbol + 6)?);
        let (value, size) = (self.memory.u64(symbol + 8)?, self.memory.u64(symbol + 16)?);
        let text = self.memory.text(self.names + u64::from(own), name.len() + 1)?;
        let start = self.bias.wrapping_add(value);
        Ok((section != 0 && text == name.as_bytes()).then(|| start..start.saturating_add(size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Process;

    #[test]
    fn the_c_library_exports_what_it_exports() {
        let pid = std::process::id().cast_signed();
        let memory = Memory::open(pid).unwrap();
        let modules = Process::find(pid).unwrap().modules().unwrap();
        let library = modules.iter().find(|module| module.name().starts_with("libc.so")).unwrap();
        let image = Image::read(&memory, library.base).ok().unwrap();
        let getpid = image.symbol("getpid").unwrap();
        assert!((library.base..library.end).contains(&getpid));
        assert_eq!(image.symbol("no_such_function"), None);
    }

    #[test]
    fn what_is_no_elf_file_is_none() {
        let memory = Memory::open(std::process::id().cast_signed()).unwrap();
        let text = b"not an ELF file, but long enough to be read as one";
        assert!(matches!(Image::read(&memory, text.as_ptr() as u64), Err(NoImage::Unreadable)));
        assert!(matches!(Image::read(&memory, 8), Err(NoImage::Unreadable)));
    }
}
