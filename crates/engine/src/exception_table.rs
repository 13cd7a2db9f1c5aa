//! The exception table of a code object (Objects/exception_handling_notes.txt of CPython, 3.11 and later).
//!
//! Called by `cpython`. Invariant: offsets in and out are in bytes.

/// A stretch of instructions and where control goes if one of them raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The first instruction.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
    /// The handler.
    pub target: usize,
    /// How deep the stack is when the handler begins, before what it is given is pushed.
    pub depth: usize,
    /// True if the offset of the instruction that raised is pushed below the exception.
    pub pushes_offset: bool,
}

/// The entries of a table, by their start; what does not parse ends it.
pub fn entries(table: &[u8]) -> impl Iterator<Item = Entry> {
    let mut bytes = table.iter().copied();
    std::iter::from_fn(move || {
        let first = bytes.next()?;
        let start = 2 * varint(first, &mut bytes);
        let length = 2 * next_varint(&mut bytes)?;
        let target = 2 * next_varint(&mut bytes)?;
        let depth_and_offset = next_varint(&mut bytes)?;
        let (depth, pushes_offset) = (depth_and_offset >> 1, depth_and_offset & 1 != 0);
        Some(Entry { start, end: start + length, target, depth, pushes_offset })
    })
}

/// Where control goes if an instruction at `offset` raises; None if the exception leaves the frame.
#[must_use]
pub fn handler(table: &[u8], offset: usize) -> Option<usize> {
    let mut reached = entries(table).take_while(|entry| entry.start <= offset);
    reached.find(|entry| offset < entry.end).map(|entry| entry.target)
}

fn next_varint(bytes: &mut impl Iterator<Item = u8>) -> Option<usize> {
    let first = bytes.next()?;
    Some(varint(first, bytes))
}

/// Six bits a byte, most significant first; bit 6 says that more follow (bit 7 marks an entry's start).
fn varint(first: u8, bytes: &mut impl Iterator<Item = u8>) -> usize {
    let mut value = usize::from(first & 63);
    let mut more = first & 64 != 0;
    while more {
        let Some(byte) = bytes.next() else { break };
        value = (value << 6) | usize::from(byte & 63);
        more = byte & 64 != 0;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{entries, handler};

    #[test]
    fn finds_the_innermost_entry() {
        // [2, 5) -> 10, depth 0; [10, 74) -> 100
        let table = [0x80 | 2, 3, 10, 0, 0x80 | 10, 64 | 1, 0, 64 | 1, 36, 2];
        assert_eq!(handler(&table, 2), None);
        assert_eq!(handler(&table, 4), Some(20));
        assert_eq!(handler(&table, 9), Some(20));
        assert_eq!(handler(&table, 10), None);
        assert_eq!(handler(&table, 147), Some(200));
        assert_eq!(handler(&table, 148), None);
        let depths: Vec<_> = entries(&table).map(|entry| (entry.depth, entry.pushes_offset)).collect();
        assert_eq!(depths, [(0, false), (1, false)]);
    }
}
