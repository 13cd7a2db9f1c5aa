//! Reads what the engine wants to know of a code object: its lines as the interpreter will tell of them.
//!
//! Called by `registry`, `compiled` and `record`. Invariant: `lines` follows `initialize_lines` of
//! Python/instrumentation.c: the lines of instructions after RESUME, one that starts no instruction of its own left out.

use crate::named::Named;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use pausa_engine::code::{CodeFacts, CodeKind};
use pausa_engine::port::Line;

use super::line_table::{self, Stretch};
use super::opcodes::{ABSENT, Jump, Opcodes};

/// `CO_OPTIMIZED` of Include/cpython/code.h: set for functions, not for modules and class bodies.
pub const CO_OPTIMIZED: u32 = 1;

/// A code object's bytecode and line table.
pub struct Bytecode {
    bytes: Vec<u8>,
    stretches: Vec<Stretch>,
}

impl Bytecode {
    /// Reads both; instrumentation does not show in them.
    pub fn read(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bytes = code.named("co_code")?.cast_into::<PyBytes>()?.as_bytes().to_vec();
        Ok(Self { bytes, stretches: line_table::stretches(code)? })
    }

    /// Reads the bytecode alone: all that a raise needs, and it is on the path of every raise.
    pub fn without_lines(code: &Bound<'_, PyAny>) -> PyResult<Self> {
        let bytes = code.named("co_code")?.cast_into::<PyBytes>()?.as_bytes().to_vec();
        Ok(Self { bytes, stretches: Vec::new() })
    }

    /// The line of the instruction at an offset in bytes.
    pub fn line_at(&self, offset: usize) -> Option<Line> {
        let at = self.stretches.partition_point(|&(_, end, _)| end <= offset);
        self.stretches.get(at).and_then(|&(start, _, line)| if start <= offset { line } else { None })
    }

    /// The first instruction of a line, by where it is.
    pub fn first_of(&self, line: Line) -> Option<u32> {
        let first = self.stretches.iter().find(|&&(_, _, own)| own == Some(line))?;
        u32::try_from(first.0).ok()
    }

    /// Where the body begins, behind what sets up a frame. On 3.10 a generator takes what is sent in first.
    pub fn body(&self, opcodes: &Opcodes) -> usize {
        let takes_first = opcodes.gen_start != ABSENT && self.bytes.first() == Some(&opcodes.gen_start);
        if takes_first { 2 } else { self.resume(opcodes).1 }
    }

    /// Where a line begins, by each of its stretches.
    pub fn beginnings(&self, line: Line) -> impl Iterator<Item = usize> {
        self.stretches.iter().filter(move |(.., own)| *own == Some(line)).map(|(start, ..)| *start)
    }

    /// How long it is, in bytes.
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes of the instruction at an offset.
    pub fn at(&self, offset: usize) -> Vec<u8> {
        self.bytes.get(offset..offset + 2).unwrap_or_default().to_vec()
    }

    /// Opcode and offset of each instruction and cache entry.
    pub fn units(&self) -> impl Iterator<Item = (usize, u8, u8)> + '_ {
        self.bytes.chunks_exact(2).enumerate().map(|(at, unit)| match unit {
            [opcode, argument] => (at * 2, *opcode, *argument),
            _ => (at * 2, 0, 0),
        })
    }

    /// Offsets of RESUME and of what follows it and its caches (it has one from 3.15 on); 3.10 has no RESUME and begins
    /// with the body.
    fn resume(&self, opcodes: &Opcodes) -> (usize, usize) {
        if opcodes.resume == ABSENT {
            return (0, 0);
        }
        let mut units = self.units().skip_while(|&(_, opcode, _)| opcode != opcodes.resume);
        let at = units.next().map_or(0, |(offset, ..)| offset);
        let caches = units.take_while(|&(_, opcode, _)| opcode == 0).count();
        (at, at + 2 + 2 * caches)
    }

    /// Where a jump that turns a loop leads.
    fn target(&self, offset: usize, opcode: u8, argument: usize, opcodes: &Opcodes) -> Option<usize> {
        if opcodes.jumps.get(usize::from(opcode)).copied().flatten() == Some(Jump::Absolute) {
            return Some(2 * argument);
        }
        let caches = self.units().skip(offset / 2 + 1).take_while(|&(_, opcode, _)| opcode == 0).count();
        (offset + 2 + 2 * caches).checked_sub(2 * argument)
    }

    /// Jumps back to the line they stand on.
    pub fn turns(&self, opcodes: &Opcodes) -> Vec<Turn> {
        let mut turns = Vec::new();
        let mut extended = 0;
        for (offset, opcode, argument) in self.units() {
            let whole = (extended << 8) | usize::from(argument);
            extended = if opcode == opcodes.extended_arg { whole } else { 0 };
            if opcode == ABSENT || !opcodes.turns.contains(&opcode) {
                continue;
            }
            let Some(target) = self.target(offset, opcode, whole, opcodes).filter(|&target| target <= offset) else {
                continue;
            };
            let mut body = self.units().skip(target / 2).take((offset - target) / 2);
            let is_comprehension = body.any(|(_, opcode, _)| opcodes.appends.contains(&opcode));
            match (self.line_at(offset), self.line_at(target)) {
                (Some(line), Some(to)) if line == to => turns.push(Turn { offset, target, line, is_comprehension }),
                _ => {}
            }
        }
        turns
    }
}

