//! What the code of a handler does with an exception: catches it, passes it on, or leaves it to a `with`.
//!
//! Called by `fate`. Reads bytecode as CPython's compiler lays it out: `PUSH_EXC_INFO`, then for each `except` clause the
//! loads of its types, `CHECK_EXC_MATCH` and a jump to the next clause; `RERAISE` where no clause is left. Invariant: what
//! is not recognised counts as catching, so that nothing is called uncaught by mistake.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyModule, PyTuple, PyType};

use crate::code::facts::Bytecode;
use crate::code::opcodes::Opcodes;

/// What a handler does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It catches the exception, or may.
    Catches,
    /// It runs and passes the exception on (`finally`, clauses for other types).
    PassesOn,
    /// `__exit__` of a `with` decides when it runs.
    Asks,
}

/// A frame's code and namespaces, as far as handlers need them.
pub struct Site<'a, 'py> {
    pub bytecode: &'a Bytecode,
    pub names: Vec<String>,
    pub globals: Bound<'py, PyDict>,
    pub builtins: Option<Bound<'py, PyDict>>,
    pub locals: Option<Bound<'py, PyDict>>,
}

/// What the handler at `target` does with this exception.
pub fn deed(site: &Site<'_, '_>, opcodes: &Opcodes, target: usize, exception: &Bound<'_, PyAny>) -> Deed {
    let mut clause = target;
    // A clause at a time; there are never more clauses than instructions.
    loop {
        match read_clause(site, opcodes, clause, exception) {
            Clause::Done(deed) => return deed,
            Clause::Next(next) if next > clause => clause = next,
            Clause::Next(_) => return Deed::Catches,
        }
    }
}

enum Clause {
    Done(Deed),
    Next(usize),
}

fn read_clause(site: &Site<'_, '_>, opcodes: &Opcodes, from: usize, exception: &Bound<'_, PyAny>) -> Clause {
    let mut types: Vec<Option<Bound<'_, PyAny>>> = Vec::new();
    let mut extended = 0;
    let mut is_first = true;
    for (offset, opcode, argument) in site.bytecode.units().skip(from / 2) {
        let whole = (extended << 8) | usize::from(argument);
        extended = if opcode == opcodes.extended_arg { whole } else { 0 };
        match opcode {
            0 => continue,
            _ if opcode == opcodes.extended_arg || opcode == opcodes.nop || opcode == opcodes.push_exc_info => continue,
            _ if opcode == opcodes.not_taken => continue,
            _ if opcode == opcodes.load_global => types.push(resolve(site, whole >> 1)),
            _ if opcode == opcodes.load_name => types.push(resolve(site, whole)),
            _ if opcode == opcodes.load_attr => {
                let owner = types.pop().flatten();
                types.push(owner.and_then(|owner| attribute(&owner, site.names.get(whole >> 1)?)));
            }
            _ if opcode == opcodes.build_tuple => {}
            _ if opcode == opcodes.check_exc_match => {
                return match matches(&types, exception) {
                    Some(false) => next_clause(site, offset + 2),
                    Some(true) | None => Clause::Done(Deed::Catches),
                };
            }
            _ if opcode == opcodes.reraise => return Clause::Done(Deed::PassesOn),
            _ if opcode == opcodes.with_except_start => return Clause::Done(Deed::Asks),
            _ if opcode == opcodes.check_eg_match => return Clause::Done(Deed::Catches),
            // `except:` throws the exception away first; anything else that ends here is a statement of a `finally`.
            _ if opcode == opcodes.pop_top && is_first => return Clause::Done(Deed::Catches),
            _ if opcode == opcodes.pop_top || opcodes.stores.contains(&opcode) => return Clause::Done(Deed::PassesOn),
            _ if has_match_ahead(site, opcodes, offset) => return Clause::Done(Deed::Catches),
            _ => return Clause::Done(Deed::PassesOn),
        }
        is_first = false;
    }
    Clause::Done(Deed::PassesOn)
}

/// The target of the jump that follows a match: the next clause.
fn next_clause(site: &Site<'_, '_>, after_match: usize) -> Clause {
    let mut units = site.bytecode.units().skip(after_match / 2).skip_while(|&(_, opcode, _)| opcode == 0);
    let Some((offset, _, argument)) = units.next() else { return Clause::Done(Deed::Catches) };
    let caches = units.take_while(|&(_, opcode, _)| opcode == 0).count();
    Clause::Next(offset + 2 + 2 * caches + 2 * usize::from(argument))
}

/// True if the expression that starts here ends in a match: the type of an `except` clause is computed.
fn has_match_ahead(site: &Site<'_, '_>, opcodes: &Opcodes, from: usize) -> bool {
    let ends = |opcode: u8| opcode == opcodes.pop_top || opcode == opcodes.reraise || opcodes.stores.contains(&opcode);
    let mut ahead =
        site.bytecode.units().skip(from / 2).map(|(_, opcode, _)| opcode).take_while(|&opcode| !ends(opcode));
    ahead.any(|opcode| opcode == opcodes.check_exc_match || opcode == opcodes.check_eg_match)
}

fn resolve<'py>(site: &Site<'_, 'py>, index: usize) -> Option<Bound<'py, PyAny>> {
    let name = site.names.get(index)?;
    let places = [site.locals.as_ref(), Some(&site.globals), site.builtins.as_ref()];
    places.into_iter().flatten().find_map(|namespace| namespace.get_item(name).ok().flatten())
}

/// An attribute of a module, which has no code of the program behind it.
fn attribute<'py>(owner: &Bound<'py, PyAny>, name: &String) -> Option<Bound<'py, PyAny>> {
    owner.cast_exact::<PyModule>().ok()?.dict().get_item(name).ok().flatten()
}

/// Whether the exception is one of these types; None if one of them could not be told.
fn matches(types: &[Option<Bound<'_, PyAny>>], exception: &Bound<'_, PyAny>) -> Option<bool> {
    let mut flat: Vec<Bound<'_, PyAny>> = Vec::new();
    for kind in types {
        let kind = kind.as_ref()?;
        match kind.cast_exact::<PyTuple>() {
            Ok(tuple) => flat.extend(tuple.iter()),
            Err(_) => flat.push(kind.clone()),
        }
    }
    if flat.is_empty() || flat.iter().any(|kind| kind.cast::<PyType>().is_err()) {
        return None;
    }
    // SAFETY: both are live objects and the GIL is held; for types this compares MROs and runs no code of the program.
    Some(flat.iter().any(|kind| unsafe { ffi::PyErr_GivenExceptionMatches(exception.as_ptr(), kind.as_ptr()) } != 0))
}
