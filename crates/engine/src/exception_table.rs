//! The exception table of a code object (Objects/exception_handling_notes.txt of CPython, 3.11 and later).
//!
//! Called by `cpython`. Invariant: offsets in and out are in bytes.

/// Where control goes if an instruction at `offset` raises; None if the exception leaves the frame.
#[must_use]
pub fn handler(table: &[u8], offset: usize) -> Option<usize> {
    let mut bytes = table.iter().copied();
    while let Some(first) = bytes.next() {
        let start = 2 * varint(first, &mut bytes);
        let length = 2 * next_varint(&mut bytes)?;
        let target = 2 * next_varint(&mut bytes)?;
        let _depth_and_lasti = next_varint(&mut bytes)?;
        if start > offset {
            return None;
        }
        if offset < start + length {
            return Some(target);
        }
    }
    None
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
    use super::handler;

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
    }
}
