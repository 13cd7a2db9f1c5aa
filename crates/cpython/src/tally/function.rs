//! The counts of one function. Made and read by `tally`.
//!
//! Invariant: holds no Python object.

use crate::named::Named;
use std::collections::BTreeMap;

use pyo3::prelude::*;
use rustc_hash::FxHashMap;

use super::events::{Kinds, NAMES};

/// A function and its counts by event and place.
pub struct Function {
    /// `co_filename`
    pub file: String,
    /// `co_qualname`
    pub name: String,
    /// `co_firstlineno`
    pub line: u32,
    /// From an offset on, which line; in order.
    lines: Vec<(u32, u32)>,
    counts: FxHashMap<(usize, u32), u64>,
}

/// A function's counts, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedFunction {
    /// The file as the code object names it.
    pub file: String,
    /// The qualified name.
    pub name: String,
    /// Its first line.
    pub line: u32,
    /// How often what was told where, in the order of lines.
    pub places: Vec<CountedAt>,
}

/// How often an event fired at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedAt {
    /// The event's name.
    pub event: &'static str,
    /// The line; 0 for instructions that belong to none.
    pub line: u32,
    /// How often.
    pub count: u64,
}

impl Function {
    /// Reads what is to be known of a code object.
    pub fn read(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut lines = Vec::new();
        for entry in code.call_named0("co_lines")?.try_iter()? {
            let (start, _, line): (u32, u32, Option<u32>) = entry?.extract()?;
            lines.push((start, line.unwrap_or(0)));
        }
        Ok(Self {
            file: code.named("co_filename")?.extract()?,
            name: code.named("co_qualname")?.extract()?,
            line: code.named("co_firstlineno")?.extract()?,
            lines,
            counts: FxHashMap::default(),
        })
    }

    /// Counts an event at an offset (for LINE: at a line).
    #[inline]
    pub fn count(&mut self, kind: usize, at: u32) {
        *self.counts.entry((kind, at)).or_insert(0) += 1;
    }

    /// Its counts by line.
    pub fn counted(&self, kinds: &Kinds) -> CountedFunction {
        let mut by_line: BTreeMap<(u32, usize), u64> = BTreeMap::new();
        for (&(kind, at), count) in &self.counts {
            let line = if NAMES.get(kind) == Some(&"LINE") { at } else { self.line_at(at) };
            *by_line.entry((line, kind)).or_insert(0) += count;
        }
        let name = |place: usize| kinds.all().iter().find(|kind| kind.place == place).map(|kind| kind.name);
        let places =
            by_line.into_iter().filter_map(|((line, kind), count)| Some(CountedAt { event: name(kind)?, line, count }));
        let places = places.collect();
        CountedFunction { file: self.file.clone(), name: self.name.clone(), line: self.line, places }
    }

    fn line_at(&self, offset: u32) -> u32 {
        let after = self.lines.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).and_then(|place| self.lines.get(place)).map_or(0, |(_, line)| *line)
    }
}
