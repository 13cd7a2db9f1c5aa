//! The calls in a code object: where each one's value lies when it is over, and what the source calls it.
//!
//! Made by `debugger` for a step over a line. Invariant: where the value lies is known from the running frame itself where
//! that says how deep its stack is, and else (3.12, 3.13) from the compiler's own effects of instructions.

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::opcodes::{ABSENT, Opcodes};
use super::stack_depth;
use crate::columns;
use crate::named::Named;

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Where the instruction is, in bytes.
    pub offset: usize,
    /// The instruction that follows it: there the value is on top of the stack.
    pub after: usize,
    /// How deep the stack is there, where the frame does not say.
    pub depth: Option<usize>,
}

/// The calls of a code object, by offset.
#[derive(Debug)]
pub struct Calls {
    calls: Vec<Call>,
    /// How many variables lie below a frame's stack.
    pub variables: usize,
    /// How deep the stack is before each instruction, where frames do not say.
    depths: Option<Vec<Option<usize>>>,
}

impl Calls {
    /// Reads a code object.
    pub fn of(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<Self> {
        let bytecode = code.named("co_code").ok()?.cast_into::<PyBytes>().ok()?;
        let is_silent = matches!(crate::version::minor(code.py()), 12 | 13);
        let depths = if is_silent { Some(stack_depth::of(code, opcodes)?) } else { None };
        let mut calls: Vec<Call> = Vec::new();
        let (mut before, mut is_open) = (ABSENT, false);
        for (at, unit) in bytecode.as_bytes().chunks_exact(2).enumerate() {
            let opcode = unit.first().copied().unwrap_or(ABSENT);
            if opcode == ABSENT {
                continue;
            }
            if let (true, Some(call)) = (is_open, calls.last_mut()) {
                call.after = 2 * at;
                call.depth = depths.as_ref().and_then(|depths| *depths.get(at)?);
            }
            // What `with` calls is not in the source.
            is_open = opcodes.all_calls.contains(&opcode) && before != opcodes.load_special;
            if is_open {
                calls.push(Call { offset: 2 * at, after: 0, depth: None });
            }
            before = opcode;
        }
        Some(Self { calls, variables: stack_depth::variables(code)?, depths })
    }

    /// The call at an offset.
    #[inline]
    pub fn at(&self, offset: usize) -> Option<Call> {
        self.calls.binary_search_by_key(&offset, |call| call.offset).ok().and_then(|at| self.calls.get(at)).copied()
    }

    /// The call that a frame at this offset is in; 3.12 counts the cache entries behind it.
    pub fn around(&self, offset: usize) -> Option<Call> {
        let next = self.calls.partition_point(|call| call.offset <= offset);
        self.calls.get(next.checked_sub(1)?).filter(|call| offset < call.after).copied()
    }

    /// True if a frame's own word of how deep its stack is agrees with what was computed; where nothing is computed it is
    /// asked each time.
    pub fn holds(&self, frame: &Bound<'_, PyAny>, depth: Option<usize>) -> bool {
        let Some(depths) = &self.depths else { return true };
        let offset = frame.named("f_lasti").and_then(|offset| offset.extract::<usize>());
        let computed = offset.ok().and_then(|offset| *depths.get(offset / 2)?);
        computed.is_some() && computed == depth
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

/// What the source calls at an offset: `f`, `deposit` of `account.deposit(1)`; None if it is no call that somebody wrote.
pub fn name(code: &Bound<'_, PyAny>, offset: usize, file: &str, opcodes: &Opcodes) -> Option<String> {
    match crate::version::minor(code.py()) {
        10 => loaded(code, offset, opcodes),
        _ => callee(&columns::text(code, offset, file)?),
    }
}

/// What is called in the text of a call: the last name before its last brackets.
fn callee(text: &str) -> Option<String> {
    let text = text.trim();
    if text.starts_with(['@', '(', '[']) || text.starts_with("class ") || text.starts_with("def ") {
        return None;
    }
    let end = match text.ends_with(')') {
        true => opening(text)?,
        // It goes on in other lines, or is a decorator.
        false => text.find('(').unwrap_or(text.len()),
    };
    let last = text.get(..end)?.trim().rsplit('.').next()?;
    let is_name = !last.is_empty() && last.chars().all(|c| c == '_' || c.is_alphanumeric());
    is_name.then(|| last.to_owned())
}

/// Where the bracket opens that the last character closes; what is in strings is not looked at.
fn opening(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, character) in text.char_indices().rev() {
        match character {
            ')' => depth += 1,
            '(' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// 3.10 does not know columns: the name that was loaded to be called.
fn loaded(code: &Bound<'_, PyAny>, offset: usize, opcodes: &Opcodes) -> Option<String> {
    let depths = stack_depth::of(code, opcodes)?;
    let bytecode = code.named("co_code").ok()?.cast_into::<PyBytes>().ok()?;
    let &[opcode, argument] = bytecode.as_bytes().get(offset..offset + 2)? else { return None };
    let count = usize::from(argument);
    let [.., with_names, _, spread] = opcodes.all_calls;
    let arguments = match opcode {
        _ if opcode == with_names => count + 1,
        _ if opcode == spread => 1 + (count & 1),
        _ => count,
    };
    let base = (*depths.get(offset / 2)?)?.checked_sub(arguments)?;
    let is_base = |at: &usize| depths.get(*at).copied().flatten() == Some(base);
    let begins =
        (0..=offset / 2).rev().take_while(|at| depths.get(*at).copied().flatten() >= Some(base)).filter(is_base);
    let load = begins.last()?.checked_sub(1)?;
    let &[opcode, argument] = bytecode.as_bytes().get(2 * load..2 * load + 2)? else { return None };
    let is_local = opcodes.load_fast == opcode;
    let is_name = [opcodes.load_global, opcodes.load_name, opcodes.load_attr, opcodes.load_method].contains(&opcode);
    let names = if is_local { "co_varnames" } else { "co_names" };
    if !is_local && !is_name {
        return None;
    }
    code.named(names).ok()?.get_item(usize::from(argument)).ok()?.extract().ok()
}

#[cfg(test)]
mod tests {
    use super::callee;

    #[test]
    fn the_callee_is_named_as_the_source_has_it() {
        for (text, name) in [
            ("f(x)", Some("f")),
            ("a.b.c(f(1), ')(' )", Some("c")),
            ("a.b(c).d(e)", Some("d")),
            ("table['k'].run()", Some("run")),
            ("table['k']()", None),
            ("(lambda: 1)()", None),
            ("cached", Some("cached")),
            ("f(one,", Some("f")),
            ("class C(B):", None),
        ] {
            assert_eq!(callee(text).as_deref(), name, "{text}");
        }
    }
}
