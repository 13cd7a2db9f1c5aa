//! The instructions of a code object as expressions are found in them. Called by `debugger` for a step from expression to
//! expression.
//!
//! Invariant: instructions are known by their names in the interpreter's own `opcode` module; one that is not known gives no
//! value.

use crate::named::Named;
use std::collections::HashSet;

use pausa_engine::exception_table;
use pausa_engine::expressions::{Effect, Expressions, Instruction};
use pausa_engine::places;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::opcodes::Opcodes;
use super::stack_depth;

/// `NB_INPLACE_ADD` to `NB_INPLACE_XOR` of Include/opcode.h: they belong to statements.
const IN_PLACE: std::ops::RangeInclusive<u8> = 13..=25;
/// `INTRINSIC_UNARY_POSITIVE` and `INTRINSIC_LIST_TO_TUPLE` of Include/internal/pycore_intrinsics.h.
const GIVING_INTRINSICS: [u8; 2] = [5, 6];

/// An opcode, as far as expressions care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does this whatever its argument is.
    Plain(Effect),
    /// `BINARY_OP`.
    Binary,
    /// `LOAD_ATTR` and `LOAD_SUPER_ATTR`, from 3.12 on also of methods.
    Attribute,
    /// `CALL_INTRINSIC_1`.
    Intrinsic,
    /// `COPY`.
    Copy,
}

/// What an opcode of this name is.
pub fn kind(name: &str) -> Kind {
    const GIVES: [&str; 14] = [
        "BINARY_SUBSCR",
        "BINARY_SLICE",
        "BUILD_LIST",
        "BUILD_TUPLE",
        "BUILD_SET",
        "BUILD_MAP",
        "BUILD_CONST_KEY_MAP",
        "BUILD_STRING",
        "BUILD_TEMPLATE",
        "LIST_EXTEND",
        "SET_UPDATE",
        "DICT_UPDATE",
        "LIST_TO_TUPLE",
        "END_SEND",
    ];
    const TAKES: [&str; 8] =
        ["TO_BOOL", "NOP", "NOT_TAKEN", "LOAD_SPECIAL", "LIST_APPEND", "SET_ADD", "MAP_ADD", "POP_TOP"];
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let effect = match name {
        "BINARY_OP" => return Kind::Binary,
        "LOAD_ATTR" | "LOAD_SUPER_ATTR" => return Kind::Attribute,
        "CALL_INTRINSIC_1" => return Kind::Intrinsic,
        "COPY" => return Kind::Copy,
        "CALL" | "CALL_KW" | "CALL_FUNCTION_EX" => Effect::Calls,
        "COMPARE_OP" | "IS_OP" | "CONTAINS_OP" => Effect::Compares,
        "YIELD_VALUE" => Effect::Yields,
        "JUMP_IF_FALSE_OR_POP" | "JUMP_IF_TRUE_OR_POP" => Effect::Chooses,
        // 3.11 has nothing at the end of an `await`.
        "SEND" => Effect::Gives,
        "LOAD_CONST" => Effect::Loads,
        "LOAD_FAST_AND_CLEAR" => Effect::Keeps,
        "LOAD_BUILD_CLASS" => Effect::Defines,
        _ if GIVES.contains(&name) || begins(&["UNARY_"]) => Effect::Gives,
        _ if TAKES.contains(&name) || begins(&["POP_JUMP_", "GET_", "UNPACK_", "RETURN_", "STORE_", "BEFORE_"]) => {
            Effect::Takes
        }
        _ => Effect::Other,
    };
    Kind::Plain(effect)
}

/// The expressions of a code object; None if it is not known how deep its stack is.
pub fn of(code: &Bound<'_, PyAny>, opcodes: &Opcodes) -> Option<Expressions> {
    let depths = stack_depth::of(code, opcodes)?;
    let table = code.named("co_exceptiontable").ok()?.cast_into::<PyBytes>().ok()?;
    let handlers: HashSet<usize> = exception_table::entries(table.as_bytes()).map(|entry| entry.target).collect();
    let read = super::places::instructions(code, opcodes).ok()?;
    let minor = crate::version::minor(code.py());
    let told = read.iter().enumerate().map(|(at, own)| {
        let offset = own.offset as usize;
        Instruction {
            offset: own.offset,
            span: own.span,
            depth: depths.get(offset / 2).copied().flatten(),
            effect: effect(own, read.get(at + 1), opcodes, minor),
            is_handler: handlers.contains(&offset),
        }
    });
    Some(Expressions::of(told.collect()))
}

fn effect(own: &places::Instruction, next: Option<&places::Instruction>, opcodes: &Opcodes, minor: u8) -> Effect {
    let kind_of = |opcode: u8| opcodes.kinds.get(usize::from(opcode)).copied().unwrap_or(Kind::Plain(Effect::Other));
    let gives = |does: bool| if does { Effect::Gives } else { Effect::Other };
    match kind_of(own.opcode) {
        Kind::Plain(effect) => effect,
        Kind::Binary => gives(!IN_PLACE.contains(&own.argument)),
        // A method is loaded to be called, with its object.
        Kind::Attribute => gives(minor < 12 || own.argument & 1 == 0),
        Kind::Intrinsic => gives(GIVING_INTRINSICS.contains(&own.argument)),
        // `and` and `or` look at a copy; what else copies uses the value.
        Kind::Copy => match next {
            Some(next) if opcodes.decides(next.opcode) && next.span == own.span => Effect::Chooses,
            _ => Effect::Takes,
        },
    }
}
