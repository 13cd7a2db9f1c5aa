//! What a client may name at a stop beyond frames and values: instructions, calls to be entered, lines to go on at.
//!
//! Made by the fence, told to the client by `session`. Invariant: numbers of calls and lines are of one stop; the number of
//! a code object is its own as long as it lives, and is never used again.

use crate::port::{Columns, Line, SourceFile, Value};

/// An instruction. As a number: that of its code object in the upper half, where it is in that one, in bytes, in the lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The number of the code object.
    pub code: u32,
    /// Where it is, in bytes.
    pub offset: u32,
}

impl Address {
    /// As one number, which is greater for what comes later in the code object.
    #[must_use]
    pub fn number(self) -> i64 {
        (i64::from(self.code) << 32) | i64::from(self.offset)
    }

    /// The address of a number; None if it lies outside of all code.
    #[must_use]
    pub fn of(number: i64) -> Option<Self> {
        let code = u32::try_from(number >> 32).ok().filter(|&code| code > 0)?;
        let offset = u32::try_from(number & i64::from(u32::MAX)).ok()?;
        Some(Self { code, offset })
    }
}

/// Where disassembling begins, and how much of it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// From this one on.
    pub from: Address,
    /// Moved by as many instructions, forward or back.
    pub moved: i64,
    /// How many.
    pub count: usize,
}

/// An instruction as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disassembled {
    /// Its address, as a number; beyond the code's ends one that no instruction has.
    pub address: i64,
    /// Its name and argument; None beyond the code's ends.
    pub text: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The line it belongs to, if it does.
    pub line: Option<Line>,
    /// Which part of it.
    pub columns: Option<Columns>,
    /// The function, at its first instruction.
    pub symbol: Option<String>,
}

/// The instructions of a code object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its source.
    pub source: SourceFile,
    /// As many as were asked for.
    pub instructions: Vec<Disassembled>,
}

/// A call of the line that a thread is at, which is yet to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallTarget {
    /// Its number in this stop.
    pub id: i64,
    /// Its text, on one line.
    pub label: String,
    /// The line of the call.
    pub line: Line,
    /// Its columns.
    pub columns: Columns,
}

/// An expression that a step has led past, and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    /// Its text, on one line.
    pub expression: String,
    /// Its value.
    pub value: Value,
    /// The line that it begins on.
    pub line: Line,
    /// Where on it, if its file is there.
    pub columns: Option<Columns>,
}

/// A line at which a thread can go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GotoTarget {
    /// Its number: that of the line, which is taken only in this stop.
    pub id: i64,
    /// The line.
    pub line: Line,
    /// Its first statement, where that is known.
    pub columns: Option<Columns>,
    /// The instruction.
    pub address: Option<Address>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_number() {
        let address = Address { code: 3, offset: 18 };
        assert_eq!(address.number(), 0x3_0000_0012);
        assert_eq!(Address::of(address.number()), Some(address));
        assert_eq!([Address::of(-2), Address::of(7)], [None, None]);
    }
}
