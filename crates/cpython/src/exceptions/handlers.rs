//! What the code of a handler does with an exception: catches it, passes it on, or leaves it to a `with`.
//!
//! Called by `sites`. Reads bytecode as CPython's compiler lays it out: `PUSH_EXC_INFO`, then for each `except` clause the
//! loads of its types, `CHECK_EXC_MATCH` and a jump to the next clause; `RERAISE` where no clause is left. 3.10 begins with
//! `DUP_TOP` and has match and jump in one. Invariant: what
//! is not recognised counts as catching, so that nothing is called uncaught by mistake.

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::matching::TypePath;
use crate::code::facts::Bytecode;
use crate::code::opcodes::{ABSENT, Opcodes};

/// One clause of a handler, in the order in which they are tried.
pub enum Clause {
    /// It catches the exceptions of these types, or may: `except T`.
    Catches(Vec<TypePath>),
    /// The end of an `async for`: it takes StopAsyncIteration.
    EndsLoop,
    /// It catches any: `except:`, or something that was not recognised.
    CatchesAll,
    /// `__exit__` of a `with` decides when it runs. How deep the stack is below the exception there, if that is known: it is
    /// on top.
    Asks(Option<usize>),
}

/// A handler's code.
pub struct Handler<'a, 'py> {
    pub py: Python<'py>,
    pub bytecode: &'a Bytecode,
    /// `co_names`.
    pub names: &'a [String],
    pub opcodes: &'a Opcodes,
}

impl Handler<'_, '_> {
    /// The clauses of the handler at an offset. After the last one the exception is passed on (`finally`, or clauses for
    /// other types).
    pub fn clauses(&self, target: usize) -> Vec<Clause> {
        let mut clauses = Vec::new();
        let mut at = target;
        loop {
            let next = match self.read(at) {
                Read::Clause(types, next) => {
                    clauses.push(Clause::Catches(types));
                    next
                }
                Read::Last(clause) => {
                    clauses.extend(clause);
                    return clauses;
                }
            };
            // There are never more clauses than instructions.
            match next {
                Some(next) if next > at => at = next,
                _ => {
                    clauses.push(Clause::CatchesAll);
                    return clauses;
                }
            }
        }
    }

    /// True for a handler that only puts things in order and raises again: no statement of the source is in it.
    pub fn only_passes_on(&self, target: usize) -> bool {
        let opcodes = self.opcodes;
        let mut units = self.bytecode.units().skip(target / 2).map(|(_, opcode, _)| opcode);
        let ends = |opcode: u8| opcode == opcodes.reraise;
        let plain = [opcodes.copy, opcodes.pop_except, opcodes.push_exc_info, opcodes.nop, opcodes.intrinsic, ABSENT];
        let first = units.find(|opcode| !plain.contains(opcode));
        first.is_some_and(ends)
    }

    fn read(&self, from: usize) -> Read {
        let opcodes = self.opcodes;
        let mut types: Vec<Option<TypePath>> = Vec::new();
        let mut extended = 0;
        let mut is_first = true;
        for (offset, opcode, argument) in self.bytecode.units().skip(from / 2) {
            let whole = (extended << 8) | usize::from(argument);
            extended = if opcode == opcodes.extended_arg { whole } else { 0 };
            match opcode {
                0 => continue,
                _ if opcode == opcodes.extended_arg || opcode == opcodes.nop => continue,
                _ if opcode == opcodes.push_exc_info || opcode == opcodes.not_taken => continue,
                _ if opcode == opcodes.dup_top => continue,
                _ if opcode == opcodes.load_global => types.push(self.path(whole >> opcodes.global_shift, false)),
                _ if opcode == opcodes.load_name => types.push(self.path(whole, true)),
                _ if opcode == opcodes.load_attr => {
                    let owner = types.pop().flatten();
                    types.push(owner.and_then(|owner| Some(owner.attribute(self.name(whole >> opcodes.attr_shift)?))));
                }
                _ if opcode == opcodes.build_tuple => {}
                _ if opcode == opcodes.check_exc_match => return Read::match_of(types, self.next_clause(offset + 2)),
                // 3.10 matches and jumps at once, to an instruction by its number.
                _ if opcode == opcodes.jump_if_not_exc_match => return Read::match_of(types, Some(2 * whole)),
                _ if opcode == opcodes.end_async_for => return Read::Last(Some(Clause::EndsLoop)),
                // A coroutine that waits raises what is thrown into it.
                _ if opcode == opcodes.cleanup_throw => return Read::Last(None),
                _ if opcode == opcodes.reraise => return Read::Last(None),
                _ if opcode == opcodes.with_except_start => return Read::Last(Some(Clause::Asks(None))),
                _ if opcode == opcodes.check_eg_match => return Read::Last(Some(Clause::CatchesAll)),
                // `except:` throws the exception away first; anything else that ends here is a statement of a `finally`.
                _ if opcode == opcodes.pop_top && is_first => return Read::Last(Some(Clause::CatchesAll)),
                _ if opcode == opcodes.pop_top || opcodes.stores.contains(&opcode) => return Read::Last(None),
                _ => return Read::Last(self.has_match_ahead(offset).then_some(Clause::CatchesAll)),
            }
            is_first = false;
        }
        Read::Last(None)
    }

    /// The target of the jump that follows a match: the next clause.
    fn next_clause(&self, after_match: usize) -> Option<usize> {
        let mut units = self.bytecode.units().skip(after_match / 2).skip_while(|&(_, opcode, _)| opcode == 0);
        let (offset, _, argument) = units.next()?;
        let caches = units.take_while(|&(_, opcode, _)| opcode == 0).count();
        Some(offset + 2 + 2 * caches + 2 * usize::from(argument))
    }

    /// True if the expression that starts here ends in a match: the type of an `except` clause is computed.
    fn has_match_ahead(&self, from: usize) -> bool {
        let opcodes = self.opcodes;
        let ends =
            |opcode: u8| opcode == opcodes.pop_top || opcode == opcodes.reraise || opcodes.stores.contains(&opcode);
        let units = self.bytecode.units().skip(from / 2).map(|(_, opcode, _)| opcode);
        let mut ahead = units.take_while(|&opcode| !ends(opcode)).filter(|&opcode| opcode != ABSENT);
        let matches = [opcodes.check_exc_match, opcodes.check_eg_match, opcodes.jump_if_not_exc_match];
        ahead.any(|opcode| matches.contains(&opcode))
    }

    fn path(&self, index: usize, sees_locals: bool) -> Option<TypePath> {
        self.name(index).map(|name| TypePath::name(name, sees_locals))
    }

    /// A name as the interpreter's dicts have it.
    fn name(&self, index: usize) -> Option<Py<PyAny>> {
        let name = self.names.get(index)?;
        Some(PyString::intern(self.py, name).into_any().unbind())
    }
}

/// What is at a place in a handler.
enum Read {
    /// A clause with its types, and where the next one begins.
    Clause(Vec<TypePath>, Option<usize>),
    /// The end of the handler, and what it does there beyond passing the exception on.
    Last(Option<Clause>),
}

impl Read {
    /// A match against what was loaded; what was not all recognised may be anything.
    fn match_of(types: Vec<Option<TypePath>>, next: Option<usize>) -> Self {
        match types.into_iter().collect::<Option<Vec<_>>>().filter(|types| !types.is_empty()) {
            Some(types) => Self::Clause(types, next),
            None => Self::Last(Some(Clause::CatchesAll)),
        }
    }
}
