//! The line table of a code object: what `co_lines` tells, without an object for each of its entries. Called by `facts`.
//!
//! Invariant: the stretches are those of `co_lines`, neighbours on one line as one (which 3.11 alone tells of one by one); a
//! table that ends too early gives what comes before.

use crate::named::Named;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use pausa_engine::port::Line;

/// A stretch of bytecode that belongs to one line: start and end offset in bytes, line if it has one.
pub type Stretch = (usize, usize, Option<Line>);

/// `PyCodeLocationInfoKind` of Include/internal/pycore_code.h (3.11): how an entry's position is written. Smaller ones are
/// short forms, with columns only.
const ONE_LINE: u8 = 10;
const NO_COLUMNS: u8 = 13;
const LONG: u8 = 14;
const NONE: u8 = 15;

/// All stretches of a code object.
pub fn stretches(code: &Bound<'_, PyAny>) -> PyResult<Vec<Stretch>> {
    if crate::version::minor(code.py()) < 11 {
        return code.call_named0("co_lines")?.try_iter()?.map(|entry| entry?.extract()).collect();
    }
    let table = code.named("co_linetable")?.cast_into::<PyBytes>()?;
    Ok(parse(table.as_bytes(), code.named("co_firstlineno")?.extract()?))
}

/// Reads a table of 3.11 and later (InternalDocs/code_objects.md), its neighbours on one line as one stretch.
fn parse(table: &[u8], first: i64) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut bytes = Entries { rest: table };
    let (mut line, mut start) = (first, 0);
    while let Some(head) = bytes.next() {
        let (kind, units) = ((head >> 3) & 15, usize::from(head & 7) + 1);
        line += match kind {
            NONE | 0..ONE_LINE => 0,
            LONG | NO_COLUMNS => bytes.signed(),
            one_line => i64::from(one_line - ONE_LINE),
        };
        bytes.skip();
        let own = (kind != NONE).then(|| Line::try_from(line).unwrap_or(0));
        let end = start + 2 * units;
        match stretches.last_mut() {
            Some((_, last, known)) if *known == own => *last = end,
            _ => stretches.push((start, end, own)),
        }
        start = end;
    }
    stretches
}

/// The bytes of a table. The first one of an entry alone has its highest bit set.
struct Entries<'a> {
    rest: &'a [u8],
}

impl Entries<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// Goes on to the next entry.
    fn skip(&mut self) {
        let length = self.rest.iter().take_while(|&&byte| byte & 128 == 0).count();
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// Six bits a byte, the lowest first; the lowest of all is the sign.
    fn signed(&mut self) -> i64 {
        let (mut value, mut shift) = (0_i64, 0);
        while let Some(byte) = self.next() {
            value |= i64::from(byte & 63).checked_shl(shift).unwrap_or(0);
            shift += 6;
            if byte & 64 == 0 {
                break;
            }
        }
        if value & 1 != 0 { -(value >> 1) } else { value >> 1 }
    }
}
