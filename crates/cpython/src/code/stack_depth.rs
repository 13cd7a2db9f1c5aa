//! How deep the value stack is before each instruction, up to 3.13: a running frame does not say.
//!
//! Called by `call_site`, `calls` and `expressions`. Computed once a code object, by the compiler's own effects of instructions
//! (`PyCompile_OpcodeStackEffectWithJump`). Invariant: an instruction to which no path leads has no depth.

use std::ffi::{c_int, c_void};

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use pausa_engine::exception_table;

use super::opcodes::{ABSENT, Jump, Opcodes};
use crate::named::Named;
use crate::symbols::lookup;

/// `PyCompile_OpcodeStackEffectWithJump` of Include/cpython/compile.h: opcode, argument, whether it jumps.
type StackEffect = unsafe extern "C" fn(c_int, c_int, c_int) -> c_int;

/// `HAVE_ARGUMENT` of 3.10 to 3.12.
const HAVE_ARGUMENT: u8 = 90;
/// `CO_GENERATOR`, `CO_COROUTINE`, `CO_ASYNC_GENERATOR`: what is sent in lies on the stack when these begin; from 3.13 on an
/// instruction of theirs puts it there.
const GENERATORS: u32 = 0x20 | 0x80 | 0x200;

/// The depths of one code object, by instruction (two bytes each).
pub fn of(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<Vec<Option<usize>>> {
    let bytes = code.named("co_code").ok()?.cast_into::<PyBytes>().ok()?;
    let flags: u32 = code.named("co_flags").ok()?.extract().ok()?;
    let minor = crate::version::minor(code.py());
    let mut walk = Walk {
        bytes: bytes.as_bytes(),
        opcodes,
        effect: stack_effect()?,
        depths: vec![None; bytes.as_bytes().len() / 2],
        paths: vec![(0, usize::from(flags & GENERATORS != 0 && minor < 13))],
        have_argument: if minor < 13 { HAVE_ARGUMENT } else { 0 },
    };
    walk.run()?;
    // 3.10 has no table: its blocks begin with an instruction that counts as a jump.
    let table = code.named("co_exceptiontable").ok().and_then(|table| table.cast_into::<PyBytes>().ok());
    for entry in table.iter().flat_map(|table| exception_table::entries(table.as_bytes())) {
        walk.paths.push((entry.target / 2, entry.depth + 1 + usize::from(entry.pushes_offset)));
    }
    walk.run()?;
    Some(walk.depths)
}

/// How many variables lie below the stack of a frame of this code, from 3.11 on.
pub fn variables(code: &Bound<'_, PyAny>) -> Option<usize> {
    let names = |attribute: &str| code.named(attribute).ok()?.extract::<Vec<String>>().ok();
    let variables = names("co_varnames")?;
    let own_cells = names("co_cellvars")?.into_iter().filter(|name| !variables.contains(name)).count();
    Some(variables.len() + own_cells + names("co_freevars")?.len())
}

fn stack_effect() -> Option<StackEffect> {
    let found = lookup(c"PyCompile_OpcodeStackEffectWithJump")?;
    // SAFETY: CPython's function of that name has this signature.
    Some(unsafe { std::mem::transmute::<*mut c_void, StackEffect>(found) })
}

struct Walk<'a> {
    bytes: &'a [u8],
    opcodes: &'a Opcodes,
    effect: StackEffect,
    depths: Vec<Option<usize>>,
    /// Where to go on, and how deep the stack is there.
    paths: Vec<(usize, usize)>,
    /// Opcodes below it have no argument.
    have_argument: u8,
}

impl Walk<'_> {
    fn run(&mut self) -> Option<()> {
        while let Some((mut at, mut depth)) = self.paths.pop() {
            let mut extended = 0;
            while let Some(known @ None) = self.depths.get_mut(at) {
                *known = Some(depth);
                let &[opcode, argument] = self.bytes.get(2 * at..2 * at + 2)? else { return None };
                let whole = (extended << 8) | usize::from(argument);
                at += 1;
                at += self.caches(at);
                if opcode == self.opcodes.extended_arg {
                    extended = whole;
                    continue;
                }
                extended = 0;
                if let Some(target) = self.target(opcode, whole, at) {
                    self.paths.push((target, self.after(opcode, whole, depth, true)?));
                }
                if opcode != ABSENT && self.opcodes.leaves.contains(&opcode) {
                    break;
                }
                depth = self.after(opcode, whole, depth, false)?;
            }
        }
        Some(())
    }

    /// How many cache entries stand here, which belong to the instruction before them.
    fn caches(&self, at: usize) -> usize {
        let units = self.bytes.get(2 * at..).unwrap_or_default().chunks_exact(2);
        units.take_while(|unit| unit.first() == Some(&ABSENT)).count()
    }

    fn target(&self, opcode: u8, argument: usize, next: usize) -> Option<usize> {
        match (*self.opcodes.jumps.get(usize::from(opcode))?)? {
            Jump::Forward => next.checked_add(argument),
            Jump::Backward => next.checked_sub(argument),
            Jump::Absolute => Some(argument),
        }
    }

    fn after(&self, opcode: u8, argument: usize, depth: usize, jump: bool) -> Option<usize> {
        let argument = if opcode < self.have_argument { 0 } else { c_int::try_from(argument).ok()? };
        // SAFETY: a pure function of its numbers; for an opcode that it does not know it gives a number out of range.
        let effect = unsafe { (self.effect)(c_int::from(opcode), argument, c_int::from(jump)) };
        depth.checked_add_signed(isize::try_from(effect).ok()?)
    }
}