/// A jump by which a loop that stands on one line begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Where the jump is, in bytes.
    pub offset: usize,
    /// Where it leads.
    pub target: usize,
    /// The line of both.
    pub line: Line,
    /// It turns a comprehension, not a loop of statements.
    pub is_comprehension: bool,
}

/// All that a record keeps of a code object, from one reading of its bytecode and line table.
pub struct Reading {
    /// What the engine wants to know.
    pub facts: CodeFacts,
    /// Jumps that turn loops on one line.
    pub turns: Vec<Turn>,
    /// Which instructions belong to which line.
    pub lines: Vec<Stretch>,
}

impl Reading {
    /// Reads a code object, which belongs to `file`.
    pub fn of(code: &Bound<'_, PyAny>, file: &str, opcodes: &Opcodes) -> PyResult<Self> {
        let bytecode = Bytecode::read(code)?;
        let (facts, turns) = (facts(code, file, &bytecode, opcodes)?, bytecode.turns(opcodes));
        Ok(Self { facts, turns, lines: bytecode.stretches })
    }
}

/// True if the instructions of a line all follow one another: a jump to it leads to the first of them.
pub fn is_at_one_place(code: &Bound<'_, PyAny>, line: Line) -> PyResult<bool> {
    let bytecode = Bytecode::read(code)?;
    let lines: Vec<Option<Line>> = bytecode.stretches.iter().map(|&(.., line)| line).collect();
    let begins = |at: usize| lines.get(at) == Some(&Some(line)) && (at == 0 || lines.get(at - 1) != Some(&Some(line)));
    Ok((0..lines.len()).filter(|&at| begins(at)).count() == 1)
}

/// What the engine wants to know of this code object, which belongs to `file`.
pub fn read(code: &Bound<'_, PyAny>, file: &str, opcodes: &Opcodes) -> PyResult<CodeFacts> {
    facts(code, file, &Bytecode::read(code)?, opcodes)
}

fn facts(code: &Bound<'_, PyAny>, file: &str, bytecode: &Bytecode, opcodes: &Opcodes) -> PyResult<CodeFacts> {
    let qualname = super::qualname::of(code);
    let flags: u32 = code.named("co_flags")?.extract()?;
    let first_line: Line = code.named("co_firstlineno")?.extract().unwrap_or(0);
    let kind = match () {
        () if is_comprehension(&qualname) => CodeKind::Comprehension,
        () if flags & CO_OPTIMIZED != 0 => CodeKind::Function,
        () if qualname == "<module>" => CodeKind::Module,
        () => CodeKind::Class,
    };
    let (resume, body) = bytecode.resume(opcodes);
    let told = bytecode.stretches.iter().filter(|&&(_, end, _)| end > body);
    let in_order: Vec<Line> = told.filter_map(|&(.., line)| line).filter(|&line| line > 0).collect();
    let mut lines = in_order.clone();
    lines.sort_unstable();
    lines.dedup();
    if kind == CodeKind::Class && lines.len() > 1 {
        // `class C:` stores __module__ and __qualname__ there; the user's line is the statement in the module.
        lines.retain(|&line| line != in_order.first().copied().unwrap_or(0));
    }
    if kind == CodeKind::Comprehension {
        lines.retain(|&line| line != first_line);
    }
    let entry = in_order.iter().copied().find(|line| lines.binary_search(line).is_ok());
    let last = lines.last().copied().unwrap_or(first_line);
    Ok(CodeFacts {
        file: file.to_owned(),
        start_line: bytecode.line_at(resume).unwrap_or(first_line),
        span: (first_line, last.max(first_line)),
        qualname,
        kind,
        entry,
        lines,
    })
}

/// True for the names of code that is part of its function from 3.12 on. A generator expression is none of them.
fn is_comprehension(qualname: &str) -> bool {
    let name = qualname.rsplit('.').next().unwrap_or_default();
    ["<listcomp>", "<setcomp>", "<dictcomp>"].contains(&name)
}

/// The code objects within this one and itself, outermost first.
pub fn tree<'py>(code: &Bound<'py, PyAny>) -> Vec<Bound<'py, PyAny>> {
    let mut found = vec![code.clone()];
    let mut at = 0;
    while let Some(code) = found.get(at).cloned() {
        at += 1;
        found.extend(nested(&code));
    }
    found
}

/// The code objects of what is defined directly in this one.
pub fn nested<'py>(code: &Bound<'py, PyAny>) -> Vec<Bound<'py, PyAny>> {
    let constants = code.named("co_consts").and_then(|constants| constants.try_iter());
    let code_type = code.get_type();
    constants.into_iter().flatten().flatten().filter(|constant| constant.get_type().is(&code_type)).collect()
}
